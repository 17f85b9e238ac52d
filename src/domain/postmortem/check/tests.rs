//! Tests of the check: a whole postmortem that passes, and one broken fixture a rule.

use super::*;
use crate::domain::incident::tests::Room;
use crate::domain::request::{NewStory, Request};

const GOOD: &str = include_str!("../../../../tests/fixtures/check/good.md");

fn run(text: &str) -> Vec<Problem> {
    let mut room = Room::declared();
    room.ask(Request::FileStory(first_story()));
    run_beside(text, &room.incident)
}

/// The story that the first improvement is.
fn first_story() -> NewStory {
    NewStory {
        title: "Sign only in the key service".to_owned(),
        owner: Some("alice".to_owned()),
        due: NaiveDate::from_ymd_opt(2027, 1, 15),
        severity: Some("P2".to_owned()),
        kind: Some(StoryKind::Preventive),
        ..NewStory::default()
    }
}

fn run_beside(text: &str, log: &Incident) -> Vec<Problem> {
    let today = NaiveDate::from_ymd_opt(2026, 11, 22).unwrap();
    check(text, &Expectations { severities: &["P1", "P2", "P3", "P4"], log: Some(log), today })
}

/// Changes one place of the good postmortem and expects exactly this rule, on the line that holds `on`.
#[track_caller]
fn breaks(from: &str, to: &str, rule: &str, on: &str) {
    assert!(GOOD.contains(from), "the fixture has no {from:?}");
    let text = GOOD.replacen(from, to, 1);
    let problems = run(&text);
    assert_eq!(problems.iter().map(|p| p.rule).collect::<Vec<_>>(), [rule], "{problems:#?}");
    let line = text.lines().nth(problems[0].line - 1).unwrap_or_default();
    assert!(line.contains(on), "line {} is {line:?}", problems[0].line);
    assert!(problems[0].message.len() > 15, "{problems:?}");
}

fn section(part: Part) -> String {
    let (postmortem, _) = document::parse(GOOD);
    postmortem.section(part).unwrap().body.clone()
}

#[test]
fn a_complete_postmortem_passes() {
    assert_eq!(run(GOOD), []);
    assert_eq!(run(&GOOD.replace('\n', "\r\n")), []);
}

#[test]
fn every_section_must_be_there() {
    for part in Part::ALL {
        let text = GOOD.replace(&format!("## {}\n{}", part.heading(), section(part)), "");
        assert_ne!(text, GOOD);
        let problems = run(&text);
        assert_eq!(problems.len(), 1, "{problems:?}");
        assert_eq!(problems[0].rule, "section-missing");
        assert!(problems[0].message.contains(part.heading()));
    }
}

#[test]
fn no_section_may_be_empty() {
    for (part, rule) in [
        (Part::Summary, "summary-empty"),
        (Part::Timeline, "timeline-empty"),
        (Part::RootCause, "section-empty"),
        (Part::ContributingFactors, "contributing-factors"),
        (Part::WentWell, "section-empty"),
        (Part::WentPoorly, "section-empty"),
        (Part::Lessons, "section-empty"),
    ] {
        let heading = format!("## {}\n", part.heading());
        breaks(&format!("{heading}{}", section(part)), &format!("{heading}\n"), rule, part.heading());
    }
    let problems = run(&GOOD.replace(&section(Part::Improvements), "\n"));
    let rules: Vec<_> = problems.iter().map(|p| p.rule).collect();
    assert_eq!(rules, ["improvement-mix", "story-missing"], "the one that was filed is missing as well");
    breaks(&section(Part::Timeline), "\nThere was not much.\n\n", "timeline-empty", "Timeline");
}

#[test]
fn impact_has_three_faces() {
    breaks("- User-facing: checkout failed", "- Checkout failed", "impact-incomplete", "Impact");
    breaks("- Internal: the", "- Also: the", "impact-incomplete", "Impact");
    breaks(
        "- External: none. No data left, no notification was due.",
        "- External:",
        "impact-incomplete",
        "Impact",
    );
    let headings = "\n### User-facing\n\nSlow.\n\n### Internal\n\nNo deploys.\n\n### External\n\nNone.\n\n";
    assert_eq!(run(&GOOD.replace(&section(Part::Impact), headings)), []);
}

#[test]
fn nothing_may_be_left_to_fill_in() {
    breaks("a key for signing builds leaked", "[fill in: what leaked]", "unfilled", "[fill in:");
    breaks("- External: none", "- External: <customer impact>", "unfilled", "<customer impact>");
    breaks("owner: alice", "owner: TBD", "unfilled", "owner: TBD");
    breaks("Due: 2027-01-15", "Due: [fill in: when]", "unfilled", "Due:");
}

