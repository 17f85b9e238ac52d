//! What a list shows of an incident: one small row, written with each event in the same transaction, so that
//! lists never fold a log. It can always be rebuilt from the log. It must not hold what only the room shows.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::domain::account::Aside;
use crate::domain::ids::{IncidentId, Seq, StoryId};
use crate::domain::incident::{Incident, Story};
use crate::domain::policy::Policy;
use crate::domain::time::Utc;
use crate::domain::words::{
    DispositionWord, IncidentKind, Phase, ReviewState, State, StepState, StoryKind, StoryState, Visibility,
};

/// A row of a list of incidents.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Summary {
    /// Its name among people.
    pub id: IncidentId,
    /// One line that says what it is.
    pub title: String,
    /// What sort it is.
    pub kind: IncidentKind,
    /// The severity profile.
    pub profile: String,
    /// The severity; absent: unset.
    #[serde(default)]
    pub severity: Option<String>,
    /// Where it is in its life.
    pub state: State,
    /// The phase.
    pub phase: Phase,
    /// Who may read it.
    pub visibility: Visibility,
    /// What it is called where not everybody may read its title.
    #[serde(default)]
    pub code_name: String,
    /// What it turned out to be.
    #[serde(default)]
    pub disposition: Option<DispositionWord>,
    /// Services that are touched.
    #[serde(default)]
    pub services: Vec<String>,
    /// Free labels.
    #[serde(default)]
    pub tags: Vec<String>,
    /// Who commands.
    #[serde(default)]
    pub commander: Option<String>,
    /// The marked points that are known, by name.
    #[serde(default)]
    pub milestones: std::collections::BTreeMap<String, Utc>,
    /// When it was declared.
    pub declared_at: Utc,
    /// When it was resolved.
    #[serde(default)]
    pub resolved_at: Option<Utc>,
    /// When it was closed.
    #[serde(default)]
    pub closed_at: Option<Utc>,
    /// What ended it.
    #[serde(default)]
    pub ended_by: String,
    /// The path of its postmortem.
    #[serde(default)]
    pub postmortem: Option<String>,
    /// Somebody said, by itself, that there will be no postmortem. A close that waives it does not set this: the row would
    /// say other than those that older versions wrote.
    #[serde(default)]
    pub postmortem_waived: bool,
    /// Where the review of its postmortem stands.
    #[serde(default)]
    pub review: Option<ReviewState>,
    /// Who answers for its postmortem.
    #[serde(default)]
    pub postmortem_owner: Option<String>,
    /// The day on which its postmortem is talked about.
    #[serde(default)]
    pub meeting: Option<NaiveDate>,
    /// It is resolved, and a law was named here: something may be owed yet. Not written where it is not: nearly all rows are
    /// as older versions wrote them.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub bound_by_law: bool,
    /// How many stories have to ship yet.
    #[serde(default)]
    pub unshipped: u32,
    /// How often it was reopened.
    #[serde(default)]
    pub reopened: u32,
    /// The people who held a role.
    #[serde(default)]
    pub people: Vec<String>,
    /// The runbooks that were attached, and how many steps of each were done.
    #[serde(default)]
    pub runbooks: Vec<RunbookUse>,
    /// The incident that it is a duplicate of.
    #[serde(default)]
    pub duplicate_of: Option<IncidentId>,
    /// The incidents that belong to it.
    #[serde(default)]
    pub related: Vec<RelatedRow>,
    /// The position of the last event.
    pub head: Seq,
    /// When the last event was stored.
    pub updated_at: Utc,
}

