//! The score of an exercise: what was expected, when, and what came of it. A pure function of the fold of a log, which
//! holds the script as it was at the start; the moment of asking counts only while the exercise is open. It must not word
//! anything (`sheet` does).

use std::collections::BTreeSet;

use super::condition::Condition;
use super::facts::{facts, is_deed};
use crate::domain::event::{DrillExpectation, DrillImprovement};
use crate::domain::ids::IncidentId;
use crate::domain::incident::{DrillRun, Incident, Judgement};
use crate::domain::role;
use crate::domain::time::{Span, Utc};
use crate::domain::words::{DrillVerdict, Milestone, fold_word, words};

words! {
    /// Where an expectation stands.
    Standing "standing of an expectation" {
        /// Done in time.
        Met = "met",
        /// Done, too late.
        Late = "late",
        /// Not done, and it is too late.
        Missed = "missed",
        /// Not done, and there is time.
        Open = "open",
        /// The facilitator says.
        ToJudge = "to judge",
    }
}

impl From<DrillVerdict> for Standing {
    fn from(verdict: DrillVerdict) -> Self {
        match verdict {
            DrillVerdict::Met => Self::Met,
            DrillVerdict::Late => Self::Late,
            DrillVerdict::Missed => Self::Missed,
        }
    }
}

/// An exercise and how it went.
#[derive(Debug, Clone, PartialEq)]
pub struct Sheet {
    /// The incident.
    pub id: IncidentId,
    /// The script's name.
    pub name: String,
    /// Its title.
    pub title: String,
    /// Who judges.
    pub facilitator: String,
    /// When it began.
    pub began: Utc,
    /// When it was over.
    pub ended: Option<Utc>,
    /// What the players were told, and what was expected of them.
    pub injects: Vec<InjectScore>,
    /// How many expectations stand where.
    pub totals: Totals,
    /// How fast the team was.
    pub response: Response,
    /// What could be filed, while there is a gap: what is no story of this incident yet.
    pub improvements: Vec<DrillImprovement>,
}

/// Something that the players are told, and what was expected of them.
#[derive(Debug, Clone, PartialEq)]
pub struct InjectScore {
    /// Its number.
    pub number: u32,
    /// What they are told.
    pub text: String,
    /// How long after the start it was meant to come.
    pub planned: Span,
    /// How long after the start they were told; none: they were not.
    pub given: Option<Span>,
    /// What was expected.
    pub expectations: Vec<ExpectationScore>,
}

/// An expectation and what came of it.
#[derive(Debug, Clone, PartialEq)]
pub struct ExpectationScore {
    /// Its number.
    pub number: u32,
    /// What was expected.
    pub text: String,
    /// How soon after the inject.
    pub within: Option<Span>,
    /// What in the log shows it.
    pub condition: Option<String>,
    /// Where it stands.
    pub standing: Standing,
    /// When the log shows it.
    pub met_at: Option<Utc>,
    /// How long after the start that was.
    pub at: Option<Span>,
    /// How long after the inject that was; below zero: it was so already.
    pub after: Option<Span>,
    /// What was judged by hand.
    pub judged: Option<Judgement>,
}

/// How many expectations stand where.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Totals {
    /// Done in time.
    pub met: u32,
    /// Done, too late.
    pub late: u32,
    /// Not done.
    pub missed: u32,
    /// There is time.
    pub open: u32,
    /// The facilitator says.
    pub to_judge: u32,
}

impl Totals {
    /// All of them.
    #[must_use]
    pub const fn expected(self) -> u32 {
        self.judged().saturating_add(self.open).saturating_add(self.to_judge)
    }

    /// Those of which it is known what came of them.
    #[must_use]
    pub const fn judged(self) -> u32 {
        self.met.saturating_add(self.late).saturating_add(self.missed)
    }

    /// There is something to improve.
    #[must_use]
    pub const fn has_gap(self) -> bool {
        self.late > 0 || self.missed > 0
    }

    fn count(&mut self, standing: Standing) {
        let place = match standing {
            Standing::Met => &mut self.met,
            Standing::Late => &mut self.late,
            Standing::Missed => &mut self.missed,
            Standing::Open => &mut self.open,
            Standing::ToJudge => &mut self.to_judge,
        };
        *place = place.saturating_add(1);
    }
}

/// How long after the declaration the first of each was there.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Response {
    /// Somebody commanded.
    pub commander: Option<Span>,
    /// A severity was set.
    pub severity: Option<Span>,
    /// It was contained.
    pub contained: Option<Span>,
    /// An update went out.
    pub update: Option<Span>,
}

