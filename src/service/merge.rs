//! Merging incidents that turned out to be one. A log is never moved and never rewritten: each merged incident says
//! that it is a duplicate and of what, the one that goes on says what was merged into it and at which head, and both
//! ids keep answering. It can be repeated: what is said already is not said again.

mod asks;

use serde::Serialize;

use super::{By, Failure, Service};
use crate::domain::clocks;
use crate::domain::closeout::counted;
use crate::domain::ids::{IncidentId, LogId, Seq};
use crate::domain::incident::{Ask, Incident};
use crate::domain::recurrence::{DIFFERENT, DUPLICATE};
use crate::domain::request::{Asked, Request};
use crate::domain::severity::Move;
use crate::domain::time::Utc;
use crate::domain::words::{DispositionWord, State, StoryState};

/// The tag of the note that a merge writes into the incident that goes on.
const MERGED: &str = "merged";

/// What a merge did; the fields are those of `merge --json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MergeReport {
    /// The incident that goes on.
    pub into: IncidentId,
    /// Those that were merged into it.
    pub merged: Vec<Merged>,
    /// What to look at: a merged incident was graded higher than the one that goes on.
    pub warnings: Vec<String>,
}

/// A merged incident.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Merged {
    /// Its id.
    pub id: IncidentId,
    /// How many lines its timeline has.
    pub lines: usize,
    /// Its last position before the merge.
    pub head: Seq,
    /// The open asks of it that were asked anew in the one that goes on.
    pub asked_anew: Vec<String>,
    /// What is still open there: asks, decisions without a verdict, what people outside were promised to hear, stories.
    pub open: Vec<String>,
    /// It was merged before; nothing was written.
    pub already: bool,
}

impl Service {
    /// Merges incidents into one.
    ///
    /// # Errors
    /// When one is named twice, would be merged into itself, or the one that goes on is a duplicate itself, or is over
    /// while another is not; or what the rules and the store say.
    pub async fn merge(&self, by: &By, from: &[LogId], into: LogId) -> Result<MergeReport, Failure> {
        let survivor = self.incident(into).await?;
        if let Some(other) = duplicate_of(&survivor) {
            return Err(Failure::no(format!("{} was merged into {other} itself", survivor.id)).hint(
                format!(
                    "merge into {other}, or take that back: warroom merge {} --into {other} --undo",
                    survivor.id
                ),
            ));
        }
        if from.contains(&into) {
            return Err(Failure::no(format!("{} cannot be merged into itself", survivor.id)));
        }
        // All is looked at before anything is written.
        let mut parts = Vec::new();
        for log in from {
            let part = self.incident(*log).await?;
            if let Some(other) = duplicate_of(&part).filter(|other| *other != survivor.id) {
                return Err(Failure::no(format!("{} was merged into {other} before", part.id))
                    .hint(format!("take that back first: warroom merge {} --into {other} --undo", part.id)));
            }
            // What nobody has ended would run nowhere from then on.
            if part.state == State::Open && survivor.state != State::Open {
                let message = format!("{} is open, and {} is {}", part.id, survivor.id, survivor.state);
                return Err(Failure::no(message)
                    .hint(format!("reopen it first: warroom reopen {} --reason WHY", survivor.id)));
            }
            parts.push((*log, part));
        }
        let warnings = parts.iter().filter_map(|(_, part)| self.graded_higher(part, &survivor)).collect();
        let mut report = MergeReport { into: survivor.id, merged: Vec::new(), warnings };
        for (log, part) in parts {
            report.merged.push(self.merge_one(by, log, &part, into, &survivor).await?);
        }
        Ok(report)
    }

    /// What to say where an open part has a higher severity than the one that goes on: that one keeps its own, and its
    /// clocks.
    fn graded_higher(&self, part: &Incident, survivor: &Incident) -> Option<String> {
        if part.state != State::Open || part.profile != survivor.profile {
            return None;
        }
        let (of, own) = (part.severity.as_deref()?, survivor.severity.as_deref());
        let profile = self.inner.policy.profile_named(&survivor.profile);
        (profile.compare(own, Some(of)) == Move::Up).then(|| {
            let own = own.map_or_else(|| profile.unset_label(), str::to_owned);
            format!(
                "{} was {of}, and {} stays {own}; if that is wrong: warroom severity {} {of}",
                part.id, survivor.id, survivor.id
            )
        })
    }