impl From<&Incident> for Summary {
    fn from(incident: &Incident) -> Self {
        Self {
            id: incident.id,
            title: incident.title.clone(),
            kind: incident.kind,
            profile: incident.profile.clone(),
            severity: incident.severity.clone(),
            state: incident.state,
            phase: incident.phase,
            visibility: incident.visibility,
            code_name: incident.code_name.clone(),
            disposition: incident.disposition.as_ref().map(|d| d.word),
            services: incident.services.clone(),
            tags: incident.tags.clone(),
            commander: incident.commander().map(str::to_owned),
            milestones: incident.milestones.iter().map(|(m, mark)| (m.to_string(), mark.at)).collect(),
            declared_at: incident.declared_at,
            resolved_at: incident.resolved_at,
            closed_at: incident.closed_at,
            ended_by: incident.ended_by.clone(),
            postmortem: incident.closing.postmortem.path.clone(),
            postmortem_waived: incident.closing.postmortem.waived.is_some(),
            review: incident.closing.postmortem.stands(),
            postmortem_owner: incident.closing.postmortem.owner.clone(),
            meeting: incident.closing.postmortem.meeting,
            bound_by_law: incident.state == State::Resolved && crate::domain::clocks::binds(incident),
            unshipped: incident
                .closing
                .stories
                .values()
                .filter(|s| s.is_unshipped())
                .count()
                .try_into()
                .unwrap_or(u32::MAX),
            reopened: incident.reopened,
            runbooks: incident
                .checklist
                .runbooks()
                .map(|r| RunbookUse {
                    name: r.name.clone(),
                    done: incident
                        .checklist
                        .steps_of(r.seq)
                        .filter(|s| s.state == StepState::Done)
                        .count()
                        .try_into()
                        .unwrap_or(u32::MAX),
                })
                .collect(),
            duplicate_of: incident.disposition.as_ref().and_then(|d| d.of),
            related: incident
                .record
                .related
                .iter()
                .map(|r| RelatedRow { incident: r.incident.clone(), relation: r.relation.clone() })
                .collect(),
            people: incident.roster.people().into_iter().map(str::to_owned).collect(),
            head: incident.head,
            updated_at: incident.last_at,
        }
    }
}

impl Summary {
    /// What a list calls it: the title, or the code name while not everybody may read the title.
    #[must_use]
    pub fn shown_title(&self) -> &str {
        shown_title(&self.title, &self.code_name, self.visibility)
    }

    /// It turned out to be nothing, or another incident.
    #[must_use]
    pub const fn is_dismissed(&self) -> bool {
        matches!(self.disposition, Some(DispositionWord::FalseAlarm | DispositionWord::DuplicateOf))
    }

    /// Its clocks run, or one of them may that outlives the resolve.
    #[must_use]
    pub fn may_have_clocks(&self) -> bool {
        match self.state {
            State::Open => true,
            State::Resolved => self.bound_by_law && !self.is_dismissed(),
            State::Closed => false,
        }
    }

    /// It enters figures: it was no drill and no test, and it is not dismissed.
    #[must_use]
    pub const fn is_counted(&self) -> bool {
        Aside::of(self.kind, self.disposition).is_none()
    }

    /// Somebody let the postmortem be: by itself, or with all that was open when the incident was closed. Nothing closes
    /// without a postmortem otherwise.
    #[must_use]
    pub const fn has_waived_postmortem(&self) -> bool {
        let closed_without = matches!(self.state, State::Closed) && self.postmortem.is_none();
        let needed = !self.is_dismissed() && !matches!(self.kind, IncidentKind::Test);
        self.postmortem_waived || (closed_without && needed)
    }

    /// It is over, there is to be a postmortem, and there is none yet.
    #[must_use]
    pub fn owes_postmortem(&self) -> bool {
        self.state != State::Open
            && self.kind != IncidentKind::Test
            && !self.is_dismissed()
            && !self.has_waived_postmortem()
            && self.postmortem.is_none()
    }

    /// When the postmortem that it owes is due; none where it owes none, or the team sets no time.
    #[must_use]
    pub fn postmortem_due(&self, policy: &Policy) -> Option<Utc> {
        let level = policy.level(&self.profile, self.severity.as_deref());
        let over = self.resolved_at.filter(|_| self.owes_postmortem());
        over.and_then(|at| policy.calendar.deadline(at, &level.postmortem_due))
    }
}

