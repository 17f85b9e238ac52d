//! How the postmortem of an incident stands in the archive, where people commit as they like: at which path, with what
//! text, and whether that is still the text that the draft was made from. It must not write.

use super::{Failure, FailureKind, Inner, Service};
use crate::archive::Archive;
use crate::domain::archive_path::{ArchivePath, PartialDate, postmortem_path};
use crate::domain::ids::{IncidentId, LogId, Seq};
use crate::domain::incident::{Incident, PostmortemStatus};
use crate::domain::log::Digest;
use crate::domain::postmortem::date::PartialDate as DayPart;
use crate::domain::postmortem::document::{self, same_but_for_head};

/// A text that the archive holds, or held.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Held {
    /// Its blob in hex.
    pub(super) blob: String,
    /// Its bytes.
    pub(super) bytes: Vec<u8>,
}

/// A file that says that it is the postmortem of an incident.
struct Claim {
    path: ArchivePath,
    /// The head of the log that it tells; none when it tells none.
    head: Option<(Seq, Digest)>,
}

/// What the archive and the log say of a postmortem.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Standing {
    /// Where it lies, or will.
    pub(super) path: ArchivePath,
    /// What lies there at HEAD.
    pub(super) there: Option<Held>,
    /// What the draft was made from: what was published last, or what was taken from the archive since. None where it
    /// never was, and where the repository does not have it any more.
    pub(super) base: Option<Held>,
    /// It is the text of this log that a publication left there before the log could say so.
    unsaid: bool,
    review: PostmortemStatus,
}

impl Standing {
    /// Whether others have changed the text since it was published or taken over.
    pub(super) fn is_changed(&self) -> bool {
        match (&self.there, &self.base) {
            (None, _) => false,
            (Some(there), Some(base)) => there.blob != base.blob,
            (Some(_), None) => !self.unsaid,
        }
    }

    /// Whether a draft says no more than a text of the archive, once it is made fit to publish.
    pub(super) fn says(&self, draft: &str, held: &Held) -> bool {
        let Some(of_archive) = finished(&String::from_utf8_lossy(&held.bytes), &self.review) else {
            return false;
        };
        finished(draft, &self.review).is_some_and(|draft| same_but_for_head(&draft, &of_archive))
    }

    /// Refuses a publication that would undo what others have committed.
    pub(super) fn refuse_changed(&self, id: IncidentId, draft: &str) -> Result<(), Failure> {
        match &self.there {
            Some(there) if self.is_changed() && !self.says(draft, there) => Err(Failure::new(
                FailureKind::Conflict,
                format!("{} was changed in the archive since it was published", self.path),
            )
            .hint(format!(
                "nothing was committed; warroom postmortem draft {id} --from-archive makes the draft of its text, and \
                 keeps yours beside it"
            ))),
            _ => Ok(()),
        }
    }
}

/// A text as it would be published with this review, but for its head; none when its front matter cannot be read.
fn finished(text: &str, review: &PostmortemStatus) -> Option<String> {
    let text = document::published(text, &[], (Seq::NONE, "")).ok()?;
    let text = document::reviewed(&text, review).ok()?;
    document::without_marks(&text).ok()
}

