//! Lines: written, read from a stream, corrected, shown as of a time and followed.

use std::io::{BufRead, BufReader, Write};
use std::process::Stdio;
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use serde_json::Value;

use super::{Desk, texts};

/// The lines that a child prints, as they come.
fn lines(output: impl std::io::Read + Send + 'static) -> Receiver<String> {
    let (send, receive) = channel();
    std::thread::spawn(move || {
        for line in BufReader::new(output).lines() {
            let Ok(line) = line else { break };
            if send.send(line).is_err() {
                break;
            }
        }
    });
    receive
}

fn next(lines: &Receiver<String>) -> Value {
    let line = lines.recv_timeout(Duration::from_secs(60)).unwrap();
    serde_json::from_str(&line).unwrap()
}

/// Each command starts the clock anew where `WARROOM_NOW` says, and the first takes longest to its stamp.
/// Commands that take a text, and take it from a pipe.
const SAID: &[&[&str]] = &[
    &["declare", "-"],
    &["decide", "1", "-"],
    &["ask", "1", "-"],
    &["hypothesis", "1", "-"],
    &["answer", "1", "{ask}", "-"],
    &["object", "1", "{decision}", "-"],
    &["amend", "1", "{note}", "--text", "-"],
    &["set", "1", "--impact", "-"],
    &["set", "1", "--title", "-"],
    &["story", "add", "1", "-"],
    &["hypothesis", "1", "{hypothesis}", "--state", "ruled-out", "--why", "-"],
    &["severity", "1", "P3", "--reason", "-"],
    &["resolve", "1", "--ended-by", "-"],
];

#[test]
fn a_dash_is_standard_input_for_every_text() {
    let desk = Desk::new();
    desk.declare("Web is down");
    let seq = |line: &str| desk.json(&["log", "1", line])["entries"][0]["seq"].to_string();
    let places = [
        ("{ask}", seq("+ @bob look")),
        ("{decision}", seq("! revoke it")),
        ("{note}", seq("a note")),
        ("{hypothesis}", seq("? a bad disk")),
    ];
    for (n, words) in SAID.iter().enumerate() {
        let place = |word: &&str| {
            places
                .iter()
                .find(|(name, _)| name == word)
                .map_or_else(|| (*word).to_owned(), |(_, seq)| seq.clone())
        };
        let words: Vec<String> = words.iter().map(place).collect();
        // A byte order mark, as Windows puts it in front, is none of the text.
        let said = format!("said by pipe number {n:02}");
        desk.feed(&words, format!("\u{feff}{said}\r\n").as_bytes()).code(0);
        let incident = if n == 0 { "2" } else { "1" };
        let audit = desk.ok(&["timeline", incident, "--audit", "--json"]);
        let all = audit + &desk.ok(&["export", incident, "--format", "json"]);
        assert!(all.contains(&format!("{said}\"")), "{words:?}: {said:?} ends the text of nothing in {all}");
        assert!(!all.contains("\"-\"") && !all.to_lowercase().contains("ufeff"), "{words:?}: {all}");
    }
    desk.feed(&["decide", "1", "-"], b"").refuses(2, "");
}

#[test]
fn a_byte_order_mark_is_none_of_the_text() {
    let desk = Desk::new();
    desk.declare("Web is down");
    let logged =
        desk.feed(&["log", "1", "-", "--json"], "\u{feff}-4m paged\n\u{feff}kept\n".as_bytes()).code(0).out;
    assert!(logged.contains("\"paged\"") && logged.contains("T13:56"), "{logged}");
    assert!(logged.to_lowercase().contains("ufeffkept"), "only the first is one: {logged}");
    desk.feed(&["scope", "1", "-", "--state", "affected"], "\u{feff}build-7\n".as_bytes()).code(0);
    desk.feed(&["ioc", "add", "1", "-"], "\u{feff}203.0.113.9\n".as_bytes()).code(0);
    desk.feed(&["update", "1", "internal", "-"], "\u{feff}we know\n".as_bytes()).code(0);
    let all = desk.json(&["export", "1", "--format", "json"]);
    assert_eq!(
        (&all["scope"][0]["asset"], &all["updates"][0]["text"]),
        (&"build-7".into(), &"we know".into())
    );
    assert_eq!(all["iocs"][0]["kind"], "ip", "{all:#}");
    let book =
        desk.file("book.md", "\u{feff}---\ntitle: Disk full\nphases:\n  contain: 15m\n---\n\n- look\n");
    assert_eq!(desk.json(&["runbook", "show", &book])["title"], "Disk full");
}