/// The score of an incident that a script runs; `None` for any other.
#[must_use]
pub fn score(incident: &Incident, now: Utc) -> Option<Sheet> {
    let run = incident.drill.as_deref()?;
    let ended = incident.resolved_at.or(incident.closed_at);
    let mut totals = Totals::default();
    let mut expectations = run.expectations().peekable();
    let mut injects = Vec::new();
    for (number, inject) in run.injects() {
        let told = told(incident, run, number, now);
        let mut scores = Vec::new();
        while let Some((number, _, expectation)) = expectations.next_if(|(_, of, _)| *of == number) {
            let judged = run.judged.get(&number).cloned();
            let score = expected(incident, run, (number, expectation), (told, ended, now), judged);
            totals.count(score.standing);
            scores.push(score);
        }
        injects.push(InjectScore {
            number,
            text: inject.text.clone(),
            planned: Span::seconds(i64::from(inject.after)),
            given: told.map(|at| at - run.at),
            expectations: scores,
        });
    }
    let filed: BTreeSet<String> = incident.closing.stories.values().map(|s| fold_word(&s.title)).collect();
    let mut improvements = run.script.improvements.clone();
    improvements.retain(|i| totals.has_gap() && !filed.contains(&fold_word(&i.text)));
    Some(Sheet {
        id: incident.id,
        name: run.script.name.clone(),
        title: run.script.title.clone(),
        facilitator: run.script.facilitator.clone(),
        began: run.at,
        ended,
        injects,
        totals,
        response: response(incident),
        improvements,
    })
}

/// When the players were told: as the log says, or when it was due and nobody has written it down yet.
fn told(incident: &Incident, run: &DrillRun, number: u32, now: Utc) -> Option<Utc> {
    let line = run.given.get(&number);
    let said = line.map(|(seq, at)| incident.timeline.get(*seq).map_or(*at, |entry| entry.occurred_at));
    said.or_else(|| incident.injects_due(now).into_iter().find(|(_, n)| *n == number).map(|(at, _)| at))
}

fn expected(
    incident: &Incident,
    run: &DrillRun,
    (number, expectation): (u32, &DrillExpectation),
    (told, ended, now): (Option<Utc>, Option<Utc>, Utc),
    judged: Option<Judgement>,
) -> ExpectationScore {
    let within = expectation.within.map(|seconds| Span::seconds(i64::from(seconds)));
    // A later program may know more of them: what this one does not read, people judge.
    let condition = expectation.condition.as_deref().and_then(|text| Condition::parse(text).ok());
    let met_at = match (&condition, told) {
        (Some(condition), Some(told)) => first(incident, condition, told, ended.unwrap_or(now)),
        _ => None,
    };
    let after = met_at.zip(told).map(|(at, told)| at - told);
    let in_time = |after: Span| within.is_none_or(|within| after <= within);
    let standing = match (&judged, &condition, told, after) {
        (Some(judged), ..) => judged.verdict.into(),
        // What nobody was asked for is no gap.
        (None, _, None, _) => Standing::Open,
        (None, None, Some(_), _) => Standing::ToJudge,
        (None, Some(_), Some(_), Some(after)) => {
            if in_time(after) {
                Standing::Met
            } else {
                Standing::Late
            }
        }
        (None, Some(_), Some(told), None) => {
            let over = ended.is_some() || !in_time(now - told);
            if over { Standing::Missed } else { Standing::Open }
        }
    };
    ExpectationScore {
        number,
        text: expectation.text.clone(),
        within,
        condition: condition.map(|c| c.to_string()),
        standing,
        met_at,
        at: met_at.map(|at| at - run.at),
        after,
        judged,
    }
}

/// When a condition was first met by the end. A state that holds when the players are told counts since it began.
fn first(incident: &Incident, condition: &Condition, told: Utc, end: Utc) -> Option<Utc> {
    let deed = is_deed(condition);
    let answers = |fact: &super::facts::Fact| {
        fact.from <= end && if deed { fact.from >= told } else { fact.until.is_none_or(|until| until > told) }
    };
    facts(incident, condition).into_iter().filter(answers).map(|fact| fact.from).min()
}

fn response(incident: &Incident) -> Response {
    let since = |at: Utc| (at - incident.declared_at).max(Span::zero());
    let held = incident.roster.history().iter().filter(|h| h.role == role::COMMANDER && !h.undone);
    let graded = incident.severities.iter();
    let graded = graded.filter(|s| s.severity.is_some() && !incident.taken_back.contains(&s.seq));
    let sent = incident.talk.updates.values().filter_map(|u| u.sent.as_ref()).map(|(_, at)| *at);
    Response {
        commander: held.map(|h| h.from).min().map(since),
        severity: graded.map(|s| s.since).min().map(since),
        contained: incident.milestone(Milestone::Contained).map(since),
        update: sent.min().map(since),
    }
}
