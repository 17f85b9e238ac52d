//! What stands between resolved and closed, and what comes next. Read by the close path of the room, by
//! `warroom close` and by the home screen. It must not write anything.

use crate::domain::clocks;
use crate::domain::incident::{Incident, UpdateState};
use crate::domain::policy::Policy;
use crate::domain::words::{ClosureItem, ClosureState, State, StepState};

/// Something that stands in the way of the close.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Blocker {
    /// A stable name for scripts.
    pub rule: &'static str,
    /// What is open, in a sentence.
    pub message: String,
    /// What to do.
    pub hint: String,
    /// It may be waived with a reason.
    pub can_be_waived: bool,
}

/// A number of things: `1 problem`, `2 problems`.
#[must_use]
pub fn counted<N: std::fmt::Display + PartialEq + From<u8> + Copy>(n: N, one: &str, more: &str) -> String {
    let word = if n == N::from(1) { one } else { more };
    format!("{n} {word}")
}

/// The next step of the close path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NextStep {
    /// Say that it is over.
    Resolve,
    /// Answer the closure list and settle the other blockers.
    Settle,
    /// Make the draft of the postmortem.
    Draft,
    /// Edit it, until the check is content.
    Edit,
    /// Check it: its file is filled in, and the log does not say so yet.
    Check,
    /// Publish it.
    Publish,
    /// Close.
    Close,
    /// Nothing: it is closed.
    Nothing,
}

impl NextStep {
    /// The step as a word for scripts.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Resolve => "resolve",
            Self::Settle => "settle",
            Self::Draft => "draft",
            Self::Edit => "edit",
            Self::Check => "check",
            Self::Publish => "publish",
            Self::Close => "close",
            Self::Nothing => "nothing",
        }
    }
}

/// No postmortem is owed: false alarm, duplicate, a test, or it is waived.
#[must_use]
pub fn postmortem_is_settled(incident: &Incident) -> bool {
    let postmortem = &incident.closing.postmortem;
    incident.is_dismissed()
        || incident.kind == crate::domain::words::IncidentKind::Test
        || postmortem.published.is_some()
        || postmortem.waived.is_some()
}

/// What blocks the close, the hard ones first (`SPEC.md`, close).
#[must_use]
pub fn blockers(incident: &Incident, policy: &Policy) -> Vec<Blocker> {
    let mut found = Vec::new();
    if incident.state == State::Open {
        found.push(Blocker {
            rule: "not-resolved",
            message: "it is not resolved".to_owned(),
            hint: "say that it is over: warroom resolve".to_owned(),
            can_be_waived: false,
        });
    }
    let mut soft = |rule, message: String, hint: &str| {
        found.push(Blocker { rule, message, hint: hint.to_owned(), can_be_waived: true });
    };
    if !incident.is_dismissed() {
        for required in policy.required_roles(&incident.profile, incident.severity.as_deref()) {
            if !required.split('/').any(|role| incident.roster.was_held(role)) {
                let role = required.replace('/', " or ");
                soft("role-never-held", format!("nobody ever was {role}"), "name who did it: warroom role");
            }
        }
    }
    let struck = |seq| incident.timeline.get(seq).is_some_and(|e| e.struck.is_some());
    for update in incident.talk.unsent().filter(|u| !struck(u.seq)) {
        let state = if update.state == UpdateState::Approved { "approved" } else { "drafted" };
        soft(
            "update-not-sent",
            format!("update {} to {} is {state} and not sent", update.seq, update.audience),
            "send it, or strike it",
        );
    }
    for step in incident.checklist.steps().filter(|s| s.state == StepState::Blocked) {
        soft(
            "step-blocked",
            format!("step {} is blocked: {}", step.number, step.text),
            "do it, or skip it with a reason",
        );
    }
    if !incident.is_dismissed() {
        for item in ClosureItem::ALL {
            if incident.closing.state_of(*item) == ClosureState::Open {
                soft(
                    "closure-open",
                    format!("closure list: {} is open ({})", item, item.question()),
                    "answer done, or n/a with a reason",
                );
            }
        }
    }
    if !postmortem_is_settled(incident) {
        soft(
            "postmortem-missing",
            "the postmortem is neither published nor waived".to_owned(),
            "warroom postmortem draft, edit, check, publish",
        );
    }
    found
}

