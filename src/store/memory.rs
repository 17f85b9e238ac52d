//! A store in memory, for tests and for trying things out: the same answers as on disk, nothing kept.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::{
    Answer, Append, Appended, EventStore, Sealed, StoreError, StoredEvent, StoryFilter, StoryRow,
    SummaryFilter, SummaryRow, Tally, check, newest_first, retried, seal, soonest_first,
};
use crate::domain::ids::{EventId, IncidentId, LogId, Seq, StoryId};
use crate::domain::log::{Columns, Digest, RawEvent};

/// The kind that alone may allow an erasure.
const REDACTION: &str = "payload.redacted";

/// A store in memory.
#[derive(Default)]
pub struct MemoryStore {
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    logs: BTreeMap<LogId, Vec<Kept>>,
    ids: BTreeMap<EventId, (LogId, Seq)>,
    summaries: BTreeMap<LogId, SummaryRow>,
    stories: BTreeMap<StoryId, StoryRow>,
    closed: bool,
}

struct Kept {
    sealed: Sealed,
    erased: bool,
}

impl Kept {
    fn event(&self) -> StoredEvent {
        let event = self.sealed.event.clone();
        StoredEvent { body: event.body.filter(|_| !self.erased), ..event }
    }

    fn raw(&self) -> RawEvent {
        let StoredEvent { seq, id, hash, body, .. } = self.event();
        RawEvent {
            header: self.sealed.header.clone(),
            salt: (!self.erased).then(|| self.sealed.salt.to_vec()),
            body,
            columns: Some(Columns { seq, id, prev: self.sealed.prev, hash, redacts: self.sealed.redacts }),
        }
    }
}

impl State {
    fn log(&self, log: LogId) -> &[Kept] {
        self.logs.get(&log).map_or(&[], Vec::as_slice)
    }

    fn head(&self, log: LogId) -> Option<(Seq, Digest)> {
        self.log(log).last().map(|kept| (kept.sealed.event.seq, kept.sealed.event.hash))
    }

    fn by_id(&self, id: EventId) -> Option<(LogId, StoredEvent)> {
        let (log, seq) = self.ids.get(&id)?;
        let kept = self.log(*log).iter().find(|kept| kept.sealed.event.seq == *seq)?;
        Some((*log, kept.event()))
    }

    fn append(&mut self, append: Append) -> Result<Appended, StoreError> {
        check(&append)?;
        let Append { log, expected, events, summary, stories } = append;
        let head = self.head(log).unwrap_or_default();
        let ids: Vec<_> = events.iter().map(|event| (event.id, event.body.as_slice())).collect();
        let found = ids.iter().map(|(id, _)| self.by_id(*id)).collect();
        if let Some(appended) = retried(log, &ids, found)? {
            return Ok(appended);
        }
        if head.0 != expected {
            return Err(StoreError::Conflict { expected, found: head.0 });
        }
        let mut names = self.summaries.values();
        if names.any(|row| row.id == summary.id && row.log != log) {
            return Err(StoreError::IdTaken { id: summary.id });
        }
        let sealed = seal(log, head, events)?;
        for Sealed { event, redacts, .. } in &sealed {
            if let Some(target) = redacts
                && (event.kind.name != REDACTION || *target == Seq::NONE || *target >= event.seq)
            {
                return Err(StoreError::BadRedaction { target: *target });
            }
        }
        let (head, head_hash) = sealed.last().map_or(head, |last| (last.event.seq, last.event.hash));
        self.ids.extend(sealed.iter().map(|sealed| (sealed.event.id, (log, sealed.event.seq))));
        let sealed_none = sealed.is_empty();
        let events = sealed.iter().map(|sealed| sealed.event.clone()).collect();
        let kept = sealed.into_iter().map(|sealed| Kept { sealed, erased: false });
        self.logs.entry(log).or_default().extend(kept);
        if sealed_none {
            self.stories.retain(|id, _| id.incident != summary.id);
        }
        self.summaries.insert(log, SummaryRow { head, head_hash, ..summary });
        self.stories.extend(stories.into_iter().map(|story| (story.id, story)));
        Ok(Appended { events, head: head_hash })
    }

