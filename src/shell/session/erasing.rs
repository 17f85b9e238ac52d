//! Words that a redaction names are taken from this host: from the log, its copies, and the half-typed texts of
//! processes that are gone. What still holds them is told, with what to do. It must not touch what is somebody's.

use super::Session;
use crate::domain::event::{Event, Recorded};
use crate::domain::ids::IncidentId;
use crate::domain::incident::{ERASED, Incident};
use crate::service::{Failure, Overwritten, Remnant, Service, words_of};
use crate::shell::drafts::{Holder, Left, Words, erase};

/// What came of an erasure.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Erased {
    /// The journals of half-typed texts from which words were taken.
    pub drafts: Vec<String>,
    /// The damaged files, kept by a repair, in which they are written over.
    pub kept: Vec<Overwritten>,
    /// What still holds them.
    pub remains: Vec<Remnant>,
}

impl Session {
    /// Erases the words of the events that redactions among `events` name. `before`: the incident as it was when the
    /// words were still there.
    ///
    /// # Errors
    /// When a copy cannot be erased; the redaction can be asked for again then.
    pub async fn erase(
        &self,
        service: &Service,
        before: &Incident,
        events: &[Recorded],
    ) -> Result<Erased, Failure> {
        let erased = events.iter().filter_map(|recorded| match &recorded.event {
            Some(Event::Redacted(erased)) => Some(erased.target),
            _ => None,
        });
        let unerased = service.unerased(before.log).await?;
        let mut words: Vec<String> = erased.flat_map(|target| words_of(before, target)).collect();
        words.extend(unerased.words.iter().cloned());
        // Quoted by the program, or erased before: nothing to look for.
        words.retain(|word| word != ERASED);
        words.sort_unstable();
        words.dedup();
        let now = self.clock.now();
        // The log last: whoever is interrupted finds there what is still to be erased, and nowhere else.
        let drafts = self.erase_drafts(&words).await;
        let kept = service.erase_kept(&unerased, &words, now).await;
        service.erase(before.log, &unerased, now).await?;
        let mut told = drafts?;
        let (kept, left) = kept?;
        told.kept = kept;
        told.remains.extend(left);
        told.remains.extend(service.remnants(words, before.closing.postmortem.path.clone()).await?);
        Ok(told)
    }

    /// Takes words out of half-typed texts.
    async fn erase_drafts(&self, words: &[String]) -> Result<Erased, Failure> {
        let (folder, words) = (self.home.drafts(), Words::new(words.to_vec()));
        let found = tokio::task::spawn_blocking(move || erase(&folder, &words)).await;
        let found = match found {
            Ok(Ok(found)) => found,
            Ok(Err(error)) if error.kind() == std::io::ErrorKind::NotFound => Vec::new(),
            Ok(Err(error)) => {
                let folder = self.home.drafts();
                return Err(Failure::no(format!("{} cannot be looked into: {error}", folder.display())));
            }
            Err(_) => return Err(Failure::no("looking into the half-typed texts broke off")),
        };
        let mut told = Erased::default();
        for Holder { path, incidents, left } in found {
            let path = path.display().to_string();
            let todo = match left {
                Left::Nothing => {
                    told.drafts.push(path);
                    continue;
                }
                Left::Held(pid) => {
                    let who =
                        pid.map_or_else(|| "another process".to_owned(), |pid| format!("process {pid}"));
                    format!(
                        "a half-typed text {} that {who} has open: empty it there (Ctrl-u), then leave the room",
                        place(&incidents)
                    )
                }
                Left::Failed(why) => format!("a half-typed text {}: {why}", place(&incidents)),
            };
            told.remains.push(Remnant { path, commit: None, todo });
        }
        Ok(told)
    }
}

/// Where texts were typed.
fn place(incidents: &[IncidentId]) -> String {
    if incidents.is_empty() {
        return "outside of any room".to_owned();
    }
    let names: Vec<String> = incidents.iter().map(ToString::to_string).collect();
    format!("in {}", names.join(", "))
}