#[test]
fn what_is_said_later_is_not_told_as_said_earlier() {
    let mut desk = Desk::new().with("WARROOM_NOW", "2026-11-20T14:00:00.700Z");
    desk.ok(&["declare", "Web is down", "--severity", "P2"]);
    desk.set("WARROOM_NOW", "2026-11-20T14:00:00Z");
    desk.ok(&["role", "1", "commander", "bob"]);
    for text in ["first", "second"] {
        desk.ok(&["log", "1", text]);
    }
    desk.ok(&["resolve", "1"]);
    let entries = desk.json(&["timeline", "1", "--all"])["entries"].as_array().unwrap().clone();
    let seqs: Vec<u64> = entries.iter().map(|e| e["seq"].as_u64().unwrap()).collect();
    assert_eq!(seqs, [1, 2, 3, 4, 5], "{entries:#?}");
    assert_eq!(entries[0]["recorded_at"], entries[4]["recorded_at"], "{entries:#?}");
    let stats = desk.json(&["stats"]);
    let times = stats["times"].as_array().unwrap();
    let acked = times.iter().find(|t| t["name"] == "time to acknowledge").unwrap();
    assert_eq!((&acked["n"], &acked["reversed"]), (&1.into(), &0.into()), "{acked:#}");
    // What a person says stays as said.
    let said = desk.json(&["log", "1", "two seconds ago", "--at", "2026-11-20T13:59:58Z"]);
    assert_eq!(said["entries"][0]["occurred_at"], "2026-11-20T13:59:58.000Z", "{said:#}");
}

#[test]
fn a_line_is_read_as_in_the_room() {
    let desk = Desk::new();
    let id = desk.declare("Web is down");
    let logged = desk.json(&["log", ".", "-4m on-call acked"]);
    let entry = &logged["entries"][0];
    assert_eq!(
        (&entry["kind"], &entry["text"], &entry["author"]),
        (&"note".into(), &"on-call acked".into(), &"alice".into())
    );
    assert!(entry["occurred_at"].as_str().unwrap().starts_with("2026-11-20T13:56:"), "{entry:#}");
    assert!(entry["recorded_at"].as_str().unwrap().starts_with("2026-11-20T14:00:"), "{entry:#}");
    assert_eq!(entry["id"].as_str().unwrap().len(), 36);
    for (text, kind) in [
        ("! revoke it", "decision"),
        ("? a bad disk", "hypothesis"),
        ("+ @bob look", "ask"),
        ("> customers: we know", "update"),
        ("14 nodes down", "note"),
        ("\\! no mark", "note"),
        ("-", ""),
    ] {
        if !kind.is_empty() {
            assert_eq!(desk.json(&["log", &id, text])["entries"][0]["kind"], kind, "{text}");
        }
    }
    let starred = desk.json(&["log", "1", "* the one that matters", "--as", "bob"]);
    assert_eq!(
        (&starred["entries"][0]["starred"], &starred["entries"][0]["author"]),
        (&true.into(), &"bob".into())
    );
    let alert = desk.json(&[
        "log",
        ".",
        "13:00Z disk full",
        "--kind",
        "alert",
        "--source",
        "monitor",
        "--alert",
        "DiskFull",
    ]);
    assert_eq!(
        (&alert["entries"][0]["kind"], &alert["entries"][0]["source"]),
        (&"alert".into(), &"monitor".into())
    );
    assert_eq!(alert["entries"][0]["occurred_at"], "2026-11-20T13:00:00.000Z");
    let severity = desk.json(&["log", ".", ":s P2 only one zone"]);
    assert_eq!(severity["entries"][0]["kind"], "system");
    assert_eq!(desk.json(&["show", "."])["severity"], "P2");
}

