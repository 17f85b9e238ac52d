//! The values that the golden files hold: the signing key of the release pipeline, from the alert to the stories.
//! A kind whose body has optional fields has a full example and a minimal one.

use chrono::NaiveDate;
use warroom::domain::audience::Audience;
use warroom::domain::event::*;
use warroom::domain::ids::{IncidentId, Seq};
use warroom::domain::ioc::{IocKind, Tlp};
use warroom::domain::time::Utc;
use warroom::domain::words::*;

fn t(text: &str) -> Utc {
    text.parse().unwrap()
}

fn s(text: &str) -> String {
    text.to_owned()
}

fn all(texts: &[&str]) -> Vec<String> {
    texts.iter().copied().map(s).collect()
}

fn day(text: &str) -> Option<NaiveDate> {
    Some(text.parse().unwrap())
}

fn inc(number: u32) -> IncidentId {
    IncidentId { year: 2026, number }
}

const RUNBOOK: &str =
    "# Signing key compromised\n\n## Steps\n\n1. Revoke the key.\n2. Stop the release pipeline.\n";

/// Collects the examples under the names of their files.
#[derive(Default)]
struct Story(Vec<(String, NewEvent)>);

impl Story {
    fn add(&mut self, example: &str, new: NewEvent) {
        let (kind, version) = new.event.kind();
        self.0.push((format!("{kind}.{version}.{example}.json"), new));
    }

    /// An event whose fields are all given.
    fn full(&mut self, by: &str, event: impl Into<Event>) {
        self.add("full", new(by, event));
    }

    /// An event with only the fields that must be there.
    fn minimal(&mut self, by: &str, event: impl Into<Event>) {
        self.add("minimal", new(by, event));
    }
}

fn new(by: &str, event: impl Into<Event>) -> NewEvent {
    NewEvent {
        by: s(by),
        occurred_at: None,
        about: false,
        undoes: None,
        brought_by: None,
        event: event.into(),
    }
}

fn at(by: &str, when: &str, about: bool, event: impl Into<Event>) -> NewEvent {
    NewEvent { occurred_at: Some(t(when)), about, ..new(by, event) }
}

fn undo(by: &str, of: u64, event: impl Into<Event>) -> NewEvent {
    NewEvent { undoes: Some(Seq(of)), ..new(by, event) }
}

/// Every example, under the name of its file.
pub(crate) fn examples() -> Vec<(String, NewEvent)> {
    let mut story = Story::default();
    declared(&mut story);
    entries(&mut story);
    state(&mut story);
    steps(&mut story);
    replies(&mut story);
    closing(&mut story);
    stories(&mut story);
    story.0
}

fn declared(story: &mut Story) {
    let mut event = Declared {
        id: inc(42),
        title: s("Release signing key may be out"),
        kind: IncidentKind::Real,
        profile: s("security"),
        severity: Some(s("P1")),
        services: all(&["release-pipeline", "registry"]),
        tags: all(&["signing", "supply-chain"]),
    };
    story.add("full", at("alice", "2026-11-22T02:41:07.250Z", true, event.clone()));
    (event.severity, event.services, event.tags) = (None, Vec::new(), Vec::new());
    story.minimal("alice", event);
    story.full(
        "bob",
        DetailsChanged {
            title: Some(s("Release signing key exposed in a build log")),
            services: Some(all(&["release-pipeline"])),
            tags: Some(Vec::new()),
            kind: Some(IncidentKind::Drill),
        },
    );
    story.minimal("bob", DetailsChanged { title: Some(s("Signing key exposed")), ..Default::default() });
    story.full(
        "alice",
        Reported { reporter: s("dana"), source: s("customer"), systems: all(&["registry", "ci"]) },
    );
    story.minimal("alice", Reported { reporter: s("dana"), source: s(""), systems: Vec::new() });
    story.full(
        "alice",
        ImpactStated {
            text: s("Anybody with the key can sign images that our clusters accept"),
            certainty: Certainty::Suspected,
            customer_data: Flag::Unknown,
            production: Flag::Yes,
            privileged_access: Flag::No,
        },
    );
    story.full(
        "alice",
        DispositionSet {
            disposition: DispositionWord::DuplicateOf,
            of: Some(inc(41)),
            reason: s("the same key, reported twice"),
        },
    );
    let confirmed = DispositionWord::Confirmed;
    story.minimal("alice", DispositionSet { disposition: confirmed, of: None, reason: s("") });
    story.full("alice", VisibilitySet { visibility: Visibility::Restricted });
    story.full("alice", CodeNameSet { code_name: s("Blue Heron") });
    story.full("carol", LinkAdded { kind: s("bridge"), url: s("https://meet.example/signing") });
    story.full("carol", RelatedAdded { incident: s("INC-2026-0007"), relation: s("recurrence") });
    let refused = RelatedAdded { incident: s("INC-2026-0008"), relation: s("different") };
    story.add("different", new("carol", refused));
}

