//! The story of `warroom demo`: a drill in progress, an incident that still owes its postmortem, closed ones, and
//! an archive whose improvements were shipped or not. Told through the same use cases as everything else, by stamps
//! that are moved back. It must not write past them.

mod drill;
mod others;
mod past;

use super::{By, Failure, Said, Service};
use crate::domain::ids::LogId;
use crate::domain::postmortem::shipped::SHIPPED;
use crate::domain::request::{Asked, NewEvidence, Request};
use crate::domain::time::{Span, Stamp, Utc};

/// Who commits the archive of a demo.
const AUTHOR: &str = "alice <alice@example.org>";

/// What the drill keeps as evidence: the name of the file, and the calls in it.
pub const EVIDENCE: (&str, &str) =
    ("signing-calls.json", include_str!("../../assets/demo/signing-calls.json"));

/// A moment that is told has no clock of a host behind it.
const TOLD: &str = "boot=00000000 ns=0 sync=0";

impl Service {
    /// Fills an empty home with the story of the demo, as it stands at the moment of `by`; `evidence` is the file that
    /// the drill keeps, where it lies. Answers the log of the drill in progress.
    ///
    /// # Errors
    /// What the store, the archive or a rule says.
    pub async fn seed_demo(&self, by: &By, evidence: NewEvidence) -> Result<LogId, Failure> {
        let texts = SHIPPED.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect();
        self.blocking(|inner| Ok(inner.archive()?.without_seals()?)).await?;
        let report = self.import_texts(by, texts, Some(AUTHOR.to_owned())).await?;
        let commit = report.commit.unwrap_or_default();
        for (path, text) in SHIPPED {
            let runbook = past::followed(path).and_then(|name| self.runbook(name).ok());
            let runbook = runbook.map(|file| file.to_text());
            if let Some(story) = past::story(by, path, text, &commit, runbook) {
                self.record_new(story).await?;
            }
        }
        for story in others::stories(by) {
            self.record_new(story).await?;
        }
        self.seed_drill(by, evidence).await
    }

    /// A reply names the number of its line, which is known once all that was written down before it is told.
    async fn seed_drill(&self, by: &By, evidence: NewEvidence) -> Result<LogId, Failure> {
        let runbook = self.runbook("signing-key-compromised").ok().map(|file| file.to_text());
        let mut story = drill::lines(by, runbook, evidence);
        for reply in drill::replies(by) {
            let told = self.inner.rehearse(&story)?;
            if let Some(line) = told.timeline.stored().iter().find(|e| e.text.ends_with(reply.of)) {
                let mut more = Story { by, said: story };
                more.at(reply.person, reply.at, (reply.request)(line.seq));
                story = more.done();
            }
        }
        Ok(self.record_new(story).await?.1)
    }
}

/// What is told of one incident, in the order in which it was written down.
struct Story<'a> {
    by: &'a By,
    said: Vec<Said>,
}

impl<'a> Story<'a> {
    const fn new(by: &'a By) -> Self {
        Self { by, said: Vec::new() }
    }

    /// Somebody wrote it down as it happened.
    fn at(&mut self, person: &str, at: Utc, request: Request) {
        self.late(person, at, at, request);
    }

    /// Somebody wrote down at `written` what happened at `at`.
    fn late(&mut self, person: &str, written: Utc, at: Utc, request: Request) {
        let stamp = Stamp { at: written, clock: TOLD.to_owned() };
        let by = By { person: person.to_owned(), actor: self.by.actor.clone(), stamp };
        let at = (at != written).then_some((at, false));
        self.said.push((by, Asked { request, at }));
    }

    /// What was told, by the moments at which it was written down.
    fn done(mut self) -> Vec<Said> {
        self.said.sort_by_key(|(by, _)| by.stamp.at);
        self.said
    }
}

/// So long before that moment.
fn before(at: Utc, span: Span) -> Utc {
    at.checked_sub_signed(span).unwrap_or(at)
}

/// So long after that moment.
fn after(at: Utc, span: Span) -> Utc {
    at.checked_add_signed(span).unwrap_or(at)
}

fn words(list: &[&str]) -> Vec<String> {
    list.iter().map(|w| (*w).to_owned()).collect()
}
