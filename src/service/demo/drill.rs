//! The drill that is in progress when a demo opens: a laptop with the release signing key is lost. Times count in
//! minutes before now. It must leave something of everything open: a role, a decision's check, an ask, a step.

use super::super::{By, Said};
use super::others::{alert, declaration, impact, note};
use super::{Story, before, words};
use crate::domain::audience::Audience;
use crate::domain::ids::Seq;
use crate::domain::ioc::Tlp;
use crate::domain::request::{Keep, NewEvidence, NewIoc, Request, RunbookText, StepMove, StepPick, When};
use crate::domain::time::{Span, Utc};
use crate::domain::words::{
    Certainty, Flag, HypothesisState, IncidentKind, Milestone, Phase, ScopeState, Verdict,
};

const TITLE: &str = "Release signing key lost with a laptop";
const VARIABLE: &str = "the key is also in a CI variable";
const STOLEN: &str = "the laptop was stolen for the key";
const STOP: &str = "stop all release jobs until the key is dead";
const ADMISSION: &str = "admission refuses the old public key in production";
const BUILDS: &str = "list every build signed since yesterday 18:00";
const READERS: &str = "who could read the key, by name";
const CUSTOMERS: &str = "signed packages are being checked, installs are safe if the digest matches";
const DIGEST: &str = "4c1d8e0b7f29a6355d3e90f1c2a4b8677e05d9f83b16c2a04e7f5d9182b3c6a0";
const TYPO: &str = "key id is 4f2e-77a1";

/// The moment so many minutes and seconds before now.
fn ago(by: &By, minutes: i64, seconds: i64) -> Utc {
    before(by.stamp.at, Span::minutes(minutes) + Span::seconds(seconds))
}

fn propose(text: &str) -> Request {
    Request::Propose { text: text.to_owned(), tags: Vec::new() }
}

fn ask(text: &str, person: Option<&str>, minutes: i64) -> Request {
    let (text, person) = (text.to_owned(), person.map(str::to_owned));
    Request::Ask { text, person, time_box: Some(Span::minutes(minutes)), tags: Vec::new() }
}

fn decide(text: &str, executor: &str, check: Option<i64>, objections: &[&str]) -> Request {
    Request::Decide {
        text: text.to_owned(),
        decided_by: Some("alice".to_owned()),
        executor: Some(executor.to_owned()),
        check: check.map(|minutes| When::In(Span::minutes(minutes))),
        objections: words(objections),
        tags: Vec::new(),
    }
}

fn step(step: &str, change: StepMove, person: &str, reason: &str) -> Request {
    let (step, person) = (StepPick::Named(step.to_owned()), Some(person.to_owned()));
    Request::MoveStep { step, change, person, reason: reason.to_owned() }
}

fn update(text: &str, minutes: i64) -> Request {
    let next = Some(When::In(Span::minutes(minutes)));
    Request::SendUpdate { audience: Audience::Internal, text: text.to_owned(), next }
}

fn role(role: &str, person: &str) -> Request {
    Request::AssignRole { role: role.to_owned(), person: person.to_owned() }
}

fn scope(asset: &str, state: ScopeState) -> Request {
    Request::SetScope { assets: vec![asset.to_owned()], state }
}

fn ioc(value: &str, tlp: Tlp, note: &str) -> Request {
    let (value, note) = (value.to_owned(), note.to_owned());
    Keep::AddIoc(NewIoc { value, tlp: Some(tlp), note, ..NewIoc::default() }).into()
}

fn link(kind: &str, url: &str) -> Request {
    Request::AddLink { kind: kind.to_owned(), url: url.to_owned() }
}

