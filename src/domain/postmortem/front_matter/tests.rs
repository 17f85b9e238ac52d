//! Tests of the front matter: fidelity, refusals, round trips.

use proptest::prelude::*;

use super::*;

const OURS: &str = "\
# how to read this: see the README
id: INC-2026-0042
title: \"Signing key leaked: no builds\"
date: 2026-11-20   # UTC
severity: P1
authors: [alice, 'bob']
services:
  - payments
x-ticket: OPS-7 # theirs
x-nested:
  deep: [1, 2]   # kept
  text: |
    two
    lines
resolved: 2026-11-20T18:00:00Z
timeline_head: 12 abcdef
";

#[test]
fn known_keys_are_read_and_foreign_lines_survive_byte_for_byte() {
    let (mut front, problems) = FrontMatter::parse(OURS);
    assert_eq!(problems, []);
    assert_eq!(front.text(Key::Title), Some("Signing key leaked: no builds"));
    assert_eq!(front.date().unwrap().to_string(), "2026-11-20");
    assert_eq!(front.list(Key::Authors), ["alice", "bob"]);
    assert_eq!(front.list(Key::Services), ["payments"]);
    assert_eq!(front.timeline_head(), Some((Seq(12), "abcdef")));
    assert_eq!(front.line_of(Key::Title), Some(4));
    assert_eq!(front.to_text(), format!("---\n{OURS}---\n"));

    front.set_timeline_head(Seq(14), "1234").unwrap();
    front.set_text(Key::Status, "no").unwrap();
    front.set_list(Key::Services, &["payments", "@api", "1e3"]).unwrap();
    let expected = OURS
        .replace("timeline_head: 12 abcdef\n", "timeline_head: \"14 1234\"\nstatus: \"no\"\n")
        .replace("  - payments\n", "  - payments\n  - \"@api\"\n  - \"1e3\"\n");
    assert_eq!(front.to_text(), format!("---\n{expected}---\n"));
}

#[test]
fn setting_what_is_there_changes_no_byte() {
    let (mut front, _) = FrontMatter::parse(OURS);
    front.set_text(Key::Severity, "P1").unwrap();
    front.set_list(Key::Authors, &["alice", "bob"]).unwrap();
    assert_eq!(front.to_text(), format!("---\n{OURS}---\n"));
}

#[test]
fn a_changed_value_keeps_the_comments_behind_it() {
    let (mut front, _) = FrontMatter::parse("id: A\n# about the title\n\ntitle: B\n");
    front.set_text(Key::Id, "C").unwrap();
    assert_eq!(front.to_text(), "---\nid: C\n# about the title\n\ntitle: B\n---\n");
}

#[test]
fn a_new_key_stands_before_the_mark_that_the_document_ends() {
    for (block, changed) in [
        ("date: 2026-11-20\n...\n", "date: 2026-11-20\ntitle: it\n...\n"),
        ("date: 2026-11-20\r\n... # end\r\n", "date: 2026-11-20\r\ntitle: it\n... # end\r\n"),
        ("date: 2026-11-20\n...", "date: 2026-11-20\ntitle: it\n...\n"),
        ("date: |\n  ...\n  ....\n", "date: |\n  ...\n  ....\ntitle: it\n"),
    ] {
        let (mut front, _) = FrontMatter::parse_lenient(block);
        front.set_text(Key::Title, "it").unwrap();
        assert_eq!(front.to_block(), changed);
        let (again, problems) = FrontMatter::parse_lenient(changed);
        assert_eq!((again.text(Key::Title), problems.len()), (Some("it"), 0), "{changed:?}");
    }
}

#[test]
fn what_has_no_lines_of_its_own_is_read_and_not_changed() {
    for block in
        ["{}\n", "{\r\n}\r\n", "title: T\n\n? # between\ntags: []\n", "? a\n: b\ntitle: T\n", "{a: b}\n"]
    {
        let (mut front, problems) = FrontMatter::parse(block);
        assert!(!front.is_readable() && !problems.is_empty(), "{block:?}");
        assert_eq!((front.set_text(Key::Title, "it"), front.to_block().as_str()), (Err(Unreadable), block));
    }
}

#[test]
fn strict_reading_names_the_line_and_refuses_changes() {
    for (block, line, word) in [
        ("id: a\ntitle: b\nid: c\n", 4, "twice"),
        ("a: &x 1\nb: 2\n", 2, "anchors"),
        ("a: &x 1\nb: *x\n", 2, "anchors"),
        ("id: a\ntitle: b: c\n", 3, "not YAML"),
        ("- one\n- two\n", 2, "key: value"),
        ("{id: a, title: b}\n", 2, "key: value"),
        ("x: {a: 1, a: 2}\n", 2, "twice"),
    ] {
        let (mut front, problems) = FrontMatter::parse(block);
        assert_eq!(problems.len(), 1, "{block}: {problems:?}");
        assert_eq!((problems[0].rule, problems[0].line), ("front-matter", line), "{block}: {problems:?}");
        assert!(problems[0].message.contains(word), "{problems:?}");
        assert_eq!(front.set_text(Key::Id, "x"), Err(Unreadable));
        assert_eq!(front.to_text(), format!("---\n{block}---\n"), "kept as it stands");
    }
    let (_, problems) = FrontMatter::parse(&format!("id: {}\n", "x".repeat(MAX_OWN)));
    assert!(problems[0].message.contains("at most"));
    let (front, problems) = FrontMatter::parse(&"[".repeat(10_000));
    assert!(!front.is_readable() && problems.len() == 1);
}

