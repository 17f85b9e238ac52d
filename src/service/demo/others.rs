//! The newer incidents of the demo: one dismissed, one written down afterwards, one that is resolved and owes its
//! postmortem. It must not tell more than lists and the close path need.

use chrono::Datelike;

use super::super::{By, Said};
use super::{Story, before, words};
use crate::domain::audience::Audience;
use crate::domain::ids::IncidentId;
use crate::domain::request::{Declaration, NewStory, Request, When};
use crate::domain::time::{Span, Utc};
use crate::domain::words::{
    Certainty, ClosureItem, ClosureState, DispositionWord, Flag, IncidentKind, Milestone, Phase, StoryKind,
};

/// The stories, oldest first.
pub(super) fn stories(by: &By) -> [Vec<Said>; 3] {
    [false_alarm(by), backfilled(by), resolved(by)]
}

/// A declaration under the next free number of its year.
pub(super) fn declaration(at: Utc, title: &str, severity: &str, commander: &str) -> Declaration {
    Declaration {
        id: IncidentId { year: u16::try_from(at.year()).unwrap_or(u16::MAX), number: 0 },
        title: title.to_owned(),
        kind: IncidentKind::Real,
        severity: Some(severity.to_owned()),
        services: Vec::new(),
        tags: Vec::new(),
        commander: Some(commander.to_owned()),
        runbooks: Vec::new(),
    }
}

/// A plain line.
pub(super) fn note(text: &str) -> Request {
    Request::Note { text: text.to_owned(), tags: Vec::new(), starred: false }
}

/// A line that a monitor said.
pub(super) fn alert(source: &str, name: &str, text: &str) -> Request {
    let (source, alert) = (source.to_owned(), Some(name.to_owned()));
    Request::Alert { text: text.to_owned(), source, alert, tags: Vec::new() }
}

/// An impact with what it touches.
pub(super) fn impact(text: &str, certainty: Certainty, production: Flag) -> Request {
    Request::StateImpact {
        text: Some(text.to_owned()),
        certainty: Some(certainty),
        customer_data: Some(Flag::No),
        production: Some(production),
        privileged_access: Some(Flag::No),
    }
}

fn false_alarm(by: &By) -> Vec<Said> {
    let mut story = Story::new(by);
    let ago = |minutes| before(by.stamp.at, Span::days(9) - Span::minutes(minutes));
    let mut new = declaration(ago(0), "Logins from a new country on two admin accounts", "P3", "erin");
    new.services = words(&["identity"]);
    new.tags = words(&["login", "anomaly"]);
    story.at("erin", ago(0), Request::Declare(new));
    story.at(
        "erin",
        ago(1),
        alert("siem", "ImpossibleTravel", "ops-1 and ops-2 logged in from two countries"),
    );
    story.at("erin", ago(6), note("both owners are at a conference abroad, confirmed by phone"));
    let reason = "travel of both owners, confirmed by phone".to_owned();
    let disposition = DispositionWord::FalseAlarm;
    story.at("erin", ago(9), Request::SetDisposition { disposition, of: None, reason });
    story.at("erin", ago(10), Request::Resolve { ended_by: "nothing was wrong".to_owned() });
    story.at("erin", ago(12), Request::Close { waive: None });
    story.done()
}

fn backfilled(by: &By) -> Vec<Said> {
    let mut story = Story::new(by);
    let ago = |minutes| before(by.stamp.at, Span::days(5) - Span::minutes(minutes));
    let mut new = declaration(ago(0), "Status page showed green during a search outage", "P3", "dana");
    new.kind = IncidentKind::Backfilled;
    new.services = words(&["search", "status-page"]);
    new.tags = words(&["status-page", "monitoring"]);
    story.at("dana", ago(0), Request::Declare(new));
    let began = before(ago(0), Span::hours(20));
    story.late("dana", ago(1), began, Request::Mark { milestone: Milestone::Started, at: None });
    story.late("dana", ago(2), before(ago(0), Span::hours(19)), note("users report empty search results"));
    story.at("dana", ago(3), impact("search was empty for 50 minutes", Certainty::Confirmed, Flag::Yes));
    story.at("dana", ago(5), Request::Resolve { ended_by: "search node was restarted".to_owned() });
    let new = NewStory {
        title: "Read the status page from the probes that page us".to_owned(),
        owner: Some("dana".to_owned()),
        severity: Some("P3".to_owned()),
        kind: Some(StoryKind::Detective),
        ..NewStory::default()
    };
    story.at("dana", ago(6), Request::FileStory(new));
    for item in ClosureItem::ALL {
        let (state, reason) = (ClosureState::Done, String::new());
        story.at("dana", ago(7), Request::AnswerClosure { item: *item, state, reason });
    }
    story.at("dana", ago(8), Request::WaivePostmortem { reason: "told in the weekly review".to_owned() });
    story.at("dana", ago(9), Request::Close { waive: None });
    story.done()
}

