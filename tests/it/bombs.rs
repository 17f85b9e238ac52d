//! Small files that grow: aliases of aliases, depth, doubled keys, marks without end, sizes without end. Each is refused
//! with one line that says file, line and what to do, or read for what it is worth, in a time that somebody waits.
#![expect(clippy::disallowed_methods, reason = "a test looks at the time")]

use std::time::{Duration, Instant};

use warroom::domain::event::{Event, Recorded};
use warroom::domain::ids::{EventId, Seq};
use warroom::domain::postmortem::{self, FrontMatter, imported};
use warroom::domain::runbook;
use warroom::domain::wire::{self, Envelope};

use crate::faults::{figure, rounds};
use crate::screen::World;

/// How long the worst text of the largest size may take, in a build without optimisation on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// Front matter that would grow, with the line of the file where it is noticed.
fn front_matters() -> Vec<(&'static str, String, usize)> {
    let doubled: String = ["ab", "bc", "cd", "de", "ef", "fg", "gh", "hi"]
        .iter()
        .map(|pair| {
            let (from, to) = pair.split_at(1);
            format!("{to}: &{to} [{}]\n", vec![format!("*{from}"); 9].join(", "))
        })
        .collect();
    let nested: String = (1..250).map(|n| format!("{}a:\n", " ".repeat(n))).collect();
    let anchors: String = (0..200).map(|n| format!("k{n}: &a{n} x\n")).collect();
    vec![
        ("aliases of aliases", format!("a: &a [x, x, x, x]\n{doubled}"), 2),
        ("many anchors", anchors, 2),
        ("deep lists", format!("title: T\nx: {}{}\n", "[".repeat(3000), "]".repeat(3000)), 3),
        ("deep mappings", format!("title: T\nx:\n{nested}"), 4),
        ("a key twice", "title: T\ntitle: U\n".to_owned(), 3),
        ("many values", format!("title: T\nx: [{}]\n", "a, ".repeat(15_000)), 3),
        ("many bytes", format!("title: T\nx: {}\n", "y".repeat(70_000)), 1),
    ]
}

fn document(front: &str) -> String {
    format!("---\n{front}---\n\n# Disk full\n\n## Containment\n\n1. Stop the writer.\n")
}

#[test]
fn front_matter_that_grows_is_refused_by_its_line_in_every_kind_of_document() {
    for (what, front, line) in front_matters() {
        let begun = Instant::now();
        let text = document(&front);
        // A runbook: one problem about it, and the steps all the same.
        let (book, problems) = runbook::parse(&text);
        let about: Vec<_> = problems.iter().filter(|p| p.message.contains("front matter")).collect();
        assert_eq!(about.len(), 1, "{what}: {about:?}");
        assert!(about[0].line >= line && about[0].line <= front.lines().count() + 2, "{what}: {about:?}");
        assert!(
            about[0].message.contains("not read") && about[0].message.contains(": "),
            "{what}: {about:?}"
        );
        assert!(about[0].message.len() < 300, "{what}: {about:?}");
        for inner in ["Policy", "Options", "nodes:", "budget", "column"] {
            assert!(!about[0].message.contains(inner), "{what} speaks of its parser: {about:?}");
        }
        assert_eq!(book.steps().count(), 1, "{what}");
        // One of our own: unreadable, so that nothing in it is changed.
        let (own, problems) = FrontMatter::parse(&front);
        assert!(!own.is_readable(), "{what}");
        assert_eq!(problems.len(), 1, "{what}: {problems:?}");
        assert!(
            problems[0].line >= 1 && problems[0].line <= front.lines().count() + 2,
            "{what}: {problems:?}"
        );
        // Somebody else's: read for what it is worth, and told.
        let (there, problems) = imported::read("disk.md", text.as_bytes()).unwrap();
        assert!(there.body.contains("Stop the writer"), "{what}");
        assert!(!problems.is_empty(), "{what}");
        assert!(begun.elapsed() < PATIENCE, "{what} took {:?}", begun.elapsed());
    }
}