/// The review of a postmortem in a few words: `postmortem in-review, @bob, meeting 2026-11-30`; none when nobody said
/// anything about it, or there will be none.
#[must_use]
pub fn review_words(
    waived: bool,
    status: Option<ReviewState>,
    owner: Option<&str>,
    meeting: Option<NaiveDate>,
    today: NaiveDate,
) -> Option<String> {
    let silent = owner.is_none() && meeting.is_none() && matches!(status, None | Some(ReviewState::Draft));
    if waived || silent {
        return None;
    }
    let mut words = format!("postmortem {}", status.map_or("not begun", ReviewState::as_str));
    if let Some(owner) = owner {
        words.push_str(&format!(", @{owner}"));
    }
    if let Some(day) = meeting {
        let verb = if day < today { "meeting was" } else { "meeting" };
        words.push_str(&format!(", {verb} {day}"));
    }
    Some(words)
}

/// The day of the meeting has passed and nobody said that the postmortem is reviewed.
#[must_use]
pub fn meeting_passed(status: Option<ReviewState>, meeting: Option<NaiveDate>, today: NaiveDate) -> bool {
    !matches!(status, Some(ReviewState::Reviewed | ReviewState::Closed))
        && meeting.is_some_and(|day| day < today)
}

/// What an incident is called outside of its own room: by its title, or by its code name while it is not the
/// whole team's to read. Without a code name the title stays: a list of nothing but numbers helps nobody.
#[must_use]
pub fn shown_title<'a>(title: &'a str, code_name: &'a str, visibility: Visibility) -> &'a str {
    if visibility == Visibility::Team || code_name.is_empty() { title } else { code_name }
}

/// A runbook that an incident used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunbookUse {
    /// The file's name without its ending.
    pub name: String,
    /// How many of its steps were done.
    pub done: u32,
}

/// Another incident that belongs to one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RelatedRow {
    /// Its id, or that of an imported postmortem.
    pub incident: String,
    /// How they belong together.
    pub relation: String,
}

/// A row of a list of stories; the fields are those of `story list --json`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StorySummary {
    /// Its name among people.
    pub id: StoryId,
    /// The incident that taught it.
    pub incident: IncidentId,
    /// What must change.
    pub title: String,
    /// Who answers for it.
    pub owner: Option<String>,
    /// The day by which it is due.
    pub due: Option<NaiveDate>,
    /// How much it matters.
    pub severity: Option<String>,
    /// How it helps.
    pub kind: Option<StoryKind>,
    /// Where it stands.
    pub state: StoryState,
    /// What will prove it, or does.
    pub proof: String,
    /// Key or address in the team's tracker.
    pub external: String,
    /// The change that shipped it.
    pub link: String,
    /// Why it was shipped without a link, or dropped.
    pub reason: String,
    /// When it was filed.
    pub filed_at: Utc,
    /// When its state changed last.
    pub changed_at: Utc,
    /// Later incidents that were the same failure again, while it had not shipped. Not stored: told when it is read.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub raised_by: Vec<IncidentId>,
}

impl StorySummary {
    /// The row of a story.
    #[must_use]
    pub fn new(incident: IncidentId, story: &Story) -> Self {
        Self {
            id: StoryId { incident, number: story.number },
            incident,
            title: story.title.clone(),
            owner: story.owner.clone(),
            due: story.due,
            severity: story.severity.clone(),
            kind: story.kind,
            state: story.state,
            proof: story.proof.clone(),
            external: story.external.clone(),
            link: story.link.clone(),
            reason: story.reason.clone(),
            filed_at: story.filed_at,
            changed_at: story.changed_at,
            raised_by: Vec::new(),
        }
    }

    /// It still has to ship.
    #[must_use]
    pub const fn is_unshipped(&self) -> bool {
        matches!(self.state, StoryState::Filed | StoryState::Started)
    }

    /// It still has to ship and its day has passed.
    #[must_use]
    pub fn is_overdue(&self, today: NaiveDate) -> bool {
        self.is_unshipped() && self.due.is_some_and(|due| due < today)
    }
}