/// The declaration and the lines that everybody wrote.
pub(super) fn lines(by: &By, runbook: Option<RunbookText>, evidence: NewEvidence) -> Vec<Said> {
    let mut story = Story::new(by);
    let at = |minutes, seconds| ago(by, minutes, seconds);
    let mut new = declaration(at(41, 0), TITLE, "P1", "alice");
    new.kind = IncidentKind::Drill;
    new.services = words(&["signing", "registry", "payments"]);
    new.tags = words(&["signing-key", "supply-chain", "laptop"]);
    new.runbooks = runbook.into_iter().collect();
    let report = Request::Report {
        reporter: "erin".to_owned(),
        source: "chat".to_owned(),
        systems: words(&["laptop of a release engineer"]),
    };
    let starred = Request::Note {
        text: "DRILL: say so in every call; nothing is sent outside".to_owned(),
        tags: words(&["drill"]),
        starred: true,
    };
    story.at("alice", at(41, 0), Request::Declare(new));
    story.at("alice", at(40, 50), report);
    story.late("alice", at(40, 40), at(58, 0), Request::Mark { milestone: Milestone::Started, at: None });
    story.at("alice", at(40, 30), starred);
    story.at("alice", at(40, 10), role("scribe", "bob"));
    story.late(
        "bob",
        at(39, 30),
        at(46, 0),
        note("erin in chat: my laptop stayed in a cab, the key was on it"),
    );
    story.at("alice", at(39, 20), role("tech-lead", "carol"));
    story.at("alice", at(39, 10), role("security-lead", "dana"));
    story.at("alice", at(39, 0), role("comms", "erin"));
    story.at("bob", at(38, 40), link("bridge", "https://meet.example.org/inc-drill"));
    story.at("bob", at(38, 30), link("channel", "https://chat.example.org/inc-drill"));
    story.late(
        "bob",
        at(38, 0),
        at(43, 30),
        alert("kms", "AnomalousSignature", "unknown signature on payments:4f2e"),
    );
    story.at("bob", at(37, 20), note("on-call paged the security lead"));
    story.late("bob", at(36, 0), at(37, 0), note("on-call acknowledged"));
    story.at("bob", at(36, 30), Request::EnterPhase { phase: Phase::Contain });
    story.at(
        "alice",
        at(35, 30),
        impact(
            "what the release key signed since last night cannot be trusted",
            Certainty::Suspected,
            Flag::Yes,
        ),
    );
    story.at(
        "bob",
        at(34, 50),
        decide("disable the key at the KMS now", "carol", None, &["audits need it: disable, do not delete"]),
    );
    story.at("carol", at(33, 40), step("1", StepMove::Tick, "alice", ""));
    story.at("carol", at(33, 30), step("2", StepMove::Tick, "bob", ""));
    story.at("carol", at(33, 0), note("aws kms disable-key sent, KeyState is Disabled"));
    story.at("carol", at(32, 50), step("3", StepMove::Tick, "carol", ""));
    story.at("bob", at(32, 0), propose(VARIABLE));
    story.at("dana", at(31, 30), propose(STOLEN));
    story.at("bob", at(31, 0), decide(STOP, "dana", Some(10), &[]));
    story.at("bob", at(30, 0), update("drill: key disabled, builds stop next; nobody outside is told", 15));
    story.at("bob", at(29, 20), note(TYPO));
    story.at("dana", at(28, 0), step("4", StepMove::Tick, "dana", ""));
    story.late(
        "bob",
        at(26, 0),
        at(28, 30),
        note("17 release jobs paused, the last one ended two minutes before the decision"),
    );
    story.at("bob", at(25, 0), ask(READERS, Some("carol"), 10));
    story.at("bob", at(24, 0), scope("payments:4f2e", ScopeState::Affected));
    story.at("bob", at(23, 50), scope("web:91c0", ScopeState::Suspected));
    story.at("bob", at(23, 40), scope("ledger:77b2", ScopeState::Clean));
    story.at("carol", at(23, 0), scope("CI variable RELEASE_KEY", ScopeState::Affected));
    story.at("carol", at(9, 0), scope("CI variable RELEASE_KEY", ScopeState::Fixed));
    story.at("dana", at(22, 0), step("6", StepMove::Tick, "dana", ""));
    story.at("bob", at(21, 20), Request::Mark { milestone: Milestone::Contained, at: None });
    story.at("bob", at(21, 0), Request::EnterPhase { phase: Phase::Eradicate });
    let evidence = NewEvidence { acquired_by: Some("carol".to_owned()), ..evidence };
    story.at("carol", at(19, 0), Request::AddEvidence(evidence));
    story.at("carol", at(18, 30), step("8", StepMove::Tick, "carol", ""));
    story.late(
        "bob",
        at(17, 0),
        at(19, 30),
        note("audit log: 3 signing calls at 02:11 from 198.51.100.23, an address that is not ours"),
    );
    story.at("dana", at(16, 40), ioc("198.51.100.23", Tlp::Amber, "made the 3 foreign signing calls"));
    story.at("dana", at(16, 20), ioc("pkgs-mirror.example", Tlp::Green, "asked for by the signing calls"));
    story.at("dana", at(16, 0), ioc(DIGEST, Tlp::Clear, "the package with the first foreign signature"));
    story.at(
        "bob",
        at(15, 30),
        update("drill: key dead, 3 foreign signatures found, list of builds in work", 13),
    );
    story.at(
        "bob",
        at(14, 0),
        decide(ADMISSION, "carol", Some(20), &["rollbacks to old images stop working"]),
    );
    story.at("carol", at(11, 0), step("5", StepMove::Doing, "carol", ""));
    story.at("dana", at(10, 0), step("7", StepMove::Skip, "dana", "the key opens no cloud access"));
    story.at("bob", at(8, 0), ask(BUILDS, Some("bob"), 10));
    story.at("bob", at(5, 0), update("drill: 3 foreign signatures, none deployed; new key is being made", 8));
    story.at(
        "erin",
        at(4, 0),
        Request::DraftUpdate { audience: Audience::Customers, text: CUSTOMERS.to_owned(), next: None },
    );
    story.late(
        "bob",
        at(3, 0),
        at(6, 30),
        note("carol: staging refuses the old key, production at 4 of 9 clusters"),
    );
    story.at("bob", at(2, 0), ask("find out from legal whether a duty to notify runs", None, 15));
    story.at("dana", at(1, 0), note("new key made in the KMS, cannot be exported"));
    story.done()
}