    fn erase(&mut self, log: LogId, seq: Seq) -> Result<bool, StoreError> {
        let allowed = self.log(log).iter().any(|kept| kept.sealed.redacts == Some(seq));
        let kept = self.logs.get_mut(&log).and_then(|log| log.iter_mut().find(|k| k.sealed.event.seq == seq));
        match kept {
            Some(kept) if !kept.erased && !allowed => {
                Err(StoreError::NotRedacted { seq: kept.sealed.event.seq })
            }
            Some(kept) => Ok(!std::mem::replace(&mut kept.erased, true)),
            None => Ok(false),
        }
    }

    fn summaries(&self, filter: &SummaryFilter) -> Vec<SummaryRow> {
        let wanted = |row: &&SummaryRow| filter.states.is_empty() || filter.states.contains(&row.state);
        let mut rows: Vec<_> = self.summaries.values().filter(wanted).cloned().collect();
        newest_first(&mut rows, filter.limit);
        rows
    }

    fn stories(&self, filter: &StoryFilter) -> Vec<StoryRow> {
        let wanted = |row: &&StoryRow| {
            (filter.states.is_empty() || filter.states.contains(&row.state))
                && filter.incident.is_none_or(|incident| row.id.incident == incident)
                && filter.due_before.as_ref().is_none_or(|end| row.due.as_ref().is_some_and(|due| due < end))
        };
        let mut rows: Vec<_> = self.stories.values().filter(wanted).cloned().collect();
        soonest_first(&mut rows);
        rows
    }
}

impl MemoryStore {
    fn lock(&self) -> Result<MutexGuard<'_, State>, StoreError> {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if state.closed { Err(StoreError::Closed) } else { Ok(state) }
    }

    /// Answers at once: nothing here waits.
    fn answer<T: Send + 'static>(
        &self,
        with: impl FnOnce(&mut State) -> Result<T, StoreError>,
    ) -> Answer<'_, T> {
        let answer = self.lock().and_then(|mut state| with(&mut state));
        Box::pin(std::future::ready(answer))
    }
}

fn count(limit: u32) -> usize {
    usize::try_from(limit).unwrap_or(usize::MAX)
}

