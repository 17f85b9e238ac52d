//! Tests of reading other people's postmortems: odd ones made by hand (the whole corpus is read in `tests/it`).

use super::*;

fn ok(path: &str, text: &str) -> Imported {
    read(path, text.as_bytes()).unwrap().0
}

#[test]
fn everything_is_taken_from_the_first_place_that_has_it() {
    let imported = ok(
        "a/b.md",
        "---\nuuid: 0xff\ntitle: 'T: x'\ndate: '2014'\nsev: 2\ncategories:\n- kubernetes\ntags: a, b\nservices: {api: 1, web: 2}\n---\n# Other\n",
    );
    assert_eq!((imported.id.as_str(), imported.title.as_str()), ("0xff", "T: x"));
    assert_eq!(imported.date.unwrap().to_string(), "2014");
    assert_eq!(imported.severity.as_deref(), Some("2"));
    assert_eq!(imported.tags, ["a", "b", "kubernetes"]);
    assert_eq!(imported.services, ["api", "web"]);
    assert_eq!(imported.body, "# Other\n");

    let imported = ok(
        "posts/2020-02-12/Outage of x.html.md",
        "text\n\n### First *heading*\n\n**Severity**: Sev 1 (major)\n",
    );
    assert_eq!(imported.id, "posts-2020-02-12-Outage of x.html");
    assert_eq!(imported.title, "First heading");
    assert_eq!(imported.date.unwrap().to_string(), "2020-02-12");
    assert_eq!(imported.severity.as_deref(), Some("Sev 1"));

    let imported = ok("q.md", "# Queue\n\nLike the outage of 12 March 2019.\n\n- **Date**: 2024-05-06\n");
    assert_eq!(imported.date.unwrap().to_string(), "2024-05-06");

    let imported = ok("t.md", "+++\ntitle = \"x\"\nseverity = \"P2\"\n+++\nwords\n");
    assert_eq!(imported.severity.as_deref(), Some("P2"));

    let imported = ok("./x.md", "only words, on 2019-03-04 or so");
    assert_eq!((imported.id.as_str(), imported.title.as_str()), ("x", "x"));
    assert_eq!(imported.date.unwrap().to_string(), "2019-03-04");
    assert_eq!((imported.severity, imported.ended), (None, None));
}

#[test]
fn broken_front_matter_is_listed_and_read_by_lines() {
    let (imported, problems) = read("x.md", b"---\ntitle: Outage: the db\nid: 7\n---\n# Y\n").unwrap();
    assert_eq!((imported.title.as_str(), imported.id.as_str()), ("Outage: the db", "7"));
    assert_eq!((problems.len(), problems[0].line), (1, 2));
    let imported = ok("x.md", "---\n\n# A rule, not front matter\n");
    assert_eq!(imported.title, "A rule, not front matter");
}

#[test]
fn a_date_that_gives_no_day_is_told() {
    let problems = |date: &str| {
        let text = format!("---\ntitle: Web is down\ndate: {date}\n---\n# Web is down\n");
        read("x.md", text.as_bytes()).unwrap().1
    };
    for date in ["2024-13-01", "2024-02-30", "March 2024", "yesterday", "12/03/2024"] {
        let told = problems(date);
        assert_eq!(told.len(), 1, "{date}: {told:?}");
        assert!(told[0].line == 3 && told[0].message.contains("is not a date"), "{date}: {told:?}");
    }
    for date in ["2024", "2024-03", "2024-03-12T10:00:00Z", "12 March 2024", "on 2024-03-12 at night", "\"\""]
    {
        assert_eq!(problems(date), [], "{date}");
    }
}

#[test]
fn what_is_no_text_is_refused_with_the_reason() {
    let reason = |bytes: &[u8]| read("d/x.md", bytes).unwrap_err().to_string();
    assert_eq!(reason(b"a\0b"), "d/x.md is not text: it holds a zero byte at byte 1");
    assert!(reason(b"ok\n\xff\xfe").contains("line 2"));
    assert!(reason(b" \n").contains("empty"));
    assert!(reason(&vec![b'a'; MAX_BYTES + 1]).contains("at most"));
}

#[test]
fn hostile_text_is_made_safe() {
    let imported = ok("x\x1b.md", "---\ntitle: \"a\\x1b[2Jb\\u202e\"\n---\nbody \x1b[31m\u{202e}\n");
    assert_eq!(imported.title, "a^[[2Jb<U+202E>");
    assert_eq!(imported.body, "body ^[[31m<U+202E>\n");
    assert_eq!(imported.id, "x^[");
}