fn entries(story: &mut Story) {
    let text = s("~3 h of build logs were public ☂ \"quoted\" \\ #signing\nsecond line");
    let noted = Noted { text, tags: all(&["signing"]), starred: true };
    story.add("full", at("carol", "2026-11-22T02:50:00Z", true, noted));
    story.minimal("carol", Noted { text: s("paged the registry team"), ..Default::default() });
    let mut alerted = Alerted {
        text: s("UnknownSigner: image accepted with a key outside the allow-list"),
        source: s("admission-controller"),
        alert: Some(s("UnknownSigner")),
        tags: all(&["registry"]),
    };
    story.add("full", at("warroom", "2026-11-22T02:41:07Z", false, alerted.clone()));
    (alerted.source, alerted.alert, alerted.tags) = (s(""), None, Vec::new());
    story.minimal("carol", alerted);
    let mut decision = DecisionMade {
        text: s("Revoke the key before we know who has it"),
        decided_by: s("alice"),
        executor: Some(s("bob")),
        check_at: Some(t("2026-11-22T03:15:00Z")),
        objections: all(&["dana: running releases will fail"]),
        tags: all(&["signing"]),
    };
    story.full("carol", decision.clone());
    (decision.executor, decision.check_at, decision.objections, decision.tags) =
        (None, None, Vec::new(), Vec::new());
    story.minimal("carol", decision);
    let text = s("The key was printed by a debug step");
    story.full("bob", HypothesisProposed { text: text.clone(), tags: all(&["ci"]) });
    story.minimal("bob", HypothesisProposed { text, tags: Vec::new() });
    story.full(
        "alice",
        AskMade {
            text: s("list every image signed since Friday"),
            person: Some(s("dana")),
            due_at: Some(t("2026-11-22T03:05:00Z")),
            tags: all(&["registry"]),
        },
    );
    let text = s("find the owner of the old pipeline");
    story.minimal("alice", AskMade { text, person: None, due_at: None, tags: Vec::new() });
    story.full(
        "carol",
        Amended {
            target: Seq(9),
            text: Some(s("build logs were public for four hours #signing")),
            at: Some(t("2026-11-22T02:48:42Z")),
            at_about: true,
            tags: all(&["signing"]),
        },
    );
    let text = Some(s("build logs were public for four hours"));
    story.minimal("carol", Amended { target: Seq(9), text, at: None, at_about: false, tags: Vec::new() });
    story.full("carol", Struck { target: Seq(9), reason: s("said in another room") });
    story.add("full", undo("carol", 31, Restored { target: Seq(9) }));
    story.full("carol", Starred { target: Seq(9), starred: true });
    story.add("off", undo("carol", 33, Starred { target: Seq(9), starred: false }));
}