#[test]
fn aliases_within_reason_are_read_in_a_runbook() {
    let (book, problems) =
        runbook::parse(&document("title: T\nowner: &who alice\nmatch:\n  words: [*who]\n"));
    assert!(!problems.iter().any(|p| p.message.contains("front matter is")), "{problems:?}");
    assert_eq!(
        (book.owner.as_deref(), book.matches.words.as_slice()),
        (Some("alice"), &["alice".to_owned()][..])
    );
}

/// Markdown at its worst, of about so many bytes.
fn markdowns(bytes: usize) -> Vec<(&'static str, String)> {
    let fill = |piece: &str| piece.repeat(bytes / piece.len());
    vec![
        ("quotes", fill(">")),
        ("quotes on lines", fill("> > > > > > > > x\n")),
        ("brackets", fill("[")),
        ("links half open", fill("[a](<b")),
        ("pictures half open", fill("![[]()")),
        ("emphasis", fill("*a_ ")),
        ("emphasis without end", fill("**a *a ")),
        (
            "backticks",
            (1..)
                .map(|n| format!("e{}", "`".repeat(n)))
                .scan(0, |sum, s| {
                    *sum += s.len();
                    (*sum < bytes).then_some(s)
                })
                .collect(),
        ),
        ("entities", fill("&#x110000;&amp;&")),
        ("comments half open", fill("<!--")),
        ("tags half open", fill("<a b='")),
        ("headings of HTML without end", fill("<h1>")),
        ("headings of HTML half open", fill("<h1 ")),
        ("scripts without end", format!("<div>\n{}", fill("<script> </x"))),
        ("tables", format!("|{}\n|{}\n{}", "a|".repeat(2000), "-|".repeat(2000), "|x\n".repeat(bytes / 3))),
        ("definitions", (0..bytes / 12).map(|n| format!("[{n}]: /{n}\n")).collect()),
        (
            "lists in lists",
            (0..)
                .map(|n| format!("{}- x\n", "  ".repeat(n % 400)))
                .scan(0, |sum, s| {
                    *sum += s.len();
                    (*sum < bytes).then_some(s)
                })
                .collect(),
        ),
        ("headings", fill("# a\n")),
        ("steps", fill("1. a\n")),
        ("fences", fill("```\n")),
        ("one line", fill("word ")),
        ("breaks", fill("a\\\n")),
        ("strikes", fill("~~a ~")),
        ("addresses", fill("www.a.b(c)(")),
        ("mails", fill("a.b_c@")),
    ]
}

#[test]
fn markdown_at_its_worst_is_read_in_a_time_that_somebody_waits() {
    let size = rounds(128 << 10, runbook::MAX_BYTES - 64);
    let mut slowest = (Duration::ZERO, "");
    for (what, text) in markdowns(size) {
        let begun = Instant::now();
        let _ = runbook::parse(&text);
        let _ = imported::read("a.md", text.as_bytes()).unwrap();
        let _ = postmortem::parse(&text);
        let took = begun.elapsed();
        assert!(took < PATIENCE, "{what}: {took:?} for {size} bytes");
        slowest = slowest.max((took, what));
    }
    figure(&format!("markdown of {size} bytes: at most {:?} ({})", slowest.0, slowest.1));
}

#[test]
fn json_that_nests_without_end_is_kept_as_text() {
    let envelope = Envelope {
        seq: Seq(1),
        id: EventId(uuid::Uuid::nil()),
        name: "entry.noted",
        version: 1,
        recorded_at: "2026-11-22T10:00:00Z".parse().unwrap(),
        host: None,
        actor: "alice@host:pts/1",
    };
    let deep = |depth: usize| format!("{}1{}", "[".repeat(depth), "]".repeat(depth));
    for depth in [200, 100_000, 1_000_000] {
        for payload in [
            format!("{{\"by\":\"bob\",\"data\":{}}}", deep(depth)),
            format!("{{\"by\":\"bob\",\"data\":{{\"text\":{}}}}}", deep(depth)),
            format!("{{\"by\":\"bob\",\"extra\":{},\"data\":{{\"text\":\"x\"}}}}", deep(depth)),
            deep(depth),
        ] {
            let Recorded { event, .. } = wire::decode(&envelope, Some(payload.as_bytes()));
            match event {
                Some(Event::Noted(noted)) => assert_eq!(noted.text, "x"),
                Some(Event::Unknown(unknown)) => {
                    let text = unknown.body.as_str().unwrap_or_else(|| panic!("lost at depth {depth}"));
                    assert!(text.contains("[[[["), "what it said is kept");
                }
                other => panic!("{other:?}"),
            }
        }
    }
}

