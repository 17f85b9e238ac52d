//! Bad input: one clear message, the right exit code, nothing lost, no panic.

use super::Desk;

#[test]
fn values_outside_their_set_are_usage_errors() {
    let desk = Desk::new();
    desk.declare("Web is down");
    for (arguments, words) in [
        (&["declare", "x", "--severity", "P9"][..], "P1, P2, P3, P4"),
        (&["declare", "x", "--kind", "fake"], "drill"),
        (&["declare", "  "], "title is empty"),
        (&["declare", "x", "--at", "tomorrow"], "not a time"),
        (&["severity", ".", "P9"], "P1, P2, P3, P4"),
        (&["severity", ".", "P?"], "declare without one, or use unset"),
        (&["declare", "x", "--severity", "p?"], "declare without one, or use unset"),
        (&["role", ".", "dictator", "bob"], "commander"),
        (&["role", ".", "scribe", "two words"], "not a person"),
        (&["phase", ".", "panic"], "contain"),
        (&["milestone", ".", "finished"], "mitigated"),
        (&["milestone", ".", "detected", "--at", "2030-01-01 10:00"], "future"),
        (&["log", ".", ""], "empty"),
        (&["log", ".", "2030-01-01 10:00 later"], "future"),
        (&["log", ".", ":nonsense"], "no verb"),
        (&["log", ".", ":brief"], "writes no line"),
        (&["log", ".", "x", "--kind", "system"], "system"),
        (&["log", ".", "x", "--source", "monitor"], "--kind alert"),
        (&["closure", ".", "soul", "done"], "attack-path"),
        (&["closure", ".", "cause", "maybe"], "n/a"),
        (&["verdict", ".", "1", "great"], "no-effect"),
        (&["update", ".", "martians", "hello"], "not an audience; use one of: internal, customers"),
        (&["update", ".", "approve", "abc"], "number"),
        (&["decide", ".", "x", "--check-at", "-5m"], "time ahead"),
        (&["decide", ".", "x", "--check-at", "y 23:50"], "time ahead"),
        (&["set", "."], "nothing is given"),
        (&["set", ".", "--disposition", "duplicate-of"], "duplicate"),
        (&["step", ".", "finish", "1"], "finish"),
        (&["story", "add", ".", "x", "--due", "soon"], "2026-06-30"),
        (&["story", "list", "--state", "lost"], "shipped"),
        (&["story", "list", "--severity", "nonsense", "--fail-if-overdue"], "P1, P2, P3, P4"),
        (&["verify", "--head", "deadbeef"], "64 hex"),
        (&["list", "--open", "--closed"], "cannot be used"),
        (&["search", "x", "--limit", "0"], "1 or more"),
        (&["similar", ".", "--limit", "none"], "1 or more"),
        (&["declar", "x"], "declare"),
        (&["strike", ".", "1"], "--reason"),
    ] {
        desk.run(arguments).refuses(2, words);
    }
    assert_eq!(desk.timeline(".").len(), 1, "nothing was stored");
    assert_eq!(desk.json(&["list", "--all"])["incidents"].as_array().unwrap().len(), 1);
}

#[test]
fn what_is_not_there_is_not_found() {
    let desk = Desk::new();
    desk.run(&["show", "INC-2026-0001"]).refuses(3, "no incident");
    desk.run(&["log", ".", "text"]).refuses(3, "no incident is open");
    assert!(!desk.home().exists(), "a name that is not there makes no home");
    desk.declare("Web is down");
    for (arguments, words) in [
        (&["show", "77"][..], "77"),
        (&["timeline", "INC-2025-0001"], "INC-2025-0001"),
        (&["brief", "nonsense"], "nonsense"),
        (&["set", ".", "--disposition", "duplicate-of 9"], "9"),
        (&["set", ".", "--disposition", "duplicate of 9"], "number 9"),
        (&["step", ".", "tick", "99"], "99"),
        (&["runbook", "show", "no-such-book"], "signing-key-compromised"),
        (&["runbook", "attach", ".", "no-such-book"], "no-such-book"),
        (&["declare", "x", "--runbook", "no-such-book"], "no-such-book"),
        (&["amend", ".", "99", "--text", "x"], "99"),
        (&["ack", ".", "1"], "not an ask"),
        (&["evidence", "add", ".", "no-such-file"], "no-such-file"),
        (&["postmortem", "check", "."], "draft"),
    ] {
        desk.run(arguments).refuses(3, words);
    }
    desk.declare("Mail is down");
    desk.run(&["brief", "."]).refuses(3, "INC-2026-0002");
}