fn state(story: &mut Story) {
    let reason = s("no production image carries a foreign signature");
    story.full("alice", SeverityChanged { to: Some(s("P2")), reason });
    story.minimal("alice", SeverityChanged { to: None, reason: s("") });
    story.full(
        "alice",
        TargetChanged {
            clock: s("update"),
            target: s("2h"),
            reason: s("leadership meets every two hours"),
            person: None,
        },
    );
    let (target, reason) = (s("2h"), s("leadership meets every two hours"));
    let again = TargetChanged { clock: s("update"), target, reason, person: Some(s("bob")) };
    story.add("by-another", new("alice", again));
    story.full("alice", PhaseEntered { phase: Phase::Contain });
    let started = MilestoneMarked { milestone: Milestone::Started };
    story.add("full", at("carol", "2026-11-21T22:10:00Z", true, started));
    story.minimal("carol", MilestoneMarked { milestone: Milestone::Contained });
    story.full("carol", MilestoneUnmarked { milestone: Milestone::Contained });
    story.full("alice", RoleTaken { role: s("incident commander"), person: s("alice") });
    story.full("alice", RoleReleased { role: s("scribe"), person: s("carol") });
    let role = s("incident commander");
    story.full("alice", RoleHandedOver { role, from: s("alice"), to: s("bob") });
    story.full(
        "carol",
        EvidenceAdded {
            name: s("build-7781.log"),
            class: s("audit-log"),
            source: s("ci runner 4"),
            acquired_by: s("dana"),
            location: s("evidence/build-7781.log"),
            size: Some(48_213),
            sha256: Some(s("9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08")),
        },
    );
    story.minimal(
        "carol",
        EvidenceAdded {
            name: s("laptop of the runner's owner"),
            class: s("scope"),
            source: s(""),
            acquired_by: s("dana"),
            location: s("safe, second floor"),
            size: None,
            sha256: None,
        },
    );
    story.full(
        "dana",
        EvidenceTransferred {
            evidence: Seq(24),
            from: s("dana"),
            to: s("bob"),
            location: s("bob's safe"),
            reason: s("end of shift"),
        },
    );
    let (from, to) = (s("dana"), s("bob"));
    story
        .minimal("dana", EvidenceTransferred { evidence: Seq(24), from, to, location: s(""), reason: s("") });
    story.full("bob", ScopeItemSet { asset: s("registry/payments:1.14"), state: ScopeState::Affected });
    kept(story);
}

fn kept(story: &mut Story) {
    story.full("carol", EvidenceAttached { evidence: Seq(24), entry: Seq(9) });
    story.full("carol", EvidenceWithdrawn { evidence: Seq(24), reason: s("another build") });
    story.full("bob", ScopeItemRemoved { asset: s("registry/payments:1.14") });
    story.full("bob", LinkRemoved { kind: s("bridge"), url: s("https://meet.example/old") });
    story.full(
        "carol",
        IocAdded {
            value: s("203.0.113.7"),
            kind: IocKind::Ip,
            tlp: Tlp::AmberStrict,
            entry: Some(Seq(9)),
            note: s("asked for the key at 13:04"),
        },
    );
    let value = s("/tmp/.x/run");
    story.minimal("carol", IocAdded { value, kind: IocKind::Path, tlp: Tlp::Red, entry: None, note: s("") });
    story.full("carol", IocRemoved { value: s("203.0.113.7"), reason: s("our own scanner") });
    let text = s("it stops every deploy");
    story.full("alice", DecisionObjected { target: Seq(10), text, person: s("dana") });
    let due = Some(t("2026-11-22T10:10:00Z"));
    story.full("alice", AskChanged { target: Seq(11), person: Some(s("carol")), due_at: due });
    story.minimal("alice", AskChanged { target: Seq(11), person: None, due_at: None });
    let step = StepRef { runbook: Seq(12), step: 2 };
    story.full("alice", StepDueSet { step, due_at: due });
    story.minimal("alice", StepDueSet { step, due_at: None });
}

fn steps(story: &mut Story) {
    let step = StepRef { runbook: Seq(12), step: 1 };
    story.full(
        "alice",
        RunbookAttached {
            name: s("signing-key-compromised"),
            title: s("Signing key compromised"),
            text: s(RUNBOOK),
        },
    );
    story.full(
        "alice",
        RunbookMatched { name: s("signing-key-compromised"), reason: s("severity P1, tag signing") },
    );
    story.full("alice", RunbookDetached { runbook: Seq(12) });
    story.full("alice", StepAssigned { step, person: s("bob") });
    story.full("bob", StepStarted { step, person: s("bob") });
    story.add("full", at("bob", "2026-11-22T03:01:30Z", false, StepDone { step, person: s("bob") }));
    story.minimal("bob", StepDone { step, person: s("bob") });
    story.full("bob", StepSkipped { step, reason: s("the pipeline is already off") });
    story.full("bob", StepBlocked { step, reason: s("the key service wants a second approver") });
    story.full("bob", StepReopened { step, reason: s("the key still signs in the second region") });
    story.add("minimal", undo("bob", 19, StepReopened { step, reason: s("") }));
}

