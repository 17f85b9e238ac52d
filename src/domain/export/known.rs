//! Which rows of a table are lines of the incident already, so that a table can be given again. It must not decide
//! what becomes of the others.

use std::collections::{BTreeMap, BTreeSet};

use super::csv::Row;
use crate::domain::ids::Seq;
use crate::domain::incident::{Entry, Incident, UNDONE};
use crate::domain::safe::SafeText;
use crate::domain::time::{Utc, rfc3339};
use crate::domain::words::EntryKind;

/// What a row is to the incident.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// Not in it.
    New,
    /// A line of it.
    There,
    /// Written from this line of it, and it says something else.
    Differs(Seq),
}

/// By what a line is known again, beside its time.
type Words = (EntryKind, String, String);

/// The lines of an incident. Each answers for one row: a table that has a line twice means two lines.
#[derive(Debug)]
pub struct Known<'a> {
    incident: &'a Incident,
    /// By words, every form that a line ever had, with its time.
    by_words: BTreeMap<Words, Vec<(Utc, Seq)>>,
    used: BTreeSet<Seq>,
}

impl<'a> Known<'a> {
    /// The lines of an incident.
    #[must_use]
    pub fn new(incident: &'a Incident) -> Self {
        let mut by_words: BTreeMap<Words, Vec<(Utc, Seq)>> = BTreeMap::new();
        // Whoever took a line back may bring it again.
        let undone = |entry: &&Entry| entry.struck.as_ref().is_some_and(|strike| strike.reason == UNDONE);
        for entry in incident.timeline.stored().iter().filter(|entry| !undone(entry)) {
            let former = entry.edits.iter().map(|e| (e.text.as_str(), e.occurred_at));
            for (text, at) in former.chain([(entry.text.as_str(), entry.occurred_at)]) {
                let words = (entry.kind, text.trim().to_owned(), entry.by.clone());
                by_words.entry(words).or_default().push((at, entry.seq));
            }
        }
        Self { incident, by_words, used: BTreeSet::new() }
    }

    /// What a row is, with its text as it would be stored. A row that names no time is known by its words alone.
    pub fn find(&mut self, row: &Row, kind: EntryKind, at: Option<Utc>, by: &str, text: &str) -> Place {
        if let Some(entry) = self.written_from(row) {
            self.used.insert(entry.seq);
            let same = entry.kind == kind
                && (entry.text.trim() == text.trim() || self.left_as(entry).trim() == text.trim())
                && at.is_none_or(|at| at == entry.occurred_at);
            return if same { Place::There } else { Place::Differs(entry.seq) };
        }
        let words = (kind, text.trim().to_owned(), by.to_owned());
        let Some(lines) = self.by_words.get(&words) else { return Place::New };
        let free = |(was, seq): &&(Utc, Seq)| at.is_none_or(|at| at == *was) && !self.used.contains(seq);
        let Some((_, seq)) = lines.iter().find(free) else { return Place::New };
        self.used.insert(*seq);
        Place::There
    }

    /// The text of a line as an export writes it.
    fn left_as(&self, entry: &Entry) -> String {
        SafeText::block(&crate::domain::telling::safe(self.incident, &entry.text)).into_string()
    }

    /// The line that an export of this incident wrote as this row: position and moment of storing are those of one.
    fn written_from(&self, row: &Row) -> Option<&'a Entry> {
        let seq = Seq(row.seq.trim().parse().ok()?);
        let entry = self.incident.timeline.get(seq)?;
        (rfc3339(entry.recorded_at) == row.recorded_at.trim() && !self.used.contains(&seq)).then_some(entry)
    }
}