#[test]
fn what_several_runbooks_fit_names_them_all_up_to_eight() {
    let desk = Desk::new();
    desk.ok(&["init"]);
    let write = |n: usize| desk.file(&format!("home/runbooks/zebra-{n:02}.md"), "# A zebra\n\n- look\n");
    (1..=8).for_each(|n| drop(write(n)));
    let names: Vec<String> = (1..=8).map(|n| format!("zebra-{n:02}")).collect();
    let all = format!("name it: {}", names.join(", "));
    desk.run(&["runbook", "show", "zebra"]).refuses(3, &format!("{all}\n"));
    write(9);
    desk.run(&["runbook", "show", "zebra"]).refuses(3, &format!("{all}, …\n"));
}

#[test]
fn a_severity_is_not_taken_away_without_a_word() {
    let desk = Desk::new();
    let id = desk.declare("Web is down");
    desk.run(&["severity", &id, "P3"]).refuses(2, "lowering the severity needs a reason");
    // Else it would be lowered in two steps.
    desk.run(&["severity", &id, "unset"]).refuses(2, "taking the severity away needs a reason");
    desk.ok(&["severity", &id, "unset", "--reason", "nobody knows yet"]);
    desk.ok(&["severity", &id, "P3"]);
}

#[test]
fn a_disposition_may_be_written_in_words() {
    let desk = Desk::new();
    let (one, two) = (desk.declare("Web is down"), desk.declare("Web is down again"));
    for (words, word) in
        [("false alarm", "false-alarm"), ("Near miss", "near-miss"), ("confirmed", "confirmed")]
    {
        desk.ok(&["set", &two, "--disposition", words, "--reason", "looked at it"]);
        assert_eq!(desk.json(&["show", &two])["disposition"]["word"], word, "{words}");
    }
    desk.ok(&["set", &two, "--disposition", "duplicate of 1", "--reason", "the same disk"]);
    assert_eq!(desk.json(&["show", &two])["disposition"]["of"], one.as_str());
    desk.ok(&["log", &one, ":disposition false alarm the probe was broken"]);
    let told = desk.json(&["show", &one])["disposition"].clone();
    assert_eq!((&told["word"], &told["reason"]), (&"false-alarm".into(), &"the probe was broken".into()));
    desk.run(&["set", &one, "--disposition", "odd thing"]).refuses(2, "\"odd\" is not a disposition");
}

#[test]
fn a_wrong_configuration_is_named_with_its_line_and_the_nearest_key() {
    let desk = Desk::new();
    desk.ok(&["init"]);
    desk.ok(&["config", "check"]);
    desk.file("home/warroom.toml", "[calendar]\nzona = \"UTC\"\n");
    for arguments in [&["list"][..], &["declare", "x"], &["log", ".", "x"]] {
        desk.run(arguments).refuses(2, "warroom.toml:2");
    }
    let checked = desk.run(&["config", "check", "--json"]).code(2).json();
    assert_eq!(checked["problems"][0]["line"], 2);
    assert!(checked["problems"][0]["message"].as_str().unwrap().contains("zone"), "{checked:#}");
    assert_eq!(desk.run(&["doctor"]).code, 1);
    desk.file("home/warroom.toml", "[calendar]\nzone = \"Mars/Olympus\"\n");
    desk.run(&["list"]).refuses(2, "Mars/Olympus");
}

#[test]
fn a_home_that_cannot_be_is_refused() {
    let desk = Desk::new();
    let file = desk.file("a-file", "x");
    let refused = desk.run(&["declare", "x", "--home", &file]);
    assert_eq!(refused.code, 1, "{refused:?}");
    assert!(refused.err.contains("a-file"), "{refused:?}");
    let refused = desk.run(&["--home", "/proc/nowhere/home", "declare", "x"]);
    assert_eq!((refused.code, refused.out.as_str()), (1, ""), "{refused:?}");
}

#[test]
fn a_home_of_a_newer_program_is_a_conflict() {
    let desk = Desk::new();
    desk.declare("Web is down");
    let database = desk.home().join("warroom.db");
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(async {
        use sqlx::ConnectOptions;
        let options = sqlx::sqlite::SqliteConnectOptions::new().filename(&database);
        let mut conn = options.connect().await.unwrap();
        sqlx::raw_sql("PRAGMA user_version = 99").execute(&mut conn).await.unwrap();
        sqlx::Connection::close(conn).await.unwrap();
    });
    for arguments in [&["list"][..], &["declare", "x"], &["log", "1", "x"]] {
        desk.run(arguments).refuses(4, "newer");
    }
}