fn replies(story: &mut Story) {
    let reason = s("no new signature since 03:01");
    story.full(
        "alice",
        VerdictGiven { target: Seq(14), verdict: Verdict::Held, reason: reason.clone(), person: None },
    );
    story.minimal(
        "alice",
        VerdictGiven { target: Seq(14), verdict: Verdict::NoEffect, reason: s(""), person: None },
    );
    let given = VerdictGiven { target: Seq(14), verdict: Verdict::Held, reason, person: Some(s("bob")) };
    story.add("by-another", undo("alice", 20, given));
    story.add("full", undo("alice", 20, VerdictWithdrawn { target: Seq(14) }));
    let (target, state) = (Seq(15), HypothesisState::RuledOut);
    let why = s("the debug step ran without the key");
    story.full("bob", HypothesisChanged { target, state, why: why.clone(), person: None });
    let supported = HypothesisState::Supported;
    story.minimal("bob", HypothesisChanged { target, state: supported, why: s(""), person: None });
    let found = HypothesisChanged { target, state, why, person: Some(s("dana")) };
    story.add("by-another", new("bob", found));
    story.full("dana", AskAcknowledged { target: Seq(16), person: s("dana") });
    let text = s("212 images, all from our own pipeline");
    story.full("dana", AskAnswered { target: Seq(16), text: text.clone(), person: None });
    let answered = AskAnswered { target: Seq(16), text, person: Some(s("dana")) };
    story.add("by-another", undo("alice", 21, answered));
    story.add("full", undo("dana", 21, AnswerWithdrawn { target: Seq(16) }));
    let next_at = Some(t("2026-11-22T05:00:00Z"));
    story.full(
        "carol",
        UpdateDrafted {
            audience: Audience::Customers,
            text: s("We have revoked a signing key. No action is needed from you now."),
            next_at,
        },
    );
    let audience = Audience::Internal;
    story.minimal("carol", UpdateDrafted { audience, text: s("Key revoked, pipeline off."), next_at: None });
    story.full("alice", UpdateApproved { target: Seq(27) });
    story.full(
        "carol",
        UpdateSent {
            target: Some(Seq(27)),
            audience: Audience::Customers,
            text: s("We have revoked a signing key."),
            next_at,
        },
    );
    let audience = Audience::Regulator;
    story.minimal("carol", UpdateSent { target: None, audience, text: s(""), next_at: None });
    let deadline = t("2026-11-22T03:15:00Z");
    let breached = ClockBreached { clock: s("decision:14"), deadline };
    story.add("full", at("warroom", "2026-11-22T03:15:00Z", false, breached));
    story.full(
        "alice",
        ClockAcknowledged {
            clock: s("phase:contain"),
            until: Some(t("2026-11-22T04:00:00Z")),
            reason: s("the second region takes longer"),
            person: None,
        },
    );
    story
        .minimal("alice", ClockAcknowledged { clock: s("update"), until: None, reason: s(""), person: None });
    let (until, reason) = (Some(t("2026-11-22T04:00:00Z")), s("the second region takes longer"));
    let again = ClockAcknowledged { clock: s("phase:contain"), until, reason, person: Some(s("bob")) };
    story.add("by-another", new("alice", again));
    story.full("alice", ClockStepped { by_ms: -3_600_000 });
    let reason = s("a token was pasted into the line");
    story.full("alice", Redacted { target: Seq(11), reason });
}

fn closing(story: &mut Story) {
    let resolved = Resolved { ended_by: s("key revoked, images signed again with the new one") };
    story.add("full", at("alice", "2026-11-22T06:20:00Z", false, resolved));
    story.minimal("alice", Resolved::default());
    let (item, reason) = (ClosureItem::Notifications, s("no customer image was touched"));
    let state = ClosureState::NotApplicable;
    story.full("alice", ClosureItemSet { item, state, reason: reason.clone() });
    let done = ClosureState::Done;
    story.minimal("alice", ClosureItemSet { item: ClosureItem::Cause, state: done, reason: s("") });
    let cause = ClosedItem { item: ClosureItem::Cause, state: done, reason: s("") };
    story.full(
        "alice",
        Closed {
            list: vec![cause, ClosedItem { item, state, reason }],
            waived: all(&["review: open"]),
            reason: s("the review is on Thursday"),
        },
    );
    story.minimal("alice", Closed::default());
    story.full("alice", Reopened { reason: s("an image with the old key was pulled again") });
    let file = s("INC-2026-0042.md");
    story.full("carol", PostmortemDrafted { file: file.clone(), from: s("") });
    let from = s("5716ca5987cbf97d6bb54920bea6adde242d87e6");
    story.add("from-archive", new("carol", PostmortemDrafted { file, from }));
    story.full("carol", PostmortemChecked { problems: 3 });
    let mut published = PostmortemPublished {
        path: s("postmortems/2026/2026-11-22-signing-key-exposed.md"),
        commit: s("3f786850e387550fdab836ed7e6dc881de23001b"),
        timeline_head: s("61 2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae"),
        ended_by: s("key revoked"),
        problems: 1,
        waived: s("a third factor is not known yet"),
    };
    story.full("carol", published.clone());
    (published.ended_by, published.problems, published.waived) = (s(""), 0, s(""));
    story.minimal("carol", published);
    story.full("alice", PostmortemWaived { reason: s("a try of the tool") });
    story.full("carol", PostmortemStatusSet { status: ReviewState::InReview });
    story.full("carol", PostmortemOwnerSet { owner: Some(s("bob")) });
    story.minimal("carol", PostmortemOwnerSet { owner: None });
    let day = chrono::NaiveDate::from_ymd_opt(2026, 11, 30);
    story.full("carol", PostmortemMeetingSet { day });
    story.minimal("carol", PostmortemMeetingSet { day: None });
    story.full("dana", PostmortemCommented { text: s("the second region deserves a factor of its own") });
}

