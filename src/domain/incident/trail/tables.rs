//! The lines of a table are one action, of whoever brought it in: their authors did nothing here. It must not know how
//! a table is read.

use super::{Trace, Trail};
use crate::domain::event::{Event, Recorded};
use crate::domain::ids::Seq;
use crate::domain::request::Request;

/// The trace of an event as the one of a line of a table, where it came with one.
pub(super) fn brought(recorded: &Recorded, trace: Option<Trace>) -> Option<Trace> {
    let Some(by) = &recorded.brought_by else { return trace };
    // A star goes with its line.
    let mut trace = trace.filter(|_| !matches!(recorded.event, Some(Event::Starred(_))))?;
    by.clone_into(&mut trace.by);
    trace.bulk = Some(recorded.recorded_at);
    trace.about = None;
    trace.table.insert(recorded.seq);
    trace.count();
    Some(trace)
}

impl Trace {
    /// Another line of the same table.
    pub(super) fn is_of_the_table_of(&self, last: &Self) -> bool {
        !self.table.is_empty() && !last.table.is_empty() && self.bulk == last.bulk && self.by == last.by
    }

    pub(super) fn add_line(&mut self, line: Self) {
        self.table.extend(line.table);
        self.undo.extend(line.undo);
        if !line.instead.is_empty() {
            self.instead = line.instead;
        }
        self.count();
    }

    /// It is known by its last line, and named by how many there are: no words of theirs are quoted.
    fn count(&mut self) {
        if let Some(last) = self.table.last() {
            (self.seq, self.said) = (*last, *last);
        }
        self.what = match self.table.len() {
            1 => "the line of a table".to_owned(),
            n => format!("the {n} lines of a table"),
        };
    }
}

impl Trail {
    /// The words of an event are erased: no action quotes them, and nothing of it is taken back any more.
    pub(in crate::domain::incident) fn erase(&mut self, seq: Seq) {
        for trace in
            self.traces.iter_mut().filter(|trace| trace.table.contains(&seq) && trace.table.len() > 1)
        {
            trace.table.remove(&seq);
            trace.undo.retain(|undo| !matches!(undo, Request::Strike { target, .. } if *target == seq));
            trace.count();
        }
        self.forget(seq);
    }
}