/// What is left open and does not block (`SPEC.md`, close: warnings).
#[must_use]
pub fn warnings(incident: &Incident, policy: &Policy) -> Vec<String> {
    let mut found = Vec::new();
    found.extend(owed_by_law(incident, policy));
    let struck = |seq| incident.timeline.get(seq).is_some_and(|e| e.struck.is_some());
    let asks = incident.talk.open_asks().into_iter().filter(|a| !struck(a.seq)).count();
    if asks > 0 {
        found.push(counted(asks, "ask has no answer", "asks have no answer"));
    }
    let decisions =
        incident.talk.decisions.values().filter(|d| d.verdict.is_none() && !struck(d.seq)).count();
    if decisions > 0 {
        found.push(counted(decisions, "decision has no verdict", "decisions have no verdict"));
    }
    let steps = incident.checklist.steps().filter(|s| s.is_todo() || s.state == StepState::Doing).count();
    if steps > 0 {
        found.push(counted(steps, "step is to do", "steps are to do"));
    }
    found
}

/// What a law asks for and nobody sent, whatever was answered to the closure list; none where it turned out to be nothing,
/// or another incident that owes it.
#[must_use]
pub fn owed_by_law(incident: &Incident, policy: &Policy) -> Vec<String> {
    if incident.is_dismissed() {
        return Vec::new();
    }
    let owed = clocks::owed_outside(incident, policy, incident.last_at);
    let said = owed.iter().filter(|clock| clock.key.is_by_law()).map(|clock| {
        let due = clock.deadline.format("%Y-%m-%d %H:%M UTC");
        format!("{} is owed and was not sent, due {due}", clock.what)
    });
    said.collect()
}

/// The next step of the close path, as far as the log says it: what people wrote into the draft since is not in it.
#[must_use]
pub fn next_step(incident: &Incident, policy: &Policy) -> NextStep {
    match incident.state {
        State::Open => return NextStep::Resolve,
        State::Closed => return NextStep::Nothing,
        State::Resolved => {}
    }
    let open = blockers(incident, policy);
    if open.iter().any(|b| b.rule != "postmortem-missing" && !(b.rule == "closure-open" && is_review(b))) {
        return NextStep::Settle;
    }
    let postmortem = &incident.closing.postmortem;
    if !postmortem_is_settled(incident) {
        return match (&postmortem.drafted, &postmortem.checked) {
            (None, _) => NextStep::Draft,
            (Some(_), Some((0, _))) => NextStep::Publish,
            (Some(_), _) => NextStep::Edit,
        };
    }
    if open.is_empty() { NextStep::Close } else { NextStep::Settle }
}

/// What the close waits for, in words.
#[must_use]
pub fn ahead(incident: &Incident, policy: &Policy) -> String {
    let words = match next_step(incident, policy) {
        NextStep::Resolve => "it is not resolved",
        NextStep::Settle => {
            let open = blockers(incident, policy).len();
            return format!("{} between it and the close", counted(open, "point stands", "points stand"));
        }
        NextStep::Draft => "the postmortem is to be drafted",
        NextStep::Edit => "the draft of the postmortem is to be edited until its check is content",
        NextStep::Check => "the draft of the postmortem is to be checked",
        NextStep::Publish => "the postmortem is to be published",
        NextStep::Close => "nothing stands between it and the close",
        NextStep::Nothing => "closed",
    };
    words.to_owned()
}

/// The review comes after the draft: it does not hold up the draft.
fn is_review(blocker: &Blocker) -> bool {
    blocker.message.contains(ClosureItem::Review.question())
}