#[test]
fn a_stream_is_stored_and_told_line_by_line() {
    let desk = Desk::new();
    desk.declare("Web is down");
    let mut child = desk
        .command(&["log", ".", "-", "--json"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let told = lines(child.stdout.take().unwrap());
    for text in ["first", "-2m second"] {
        writeln!(stdin, "{text}").unwrap();
        // The answer comes while the stream is open, and what it says is stored.
        let entry = next(&told);
        assert!(text.ends_with(entry["text"].as_str().unwrap()));
        let stored = desk.timeline(".");
        assert!(stored.iter().any(|e| e["id"] == entry["id"]), "{entry} is not stored");
    }
    write!(stdin, "\r\nlast without an end").unwrap();
    drop(stdin);
    assert_eq!(next(&told)["text"], "last without an end");
    assert!(child.wait().unwrap().success());
}

#[test]
fn what_corrects_a_line_tells_that_line() {
    let desk = Desk::new();
    let id = desk.declare("Web is down");
    let seq = |text: &str| desk.json(&["log", &id, text])["entries"][0]["seq"].to_string();
    let (one, two) = (seq("db is slow"), seq("it is DNS"));
    let said = format!(":star {one}\n:strike {two} looked at it\n:star {one}\nlast\n");
    let told = desk.feed(&["log", &id, "-", "--json"], said.as_bytes()).code(0).out;
    let told: Vec<Value> = told.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let seqs: Vec<String> = told.iter().take(3).map(|entry| entry["seq"].to_string()).collect();
    assert_eq!(seqs, [&*one, &*two, &*one], "{told:#?}");
    assert_eq!((told.len(), &told[3]["text"]), (4, &"last".into()), "one for each line: {told:#?}");
    assert_eq!((&told[0]["starred"], &told[2]["starred"]), (&true.into(), &true.into()));
    assert_eq!(told[1]["struck"]["reason"], "looked at it");
    let alone = desk.json(&["log", &id, &format!(":strike {one} wrong")]);
    assert_eq!(alone["entries"][0]["struck"]["reason"], "wrong", "{alone:#}");
}

#[test]
fn a_bad_line_ends_a_stream_and_what_came_before_stays() {
    let desk = Desk::new();
    desk.declare("Web is down");
    let before = desk.timeline(".").len();
    desk.feed(&["log", ".", "-"], b"good\n\nbad \xff\nnever\n")
        .code(2)
        .err
        .contains("line 3")
        .then_some(())
        .unwrap();
    let huge = [b"before\n".to_vec(), vec![b'a'; 10_000_000], b"\nafter\n".to_vec()].concat();
    let refused = desk.feed(&["log", ".", "-"], &huge).code(2);
    assert!(refused.err.contains("line 2") && refused.err.contains("1 line is stored"), "{refused:?}");
    let future = desk.feed(&["log", ".", "-"], b"now\n2030-01-01 10:00 later\n").code(2);
    assert!(future.err.contains("line 2") && future.err.contains("future"), "{future:?}");
    let entries = desk.timeline(".");
    assert_eq!(entries.len(), before + 3);
    for text in ["good", "before", "now"] {
        assert!(texts(&entries).contains(&text));
    }
}

#[test]
fn lines_are_corrected_and_never_lost() {
    let desk = Desk::new();
    desk.declare("Web is down");
    let seq = desk.json(&["log", ".", "db is slow"])["entries"][0]["seq"].to_string();
    let amended =
        desk.json(&["amend", ".", &seq, "--text", "-4 replicas of the db are slow", "--at", "-10m"]);
    assert_eq!(amended["entries"][0]["text"], "-4 replicas of the db are slow");
    assert_eq!(amended["entries"][0]["edits"][0]["text"], "db is slow");
    assert!(amended["entries"][0]["occurred_at"].as_str().unwrap().starts_with("2026-11-20T13:50:"));
    let stale = desk.run(&["amend", ".", &seq, "--text", "x", "--seen", &seq]).code(4);
    assert!(
        stale.err.contains("alice changed") && stale.err.contains("-4 replicas of the db are slow"),
        "{stale:?}"
    );
    desk.run(&["amend", ".", &seq]).refuses(2, "--text");
    assert_eq!(desk.json(&["star", ".", &seq])["entries"][0]["starred"], true);
    assert_eq!(desk.json(&["star", ".", &seq, "--off"])["entries"][0]["starred"], false);
    let struck = desk.json(&["strike", ".", &format!("#{seq}"), "--reason", "wrong room"]);
    assert_eq!(struck["entries"][0]["struck"]["reason"], "wrong room");
    assert!(!desk.ok(&["timeline", "."]).contains("replicas"), "a line that is crossed out is hidden");
    for shown in ["--all", "--struck"] {
        assert!(desk.ok(&["timeline", ".", shown]).contains("crossed out by alice: wrong room"));
    }
    let restored = desk.json(&["strike", ".", &seq, "--restore"]);
    assert_eq!(restored["entries"][0]["struck"], serde_json::Value::Null);
    desk.run(&["strike", ".", "999", "--reason", "x"]).refuses(3, "999");
}

#[test]
fn redacted_words_are_gone_from_the_disk_and_the_chain_still_holds() {
    let desk = Desk::new();
    desk.declare("Web is down");
    let secret = "hunter2-is-the-password";
    let seq = desk.json(&["log", ".", secret])["entries"][0]["seq"].to_string();
    desk.ok(&["redact", ".", &seq, "--reason", "a password"]);
    assert!(!desk.ok(&["timeline", ".", "--all", "--json"]).contains(secret));
    assert_eq!(desk.json(&["verify"])["redacted"], 1);
    assert!(!desk.home().join("warroom.db-wal").exists(), "each command lets go of the files");
    for file in ["warroom.db", "warroom.db-wal"] {
        let bytes = std::fs::read(desk.home().join(file)).unwrap_or_default();
        assert!(!bytes.windows(secret.len()).any(|w| w == secret.as_bytes()), "the words are in {file}");
    }
}

#[test]
fn what_is_more_than_its_words_is_not_erased_and_the_incident_stays_as_it_was() {
    let desk = Desk::new();
    let id = desk.declare("Wrong pages");
    let line = desk.json(&["log", ".", "a password"])["entries"][0]["seq"].to_string();
    desk.ok(&["redact", ".", &line, "--reason", "a password"]);
    let erasure = desk.json(&["verify"])["heads"][0]["seq"].to_string();
    desk.ok(&["resolve", "1"]);
    let resolved = desk.json(&["verify"])["heads"][0]["seq"].to_string();
    let before = desk.json(&["show", &id]);
    let refused = desk.run(&["redact", "1", "1", "--reason", "x"]).code(2);
    assert!(
        refused.err.contains("there is no incident") && refused.err.contains("set --title"),
        "{refused:?}"
    );
    desk.run(&["redact", "1", &erasure, "--reason", "x"]).refuses(2, "tampering");
    desk.run(&["redact", "1", &resolved, "--reason", "x"]).refuses(2, "where the incident stands");
    assert_eq!(desk.json(&["show", &id]), before);
    assert_eq!(desk.json(&["verify"])["ok"], true);
    desk.run(&["doctor"]).code(0);
}

#[test]
fn the_timeline_of_a_past_moment_has_only_what_was_recorded_by_then() {
    let mut desk = Desk::new();
    desk.declare("Web is down");
    desk.ok(&["log", ".", "early"]);
    desk.set("WARROOM_NOW", "2026-11-20T15:00:00Z");
    desk.ok(&["log", ".", "-90m late but told as if early"]);
    let then = desk.json(&["timeline", ".", "--as-of", "14:30"])["entries"].as_array().unwrap().clone();
    assert!(texts(&then).contains(&"early") && !texts(&then).contains(&"late but told as if early"));
    let now = desk.timeline(".");
    assert_eq!(now[0]["text"], "late but told as if early", "sorted by when it happened");
    assert!(now[0]["late_ms"].as_i64().unwrap() >= 5_400_000);
    desk.run(&["timeline", ".", "--as-of", "soon"]).refuses(2, "not a time");
    let before = desk.json(&["timeline", "1", "--as-of", "2020-01-01 00:00"]);
    assert_eq!((&before["id"], before["entries"].as_array().unwrap().len()), (&"INC-2026-0001".into(), 0));
}

#[test]
fn a_followed_timeline_ends_when_nobody_reads_it_any_more() {
    let desk = Desk::new();
    desk.declare("Web is down");
    let mut child = desk.command(&["timeline", ".", "--follow", "--json"]).spawn().unwrap();
    let mut first = String::new();
    // As `head -1` does: one line, and away. Nobody writes another.
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut first).unwrap();
    assert!(first.contains("declared"), "{first}");
    let (send, ended) = channel();
    std::thread::spawn(move || send.send(child.wait_with_output()));
    let output = ended.recv_timeout(Duration::from_secs(60)).expect("it goes on for ever").unwrap();
    assert_eq!((output.status.code(), String::from_utf8_lossy(&output.stderr).as_ref()), (Some(0), ""));
}

#[test]
fn a_followed_timeline_tells_what_others_store() {
    let desk = Desk::new();
    desk.declare("Web is down");
    let mut child = desk.command(&["timeline", ".", "--follow", "--json"]).spawn().unwrap();
    let told = lines(child.stdout.take().unwrap());
    assert_eq!(next(&told)["kind"], "system");
    while let Ok(more) = told.try_recv() {
        assert!(more.contains("system"));
    }
    desk.ok(&["log", ".", "written by another process"]);
    let mut text = String::new();
    while text != "written by another process" {
        text = next(&told)["text"].as_str().unwrap().to_owned();
    }
    child.kill().unwrap();
    child.wait().unwrap();
}

#[test]
fn text_for_people_cannot_steer_their_terminal() {
    let desk = Desk::new();
    desk.ok(&["declare", "Web \u{1b}[2J is down"]);
    desk.ok(&["log", ".", "clear \u{1b}]0;title\u{7} and \u{202e}reversed"]);
    for command in [&["timeline", ".", "--all"][..], &["list"], &["show", "."], &["brief", "."]] {
        let out = desk.ok(command);
        assert!(!out.chars().any(|c| (c.is_control() && c != '\n') || c == '\u{202e}'), "{out:?}");
    }
    let refused = desk.run(&["show", "\u{1b}[2J"]).code(3);
    assert!(!refused.err.contains('\u{1b}'), "{refused:?}");
    let refused = desk.run(&["phase", ".", "\u{1b}[2J"]).code(2);
    assert!(!refused.err.contains('\u{1b}'), "{refused:?}");
}

#[test]
fn an_output_that_nobody_reads_ends_quietly() {
    let desk = Desk::new();
    desk.declare("Web is down");
    for n in 0..3 {
        desk.ok(&["log", ".", &format!("line {n}")]);
    }
    let mut child = desk.command(&["timeline", "."]).spawn().unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    assert_eq!(output.status.code(), Some(0));
}

#[test]
fn many_processes_write_at_once_and_every_line_is_there_once() {
    let desk = Desk::new();
    desk.declare("Web is down");
    let children: Vec<_> = (0..8)
        .map(|n| {
            let mut child = desk.command(&["log", ".", "-", "--json"]).stdin(Stdio::piped()).spawn().unwrap();
            let mut stdin = child.stdin.take().unwrap();
            for line in 0..5 {
                writeln!(stdin, "writer {n} line {line}").unwrap();
            }
            child
        })
        .collect();
    for child in children {
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        assert_eq!(output.stdout.iter().filter(|b| **b == b'\n').count(), 5, "each line is acknowledged");
    }
    let entries = desk.timeline(".");
    let mut written: Vec<&str> = texts(&entries);
    written.retain(|t| t.starts_with("writer"));
    written.sort_unstable();
    let mut wanted: Vec<String> =
        (0..8).flat_map(|n| (0..5).map(move |line| format!("writer {n} line {line}"))).collect();
    wanted.sort_unstable();
    assert_eq!(written, wanted);
    assert_eq!(desk.json(&["verify"])["ok"], true);
}

#[test]
fn the_audit_names_every_write_and_what_it_replaced() {
    let desk = Desk::new();
    let id = desk.declare("Registry down");
    let note = desk.json(&["log", &id, "-4m the on-call was paged"])["entries"][0]["seq"].to_string();
    desk.ok(&["--as", "bob", "amend", &id, &note, "--text", "the second on-call was paged"]);
    desk.ok(&["--as", "carol", "strike", &id, &note, "--reason", "said twice"]);
    let leaked = desk.json(&["log", &id, "a word that must go"])["entries"][0]["seq"].to_string();
    desk.ok(&["redact", &id, &leaked, "--reason", "a name"]);

    let audit = desk.json(&["timeline", &id, "--audit"]);
    let writes = audit["writes"].as_array().unwrap();
    let seqs: Vec<u64> = writes.iter().map(|w| w["seq"].as_u64().unwrap()).collect();
    assert_eq!(seqs, (1..=u64::try_from(writes.len()).unwrap()).collect::<Vec<_>>(), "none is left out");
    let head = &desk.json(&["verify", &id])["heads"][0];
    assert_eq!(writes.last().unwrap()["hash"], head["head"]);

    let of = |kind: &str| writes.iter().find(|w| w["kind"] == kind).unwrap_or_else(|| panic!("no {kind}"));
    let noted = of("entry.noted/1");
    assert_eq!(noted["text"], "the on-call was paged", "as it was written, not as it is now");
    assert_eq!(noted["author"], "alice");
    assert!(noted["late_ms"].as_i64().unwrap() >= 240_000, "{noted}");
    assert_eq!(noted["actor"].as_str().unwrap().split('@').next(), noted["user"].as_str());
    assert!(!noted["host"].as_str().unwrap().is_empty());
    let amended = of("entry.amended/1");
    assert_eq!(amended["author"], "bob");
    assert_eq!(amended["change"]["former_text"], "the on-call was paged");
    assert_eq!(amended["change"]["text"], "the second on-call was paged");
    let struck = of("entry.struck/1");
    assert_eq!((&struck["author"], &struck["change"]["reason"]), (&"carol".into(), &"said twice".into()));
    let erased = writes.iter().find(|w| w["seq"].as_u64() == leaked.parse().ok()).unwrap();
    assert_eq!(erased["redacted"], true);
    assert_eq!(of("payload.redacted/1")["change"]["reason"], "a name");

    let text = desk.ok(&["timeline", &id, "--audit"]);
    assert!(!text.contains("a word that must go") && text.contains("words erased"), "{text}");
    assert!(text.contains("before: ") && text.contains("after: "), "{text}");
    desk.run(&["timeline", &id, "--audit", "--follow"]).code(2);
    desk.run(&["timeline", &id, "--audit", "--kind", "note"]).code(2);
}

#[test]
fn a_line_with_two_times_is_refused_and_not_half_read() {
    let desk = Desk::new();
    let id = desk.declare("Signing key leaked");
    let two = "there are two times";
    desk.run(&["log", &id, "-3m x", "--at", "-5m"]).refuses(2, two);
    desk.run(&["log", &id, "-3m x", "--kind", "alert", "--at", "-5m"]).refuses(2, two);
    desk.run(&["log", &id, "-3m :m contained", "--at", "-5m"]).refuses(2, two);
    desk.run(&["decide", &id, "-3m x", "--at", "-5m"]).refuses(2, two);
    desk.run(&["ask", &id, "-3m x", "--at", "-5m"]).refuses(2, two);
    desk.run(&["update", &id, "internal", "-3m x", "--at", "-5m"]).refuses(2, two);
    let before = desk.timeline(&id).len();
    desk.ok(&["log", &id, "\\-3m x", "--at", "-5m"]);
    let lines = desk.timeline(&id);
    assert_eq!(lines.len(), before + 1, "{lines:#?}");
    assert!(texts(&lines).contains(&"-3m x"), "{lines:#?}");
}

#[test]
fn what_the_text_says_beside_a_flag_is_refused_and_not_dropped() {
    let desk = Desk::new();
    let id = desk.declare("Signing key leaked");
    let before = desk.timeline(&id).len();
    for (arguments, words) in [
        (&["ask", &id, "@bob 3m look", "--to", "carol"][..], "@bob in the text, carol of --to"),
        (&["ask", &id, "@bob 3m look", "--within", "9m"], "3m in the text, 9m of --within"),
        (&["decide", &id, "stop it @dave", "--executor", "carol"], "@dave in the text, carol of --executor"),
        (&["decide", &id, "stop it check 10m", "--check-at", "20m"], "10m in the text, 20m of --check-at"),
        (&["decide", &id, "stop it check 10m", "--check-at", "15:00"], "10m in the text, 15:00 of"),
    ] {
        desk.run(arguments).refuses(2, words);
    }
    assert_eq!(desk.timeline(&id).len(), before);
    // One of each, wherever it stands, is taken.
    desk.ok(&["ask", &id, "@bob look", "--within", "9m"]);
    desk.ok(&["ask", &id, "3m look", "--to", "carol"]);
    desk.ok(&["decide", &id, "stop it @dave", "--check-at", "20m"]);
    let all = desk.json(&["export", &id, "--format", "json"]);
    assert_eq!((&all["asks"][0]["person"], &all["asks"][1]["person"]), (&"bob".into(), &"carol".into()));
    for (n, due) in ["T14:09:", "T14:03:"].iter().enumerate() {
        assert!(all["asks"][n]["due_at"].as_str().unwrap().contains(due), "{:#}", all["asks"]);
    }
    let decided = &all["decisions"][0];
    assert_eq!(decided["executor"], "dave", "{decided:#}");
    assert!(decided["check_at"].as_str().unwrap().contains("T14:20:"), "{decided:#}");
}

#[test]
fn the_mark_of_a_command_may_stand_in_front_of_its_text() {
    let desk = Desk::new();
    let id = desk.declare("Signing key leaked");
    for (command, mark) in [("decide", "!"), ("hypothesis", "?"), ("ask", "+")] {
        for text in
            [format!("{mark} foo"), format!("-4m {mark} foo"), format!("{mark} -4m foo"), "foo".into()]
        {
            let told = desk.json(&[command, &id, &text]);
            assert_eq!(told["entries"][0]["text"], "foo", "{command} {text:?}: {told:#}");
            let back = told["entries"][0]["occurred_at"].as_str().unwrap().starts_with("2026-11-20T13:56:");
            assert_eq!(back, text.contains("-4m"), "{command} {text:?}: {told:#}");
        }
    }
    let told = desk.json(&["decide", &id, "!important is a word"]);
    assert_eq!(told["entries"][0]["text"], "!important is a word");
}

#[test]
fn a_time_in_front_of_an_update_is_not_told_to_its_audience() {
    let desk = Desk::new();
    let id = desk.declare("Signing key leaked");
    for text in ["-4m investigating", "~13:56 investigating"] {
        let told = desk.json(&["update", &id, "internal", text]);
        assert_eq!(told["entries"][0]["text"], "internal: investigating", "{told:#}");
        let at = told["entries"][0]["occurred_at"].as_str().unwrap();
        assert!(at.starts_with("2026-11-20T13:5"), "{told:#}");
    }
    for words in ["13:56 UTC was when it began", "-4 replicas are slow", "- we look into it"] {
        let told = desk.json(&["update", &id, "internal", words]);
        assert_eq!(told["entries"][0]["text"], format!("internal: {words}"), "{told:#}");
    }
    desk.feed(&["update", &id, "internal", "-"], b"-4m of nothing").code(0);
    assert!(texts(&desk.timeline(&id)).iter().any(|text| text.contains("-4m of nothing")));
}

#[test]
fn a_clock_time_stays_on_the_day_of_the_line_that_it_amends() {
    let desk = Desk::new();
    desk.declare("Web is down");
    let seq = desk.json(&["log", ".", "2026-11-16 18:45 the lease ended"])["entries"][0]["seq"].to_string();
    let said = desk.ok(&["amend", ".", &seq, "--at", "18:47"]);
    assert!(said.contains("2026-11-16 18:47:00"), "{said}");
    let amended = desk.json(&["amend", ".", &seq, "--at", "~01:30"]);
    assert!(amended["entries"][0]["occurred_at"].as_str().unwrap().starts_with("2026-11-16T01:30:"));
    let today = desk.ok(&["amend", ".", &seq, "--at", "-10m"]);
    assert!(!today.contains("2026-11-20 "), "{today}");
}