fn resolved(by: &By) -> Vec<Said> {
    let mut story = Story::new(by);
    let ago = |minutes| before(by.stamp.at, Span::hours(27) - Span::minutes(minutes));
    let mut new = declaration(ago(0), "Checkout slow after a cache change", "P2", "carol");
    new.services = words(&["checkout", "cache"]);
    new.tags = words(&["deploy", "latency", "cache"]);
    story.at("carol", ago(0), Request::Declare(new));
    story.late(
        "carol",
        ago(1),
        before(ago(0), Span::minutes(8)),
        Request::Mark { milestone: Milestone::Started, at: None },
    );
    story.at("carol", ago(1), Request::AssignRole { role: "scribe".to_owned(), person: "bob".to_owned() });
    story.at("bob", ago(2), alert("prometheus", "CheckoutLatency", "p99 of checkout 4.1 s, limit 1.5 s"));
    story.at("bob", ago(3), impact("one in five checkouts takes over 4 s", Certainty::Confirmed, Flag::Yes));
    story.at("bob", ago(4), Request::EnterPhase { phase: Phase::Contain });
    story.late("bob", ago(7), ago(5), note("release cache-client 2.14 went out 10 minutes before"));
    let text = "roll cache-client back to 2.13".to_owned();
    let decide = Request::Decide {
        text,
        decided_by: Some("carol".to_owned()),
        executor: Some("dana".to_owned()),
        check: None,
        objections: Vec::new(),
        tags: Vec::new(),
    };
    story.at("bob", ago(9), decide);
    let tell = |audience, text: &str, next: Option<i64>| Request::SendUpdate {
        audience,
        text: text.to_owned(),
        next: next.map(|minutes| When::In(Span::minutes(minutes))),
    };
    story.at(
        "bob",
        ago(10),
        tell(Audience::Internal, "checkout is slow, a cache release is taken back", Some(30)),
    );
    let text = "Some payments take longer than usual. No order is lost. We are taking a change back.";
    story.at("erin", ago(13), tell(Audience::Customers, text, Some(30)));
    let text = "Checkout is as fast as usual again since the change was taken back.";
    story.at("erin", ago(42), tell(Audience::Customers, text, None));
    story.at("erin", ago(43), tell(Audience::Public, text, None));
    story.at("dana", ago(16), note("2.13 is on all hosts"));
    story.at("bob", ago(18), Request::Mark { milestone: Milestone::Contained, at: None });
    story.at("bob", ago(21), Request::Mark { milestone: Milestone::Mitigated, at: None });
    story.at("bob", ago(22), Request::EnterPhase { phase: Phase::Recover });
    story.at("bob", ago(40), note("p99 of checkout 0.9 s for 15 minutes"));
    story.at("carol", ago(45), Request::Resolve { ended_by: "cache-client rolled back to 2.13".to_owned() });
    for item in [ClosureItem::Cause, ClosureItem::AttackPath, ClosureItem::Artifacts] {
        let (state, reason) = (ClosureState::Done, String::new());
        story.at("carol", ago(60), Request::AnswerClosure { item, state, reason });
    }
    let (state, reason) = (ClosureState::NotApplicable, "no secret was near it".to_owned());
    story.at("carol", ago(60), Request::AnswerClosure { item: ClosureItem::Credentials, state, reason });
    story.done()
}