/// What somebody said of a line.
pub(super) struct Reply {
    /// Who.
    pub(super) person: &'static str,
    /// When.
    pub(super) at: Utc,
    /// The text of the line.
    pub(super) of: &'static str,
    /// What was said, given the number of the line.
    pub(super) request: fn(Seq) -> Request,
}

/// What was said of the lines, oldest first: answers, verdicts, corrections.
pub(super) fn replies(by: &By) -> Vec<Reply> {
    let reply = |person, minutes, of, request| Reply { person, at: ago(by, minutes, 0), of, request };
    vec![
        reply("bob", 28, TYPO, |target| Request::Strike {
            target,
            reason: "read from the wrong console".to_owned(),
        }),
        reply("carol", 24, READERS, |target| Request::Acknowledge { target, person: None }),
        reply("bob", 20, STOP, |target| Request::GiveVerdict {
            target,
            verdict: Verdict::Held,
            reason: "no job has signed since".to_owned(),
        }),
        reply("carol", 18, READERS, |target| Request::Answer {
            target,
            text: "two release engineers and the release job".to_owned(),
        }),
        reply("dana", 13, STOLEN, |target| Request::SetHypothesis {
            target,
            state: HypothesisState::RuledOut,
            why: "the cab firm has it, its disk was never mounted".to_owned(),
            person: None,
        }),
        reply("carol", 12, VARIABLE, |target| Request::SetHypothesis {
            target,
            state: HypothesisState::Supported,
            why: "the foreign calls came with the runner's identity".to_owned(),
            person: None,
        }),
        reply("bob", 7, BUILDS, |target| Request::Acknowledge { target, person: None }),
        reply("alice", 3, CUSTOMERS, |target| Request::ApproveUpdate { target }),
    ]
}