impl Service {
    /// How the postmortem of an incident stands; `title` is the one of its text, of which the path of a first
    /// publication is made. Before publishing, the other files that have its id are looked at too.
    ///
    /// # Errors
    /// When the archive cannot be read, or another incident's postmortem has the id.
    pub(super) async fn standing(
        &self,
        incident: &Incident,
        title: &str,
        publishing: bool,
    ) -> Result<Standing, Failure> {
        let (id, review) = (incident.id, incident.closing.postmortem.clone());
        let recorded = match &review.path {
            Some(path) => Some(ArchivePath::new(path.clone()).map_err(|e| Failure::no(e.to_string()))?),
            None => None,
        };
        let date = PartialDate::from(DayPart::from(incident.began_at().date_naive()));
        let usual = recorded.clone().unwrap_or_else(|| postmortem_path(date, title, &id.to_string()));
        let first = usual.clone();
        let (there, claims) = self
            .blocking_memory(move |inner| {
                let Some(archive) = inner.archive_there()? else { return Ok((None, Vec::new())) };
                let there = held(&archive, archive.blob(&first)?)?;
                let look = publishing || there.is_none();
                let claims = if look { inner.claims(&archive, id, &first)? } else { Vec::new() };
                Ok((there, claims))
            })
            .await?;
        let gone = recorded.is_some() && there.is_none();
        let mut moved = None;
        for claim in claims {
            if recorded.as_ref() == Some(&claim.path) {
                continue;
            }
            let ours = match claim.head {
                Some((seq, digest)) => self.is_ours(incident.log, seq, digest).await?,
                None if gone => true,
                // Some other text about the same incident: nothing says that it is of another log.
                None if recorded.is_some() => continue,
                None => false,
            };
            if !ours {
                return Err(anothers(id, &claim.path));
            }
            if gone || recorded.is_none() {
                moved.get_or_insert(claim.path);
            }
        }
        let (unsaid, path) = (recorded.is_none() && moved.is_some(), moved.unwrap_or(usual));
        self.blocking(move |inner| {
            let Some(archive) = inner.archive_there()? else {
                return Ok(Standing { path, there: None, base: None, unsaid, review });
            };
            let there = held(&archive, archive.blob(&path)?)?;
            let base = held(&archive, base(&archive, recorded.as_ref(), &review)?)?;
            Ok(Standing { path, there, base, unsaid, review })
        })
        .await
    }

    /// Whether a log holds this head.
    pub(super) async fn is_ours(&self, log: LogId, seq: Seq, digest: Digest) -> Result<bool, Failure> {
        Ok(self.stored_digest(log, seq).await? == Some(digest))
    }
}

impl Inner {
    /// The files that say that they are of an incident: those that the search knows, and the one at a path.
    fn claims(&self, archive: &Archive, id: IncidentId, at: &ArchivePath) -> Result<Vec<Claim>, Failure> {
        let name = id.to_string();
        // Without an index the path is all that is known; publishing does not wait for it to be mended.
        let cards = self.ask(|index| index.with_id(&name)).unwrap_or_default();
        let mut paths: Vec<ArchivePath> =
            cards.into_iter().filter_map(|card| ArchivePath::new(card.path).ok()).collect();
        if !paths.contains(at) {
            paths.push(at.clone());
        }
        let mut claims = Vec::new();
        for path in paths {
            let Some(held) = held(archive, archive.blob(&path)?)? else { continue };
            let (parsed, _) = document::parse(&String::from_utf8_lossy(&held.bytes));
            let head = parsed.front.timeline_head().and_then(|(seq, hex)| Some((seq, hex.parse().ok()?)));
            claims.push(Claim { path, head });
        }
        Ok(claims)
    }
}

/// The blob that the draft was made from.
fn base(
    archive: &Archive,
    path: Option<&ArchivePath>,
    review: &PostmortemStatus,
) -> Result<Option<String>, Failure> {
    if review.drafted_from.is_some() {
        return Ok(review.drafted_from.clone());
    }
    let (Some(path), Some((commit, _))) = (path, &review.published) else { return Ok(None) };
    if let Some(blob) = archive.blob_in(commit, path)? {
        return Ok(Some(blob));
    }
    // Whoever rebases makes other commits of the same messages.
    let Some(head) = &review.timeline_head else { return Ok(None) };
    let told = format!("Timeline-Head: {head}");
    let versions = archive.history(path)?;
    let ours = versions.into_iter().find(|version| version.message.lines().any(|line| line.trim() == told));
    Ok(ours.and_then(|version| version.blob))
}

/// The text of a blob; none when the repository does not have it.
fn held(archive: &Archive, blob: Option<String>) -> Result<Option<Held>, Failure> {
    let Some(blob) = blob else { return Ok(None) };
    match archive.read_blob(&blob) {
        Ok(bytes) => Ok(Some(Held { blob, bytes })),
        Err(crate::archive::ArchiveError::NoObject { .. }) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// The refusal to publish beside the postmortem of another incident.
fn anothers(id: IncidentId, path: &ArchivePath) -> Failure {
    Failure::new(
        FailureKind::Conflict,
        format!("{path} in the archive has the id {id}, and its head is not one of this log"),
    )
    .hint(
        "nothing was committed: two postmortems would have one id; give that one another id in its front matter and \
         commit it with git, then publish again",
    )
}
