//! A redaction that was asked for in the room erases as the command does: the words are gone when it is told. It must not
//! decide anything.

use super::{Clerk, trouble};
use crate::app::msg::{Msg, Trouble};
use crate::domain::event::Recorded;
use crate::domain::ids::LogId;
use crate::domain::incident::Incident;
use crate::domain::request::{Asked, Request};

impl Clerk {
    /// The incident with the words that are to be erased; none when nothing is.
    pub(super) async fn before_erasing(&self, log: LogId, asked: &[Asked]) -> Option<Incident> {
        let erases = asked.iter().any(|a| matches!(a.request, Request::Redact { .. }));
        if erases { self.service.incident(log).await.ok() } else { None }
    }

    /// Erases what was redacted. What could not be, or is somewhere else, is told beside the answer: the entry about it
    /// is stored either way.
    pub(super) async fn erase(&self, before: Option<Incident>, events: &[Recorded]) {
        let Some(before) = before else { return };
        let told = match self.session.erase(&self.service, &before, events).await {
            Ok(erased) => {
                let Some(first) = erased.remains.first() else {
                    if let Some(kept) = erased.kept.first() {
                        let more = match erased.kept.len() {
                            1 => String::new(),
                            n => format!(" (and {} more)", n - 1),
                        };
                        self.outbox.send(Msg::Warning(Trouble::new(
                            format!("erased; written over in a file that a repair kept: {}{more}", kept.path),
                            "nothing: whoever looks at the damage finds this in erased.txt beside it",
                        )));
                    }
                    return;
                };
                let commit = first.commit.as_ref().map(|c| format!(" in commit {c}")).unwrap_or_default();
                let more = match erased.remains.len() {
                    1 => String::new(),
                    n => format!(" (and {} more places)", n - 1),
                };
                Trouble::new(
                    format!("erased from the log; still there: {}{commit}{more}", first.path),
                    first.todo.clone(),
                )
            }
            Err(failure) => trouble(&failure),
        };
        self.outbox.send(Msg::Warning(told));
    }
}