#[test]
fn a_clock_or_person_that_is_none_is_refused() {
    let desk = Desk::new().with("WARROOM_NOW", "noon");
    desk.run(&["list"]).refuses(2, "noon");
    let desk = Desk::new().with("WARROOM_AS", "two words");
    desk.run(&["list"]).refuses(2, "two words");
}

#[test]
fn a_runbook_that_is_not_markdown_is_refused_by_line() {
    let desk = Desk::new();
    assert!(desk.ok(&["runbook", "list"]).contains("signing-key-compromised"), "the shipped ones");
    assert!(!desk.home().exists(), "looking makes no home");
    let bad = desk.file("bad.md", b"# Title\n\n- do \xff this\n");
    desk.run(&["runbook", "show", &bad]).refuses(1, "bad.md:3");
    let id = desk.declare("Web is down");
    desk.run(&["runbook", "attach", &id, &bad]).refuses(1, "bad.md:3");
    let thin = desk.file("thin.md", "# Thin\n\nNothing to do here.\n");
    let checked = desk.run(&["runbook", "check", &thin, &bad, "--json"]).code(1).json();
    assert!(checked["problems"].as_array().unwrap().len() >= 2, "{checked:#}");
    let checked = desk.run(&["runbook", "check", &bad, "--json"]).code(1).json();
    assert!(checked["problems"][0]["message"].as_str().unwrap().contains("UTF-8"), "{checked:#}");
    let shipped = desk.home().join("runbooks");
    desk.ok(&["runbook", "check", shipped.to_str().unwrap()]);
    assert!(desk.json(&["runbook", "list"])["runbooks"].as_array().unwrap().len() >= 7);
    let shown = desk.json(&["runbook", "show", "signing-key-compromised"]);
    assert!(shown["sections"][0]["heading"].is_string() && shown["problems"].is_array());
}

#[test]
fn a_postmortem_that_is_not_text_is_refused_and_kept() {
    let desk = Desk::new();
    let id = desk.declare("Web is down");
    desk.ok(&["resolve", &id]);
    let path = desk.json(&["postmortem", "draft", &id])["path"].as_str().unwrap().to_owned();
    let bytes = b"---\nid: x\n---\n# Bad \xff\n";
    std::fs::write(&path, bytes).unwrap();
    desk.run(&["postmortem", "check", &id]).refuses(1, ":4:");
    desk.run(&["postmortem", "publish", &id, "--waive", "x"]).refuses(1, "UTF-8");
    assert_eq!(std::fs::read(&path).unwrap(), bytes);
}

#[test]
fn a_text_without_an_id_is_imported_once() {
    let desk = Desk::new();
    let file = desk.file("old.md", "# Mail was down\n\nThe queue was full.\n");
    let imported = desk.json(&["import", &file])["imported"].clone();
    assert_eq!(imported.as_array().unwrap().len(), 1);
    // The id that is told is the one by which it is found.
    assert_eq!(desk.json(&["search", "mail queue"])["results"][0]["id"], imported[0]);
    desk.run(&["show", imported[0].as_str().unwrap()]).code(0);
    let again = desk.json(&["import", &file]);
    assert_eq!(
        (again["imported"].as_array().unwrap().len(), again["skipped"].as_array().unwrap().len()),
        (0, 1)
    );
}

#[test]
fn a_refusal_names_nothing_that_nobody_knows() {
    let desk = Desk::new();
    desk.declare("Web is down");
    // Not the name that the file would have had until it is whole.
    for arguments in [&["export", "1", "-o", "nowhere/x.csv"][..], &["backup", "nowhere/copy"]] {
        let refused = desk.run(arguments);
        assert!(!refused.err.contains(" at path "), "{}", refused.err);
        refused.refuses(1, "cannot be written: No such file or directory");
    }
    let detached = desk.run(&["runbook", "detach", "1", "cache"]);
    detached.refuses(3, "none is; to attach one: warroom runbook attach");
    desk.run(&["story", "add", "1", "test the gate", "--owner", "?"]).refuses(2, "\"?\" is not a person");
    desk.run(&["role", "1", "comms", "..."]).refuses(2, "\"...\" is not a person");
}