impl EventStore for MemoryStore {
    fn append(&self, append: Append) -> Answer<'_, Appended> {
        self.answer(|state| state.append(append))
    }

    fn head(&self, log: LogId) -> Answer<'_, Option<(Seq, Digest)>> {
        self.answer(|state| Ok(state.head(log)))
    }

    fn read(&self, log: LogId, after: Seq, limit: u32) -> Answer<'_, Vec<StoredEvent>> {
        self.answer(|state| {
            let new = state.log(log).iter().filter(|kept| kept.sealed.event.seq > after);
            Ok(new.take(count(limit)).map(Kept::event).collect())
        })
    }

    fn only(&self, state: &str, limit: u32) -> Answer<'_, Option<(LogId, Vec<StoredEvent>)>> {
        let in_it = SummaryFilter { states: vec![state.to_owned()], limit: 2 };
        self.answer(move |state| {
            let found = state.summaries(&in_it);
            let [SummaryRow { log, .. }] = found.as_slice() else { return Ok(None) };
            let events = state.log(*log).iter().take(count(limit)).map(Kept::event).collect();
            Ok(Some((*log, events)))
        })
    }

    fn read_last(&self, log: LogId, n: u32) -> Answer<'_, Vec<StoredEvent>> {
        self.answer(|state| {
            let log = state.log(log);
            Ok(log.iter().skip(log.len().saturating_sub(count(n))).map(Kept::event).collect())
        })
    }

    fn read_raw(&self, log: LogId) -> Answer<'_, Vec<RawEvent>> {
        self.answer(|state| Ok(state.log(log).iter().map(Kept::raw).collect()))
    }

    fn logs(&self) -> Answer<'_, Vec<LogId>> {
        self.answer(|state| Ok(state.logs.keys().copied().collect()))
    }

    fn next_number(&self, year: u16) -> Answer<'_, u32> {
        self.answer(|state| {
            let numbers = state.summaries.values().filter(|row| row.id.year == year).map(|row| row.id.number);
            Ok(numbers.max().unwrap_or(0).saturating_add(1))
        })
    }

    fn unlisted(&self, listed: u32) -> Answer<'_, Vec<LogId>> {
        self.answer(|state| {
            let (mut found, mut left) = (Vec::new(), listed);
            for log in state.logs.keys().rev() {
                if state.summaries.contains_key(log) {
                    left = left.saturating_sub(1);
                } else {
                    found.push(*log);
                    left = listed;
                }
                if left == 0 {
                    break;
                }
            }
            Ok(found)
        })
    }

    fn log_of(&self, id: IncidentId) -> Answer<'_, Option<LogId>> {
        self.answer(|state| Ok(state.summaries.values().find(|row| row.id == id).map(|row| row.log)))
    }

    fn summaries(&self, filter: SummaryFilter) -> Answer<'_, Vec<SummaryRow>> {
        self.answer(|state| Ok(state.summaries(&filter)))
    }

    fn summary(&self, id: IncidentId) -> Answer<'_, Option<SummaryRow>> {
        self.answer(|state| Ok(state.summaries.values().find(|row| row.id == id).cloned()))
    }

    fn summaries_of(&self, ids: Vec<IncidentId>) -> Answer<'_, Vec<SummaryRow>> {
        self.answer(|state| {
            let wanted = |row: &&SummaryRow| ids.contains(&row.id);
            Ok(state.summaries.values().filter(wanted).cloned().collect())
        })
    }

    fn numbered(&self, number: u32) -> Answer<'_, Option<(IncidentId, LogId)>> {
        self.answer(|state| {
            let mut rows: Vec<_> =
                state.summaries.values().filter(|row| row.id.number == number).cloned().collect();
            newest_first(&mut rows, 1);
            Ok(rows.first().map(|row| (row.id, row.log)))
        })
    }

    fn id_of(&self, log: LogId) -> Answer<'_, Option<IncidentId>> {
        self.answer(|state| Ok(state.summaries.values().find(|row| row.log == log).map(|row| row.id)))
    }

    fn naming(&self, id: IncidentId) -> Answer<'_, Vec<SummaryRow>> {
        self.answer(|state| {
            let name = id.to_string();
            let names = |row: &&SummaryRow| row.id != id && row.body.contains(&name);
            let mut rows: Vec<_> = state.summaries.values().filter(names).cloned().collect();
            newest_first(&mut rows, u32::MAX);
            Ok(rows)
        })
    }

    fn has(&self, text: &str) -> Answer<'_, bool> {
        let text = text.to_owned();
        self.answer(move |state| Ok(state.summaries.values().any(|row| row.body.contains(&text))))
    }

    fn without(&self, text: &str) -> Answer<'_, Vec<SummaryRow>> {
        let text = text.to_owned();
        self.answer(move |state| {
            let lacks = |row: &&SummaryRow| !row.body.contains(&text);
            let mut rows: Vec<_> = state.summaries.values().filter(lacks).cloned().collect();
            newest_first(&mut rows, u32::MAX);
            Ok(rows)
        })
    }

    fn stories(&self, filter: StoryFilter) -> Answer<'_, Vec<StoryRow>> {
        self.answer(|state| Ok(state.stories(&filter)))
    }

    fn tally(&self, stories: StoryFilter) -> Answer<'_, Tally> {
        self.answer(|state| {
            let mut tally = Tally::default();
            for row in state.summaries.values() {
                *tally.incidents.entry(row.state.clone()).or_default() += 1;
            }
            tally.stories = state.stories(&stories).len() as u64;
            Ok(tally)
        })
    }

    fn erase_payload(&self, log: LogId, seq: Seq) -> Answer<'_, bool> {
        self.answer(|state| state.erase(log, seq))
    }

    /// Never: nobody else can reach it.
    fn changed_by_others(&self) -> Answer<'_, bool> {
        self.answer(|_| Ok(false))
    }

    fn look_over(&self) -> Answer<'_, Option<String>> {
        Box::pin(async { Ok(None) })
    }

    fn backup(&self, _to: &std::path::Path) -> Answer<'_, ()> {
        Box::pin(async { Err(StoreError::NoCopy) })
    }

    fn complete_mirror(&self, _: LogId) -> Answer<'_, usize> {
        Box::pin(async { Ok(0) })
    }

    fn may_copy_to(&self, _: &std::path::Path) -> bool {
        true
    }

    fn warm(&self) -> Answer<'_, ()> {
        self.answer(|_| Ok(()))
    }

    fn close(&self) -> Answer<'_, ()> {
        self.answer(|state| {
            state.closed = true;
            Ok(())
        })
    }
}