fn stories(story: &mut Story) {
    let title = s("Keep signing keys in hardware");
    story.full(
        "alice",
        StoryFiled {
            number: 1,
            title: title.clone(),
            owner: Some(s("bob")),
            due: day("2026-12-22"),
            severity: Some(s("P1")),
            kind: Some(StoryKind::Preventive),
            proof: s("the drill of January cannot export the key"),
            external: s("SEC-311"),
        },
    );
    story.minimal(
        "alice",
        StoryFiled {
            number: 2,
            title,
            owner: None,
            due: None,
            severity: None,
            kind: None,
            proof: s(""),
            external: s(""),
        },
    );
    story.full(
        "alice",
        StoryChanged {
            number: 1,
            title: Some(s("Keep every signing key in hardware")),
            owner: Some(s("dana")),
            due: day("2027-01-15"),
            severity: Some(s("P2")),
            kind: Some(StoryKind::Process),
            proof: Some(s("the drill of February")),
            external: Some(s("SEC-312")),
        },
    );
    story.minimal("alice", StoryChanged { number: 1, owner: Some(s("dana")), ..Default::default() });
    story.full("dana", StoryStarted { number: 1 });
    let link = s("https://git.example/changes/118");
    story.full("dana", StoryShipped { number: 1, link, reason: s("") });
    story.add("no-link", new("dana", StoryShipped { number: 1, link: s(""), reason: s("done by hand") }));
    story.full("alice", StoryVerified { number: 1, proof: s("drill of 2027-02-03: export refused") });
    story.full("alice", StoryDropped { number: 2, reason: s("the same as story 1") });
    story.full("alice", StoryReopened { number: 2, reason: s("story 1 leaves the second region out") });
    let (external, status) = (s("SEC-311"), s("In Review"));
    story.full("warroom", StorySynced { number: 1, external, status });
    drill(story);
}

fn drill(story: &mut Story) {
    let expect = vec![
        DrillExpectation {
            text: s("somebody commands"),
            within: Some(300),
            condition: Some(s("role commander")),
        },
        DrillExpectation { text: s("it is said aloud"), within: None, condition: None },
    ];
    let inject = DrillInject { after: 300, text: s("The key was on the laptop."), expect };
    let improvement =
        DrillImprovement { text: s("sign only inside the KMS"), kind: Some(StoryKind::Preventive) };
    let started = DrillStarted {
        name: s("signing-key-compromised"),
        title: s("Signing key compromised"),
        digest: s("4f2e77a1"),
        facilitator: s("erin"),
        duration: Some(3_600),
        injects: vec![inject],
        improvements: vec![improvement],
    };
    story.full("alice", started.clone());
    let inject = DrillInject { after: 0, text: s("A laptop is lost."), expect: Vec::new() };
    let (injects, improvements) = (vec![inject], Vec::new());
    story.minimal("alice", DrillStarted { duration: None, injects, improvements, ..started });
    let text = s("The key was on the laptop.");
    story.add("full", at("erin", "2026-11-22T03:05:00Z", false, DrillInjected { inject: 1, text }));
    let reason = s("carol named it");
    story.full("erin", DrillJudged { expectation: 2, verdict: DrillVerdict::Late, reason });
    story.minimal("erin", DrillJudged { expectation: 2, verdict: DrillVerdict::Met, reason: s("") });
}