#[test]
fn what_is_too_large_or_has_no_end_is_refused_by_its_name() {
    let world = World::new();
    world.done(&["declare", "Disk full"]);
    let big = |name: &str, piece: &str, bytes: usize| {
        let path = world.path(name);
        std::fs::write(&path, piece.repeat(bytes / piece.len() + 1)).unwrap();
        path.display().to_string()
    };
    let runbook = big("book.md", "1. Do it.\n", runbook::MAX_BYTES);
    let postmortem = big("post.md", "We waited.\n", postmortem::MAX_BYTES);
    for (args, words) in [
        (vec!["runbook", "check", &runbook], vec!["book.md", "1048576"]),
        (vec!["runbook", "check", "/dev/zero"], vec!["/dev/zero", "1048576"]),
        (vec!["import", &postmortem], vec!["post.md", "2097152"]),
        (vec!["import", "/dev/zero"], vec!["/dev/zero", "2097152"]),
    ] {
        let (code, out, err) = world.run(&args);
        assert_eq!(code, 1, "{args:?}: {out}{err}");
        for word in words {
            assert!(format!("{out}{err}").contains(word), "{args:?} does not say {word}: {out}{err}");
        }
        assert!(out.len() + err.len() < 1000, "{args:?}: {out}{err}");
    }
    // The settings, and what the team puts into folders of the home.
    let config = world.home().join("warroom.toml");
    let before = std::fs::read(&config).unwrap();
    for (text, words) in [
        (format!("x = {}{}\n", "[".repeat(50_000), "]".repeat(50_000)), "warroom.toml:1"),
        (format!("a{} = 1\n", ".a".repeat(50_000)), "warroom.toml"),
        ("# a\n".repeat(1 << 20), "warroom.toml"),
        ("[ui]\nzone = \"utc\"\n[ui]\n".to_owned(), "warroom.toml:3"),
    ] {
        std::fs::write(&config, text).unwrap();
        let (code, _, err) = world.run(&["list"]);
        assert_eq!(code, 2, "{err}");
        assert!(err.contains(words) && err.len() < 1000, "{words}: {err}");
    }
    std::fs::write(&config, before).unwrap();
    std::fs::write(world.home().join("templates/customers.txt"), "x".repeat(1 << 20)).unwrap();
    std::fs::copy(&runbook, world.home().join("runbooks/book.md")).unwrap();
    let pipe = world.home().join("runbooks/pipe.md");
    rustix::fs::mkfifoat(rustix::fs::CWD, &pipe, rustix::fs::Mode::from_raw_mode(0o600)).unwrap();
    let (code, out, err) = world.run(&["runbook", "list"]);
    assert!(code == 0 && out.contains("leak"), "the others are there: {out}{err}");
    assert!(err.contains("book.md"), "{err}");
}

#[test]
fn an_import_whose_front_matter_was_not_read_as_a_whole_says_file_and_line() {
    let world = World::new();
    let path = world.path("post.md");
    std::fs::write(&path, document(&front_matters()[0].1)).unwrap();
    let path = path.display().to_string();
    let report = world.json(&["import", &path]);
    let warning = report["warnings"][0].as_str().unwrap();
    assert!(warning.starts_with(&format!("{path}:2: ")), "{warning}");
    assert_eq!(report["imported"].as_array().unwrap().len(), 1);
}
