//! What is kept beside the timeline: scope, evidence, indicators, links, steps; asks and decisions that change.

use super::Desk;

#[test]
fn many_assets_are_set_at_once_and_counted_everywhere() {
    let desk = Desk::new();
    let id = desk.declare("Signing key leaked");
    let hosts: String = (1..=12).map(|n| format!("build-{n}\n")).collect();
    desk.feed(&["scope", &id, "-", "--state", "affected"], hosts.as_bytes()).code(0);
    desk.ok(&["scope", &id, "build-1", "build-2", "--state", "fixed"]);
    let scope = desk.json(&["scope", &id, "list"]);
    assert_eq!(
        (&scope["counts"]["affected"], &scope["counts"]["fixed"]),
        (&10.into(), &2.into()),
        "{scope:#}"
    );
    assert!(desk.ok(&["scope", &id]).starts_with("Scope: affected 10 · fixed 2\n"));
    assert!(desk.ok(&["brief", &id]).contains("scope: affected 10 · fixed 2"));
    assert_eq!(desk.json(&["show", &id])["scope_counts"]["fixed"], 2);
    desk.run(&["scope", &id, "build-1"]).refuses(2, "--state");
    desk.run(&["scope", &id, "build-1", "--state", "broken"]).refuses(2, "broken");
    desk.run(&["scope", &id, "other", "--remove"]).refuses(3, "not in the scope");
    desk.ok(&["scope", &id, "build-1", "--remove"]);
    assert_eq!(desk.json(&["scope", &id])["counts"]["fixed"], 1);
}

#[test]
fn evidence_is_measured_handed_on_attached_and_verified() {
    let desk = Desk::new();
    let id = desk.declare("Signing key leaked");
    let line = desk.json(&["log", &id, "the KMS shows calls"])["entries"][0]["seq"].to_string();
    let file = desk.file("audit.json", "{}\n");
    let added = desk.json(&[
        "evidence",
        "add",
        &id,
        &file,
        "--class",
        "audit-log",
        "--source",
        "KMS",
        "--by",
        "carol",
        "--about",
        &line,
        "--at",
        "-4m",
    ]);
    let item = added["entries"][0]["seq"].to_string();
    let row = desk.json(&["evidence", "list", &id])["evidence"][0].clone();
    assert_eq!(row["sha256"], "ca3d163bab055381827226140568f3bef7eaac187cebd76878e0b63e9e442356");
    assert_eq!(
        (&row["size"], &row["class"], &row["acquired_by"]),
        (&3.into(), &"audit-log".into(), &"carol".into())
    );
    assert_eq!(row["entry"].to_string(), line);
    assert!(row["acquired_at"].as_str().unwrap().starts_with("2026-11-20T13:56:"), "{row:#}");
    desk.ok(&["evidence", "transfer", &id, &item, "dana", "--location", &file, "--reason", "end of shift"]);
    let text = desk.ok(&["evidence", "list", &id]);
    assert!(text.contains("carol → dana") && text.contains("end of shift"), "{text}");
    desk.ok(&["evidence", "verify", &id]);
    std::fs::write(&file, "{ }\n").unwrap();
    let bad = desk.run(&["evidence", "verify", &id, "--json"]).code(5).json();
    assert_eq!((&bad["ok"], &bad["evidence"][0]["state"]), (&false.into(), &"differs".into()));
    std::fs::remove_file(&file).unwrap();
    let gone = desk.run(&["evidence", "verify", &id, &item]).code(1);
    assert!(gone.out.contains("not-read") && gone.out.contains("is not there"), "{gone:?}");
    desk.run(&["evidence", "verify", &id, "99"]).refuses(3, "not an item");
    desk.ok(&["evidence", "withdraw", &id, &item, "--reason", "another case"]);
    desk.ok(&["evidence", "verify", &id]);
}

#[test]
fn a_commands_output_is_kept_with_the_line_that_it_belongs_to() {
    let desk = Desk::new();
    let id = desk.declare("Signing key leaked");
    let line = desk.json(&["log", &id, "pods listed"])["entries"][0]["seq"].to_string();
    let output = b"NAME READY\npayments 1/1\n";
    desk.feed(&["evidence", "add", &id, "-", "--name", "get pods", "--about", &line], output).code(0);
    let row = desk.json(&["evidence", "list", &id])["evidence"][0].clone();
    assert_eq!((row["name"].as_str(), row["entry"].to_string()), (Some("get pods"), line));
    let path = std::path::PathBuf::from(row["location"].as_str().unwrap());
    assert!(path.starts_with(desk.home().canonicalize().unwrap().join("evidence")), "{path:?}");
    assert_eq!(std::fs::read(&path).unwrap(), output);
    desk.ok(&["evidence", "verify", &id]);
}

#[test]
fn indicators_are_defanged_and_kept_inside() {
    let desk = Desk::new();
    let id = desk.declare("Signing key leaked");
    desk.ok(&["ioc", "add", &id, "203.0.113.7", "hxxps://evil[.]example/a", "--tlp", "red"]);
    desk.ok(&["log", &id, ":ioc mallory@evil.example green seen in the mail"]);
    let text = desk.ok(&["ioc", "list", &id]);
    assert!(text.contains("ip RED") && text.contains("203[.]0[.]113[.]7"), "{text}");
    assert!(!text.contains("203.0.113.7") && !text.contains("https://evil"), "{text}");
    let rows = desk.json(&["ioc", "list", &id])["iocs"].clone();
    assert_eq!((&rows[1]["kind"], &rows[1]["live"]), (&"url".into(), &"https://evil.example/a".into()));
    assert_eq!(
        (&rows[2]["kind"], &rows[2]["tlp"], &rows[2]["note"]),
        (&"account".into(), &"green".into(), &"seen in the mail".into())
    );
    // A digest is no secret: it is kept as it is.
    let digest = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    desk.ok(&["ioc", "add", &id, digest]);
    assert_eq!(desk.json(&["ioc", "list", &id])["iocs"][3]["live"], digest);
    desk.run(&["update", &id, "customers", "we block 203.0.113.7"]).refuses(1, "TLP:RED");
    desk.ok(&["update", &id, "internal", "we block 203.0.113.7"]);
    desk.ok(&["ioc", "remove", &id, "203.0.113.7", "--reason", "our own scanner"]);
    desk.ok(&["update", &id, "customers", "we looked at 203.0.113.7"]);
    let json = desk.ok(&["export", &id, "--format", "json"]);
    assert!(!json.contains("https://evil.example/a"), "red indicators do not leave");
}