#[test]
fn three_factors_are_the_least() {
    breaks("- The log of the build printed its environment.\n", "", "contributing-factors", "Contributing");
    let three_headings = "\n### One\na\n### Two\nb\n### Three\nc\n\n";
    assert_eq!(run(&GOOD.replace(&section(Part::ContributingFactors), three_headings)), []);
}

#[test]
fn people_are_no_cause() {
    breaks(
        "The build allowed any job",
        "Human error: the build allowed any job",
        "human-error",
        "Human error",
    );
    breaks("- The key did not expire.", "- Someone\n  forgot to expire it.", "human-error", "Someone");
    breaks("- The key did not expire.", "- Carelessness.", "human-error", "Carelessness");
    breaks("- The key did not expire.", "- An **operator error**.", "human-error", "operator error");
    assert_eq!(run(&GOOD.replace("The build allowed", "This is not \"human error\": the build allowed")), []);
    assert_eq!(
        run(&GOOD.replace("- The pager", "- Nobody called it human error.\n- The pager")),
        [],
        "elsewhere it may stand"
    );
}

#[test]
fn an_improvement_needs_owner_date_severity_and_kind() {
    breaks("Owner: @alice ", "", "improvement-owner", "Story INC-2026-0042/S1");
    breaks("Owner: @alice ", "Owner: TBD? ", "unfilled", "TBD");
    breaks(" Due: 2027-01-15", "", "improvement-due", "Story INC-2026-0042/S1");
    breaks("Due: 2027-01-15", "Due: next week", "improvement-due-date", "Story INC-2026-0042/S1");
    breaks("Due: 2027-01-15", "Due: 2027-02-30", "improvement-due-date", "Story INC-2026-0042/S1");
    breaks("Due: 2027-02-01", "Due: 2026-02-01", "improvement-due-past", "Story: Alert");
    let (new, named) = ("Story: Alert", "Story INC-2026-0042/S2: Alert");
    let past = GOOD.replace("Due: 2027-02-01", "Due: 2026-02-01").replace(new, named);
    assert_eq!(
        run(&past).iter().map(|p| p.rule).collect::<Vec<_>>(),
        ["improvement-due-past"],
        "S2 is not filed"
    );
    breaks(" Severity: P2", "", "improvement-severity", "Story INC-2026-0042/S1");
    breaks("Severity: P2", "Severity: huge", "improvement-severity", "Story INC-2026-0042/S1");
    breaks("- [ ] Story: Alert when", "- [ ] Story:\n- [ ] Story: Alert when", "improvement-text", "Story:");
}

#[test]
fn the_three_kinds_must_be_there() {
    let problems = run(&GOOD.replacen("Kind: preventive", "Kind: nice", 1));
    let rules: Vec<_> = problems.iter().map(|p| p.rule).collect();
    assert_eq!(rules, ["improvement-mix", "improvement-kind"]);
    breaks("Kind: detective", "Kind: process", "improvement-mix", "Improvements");
    let problems = run(&GOOD.replacen(" Kind: process", "", 1));
    assert_eq!(problems.iter().map(|p| p.rule).collect::<Vec<_>>(), ["improvement-mix", "improvement-kind"]);
}

#[test]
fn improvements_are_tasks_with_ids_of_their_own() {
    breaks(
        "- [ ] Story: Alert when",
        "- A thought\n- [ ] Story: Alert when",
        "improvement-form",
        "A thought",
    );
    breaks(
        "- [ ] Story: Alert when",
        "- [ ] Story INC-2026-0042/S1: Alert when",
        "improvement-id",
        "Alert when",
    );
    breaks(
        "- [ ] Story: Alert when",
        "- [ ] Story INC-2025-0001/S1: Alert when",
        "improvement-id",
        "Alert when",
    );
}

#[test]
fn the_front_matter_must_say_what_it_is() {
    for key in
        ["id: INC-2026-0042\n", "title: Signing key leaked\n", "date: \"2026-11-20\"\n", "severity: P1\n"]
    {
        breaks(key, "", "front-matter-key", "---");
    }
    breaks("id: INC-2026-0042\n", "id: INC-2026-0009\n", "id-differs", "id: INC-2026-0009");
    breaks("id: INC-2026-0042\n", "id: INC-2026-42\n", "id-differs", "id: INC-2026-42");
    assert_eq!(run(&GOOD.replace("id: INC", "id: inc")), []);
    breaks("severity: P1\n", "severity: terrible\n", "severity-unknown", "terrible");
    breaks("severity: P1\n", "severity: p2\n", "severity-differs", "p2");
    assert_eq!(run(&GOOD.replace("severity: P1\n", "severity: p-1\n")), []);
    breaks("date: \"2026-11-20\"", "date: soon", "front-matter-value", "soon");
    breaks("kind: real\n", "kind: real\nkind: drill\n", "front-matter", "drill");
    breaks("---\nid:", "id:", "front-matter", "id:");
}