    async fn merge_one(
        &self,
        by: &By,
        log: LogId,
        part: &Incident,
        into: LogId,
        whole: &Incident,
    ) -> Result<Merged, Failure> {
        let survivor = whole.id;
        let mut moving = asks::moving(part, whole);
        let mut merged = Merged {
            id: part.id,
            lines: part.timeline.len(),
            head: part.head,
            asked_anew: moving.iter().map(|ask| asks::named(ask)).collect(),
            open: self.open_in(part, &moving, by.stamp.at),
            already: true,
        };
        // Each step is looked at by itself: somebody may have said by hand that it is a duplicate.
        let mut asked: Vec<Asked> = Vec::new();
        if duplicate_of(part) != Some(survivor) {
            asked.push(
                Request::SetDisposition {
                    disposition: DispositionWord::DuplicateOf,
                    of: Some(survivor),
                    reason: format!("merged into {survivor}"),
                }
                .into(),
            );
        }
        if !says(part, survivor, DUPLICATE) {
            asked.push(
                Request::Relate { incident: survivor.to_string(), relation: DUPLICATE.to_owned() }.into(),
            );
        }
        asked.extend(moving.iter().map(|ask| asks::ended(ask, survivor).into()));
        if part.state == State::Open {
            asked.push(Request::Resolve { ended_by: format!("merged into {survivor}") }.into());
        }
        if !asked.is_empty() {
            self.submit(log, by, &asked, part.head).await?;
            merged.already = false;
        }
        // A merge that broke off between the two logs is finished here.
        let goes_on = self.incident(into).await?;
        let related = says(&goes_on, part.id, DUPLICATE);
        let mut asked: Vec<Asked> = Vec::new();
        if !related {
            asked.push(
                Request::Relate { incident: part.id.to_string(), relation: DUPLICATE.to_owned() }.into(),
            );
        }
        // After a merge that was taken back the note is written anew: the head is another one.
        let noted = related && notes(&goes_on, part.id);
        if !noted {
            // Of one that broke off these were ended there, and are asked nowhere.
            moving.extend(asks::moved(part, survivor));
        }
        asked.extend(moving.iter().filter_map(|ask| asks::anew(ask, part, &goes_on, by.stamp.at)));
        if !noted {
            let digest = self.digest_at(log, part.head).await?.to_string();
            let short = digest.get(..12).unwrap_or(&digest);
            let mut text = format!(
                "merged {} {}: {}, head {} {short}",
                part.id,
                part.shown_title(),
                counted(merged.lines, "line", "lines"),
                part.head
            );
            if !merged.asked_anew.is_empty() {
                let count = counted(merged.asked_anew.len(), "ask is", "asks are");
                text.push_str(&format!("; {count} asked anew here"));
            }
            if !merged.open.is_empty() {
                text.push_str(&format!("; still open there: {}", merged.open.join("; ")));
            }
            text.extend(kept_there(part).map(|kept| format!("; there: {kept}")));
            asked.push(Request::Note { text, tags: vec![MERGED.to_owned()], starred: true }.into());
        }
        if !asked.is_empty() {
            self.submit(into, by, &asked, goes_on.head).await?;
            merged.already = false;
        }
        Ok(merged)
    }

    /// Takes a merge back: what ended as a duplicate is open again, and both logs say that they are two. Its asks that
    /// nobody has answered since are open there again, and crossed out in the one that goes on; what else was written
    /// into that one stays there.
    ///
    /// # Errors
    /// When one of them was not merged into it; or what the rules and the store say.
    pub async fn part(&self, by: &By, from: &[LogId], into: LogId) -> Result<Vec<IncidentId>, Failure> {
        let survivor = self.incident(into).await?.id;
        let mut parts = Vec::new();
        for log in from {
            let part = self.incident(*log).await?;
            if duplicate_of(&part) != Some(survivor) {
                return Err(Failure::no(format!("{} was not merged into {survivor}", part.id)));
            }
            parts.push((*log, part));
        }
        let apart =
            |id: IncidentId| Request::Relate { incident: id.to_string(), relation: DIFFERENT.to_owned() };
        let mut parted = Vec::new();
        for (log, part) in parts {
            let mut asked: Vec<Asked> = Vec::new();
            if part.state != State::Open {
                asked.push(Request::TakeBackResolve { reason: format!("not the same as {survivor}") }.into());
            }
            let (disposition, of, reason) = (DispositionWord::Confirmed, None, String::new());
            asked.push(Request::SetDisposition { disposition, of, reason }.into());
            asked.push(apart(survivor).into());
            let goes_on = self.incident(into).await?;
            asked.extend(asks::taken_back(&part, &goes_on).map(Asked::from));
            self.submit(log, by, &asked, part.head).await?;
            let goes_on = self.incident(into).await?;
            let mut asked: Vec<Asked> = asks::crossed_out(&part, &goes_on).map(Asked::from).collect();
            // The other log may have been told by the submission itself.
            if !says(&goes_on, part.id, DIFFERENT) {
                asked.push(apart(part.id).into());
            }
            if !asked.is_empty() {
                self.submit(into, by, &asked, goes_on.head).await?;
            }
            parted.push(part.id);
        }
        Ok(parted)
    }

