//! A command that ended becomes a line and its evidence. It must not run one.

use super::Clerk;
use crate::app::msg::{Answer, Msg};
use crate::domain::ids::LogId;
use crate::domain::request::Request;
use crate::shell::process::Ran;

impl Clerk {
    /// Writes down how a command ended, and its output as evidence of that line.
    pub(super) async fn ran(&mut self, log: LogId, by: &str, ran: Ran) -> Answer {
        let noted = self.submit(log, by, &[ran.note.into()]).await;
        let (Answer::Stored(mut events), Some(mut evidence)) = (noted.clone(), ran.evidence) else {
            return noted;
        };
        evidence.entry = events.last().map(|e| e.seq);
        match self.submit(log, by, &[Request::AddEvidence(evidence).into()]).await {
            Answer::Stored(more) => {
                events.extend(more);
                Answer::Stored(events)
            }
            // The line is stored: what is missing is told, and it comes with the next look at the log.
            other => {
                self.outbox.send(Msg::Refreshed(log, events));
                other
            }
        }
    }
}
