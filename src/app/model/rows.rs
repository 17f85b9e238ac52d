//! The rows of the timeline pane: which entries are shown, in which order, with a row where a day begins. Kept as a
//! list of names, so that moving, scrolling and drawing never fold or filter the log again.

use chrono::{Datelike, NaiveDate, Offset};

use crate::app::effect::Ticket;
use crate::domain::filter::Filter;
use crate::domain::ids::Seq;
use crate::domain::incident::{Entry, Incident, Topic};
use crate::domain::time::Utc;
use crate::domain::words::EntryKind;
use crate::domain::zone::Tz;

/// The name of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RowId {
    /// A stored entry.
    Entry(Seq),
    /// A line of this screen that is not stored yet.
    Pending(Ticket),
    /// A day begins, or its clocks were put forward or back: the day, and how many seconds they are ahead of UTC.
    Day(NaiveDate, i32),
}

/// A row and where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Row {
    /// When it happened (UTC).
    pub at: Utc,
    /// The place among rows of one moment: position for stored ones, after them for pending ones.
    pub rank: u64,
    /// Its name.
    pub id: RowId,
}

impl Row {
    const fn key(&self) -> (Utc, u64) {
        (self.at, self.rank)
    }
}

/// The rows that a filter leaves.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Rows {
    list: Vec<Row>,
    /// Only entries that match.
    pub filter: Filter,
    /// System lines are shown all (`Some(true)`), none (`Some(false)`), or those that tell the story.
    pub system: Option<bool>,
    /// Entries that are crossed out are shown.
    pub struck: bool,
    /// An entry that is shown whatever else counts: somebody else changed it while it was selected here.
    pub kept: Option<Seq>,
}

impl Rows {
    /// All rows, in order.
    #[must_use]
    pub fn all(&self) -> &[Row] {
        &self.list
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.list.len()
    }

    /// There is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// Where a row stands.
    #[must_use]
    pub fn place(&self, id: RowId) -> Option<usize> {
        self.list.iter().rposition(|row| row.id == id)
    }

    /// The entry at a place, or the nearest one before it, else after it.
    #[must_use]
    pub fn near(&self, place: usize) -> Option<RowId> {
        let is_entry = |row: &&Row| !matches!(row.id, RowId::Day(..));
        let (before, after) = self.list.split_at(place.saturating_add(1).min(self.list.len()));
        before.iter().rev().find(is_entry).or_else(|| after.iter().find(is_entry)).map(|row| row.id)
    }

    /// The row at a place.
    #[must_use]
    pub fn get(&self, place: usize) -> Option<Row> {
        self.list.get(place).copied()
    }

    /// Whether an entry is shown.
    #[must_use]
    pub fn shows(&self, entry: &Entry) -> bool {
        if self.kept == Some(entry.seq) {
            return true;
        }
        let all = self.system == Some(true);
        if entry.struck.is_some() && !(all || self.struck || self.filter.wants_struck()) {
            return false;
        }
        if (entry.kind == EntryKind::System || entry.topic != Topic::Said) && !self.filter.wants_system() {
            let shown = self.system.unwrap_or_else(|| entry.topic.shown_by_default());
            if !shown {
                return false;
            }
        }
        self.filter.matches(entry)
    }

    /// Lists everything anew: after a filter, a zone, an amended time.
    pub fn rebuild(&mut self, incident: &Incident, pending: &[(Ticket, Utc)], zone: Tz) {
        let mut list: Vec<Row> = incident.timeline.shown().filter(|e| self.shows(e)).map(entry_row).collect();
        for (ticket, at) in pending {
            let row = pending_row(*ticket, *at);
            let place = list.partition_point(|r| r.key() <= row.key());
            list.insert(place, row);
        }
        let mut out: Vec<Row> = Vec::with_capacity(list.len().saturating_add(8));
        let mut day: Option<(NaiveDate, i32)> = None;
        for row in list {
            let (date, ahead) = day_of(row.at, zone);
            if day.is_some_and(|d| d != (date, ahead)) {
                out.push(Row { at: row.at, rank: 0, id: RowId::Day(date, ahead) });
            }
            day = Some((date, ahead));
            out.push(row);
        }
        self.list = out;
    }

    /// Adds a stored entry. The usual case, at the end of the same day, costs nothing; otherwise everything is
    /// listed anew.
    pub fn add_entry(&mut self, entry: &Entry, zone: Tz) -> bool {
        if !self.shows(entry) {
            return true;
        }
        self.append(entry_row(entry), zone)
    }

    /// Adds a pending line, as [`Rows::add_entry`].
    pub fn add_pending(&mut self, ticket: Ticket, at: Utc, zone: Tz) -> bool {
        self.append(pending_row(ticket, at), zone)
    }

    /// Takes a row out.
    pub fn remove(&mut self, id: RowId) {
        if let Some(place) = self.place(id) {
            self.list.remove(place);
            // A day of which nothing is left.
            let before = place.checked_sub(1).and_then(|p| self.list.get(p)).map(|r| r.id);
            let after = self.list.get(place).map(|r| r.id);
            if let Some(RowId::Day(..)) = before
                && matches!(after, None | Some(RowId::Day(..)))
            {
                self.list.remove(place.saturating_sub(1));
            }
        }
    }

    /// Appends a row that belongs to the end; false when it belongs elsewhere or begins a day.
    fn append(&mut self, row: Row, zone: Tz) -> bool {
        match self.list.last() {
            None => {}
            Some(last) if last.key() <= row.key() && day_of(last.at, zone) == day_of(row.at, zone) => {}
            Some(_) => return false,
        }
        self.list.push(row);
        true
    }
}

fn entry_row(entry: &Entry) -> Row {
    Row { at: entry.occurred_at, rank: entry.seq.0, id: RowId::Entry(entry.seq) }
}

const fn pending_row(ticket: Ticket, at: Utc) -> Row {
    // Behind every stored entry of the same millisecond, in the order of sending.
    Row { at, rank: (1 << 62) | ticket.0, id: RowId::Pending(ticket) }
}

/// The day of an instant, and how many seconds its clocks are ahead of UTC.
fn day_of(at: Utc, zone: Tz) -> (NaiveDate, i32) {
    let local = at.with_timezone(&zone);
    let date = NaiveDate::from_ymd_opt(local.year(), local.month(), local.day()).unwrap_or_default();
    (date, local.offset().fix().local_minus_utc())
}