#[test]
fn the_front_matter_says_what_the_log_says() {
    for (to, rule) in [
        ("kind: foo\n", "unknown-word"),
        ("kind: drill\n", "differs-from-log"),
        ("kind: real\nvisibility: public\n", "unknown-word"),
        ("kind: real\nvisibility: restricted\n", "differs-from-log"),
        ("kind: real\ndisposition: banana\n", "unknown-word"),
        ("kind: real\ndisposition: false alarm, a test\n", "differs-from-log"),
        ("kind: real\ndisposition: duplicate-of INC-2026-0001\n", "differs-from-log"),
        ("kind: real\ncommander: mallory\n", "differs-from-log"),
        ("kind: real\ndetected: \"2020-01-01T00:00:00Z\"\n", "differs-from-log"),
        ("kind: real\ndetected: \"2026-11-20 14:21\"\n", "differs-from-log"),
    ] {
        breaks("kind: real\n", to, rule, to.lines().last().unwrap());
    }
    breaks("date: \"2026-11-20\"", "date: \"2025-01-02\"", "differs-from-log", "2025-01-02");
    breaks("date: \"2026-11-20\"", "date: 2026-10", "differs-from-log", "2026-10");
    for same in [
        "kind: Real\nvisibility: Team\ndisposition: Confirmed, by carol\ncommander: \"@Alice\"\n",
        "kind: real\ndetected: 2026-11-20 14:20 UTC\nmitigated: \"2020-01-01T00:00:00Z\"\n",
    ] {
        assert_eq!(run(&GOOD.replace("kind: real\n", same)), []);
    }
    assert_eq!(run(&GOOD.replace("date: \"2026-11-20\"", "date: 2026-11")), []);
    let mut room = Room::declared();
    let began = room.now - crate::domain::time::Span::days(3);
    room.ask(Request::Mark { milestone: crate::domain::words::Milestone::Started, at: Some((began, false)) });
    for (day, rules) in [("2026-11-17", 0), ("2026-11-20", 0), ("2026-11-18", 1), ("2026-10-20", 1)] {
        let problems =
            run_beside(&GOOD.replace("2026-11-20\"\nsev", &format!("{day}\"\nsev")), &room.incident);
        assert_eq!(problems.iter().filter(|p| p.rule == "differs-from-log").count(), rules, "{problems:?}");
    }
    let problems = run(&GOOD.replace("kind: real\n", "kind: drill\n"));
    assert_eq!(
        problems[0].message,
        "`kind` is \"drill\", and the log says \"real\": write `kind: real`, or correct the log: warroom set \
         INC-2026-0042 --kind KIND"
    );
}

#[test]
fn improvements_say_what_their_stories_say() {
    for (from, to) in [
        ("Sign only in the key service", "Sign nowhere"),
        ("Owner: @alice Due: 2027-01-15", "Owner: @dana Due: 2027-01-15"),
        ("Due: 2027-01-15", "Due: 2027-06-30"),
        ("Severity: P2", "Severity: P1"),
    ] {
        breaks(from, to, "differs-from-story", "Story INC-2026-0042/S1");
    }
    assert_eq!(run(&GOOD.replace("Owner: @alice Due", "Owner: @Alice Due")), []);
    let problems = run(&GOOD.replace("Owner: @alice Due", "Owner: @dana Due"));
    assert_eq!(
        problems[0].message,
        "the owner of INC-2026-0042/S1 is \"dana\", and the log says \"alice\": write that here, or correct the log: \
         warroom story set INC-2026-0042/S1 --owner dana"
    );
    // A tick that did not hold, as a reopening leaves it.
    let ticked = GOOD.replace("- [ ] Story INC-2026-0042/S1", "- [x] Story INC-2026-0042/S1");
    let problems = run(&ticked);
    assert_eq!(problems.iter().map(|p| p.rule).collect::<Vec<_>>(), ["differs-from-story"], "{problems:?}");
    let mut room = Room::declared();
    room.ask(Request::FileStory(first_story()));
    room.ask(Request::ShipStory { number: 1, link: "MR 7".to_owned(), reason: String::new() });
    assert_eq!(run_beside(&ticked, &room.incident), []);
    let mut room = Room::declared();
    room.ask(Request::FileStory(first_story()));
    room.ask(Request::FileStory(NewStory { title: "Rotate keys".to_owned(), ..NewStory::default() }));
    let problems = run_beside(GOOD, &room.incident);
    assert_eq!(problems.iter().map(|p| p.rule).collect::<Vec<_>>(), ["story-missing"], "{problems:?}");
    assert!(problems[0].message.contains("`- [ ] Story INC-2026-0042/S2: Rotate keys`"), "{problems:?}");
    room.ask(Request::DropStory { number: 2, reason: "twice".to_owned() });
    assert_eq!(run_beside(GOOD, &room.incident), []);
    // One that is filed but for its id, as a killed publication leaves it.
    room.ask(Request::FileStory(NewStory {
        title: "Try the key runbook every quarter".to_owned(),
        owner: Some("carol".to_owned()),
        due: NaiveDate::from_ymd_opt(2027, 3, 1),
        severity: Some("P4".to_owned()),
        ..NewStory::default()
    }));
    assert_eq!(run_beside(GOOD, &room.incident), []);
}