#[test]
fn asks_decisions_and_hypotheses_change_and_are_shown_on_boards() {
    let desk = Desk::new();
    let id = desk.declare("Signing key leaked");
    let seq = |entries: &serde_json::Value| entries["entries"][0]["seq"].to_string();
    let ask = seq(&desk.json(&["ask", &id, "@bob 3m list builds"]));
    desk.ok(&["extend", &id, &ask, "5m"]);
    desk.ok(&["reassign", &id, &ask, "carol"]);
    let row = desk.json(&["board", &id, "asks"])["asks"][0].clone();
    assert_eq!(row["person"], "carol");
    assert!(row["due_at"].as_str().unwrap().starts_with("2026-11-20T14:08:"), "{row:#}");
    desk.ok(&["ack", &id, &ask, "--person", "carol"]);
    desk.ok(&["answer", &id, &ask, "two builds"]);
    desk.run(&["extend", &id, &ask, "5m"]).refuses(1, "answered already");
    desk.run(&["extend", &id, &ask, "soon"]).code(2);
    let decision = seq(&desk.json(&["decide", &id, "stop all builds check 15m", "--objection", "too wide"]));
    desk.ok(&["object", &id, &decision, "it stops every deploy", "--person", "dana"]);
    desk.ok(&["verdict", &id, &decision, "held", "--reason", "no build ran"]);
    let text = desk.ok(&["board", &id, "decisions"]);
    for words in [
        "against it: too wide",
        "against it: dana: it stops every deploy",
        "held (alice, 14:00): no build ran",
    ] {
        assert!(text.contains(words), "{words:?} is not in {text}");
    }
    assert!(desk.ok(&["brief", &id]).contains("against it: too wide; dana: it stops every deploy"));
    let hypothesis = seq(&desk.json(&["hypothesis", &id, "key was in a CI variable"]));
    // Who found so is not who types: by option, or at the end of the why.
    for [why, person] in [["it was empty", "--by=frank"], ["it was empty @frank", ""]] {
        let mut words = vec!["hypothesis", &id, &hypothesis, "--state", "ruled-out", "--why", why];
        words.extend(Some(person).filter(|p| !p.is_empty()));
        desk.ok(&words);
        let board = desk.json(&["board", &id, "hypotheses"]);
        assert_eq!(board["hypotheses"][0]["state_by"], "frank", "{board}");
        assert_eq!(board["hypotheses"][0]["why"], "it was empty", "{board}");
    }
    for arguments in
        [["hypothesis", &id, "the keys were in CI variables"], ["log", &id, "? CI variable with the key"]]
    {
        let again = desk.run(&arguments).code(0);
        assert!(again.err.contains("ruled out by frank") && again.err.contains("it was empty"), "{again:?}");
    }
    assert!(desk.run(&["hypothesis", &id, "a stolen laptop"]).code(0).err.is_empty());
    let all = desk.ok(&["board", &id]);
    assert!(all.contains("Hypotheses: 3 open, 0 supported, 1 ruled out"), "{all}");
    desk.run(&["board", &id, "moods"]).code(2);
}

#[test]
fn links_and_steps_are_listed_assigned_and_due() {
    let desk = Desk::new();
    let id = desk.declare("Signing key leaked");
    desk.ok(&["link", &id, "bridge", "https://meet.example/42"]);
    assert_eq!(desk.json(&["link", &id])["links"][0]["kind"], "bridge");
    assert!(desk.ok(&["link", &id]).contains("https://meet.example/42"));
    desk.ok(&["link", &id, "--remove", "bridge"]);
    assert!(desk.json(&["link", &id])["links"].as_array().unwrap().is_empty());
    let runbook = desk
        .file("home/runbooks/own.md", "# Own\n\n## Containment\n\n1. Disable the key\n2. Stop the builds\n");
    assert!(!runbook.is_empty());
    desk.ok(&["runbook", "attach", &id, "own"]);
    desk.ok(&["step", &id, "assign", "2", "--person", "bob"]);
    desk.ok(&["step", &id, "due", "2", "--by", "15m"]);
    desk.ok(&["step", &id, "doing", "2", "--person", "bob"]);
    desk.run(&["step", &id, "doing", "2", "--person", "carol"]).refuses(1, "by bob");
    desk.ok(&["step", &id, "doing", "2", "--person", "carol", "--force"]);
    let steps = desk.json(&["board", &id, "steps"])["steps"].clone();
    assert_eq!((&steps[1]["person"], &steps[1]["state"]), (&"carol".into(), &"doing".into()));
    assert!(steps[1]["due_at"].as_str().unwrap().starts_with("2026-11-20T14:15:"), "{steps:#}");
    assert!(desk.ok(&["brief", &id]).contains("carol: Stop the builds, 1"));
}