#[test]
fn values_of_the_wrong_type_are_named_but_do_not_block_a_rewrite() {
    let (mut front, problems) =
        FrontMatter::parse("date: soon\nresolved: later\ntitle: [a]\nauthors: {a: b}\n");
    assert_eq!(problems.iter().map(|p| p.line).collect::<Vec<_>>(), [2, 3, 4, 5]);
    assert!(problems.iter().all(|p| p.rule == "front-matter-value"));
    front.set_text(Key::Date, "2026-11-20").unwrap();
    assert!(front.to_text().starts_with("---\ndate: \"2026-11-20\"\n"));
}

#[test]
fn lenient_reading_takes_what_it_can() {
    let (front, problems) =
        FrontMatter::parse_lenient("title: Outage: the db\ndate: 2020-01-02\ntags:\n- a\n- 'b'\n");
    assert_eq!(front.text(Key::Title), Some("Outage: the db"));
    assert_eq!(front.list(Key::Tags), ["a", "b"]);
    assert_eq!(problems.len(), 1);
    let (front, problems) = FrontMatter::parse_lenient("id: 007\nid: 8\nn: &a [1]\nm: *a\nempty: ~\n");
    assert_eq!(front.text(Key::Id), Some("007"));
    assert_eq!(front.get("empty"), Some(&Value::Null));
    assert_eq!(problems.len(), 3, "{problems:?}");
}

#[test]
fn documents_are_cut_at_the_marker_lines() {
    let cut = split("---\na: 1\n---\nbody\n");
    assert_eq!((cut.front, cut.body, cut.body_line), (Some("a: 1\n"), "body\n", 4));
    let cut = split("\u{feff}--- \r\na: 1\r\n...\r\nbody");
    assert_eq!((cut.front, cut.body, cut.body_line), (Some("a: 1\r\n"), "body", 4));
    assert_eq!(split("---\n---\n").front, Some(""));
    for none in ["", "---", "---\nno end\n", "text\n---\na: 1\n---\n", "----\na\n---\n"] {
        assert_eq!(split(none).front, None, "{none:?}");
        assert_eq!(split(none).body_line, 1);
    }
}

#[test]
fn what_yaml_would_change_is_quoted() {
    for text in [
        "no",
        "Yes",
        "on",
        "null",
        "~",
        "2026-11-20",
        "1e3",
        "007",
        "0x1f",
        ".5",
        "-",
        "",
        " a",
        "a ",
        "a: b",
        "a #b",
        "@alice",
        "*x",
        "&x",
        "!x",
        "[a",
        "{a",
        "`a",
        "%a",
        "a:",
        "NaN",
    ] {
        assert!(quoted(text).starts_with('"'), "{text:?} -> {}", quoted(text));
    }
    for text in ["alice", "INC-2026-0042/S1", "Signing key leaked", "P1", "naïve", "payments:4f2e"] {
        assert_eq!(quoted(text), text);
    }
}

#[test]
fn marks_stand_behind_their_letters_as_they_were_written() {
    for text in ["सर्वर डाउन है", "re\u{301}sume\u{301} service", "เซิร์ฟเวอร์ล่ม"]
    {
        let written = quoted(text);
        assert_eq!(written.trim_matches('"'), text);
    }
    assert_eq!(quoted("\u{301}a"), "\"\\u0301a\"");
    // What nobody sees is written as what it is.
    assert_eq!(quoted("a\u{34f}b\u{200b}c"), "\"a\\u034fb\\u200bc\"");
}

fn texts() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        "[ -~]{0,40}",
        prop::sample::select(vec![
            "no",
            "\u{85}",
            "\u{2028}x",
            "a\r\nb",
            "\0",
            "\u{feff}",
            "'",
            "\"\\",
            "---",
            "a\n---\nb",
            "...",
            "\u{ffff}",
            "\u{e000}",
            "\t",
            "# a",
            "- a"
        ])
        .prop_map(str::to_owned),
    ]
}

proptest! {
    #[test]
    fn what_is_written_is_read_back(title in texts(), items in prop::collection::vec(texts(), 0..5)) {
        let (mut front, _) = FrontMatter::parse("x-foreign: [1]\n");
        front.set_text(Key::Title, &title).unwrap();
        front.set_list(Key::Tags, &items).unwrap();
        let text = front.to_text();
        let cut = split(&text);
        prop_assert_eq!(cut.body, "");
        let (again, problems) = FrontMatter::parse(cut.front.unwrap());
        prop_assert_eq!(problems, []);
        prop_assert_eq!(again.get("title"), Some(&Value::Text(title)));
        prop_assert_eq!(again.list(Key::Tags), items);
        prop_assert_eq!(again.to_text(), text);
    }

    #[test]
    fn no_block_panics(block in any::<String>(), yamlish in "[a-c:\\-\\[\\]{}&*!|>'\"#%@` \n\t,?0-9]{0,80}") {
        for block in [block, yamlish] {
            let (front, problems) = FrontMatter::parse(&block);
            prop_assert!(front.is_readable() || !problems.is_empty());
            if front.is_readable() {
                let written = front.to_text();
                prop_assert!(written.contains(block.trim_end_matches('\n')));
            }
            let _ = FrontMatter::parse_lenient(&block);
        }
    }
}