    /// The incidents that were merged into one, as they are now; those that were taken out again are left out.
    ///
    /// # Errors
    /// What the store says.
    pub async fn merged_into(&self, survivor: &Incident) -> Result<Vec<Incident>, Failure> {
        let mut found = Vec::new();
        for related in survivor.record.related.iter().filter(|r| r.relation == DUPLICATE) {
            let Ok(id) = related.incident.parse::<IncidentId>() else { continue };
            // An older version let a link name what is not here.
            let Some(log) = self.store().log_of(id).await? else { continue };
            let part = self.incident(log).await?;
            if duplicate_of(&part) == Some(survivor.id) {
                found.push(part);
            }
        }
        Ok(found)
    }

    /// What somebody still waits for in an incident. The one that goes on has its own targets and promises, so those of
    /// this one end with it: what a law or a customer holds the team to is named.
    fn open_in(&self, incident: &Incident, moving: &[&Ask], now: Utc) -> Vec<String> {
        let talk = &incident.talk;
        let struck = |seq| is_left_out(incident, seq);
        let asks = talk.open_asks().into_iter().filter(|a| !struck(a.seq) && !moving.contains(a));
        let asks = asks.map(|ask| format!("ask {}", asks::named(ask)));
        let decisions = talk
            .decisions
            .values()
            .filter(|d| d.verdict.is_none() && d.check_at.is_some() && !struck(d.seq))
            .map(|d| format!("decision {}", d.text));
        let owed = clocks::owed_outside(incident, &self.inner.policy, now);
        let owed = owed
            .iter()
            .map(|clock| format!("{} due {}", clock.what, clock.deadline.format("%Y-%m-%d %H:%M UTC")));
        let stories = incident
            .closing
            .stories
            .values()
            .filter(|s| !matches!(s.state, StoryState::Verified | StoryState::Dropped))
            .map(|s| format!("story {}/S{} {}", incident.id, s.number, s.title));
        asks.chain(decisions).chain(owed).chain(stories).collect()
    }
}

/// The incident of which this one is a duplicate.
pub(super) fn duplicate_of(incident: &Incident) -> Option<IncidentId> {
    incident.disposition.as_ref().filter(|d| d.word == DispositionWord::DuplicateOf).and_then(|d| d.of)
}

/// Whether an incident says that another one stands so to it.
fn says(incident: &Incident, other: IncidentId, relation: &str) -> bool {
    let other = other.to_string();
    incident.record.related.iter().any(|r| r.incident == other && r.relation == relation)
}

/// Whether a line is crossed out, or for the privileged alone: no other log has its words.
fn is_left_out(incident: &Incident, seq: Seq) -> bool {
    incident.timeline.get(seq).is_some_and(|e| e.struck.is_some() || e.is_privileged())
}

/// Evidence and indicators of an incident, counted, with the commands that show them: what an indicator is may not be for
/// all who read the other log.
fn kept_there(incident: &Incident) -> Option<String> {
    let (evidence, iocs) = (&incident.record.evidence, incident.record.iocs.len());
    let evidence = (!evidence.is_empty()).then(|| {
        let lines: Vec<String> = evidence.iter().map(|item| format!("#{}", item.seq)).collect();
        format!(
            "{} ({}), warroom evidence list {}",
            counted(evidence.len(), "item of evidence", "items of evidence"),
            lines.join(" "),
            incident.id
        )
    });
    let iocs = (iocs > 0)
        .then(|| format!("{}, warroom ioc list {}", counted(iocs, "indicator", "indicators"), incident.id));
    let kept: Vec<String> = evidence.into_iter().chain(iocs).collect();
    (!kept.is_empty()).then(|| kept.join("; "))
}

/// Whether an incident has the note of a merge with another one. The relation alone does not tell: it is there too
/// when somebody named the duplicate by hand.
fn notes(incident: &Incident, other: IncidentId) -> bool {
    let other = other.to_string();
    incident.timeline.stored().iter().any(|entry| {
        entry.tags.iter().any(|tag| tag == MERGED) && entry.text.split_whitespace().any(|word| word == other)
    })
}
