//! What remotes hold of our logs, as far as this repository was told: the heads that stand in the messages of commits
//! below `refs/remotes/`. It must not ask a remote, nor believe a head: whoever has the log compares.

use std::collections::BTreeSet;

use git2::{Oid, Sort};

use super::Archive;
use super::error::ArchiveError;
use crate::domain::ids::{IncidentId, Seq};
use crate::domain::log::Digest;

/// The most commits that are looked at, the newest first.
pub const COMMITS_MAX: usize = 10_000;

/// The largest message that is read, bytes: ours are far smaller.
const MESSAGE_MAX: usize = 64 * 1024;

/// The most heads that one message can tell.
const HEADS_MAX: usize = 16;

/// A head that the message of a commit tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToldHead {
    /// The incident that it is said to be of.
    pub incident: IncidentId,
    /// How far that log is said to have come.
    pub seq: Seq,
    /// The digest that is said to stand there.
    pub digest: Digest,
    /// The commit, hexadecimal.
    pub commit: String,
}

impl Archive {
    /// The commits at which the remotes' branches stood when git last pushed to them or fetched from them,
    /// hexadecimal, each once and in order. It reads references only.
    ///
    /// # Errors
    /// [`ArchiveError::Git`] when the references cannot be listed.
    pub fn remote_tips(&self) -> Result<Vec<String>, ArchiveError> {
        let references = self.repo.references_glob("refs/remotes/*").map_err(|e| self.git(e))?;
        // One that names what is not here (a remote's HEAD without its branch) holds nothing.
        let tips = references.filter_map(|r| r.ok()?.peel_to_commit().ok().map(|c| c.id().to_string()));
        Ok(tips.collect::<BTreeSet<_>>().into_iter().collect())
    }

    /// The heads in the messages of these commits and of those before them, the newest first, at most `max` commits.
    ///
    /// # Errors
    /// [`ArchiveError::Git`] when the first of them cannot be read.
    pub fn told_heads(&self, tips: &[String], max: usize) -> Result<Vec<ToldHead>, ArchiveError> {
        let mut walk = self.repo.revwalk().map_err(|e| self.git(e))?;
        walk.set_sorting(Sort::TIME).map_err(|e| self.git(e))?;
        for tip in tips {
            let tip = Oid::from_str(tip).map_err(|e| self.git(e))?;
            walk.push(tip).map_err(|e| self.git(e))?;
        }
        let mut told = Vec::new();
        for id in walk.take(max) {
            // What is behind a commit that is missing here (a clone of a part) is not known.
            let Ok(commit) = id.and_then(|id| self.repo.find_commit(id)) else { break };
            let message = commit.message_bytes();
            if message.len() > MESSAGE_MAX {
                continue;
            }
            let heads = heads_in(&String::from_utf8_lossy(message));
            let commit = commit.id().to_string();
            told.extend(heads.into_iter().map(|(incident, seq, digest)| ToldHead {
                incident,
                seq,
                digest,
                commit: commit.clone(),
            }));
        }
        Ok(told)
    }
}

/// The heads that a message tells. They are looked for in every line, not in the last paragraph only: a merge that
/// squashes commits puts their messages into its own.
fn heads_in(message: &str) -> Vec<(IncidentId, Seq, Digest)> {
    let mut heads = Vec::new();
    let mut incident: Option<IncidentId> = None;
    for (key, value) in message.lines().filter_map(|line| line.trim().split_once(':')) {
        if key.eq_ignore_ascii_case("Incident") {
            incident = value.trim().parse().ok();
        } else if key.eq_ignore_ascii_case("Timeline-Head")
            && let Some(incident) = incident
            && let Some((seq, hex)) = value.trim().split_once(' ')
            && let (Ok(seq), Ok(digest)) = (seq.parse(), hex.trim().parse())
            && heads.len() < HEADS_MAX
        {
            heads.push((incident, Seq(seq), digest));
        }
    }
    heads
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_tells_the_heads_of_its_incidents() {
        let hex = "ab".repeat(32);
        let ours = format!("INC-2026-0042: Web\n\nIncident: INC-2026-0042\nTimeline-Head: 7 {hex}\n");
        let one = |seq| (IncidentId { year: 2026, number: 42 }, Seq(seq), hex.parse().unwrap());
        assert_eq!(heads_in(&ours), [one(7)]);
        let squashed = format!(
            "Two\n\n* one\n\n{ours}\n* other\n\nincident: INC-2026-0042\r\ntimeline-head:  9  {hex}\r\n"
        );
        assert_eq!(heads_in(&squashed), [one(7), one(9)]);
        let wrong = [
            format!("Timeline-Head: 7 {hex}\nIncident: INC-2026-0042"),
            format!("Incident: web\nTimeline-Head: 7 {hex}"),
            "Incident: INC-2026-0042\nTimeline-Head: 7 abcd".to_owned(),
            format!("Incident: INC-2026-0042\nTimeline-Head: -7 {hex}"),
            format!("Incident: INC-2026-0042\nTimeline-Head: {hex}"),
        ];
        for text in wrong {
            assert_eq!(heads_in(&text), [], "{text}");
        }
        let many = format!("Incident: INC-2026-0042\n{}", format!("Timeline-Head: 7 {hex}\n").repeat(99));
        assert_eq!(heads_in(&many).len(), HEADS_MAX);
    }
}
