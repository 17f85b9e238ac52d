//! Tests of improvements: every form in which people write them, and what is written into them.

use super::*;

const BODY: &str = "
Introduction.

- [ ] Story INC-2026-0042/S1: Add a hook that
      finds keys
  Owner: @alice Due: 2026-06-30 Severity: P2 Kind: preventive Proof: a commit with a key is refused
- [x] Story: Update the runbook
Owner: @bob Due: 2026-06-20 Severity: P3
* [ ] alert on use of the key (Owner: carol, Due: soon)
    - [ ] a part of it
    - **Kind:** Detective
- just a bullet
1. [ ] Story about numbers
```
- [ ] not this
```

Outro: Owner: nobody
";

#[test]
fn improvements_are_read_in_every_usual_form() {
    let (found, problems) = parse(BODY, 100);
    assert_eq!(found.len(), 4, "{found:#?}");
    assert_eq!(found[0].story.unwrap().to_string(), "INC-2026-0042/S1");
    assert_eq!(found[0].text, "Add a hook that finds keys");
    assert_eq!((found[0].line, found[0].last), (103, 105));
    assert_eq!(found[0].owner.as_deref(), Some("alice"));
    assert_eq!(found[0].due_date().unwrap().to_string(), "2026-06-30");
    assert_eq!(found[0].story_kind(), Some(StoryKind::Preventive));
    assert_eq!(found[0].proof.as_deref(), Some("a commit with a key is refused"));
    assert!(found[1].done && found[1].story.is_none() && found[1].kind.is_none());
    assert_eq!((found[1].text.as_str(), found[1].owner.as_deref()), ("Update the runbook", Some("bob")));
    assert_eq!(found[2].text, "alert on use of the key");
    assert_eq!((found[2].owner.as_deref(), found[2].due.as_deref()), (Some("carol"), Some("soon")));
    assert_eq!(found[2].due_date(), None);
    assert_eq!(found[2].story_kind(), Some(StoryKind::Detective));
    assert_eq!(found[3].text, "Story about numbers");
    let at: Vec<_> = problems.iter().map(|problem| (problem.rule, problem.line)).collect();
    assert_eq!(at, [("improvement-form", 109), ("improvement-form", 111)]);
}

#[test]
fn a_task_within_an_improvement_is_one_of_its_own_or_is_told() {
    let read = |body: &str| {
        let (found, problems) = parse(body, 1);
        let texts: Vec<String> = found.iter().map(|i| i.text.clone()).collect();
        let owners: Vec<String> = found.iter().filter_map(|i| i.owner.clone()).collect();
        (texts.join("|"), owners.join("|"), problems.iter().map(|p| p.line).collect::<Vec<_>>())
    };
    let said =
        |texts: &str, owners: &str, lines: &[usize]| (texts.to_owned(), owners.to_owned(), lines.to_vec());
    for nested in [
        "- [ ] Story: a\n  Owner: @bob\n  - [ ] Story: b\n    Owner: @carol\n",
        "  - [ ] Story: a\n    Owner: @bob\n  - [ ] Story: b\n    Owner: @carol\n",
        "- [ ] a\n  Owner: @bob\n\n  * [ ] b\n    Owner: @carol\n",
        "- [ ] a (Owner: @bob)\n  - [ ] b (Owner: @carol)\n",
    ] {
        assert_eq!(read(nested), said("a|b", "bob|carol", &[]), "{nested}");
    }
    let part = "- [ ] Story: a\n  - [ ] b\n    more of b\n  Owner: @bob\n- c\n  - its part\n";
    assert_eq!(read(part), said("a", "bob", &[2, 5]));
    let table = "| Story | Owner |\n|---|---|\n| a | bob |\n\n> - [ ] Story: b\n> Owner: @carol\n";
    assert_eq!(read(table), said("", "", &[1, 5]));
    assert_eq!(read("  - a thought\n  - [ ] Story: b\n"), said("b", "", &[1]));
}