#[test]
fn marks_of_a_merge_are_found_outside_of_code() {
    breaks(
        "- The key did not expire.",
        "<<<<<<< HEAD\n- The key did not expire.",
        "conflict-mark",
        "<<<<<<<",
    );
    breaks("- The pager of", ">>>>>>> bob\n- The pager of", "conflict-mark", ">>>>>>>");
    let fenced = "```\n<<<<<<< HEAD\n=======\n>>>>>>> bob\n```\n\n- The pager of";
    assert_eq!(run(&GOOD.replace("- The pager of", fenced)), []);
    assert_eq!(run(&GOOD.replace("- The pager of", ">>>>>>>> so deep\n\n- The pager of")), []);
}

#[test]
fn a_milestone_that_the_log_has_to_the_millisecond_may_be_written_shorter() {
    let mut room = Room::declared();
    room.wait(crate::domain::time::Span::milliseconds(192_345));
    room.ask(Request::Mark { milestone: crate::domain::words::Milestone::Contained, at: None });
    room.ask(Request::FileStory(first_story()));
    let found = |time: &str| {
        let text = GOOD.replace("kind: real\n", &format!("kind: real\ncontained: \"{time}\"\n"));
        run_beside(&text, &room.incident)
    };
    for same in
        ["2026-11-20T14:23:12.345Z", "2026-11-20T14:23:12Z", "2026-11-20 14:23", "2026-11-20T15:23:12+01:00"]
    {
        assert_eq!(found(same), [], "{same}");
    }
    for other in
        ["2026-11-20T14:23:13Z", "2026-11-20T14:24:00Z", "2026-11-20 14:22", "2026-11-20T14:23:12+01:00"]
    {
        let found = found(other);
        assert_eq!(found.iter().map(|p| p.rule).collect::<Vec<_>>(), ["differs-from-log"], "{other}");
    }
}

#[test]
fn a_secret_is_found_wherever_it_stands() {
    let token = format!("ghp_{}", "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8");
    breaks("## Impact", &format!("It was {token} all along.\n\n## Impact"), "secret", "It was");
}

#[test]
fn what_is_too_large_is_not_looked_at() {
    let problems = run(&"x".repeat(crate::domain::postmortem::MAX_BYTES + 1));
    assert_eq!(problems.iter().map(|p| p.rule).collect::<Vec<_>>(), ["too-large"]);
}

#[test]
fn every_rule_is_listed_once_and_has_its_fixture() {
    let source = include_str!("tests.rs");
    for (rule, asks) in RULES {
        assert!(source.contains(&format!("\"{rule}\"")) && !asks.is_empty(), "no fixture breaks {rule}");
        assert_eq!(RULES.iter().filter(|(other, _)| *other == rule).count(), 1);
    }
    let sources = [
        include_str!("../check.rs"),
        include_str!("marks.rs"),
        include_str!("blame.rs"),
        include_str!("../improvements.rs"),
        include_str!("../front_matter/yaml.rs"),
        include_str!("../document.rs"),
    ];
    for rule in
        sources.iter().flat_map(|s| s.split("Problem::new(\"").skip(1).filter_map(|s| s.split('"').next()))
    {
        assert!(RULES.iter().any(|(name, _)| *name == rule), "{rule} is not listed");
    }
}

#[test]
fn hostile_documents_are_read_to_their_end() {
    let large = |piece: &str| piece.repeat(40_000 / piece.len());
    for piece in
        ["<a ", "1-1-", "` `` ", "[", "> ", "*a_", "- ", "#\n", "|a", "[x](", "- [ ] a\n", "a: b\n", "a\r"]
    {
        for head in ["", "---\nid: x\n---\n## Improvements\n", "## Root Cause\n"] {
            let text = format!("{head}{}", large(piece));
            assert!(run(&text).iter().any(|problem| problem.rule == "section-missing"), "{piece:?}");
            let (imported, _) = crate::domain::postmortem::imported::read("x.md", text.as_bytes()).unwrap();
            assert!(!imported.title.is_empty() && imported.title.chars().count() <= 301);
        }
    }
}