#[test]
fn how_long_it_took_is_what_the_front_matter_says() {
    let took = |front: &str| {
        let read = ok("x.md", &format!("---\n{front}\n---\n# X\n"));
        read.took.map(crate::domain::time::format_span)
    };
    let ours =
        "started: 2026-10-26T07:30:00Z\ndetected: 2026-10-27T09:12:00Z\nresolved: 2026-10-27T17:40:00Z";
    assert_eq!(took(ours).as_deref(), Some("8h28m"), "from when somebody knew of it");
    assert_eq!(took("start: 2014-01-02 10:00\nend: 2014-01-02 10:45 UTC").as_deref(), Some("45m"));
    assert_eq!(took("duration: 2h30m").as_deref(), Some("2h30m"));
    for none in [
        "detected: 2026-10-27T09:12:00Z",
        "detected: 2026-10-27T09:12:00Z\nresolved: 2026-10-26T17:40:00Z",
        "start: 1970-01-01T00:00:00Z\nend: 2026-10-26T17:40:00Z",
        "duration: some hours",
        "duration: 0s",
        "title: x",
    ] {
        assert_eq!(took(none), None, "{none}");
    }
}

#[test]
fn a_day_that_is_yet_to_come_or_on_which_something_is_due_is_not_that_of_the_incident() {
    let day = |text: &str| {
        let today = NaiveDate::from_ymd_opt(2026, 11, 20).unwrap();
        let (read, _) = read_on(today, "x.md", text.as_bytes()).unwrap();
        read.date.map(|day| day.to_string())
    };
    for none in [
        "# X\n\n- [ ] Story: Watch the queue\n  Owner: @bob Due: 2026-10-31 Severity: P2\n",
        "# X\n\n**Next review:** 2026-05-01\n",
        "# X\n\n| Due | 2026-05-01 |\n|---|---|\n",
        "# X\n\n**Due**: 1 May 2026\n",
        "# X\n\nA follow-up is on 2026-05-01.\n",
        "# X\n\n## Action items\n\n| What | Until |\n|---|---|\n| Watch | 2026-05-01 |\n",
        "# X\n\nThe new certificate ends on 2027-03-01.\n",
        "# X\n\n**Date:** 2027-03-01\n",
    ] {
        assert_eq!(day(none), None, "{none}");
    }
    for (text, found) in [
        ("# X\n\nDue: 2026-12-31\n\nOn 2026-05-01 the queue was full.\n", "2026-05-01"),
        ("# X\n\nIt was down on 2026-05-01, due to a full disk.\n", "2026-05-01"),
        ("# X\n\nIn the residue: 2026-05-01.\n", "2026-05-01"),
        // Elsewhere it is tomorrow.
        ("# X\n\nIt was down on 2026-11-21.\n", "2026-11-21"),
        ("---\ndate:\ndetected: 2026-05-01T10:00:00Z\n---\n# X\n\nOn 2024-01-01 as well.\n", "2026-05-01"),
        ("---\nresolved: 2026-05-02 11:00\npublished: 2026-06-01\n---\n# X\n", "2026-05-02"),
        // What is stated is taken as it is stated.
        ("---\ndate: 2027-05-01\n---\n# X\n", "2027-05-01"),
    ] {
        assert_eq!(day(text).as_deref(), Some(found), "{text}");
    }
}

#[test]
fn what_nobody_filled_in_is_not_read() {
    let text = "---\ntitle: Queue full\nseverity: '[fill in: which severity it had]'\nservices: ['[fill in: which]', web]\n\
                detection: '[fill in: who noticed]'\n---\n# Queue full\n\n## Impact\n\n- Users: [fill in: what users felt]\n\n\
                ## Root Cause\n\n[fill in: what the runbook did not say]\n";
    let read = ok("x.md", text);
    assert_eq!((read.severity, read.detection), (None, None));
    assert_eq!(read.services, ["web"]);
    assert_eq!(read.factors, [""; 0]);
    assert_eq!(read.causes.trim(), "");
    assert!(read.plain.contains("Users:") && !read.plain.contains("felt"), "{}", read.plain);
    assert!(read.body.contains("felt"), "what is shown stays as it is");
}

#[test]
fn characters_of_html_are_read_where_an_export_names_them() {
    let read =
        ok("x.md", "---\ntitle: Caf&eacute; &#8211; down\n---\n<p>a</p>\nthe caf&eacute; of &#107;umquats\n");
    assert_eq!(read.title, "Café – down");
    assert!(read.plain.contains("the café of kumquats"), "{}", read.plain);
    assert_eq!(ok("x.md", "<h1>Caf&eacute;&#27; down</h1>\n").title, "Café&#27; down");
}
