//! The lines of an incident: stored in the order of `seq`, shown in the order in which things happened. It must
//! not know what a line means beyond its kind.

use super::privileged::PRIVILEGED;
use crate::domain::ids::{EventId, Seq};
use crate::domain::secret::UNMASKED;
use crate::domain::time::{Span, Utc};
use crate::domain::words::EntryKind;

/// What a system line is about; it decides whether the line is shown by default.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Topic {
    /// Written by a person, or an alert: not a system line.
    Said,
    /// A step of a runbook.
    Step,
    /// Severity, phase, milestone, resolve, close, reopen, impact: the story of the incident.
    Turn,
    /// A clock ran out.
    Clock,
    /// Roles.
    Role,
    /// Answers and verdicts on lines that are shown themselves.
    Reply,
    /// Everything else: links, runbooks attached, evidence, drafts, stories.
    House,
}

impl Topic {
    /// The line is shown unless system lines are hidden altogether.
    #[must_use]
    pub const fn shown_by_default(self) -> bool {
        !matches!(self, Self::Role | Self::House)
    }
}

/// A former form of an entry.
#[derive(Debug, Clone, PartialEq)]
pub struct Edit {
    /// Who changed it.
    pub by: String,
    /// When it was changed.
    pub at: Utc,
    /// The text before.
    pub text: String,
    /// The time before.
    pub occurred_at: Utc,
    /// The event that changed it.
    pub seq: Seq,
}

/// Why an entry does not count.
#[derive(Debug, Clone, PartialEq)]
pub struct Strike {
    /// Who struck it.
    pub by: String,
    /// When.
    pub at: Utc,
    /// Why.
    pub reason: String,
}

/// A line of the timeline.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// The event that made it.
    pub seq: Seq,
    /// The identity of that event.
    pub id: EventId,
    /// Its kind.
    pub kind: EntryKind,
    /// What a system line is about.
    pub topic: Topic,
    /// When it happened, as amended.
    pub occurred_at: Utc,
    /// The time is an estimate.
    pub about: bool,
    /// When it was stored.
    pub recorded_at: Utc,
    /// Who said it.
    pub by: String,
    /// Unix user, host and terminal.
    pub actor: String,
    /// The line, as amended.
    pub text: String,
    /// Where an alert came from.
    pub source: String,
    /// The name of an alert, by which runbooks are matched; empty: it was given none.
    pub alert: String,
    /// Labels, without the `#`.
    pub tags: Vec<String>,
    /// It has a star.
    pub starred: bool,
    /// It does not count.
    pub struck: Option<Strike>,
    /// Its former forms, oldest first.
    pub edits: Vec<Edit>,
    /// Its words were erased.
    pub redacted: bool,
}

/// How late an entry must be recorded after it happened to be marked as late.
pub const LATE_AFTER: Span = Span::seconds(60);

impl Entry {
    /// How long after it happened it was recorded, when that is more than [`LATE_AFTER`].
    #[must_use]
    pub fn late_by(&self) -> Option<Span> {
        let late = self.recorded_at - self.occurred_at;
        (late > LATE_AFTER).then_some(late)
    }

    /// The entry may not leave the room unless asked for by name (tag `#privileged`, or `#unmasked`: it may hold a
    /// secret that somebody wanted to keep).
    #[must_use]
    pub fn is_privileged(&self) -> bool {
        self.tags.iter().any(|t| t.eq_ignore_ascii_case(PRIVILEGED) || t.eq_ignore_ascii_case(UNMASKED))
    }

    /// The event that gave the entry its present form: what an amendment must have seen.
    #[must_use]
    pub fn revision(&self) -> Seq {
        self.edits.last().map_or(self.seq, |e| e.seq)
    }

    /// The event that gave the entry its present words.
    pub(super) fn worded(&self) -> Seq {
        let mut after = &self.text;
        for edit in self.edits.iter().rev() {
            if edit.text != *after {
                return edit.seq;
            }
            after = &edit.text;
        }
        self.seq
    }
}

/// All lines.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Timeline {
    /// In the order of `seq`.
    entries: Vec<Entry>,
    /// Places in `entries`, in the order of (occurred at, seq).
    order: Vec<u32>,
}

impl Timeline {
    /// How many lines there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// There is no line.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The lines in the order in which they were stored.
    #[must_use]
    pub fn stored(&self) -> &[Entry] {
        &self.entries
    }

    /// The lines in the order in which things happened.
    pub fn shown(&self) -> impl DoubleEndedIterator<Item = &Entry> {
        self.order.iter().filter_map(|&i| self.entries.get(i as usize))
    }

    /// The line at a place of the shown order.
    #[must_use]
    pub fn nth_shown(&self, place: usize) -> Option<&Entry> {
        self.order.get(place).and_then(|&i| self.entries.get(i as usize))
    }

    /// The place of a line in the shown order.
    #[must_use]
    pub fn place_of(&self, seq: Seq) -> Option<usize> {
        let entry = self.get(seq)?;
        self.order.binary_search_by(|&i| self.key(i).cmp(&(entry.occurred_at, entry.seq))).ok()
    }

    /// The line that an event made.
    #[must_use]
    pub fn get(&self, seq: Seq) -> Option<&Entry> {
        let at = self.entries.binary_search_by_key(&seq, |e| e.seq).ok()?;
        self.entries.get(at)
    }

    fn key(&self, place: u32) -> (Utc, Seq) {
        self.entries.get(place as usize).map_or((Utc::UNIX_EPOCH, Seq::NONE), |e| (e.occurred_at, e.seq))
    }

    pub(super) fn push(&mut self, entry: Entry) {
        let key = (entry.occurred_at, entry.seq);
        let place = u32::try_from(self.entries.len()).unwrap_or(u32::MAX);
        let at = if self.order.last().is_none_or(|&i| self.key(i) <= key) {
            self.order.len()
        } else {
            self.order.partition_point(|&i| self.key(i) <= key)
        };
        self.entries.push(entry);
        self.order.insert(at, place);
    }

    pub(super) fn change(&mut self, seq: Seq, change: impl FnOnce(&mut Entry)) -> bool {
        let Ok(at) = self.entries.binary_search_by_key(&seq, |e| e.seq) else { return false };
        let Some(entry) = self.entries.get_mut(at) else { return false };
        let before = entry.occurred_at;
        change(entry);
        let after = entry.occurred_at;
        if before != after {
            let place = u32::try_from(at).unwrap_or(u32::MAX);
            self.order.retain(|&i| i != place);
            let key = (after, seq);
            let to = self.order.partition_point(|&i| self.key(i) <= key);
            self.order.insert(to, place);
        }
        true
    }
}