#[test]
fn heads_and_fields_are_told_from_prose() {
    let first = |line: &str| {
        let improvement = parse(line, 1).0.remove(0);
        (improvement.text, improvement.owner, improvement.story.map(|id| id.number))
    };
    let is = |text: &str, owner: &str, number: u32| {
        let owner = Some(owner.to_owned()).filter(|owner| !owner.is_empty());
        (text.to_owned(), owner, Some(number).filter(|number| *number > 0))
    };
    for (line, said) in [
        (
            "- [ ] Story: Fix the Owner: label of the page\n  Owner: @bob",
            is("Fix the Owner: label of the page", "bob", 0),
        ),
        (
            "- [ ] Fix the Owner: label of the page (Owner: @bob)",
            is("Fix the Owner: label of the page", "bob", 0),
        ),
        ("- [ ] a Owner: the platform team Due: 2026-01-01", is("a", "the platform team", 0)),
        ("- [ ] **Story**: a", is("a", "", 0)),
        ("- [ ] **Story:** a *b* c", is("a *b* c", "", 0)),
        ("- [ ] **Story INC-2026-0042/S3:** a", is("a", "", 3)),
        ("- [ ] **INC-2026-0042/S3** a", is("a", "", 3)),
        ("- [ ] **bold** words", is("**bold** words", "", 0)),
        ("- [ ] Story S3: a", is("a", "", 0)),
        ("- [ ] S3: the bucket", is("S3: the bucket", "", 0)),
    ] {
        assert_eq!(first(line), said, "{line}");
    }
    let (_, problems) = parse("- [ ] Story S3: a", 7);
    assert_eq!((problems[0].rule, problems[0].line), ("improvement-id", 7));
    let id = StoryId { incident: "INC-2026-0042".parse().unwrap(), number: 3 };
    for line in [
        "- [ ] **Story**: a",
        "- [ ] **Story:** a",
        "- [ ] Story S3: a",
        "- [ ] __Story INC-2026-0042/S1:__ a",
    ] {
        assert_eq!(with_ids(line, &[(1, id)]), "- [ ] Story INC-2026-0042/S3: a");
    }
}

#[test]
fn what_has_shipped_is_ticked_and_its_proof_stands_behind_its_fields() {
    let text = "\n- [ ] Story: a\r\n  Owner: @bob\r\n- [ ] Story: b\n- [x] Story: c Proof: d\n";
    let (found, _) = parse(text, 1);
    let proof = |proof: &str| Some(proof.to_owned());
    let shipped = [
        Logged { improvement: &found[0], shipped: true, proof: proof("a drill") },
        Logged { improvement: &found[1], shipped: true, proof: proof("a test") },
        Logged { improvement: &found[2], shipped: true, proof: None },
    ];
    let with = with_states(text, &shipped);
    assert_eq!(
        with,
        "\n- [x] Story: a\r\n  Owner: @bob Proof: a drill\r\n- [x] Story: b\n  Proof: a test\n- [x] Story: c Proof: d\n"
    );
    assert_eq!(parse(&with, 1).0[0].proof.as_deref(), Some("a drill"));
}

#[test]
fn what_is_rendered_is_read_back() {
    let improvement = Improvement {
        line: 1,
        last: 2,
        story: Some("INC-2026-0042/S7".parse().unwrap()),
        done: false,
        text: "Rotate keys by schedule".into(),
        owner: Some("dana".into()),
        due: Some("2026-07-01".into()),
        severity: Some("P2".into()),
        kind: Some("process".into()),
        proof: Some("two rotations in the log".into()),
    };
    assert_eq!(
        render(&improvement),
        "- [ ] Story INC-2026-0042/S7: Rotate keys by schedule\n  Owner: @dana Due: 2026-07-01 Severity: P2 Kind: process Proof: two rotations in the log\n"
    );
    assert_eq!(parse(&render(&improvement), 1).0, [improvement]);
    let bare = Improvement { line: 1, last: 1, text: "x".into(), ..Improvement::default() };
    assert_eq!(parse(&render(&bare), 1).0, [bare]);
}

#[test]
fn ids_are_written_in_and_nothing_else_changes() {
    let id = |n| StoryId { incident: "INC-2026-0042".parse().unwrap(), number: n };
    let text =
        "a\r\n- [ ] Story: one\r\n  - [x] two\n- [ ] Story INC-2026-0042/S1: three\n* [ ]  story  : four";
    let ids = [(1, id(9)), (2, id(2)), (3, id(3)), (4, id(1)), (5, id(5))];
    let with = with_ids(text, &ids);
    assert_eq!(
        with,
        "a\r\n- [ ] Story INC-2026-0042/S2: one\r\n  - [x] Story INC-2026-0042/S3: two\n- [ ] Story INC-2026-0042/S1: three\n* [ ]  story INC-2026-0042/S5: four"
    );
    assert_eq!(with_ids(&with, &ids), with);
    assert_eq!(
        with_ids(
            "- [x] inc-2026-42/s1 one\r\n- [ ] Story INC-2026-0042/S1: two\n",
            &[(1, id(4)), (2, id(5))]
        ),
        "- [x] Story INC-2026-0042/S4: one\r\n- [ ] Story INC-2026-0042/S5: two\n"
    );
    assert_eq!(with_ids(text, &[]), text);
    let (found, _) = parse(&with, 1);
    assert_eq!(found.iter().filter_map(|i| i.story).map(|s| s.number).collect::<Vec<_>>(), [2, 3, 1, 5]);
}
