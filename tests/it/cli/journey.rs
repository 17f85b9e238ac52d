//! The unbroken path: declared, run, resolved, closed, published, and found by the next one.

use super::{Desk, copy_database, filled, texts};

const CLOSURE: &[&str] =
    &["cause", "attack-path", "credentials", "artifacts", "monitoring", "notifications", "actions", "review"];

/// An incident up to a filled draft.
pub(super) fn written(desk: &Desk, title: &str) -> String {
    written_of(desk, title, "P1", "build")
}

/// One of that severity and service.
pub(super) fn written_of(desk: &Desk, title: &str, severity: &str, service: &str) -> String {
    let id = desk.json(&[
        "declare",
        title,
        "--severity",
        severity,
        "--service",
        service,
        "--tag",
        "signing",
        "--runbook",
        "signing-key-compromised",
        "--commander",
        "alice",
    ])["id"]
        .as_str()
        .unwrap()
        .to_owned();
    desk.ok(&["log", &id, "-4m alert from the registry: unknown signature on payments"]);
    desk.ok(&["log", &id, "-3m ! revoke the signing key at the key service"]);
    for (role, person) in [("scribe", "bob"), ("tech-lead", "carol"), ("comms", "dana"), ("legal", "erin")] {
        desk.ok(&["role", &id, role, person]);
    }
    desk.ok(&["resolve", &id, "--ended-by", "the signing key was revoked"]);
    draft(desk, &id);
    id
}

/// Drafts, and fills in by an editor that copies the filled text over the draft.
fn draft(desk: &Desk, id: &str) {
    let answer = desk.json(&["postmortem", "draft", id]);
    assert!(answer["id"].as_str().unwrap().ends_with(id));
    let text = std::fs::read_to_string(answer["path"].as_str().unwrap()).unwrap();
    let prepared = desk.file("prepared.md", filled(&text));
    let mut command = desk.command(&["postmortem", "edit", id, "--json"]);
    let script = desk.file("editor.sh", format!("echo words of the editor\ncp -f '{prepared}' \"$1\"\n"));
    let output = command.env("EDITOR", format!("sh {script}")).output().unwrap();
    let answer: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(answer["changed"], true);
    assert_eq!(answer["problems"].as_array().unwrap().len(), 0, "{answer:#}");
}

#[test]
fn an_incident_goes_from_declared_to_published_and_the_next_one_finds_it() {
    let desk = Desk::new();
    assert_eq!(desk.ok(&["list"]), "");
    assert!(!desk.home().exists(), "list makes no home");
    let declared =
        desk.run(&["declare", "Signing key leaked to a public registry", "--severity", "p1"]).code(0);
    assert_eq!(declared.out, "INC-2026-0001\n");
    assert!(declared.err.contains("signing-key-compromised"), "{declared:?}");

    desk.ok(&[
        "set",
        ".",
        "--service",
        "build",
        "--impact",
        "prod images cannot be trusted",
        "--confirmed",
        "--customer-data",
        "no",
    ]);
    desk.ok(&["runbook", "attach", ".", "signing-key"]);
    desk.ok(&["runbook", "attach", ".", "compromised-ci-runner"]);
    desk.ok(&["runbook", "detach", ".", "compromised-ci-runner"]);
    desk.run(&["runbook", "detach", ".", "compromised-ci-runner"]).refuses(3, "signing-key-compromised");
    desk.ok(&["role", ".", "ic", "@alice", "--at", "-5m"]);
    desk.ok(&["log", ".", "-4m on-call acked"]);
    desk.ok(&["log", ".", ":m acknowledged"]);
    let decided = desk.json(&["decide", ".", "revoke the key now", "--executor", "bob", "--check-at", "15m"]);
    assert_eq!(decided["entries"][0]["kind"], "decision");
    let seq = decided["entries"][0]["seq"].to_string();
    desk.ok(&["verdict", ".", &seq, "held", "--reason", "no new signatures"]);
    let asked = desk.json(&["ask", ".", "@bob 3m list builds since 13:00"])["entries"][0]["seq"].to_string();
    desk.ok(&["ack", ".", &asked, "--as", "bob"]);
    desk.ok(&["answer", ".", &asked, "17 builds"]);
    let guess = desk.json(&["hypothesis", ".", "key was in a CI variable"])["entries"][0]["seq"].to_string();
    desk.run(&["hypothesis", ".", &guess, "--state", "ruled-out"]).refuses(2, "(--why)");
    desk.ok(&["hypothesis", ".", &guess, "--state", "ruled-out", "--why", "the variable is masked"]);
    desk.ok(&["step", ".", "tick", "1"]);
    desk.ok(&["step", ".", "skip", "2", "--reason", "no such job"]);
    desk.ok(&["phase", ".", "contain"]);
    let draft_update = desk.json(&["update", ".", "customers", "we are looking into it", "--draft"]);
    let draft_update = draft_update["entries"][0]["seq"].to_string();
    desk.ok(&["update", ".", "approve", &draft_update]);
    desk.ok(&["update", ".", "send", &draft_update]);
    desk.ok(&["link", ".", "bridge", "https://meet.example.org/42"]);
    let item = desk.file("build.log", "signed\n");
    let item = desk.json(&["evidence", "add", ".", &item, "--class", "log"]);
    assert_eq!(item["entries"].as_array().unwrap().len(), 1, "{item:#}");

    let shown = desk.json(&["show", "1"]);
    assert_eq!(shown["commander"], "alice");
    assert_eq!(shown["steps"][0]["state"], "done");
    assert_eq!(shown["asks"][0]["answer"], "17 builds");
    assert_eq!(shown["evidence"][0]["size"], 7);
    assert_eq!(
        shown["evidence"][0]["sha256"], "ad093de033f89b590459503f94d25ea4a36fd044f7ce6d674f43e0d8412161f9",
        "SHA-256 of the file"
    );
    let brief = desk.ok(&["brief", "."]);
    assert!(brief.contains("prod images cannot be trusted") && brief.contains("bridge"), "{brief}");

    let blocked = desk.run(&["close", "1", "--json"]).code(1).json();
    assert_eq!((&blocked["closed"], &blocked["next"]), (&false.into(), &"resolve".into()));
    desk.ok(&["resolve", ".", "--ended-by", "the key was revoked"]);
    desk.run(&["resolve", "1"]).refuses(1, "resolved already");
    for (role, person) in [("scribe", "bob"), ("tech-lead", "carol"), ("comms", "dana"), ("legal", "erin")] {
        desk.ok(&["role", "1", role, person]);
    }
    for item in CLOSURE {
        desk.ok(&["closure", "1", item, "done"]);
    }
    desk.run(&["closure", "1", "review", "n/a"]).refuses(2, "reason");
    let unfilled = desk.run(&["postmortem", "publish", "1"]);
    unfilled.refuses(3, "no draft");
    desk.ok(&["postmortem", "draft", "1"]);
    let problems = desk.run(&["postmortem", "check", "1", "--json"]).code(1).json();
    assert!(problems["problems"][0]["rule"].is_string() && problems["problems"][0]["line"].is_u64());
    desk.run(&["postmortem", "publish", "1"]).refuses(1, "--waive");
    draft(&desk, "1");
    desk.ok(&["postmortem", "check", "1"]);
    let published = desk.json(&["postmortem", "publish", "1"]);
    assert_eq!(
        published["path"],
        "2026/11/2026-11-20-signing-key-leaked-to-a-public-registry-inc-2026-0001.md"
    );
    assert_eq!(published["commit"].as_str().unwrap().len(), 40);
    assert!(published["commit_ms"].as_f64().unwrap() > 0.0);
    assert_eq!(published["filed"].as_array().unwrap().len(), 3);
    let closed = desk.json(&["close", "1"]);
    assert_eq!((&closed["closed"], &closed["next"]), (&true.into(), &"nothing".into()));
    // Every step of the way may be done again.
    let again = desk.json(&["close", "1"]);
    assert_eq!((&again["closed"], &again["next"]), (&true.into(), &"nothing".into()), "{again:#}");
    assert_eq!(again["blockers"], serde_json::json!([]));
    let entries = desk.timeline("1").len();
    assert_eq!(desk.ok(&["close", "1", "--waive", "again"]), "INC-2026-0001 is closed already\n");
    assert_eq!(desk.timeline("1").len(), entries, "nothing is written twice");
    assert_eq!(desk.ok(&["list"]), "");
    assert!(desk.ok(&["list", "--closed"]).contains("INC-2026-0001"));

    // Stories outlive the close, and the next incident finds the first one with what never shipped.
    let stories = desk.json(&["story", "list"])["stories"].as_array().unwrap().clone();
    assert_eq!(stories.len(), 3);
    assert_eq!((&stories[0]["owner"], &stories[0]["state"]), (&"bob".into(), &"filed".into()));
    let next = desk.json(&["declare", "Signing key of the build leaked again", "--service", "build"]);
    assert_eq!(next["similar"][0]["id"], "INC-2026-0001", "{next:#}");
    assert_eq!(next["similar"][0]["unshipped"].as_array().unwrap().len(), 3);
    assert!(!next["similar"][0]["why"].as_array().unwrap().is_empty());
    assert!(next["similar"][0]["ended"].as_str().unwrap().contains("revoked"));
    let people = desk.run(&["declare", "A signing key leaked from the build"]).code(0).err;
    assert!(people.contains("(1 similar, 3 unshipped stories)"), "{people}");
    let people = desk.run(&["similar", "2"]).code(0).out;
    for words in ["why:", "ended by:", "not shipped: INC-2026-0001/S1"] {
        assert!(people.contains(words), "{words} is not in {people}");
    }
    let found = desk.json(&["search", "signing key"]);
    assert_eq!(found["results"][0]["id"], "INC-2026-0001");
    assert!(desk.ok(&["show", "1"]).contains("postmortem: 2026/11/"));

    desk.ok(&["reopen", "1", "--reason", "the old key still signs"]);
    assert_eq!(desk.json(&["show", "1"])["state"], "open");
    assert_eq!(desk.json(&["verify"])["ok"], true);
}

#[test]
fn publishing_twice_says_the_same_and_files_nothing_twice() {
    let desk = Desk::new();
    let id = written(&desk, "Signing key leaked");
    let first = desk.json(&["postmortem", "publish", &id]);
    let again = desk.json(&["postmortem", "publish", &id]);
    assert_eq!(again["unchanged"], true);
    assert_eq!(again["commit"], first["commit"]);
    assert_eq!(again["filed"].as_array().unwrap().len(), 0);
    assert_eq!(desk.json(&["story", "list"])["stories"].as_array().unwrap().len(), 3);
}

#[test]
fn publishing_goes_on_after_a_crash_between_any_two_steps() {
    let desk = Desk::new();
    let id = written(&desk, "Signing key leaked");
    // The stories are filed, and the commit is not made: a hook stands for the crash.
    let hook = desk.home().join("postmortems/.git/hooks/pre-commit");
    desk.ok(&["search", "anything"]);
    desk.file("home/postmortems/.git/hooks/pre-commit", "#!/bin/sh\nexit 1\n");
    std::fs::set_permissions(&hook, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    assert_ne!(desk.run(&["postmortem", "publish", &id]).code, 0);
    assert_eq!(desk.json(&["story", "list"])["stories"].as_array().unwrap().len(), 3);
    copy_database(&desk.home(), &desk.path("before"));
    std::fs::remove_file(&hook).unwrap();
    let published = desk.json(&["postmortem", "publish", &id]);

    // The commit is made, and the log does not say so yet; the index is gone as well.
    copy_database(&desk.path("before"), &desk.home());
    std::fs::remove_dir_all(desk.home().join("index")).unwrap();
    assert_eq!(desk.json(&["show", &id])["postmortem"]["commit"], serde_json::Value::Null);
    let again = desk.json(&["postmortem", "publish", &id]);
    assert_eq!((&again["commit"], &again["unchanged"]), (&published["commit"], &true.into()));
    assert_eq!(desk.json(&["show", &id])["postmortem"]["commit"], published["commit"]);
    assert_eq!(desk.json(&["story", "list"])["stories"].as_array().unwrap().len(), 3);
    assert_eq!(desk.json(&["search", "signing key"])["results"][0]["id"], id.as_str());
}

#[test]
fn what_stops_the_commit_leaves_a_publication_that_the_next_one_completes() {
    let desk = Desk::new();
    let id = written(&desk, "Signing key leaked");
    desk.ok(&["search", "anything"]);
    let stories = || desk.json(&["story", "list"])["stories"].as_array().unwrap().clone();
    desk.git(&["config", "commit.gpgsign", "true"]);
    // Nothing can sign at all: that is known before a story is filed.
    desk.git(&["config", "gpg.format", "ssh"]);
    desk.run(&["postmortem", "publish", &id]).refuses(1, "wants signed commits");
    assert_eq!(stories().len(), 0);
    // What does sign says no, and a hook does: by then the stories are filed, and the draft names them.
    desk.git(&["config", "gpg.format", "openpgp"]);
    desk.git(&["config", "gpg.program", "false"]);
    desk.run(&["postmortem", "publish", &id]).refuses(1, "sign");
    desk.git(&["config", "commit.gpgsign", "false"]);
    let hook = desk.home().join("postmortems/.git/hooks/commit-msg");
    desk.file("home/postmortems/.git/hooks/commit-msg", "#!/bin/sh\nexit 1\n");
    std::fs::set_permissions(&hook, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    desk.run(&["postmortem", "publish", &id]).refuses(1, "commit-msg");
    let filed = stories();
    assert_eq!(filed.len(), 3);
    assert_eq!(desk.json(&["show", &id])["postmortem"]["commit"], serde_json::Value::Null);
    assert_eq!(desk.git(&["status", "--porcelain"]), "");
    // Somebody says it better meanwhile: it is the same story all the same.
    let draft = desk.json(&["postmortem", "draft", &id])["path"].as_str().unwrap().to_owned();
    let text = std::fs::read_to_string(&draft).unwrap();
    let title = filed[0]["title"].as_str().unwrap();
    std::fs::write(&draft, text.replacen(title, &format!("{title}, said better"), 1)).unwrap();
    std::fs::remove_file(&hook).unwrap();
    desk.run(&["postmortem", "publish", &id]).refuses(1, "and the log says");
    let published = desk.json(&["postmortem", "publish", &id, "--waive", "said better"]);
    assert_eq!(published["filed"].as_array().unwrap().len(), 0, "{published:#}");
    assert_eq!(stories().len(), 3);
    let file = desk.home().join("postmortems").join(published["path"].as_str().unwrap());
    let text = std::fs::read_to_string(file).unwrap();
    for story in &filed {
        let id = story["id"].as_str().unwrap();
        assert_eq!(text.matches(&format!("Story {id}:")).count(), 1, "{text}");
    }
}

#[test]
fn publishing_with_problems_needs_a_reason_that_is_kept() {
    let desk = Desk::new();
    let id = desk.declare("Signing key leaked");
    desk.ok(&["resolve", &id]);
    desk.ok(&["postmortem", "draft", &id]);
    desk.run(&["postmortem", "publish", &id]).refuses(1, "--waive");
    desk.run(&["postmortem", "publish", &id, "--waive", "  "]).refuses(2, "the reason of --waive is empty");
    let refused = desk.run(&["postmortem", "publish", &id, "--json"]).code(1);
    assert!(refused.err.contains("--waive"), "{refused:?}");
    let checked = desk.run(&["postmortem", "check", &id, "--json"]).code(1).json();
    assert!(refused.json()["problems"][0]["rule"].is_string(), "{refused:?}");
    assert_eq!(refused.json()["problems"], checked["problems"]);
    desk.ok(&["postmortem", "publish", &id, "--waive", "to be finished on Monday"]);
    let shown = desk.json(&["show", &id]);
    assert_eq!(shown["postmortem"]["publish_waiver"], "to be finished on Monday");
    let file = desk.home().join("postmortems").join(shown["postmortem"]["path"].as_str().unwrap());
    let text = std::fs::read_to_string(file).unwrap();
    let front = text.split("\n---\n").next().unwrap();
    assert!(front.contains("title: ") && !front.contains("[fill in"), "{front}");
    let stories = desk.json(&["story", "list"]);
    assert_eq!(
        stories["stories"].as_array().unwrap().len(),
        0,
        "what nobody filled in is no story: {stories:#}"
    );
    let told = desk.timeline(&id);
    assert!(texts(&told).iter().any(|t| t.contains("published")), "{told:#?}");
}

#[test]
fn nobody_known_to_git_needs_an_author() {
    let desk = Desk::new();
    std::fs::remove_file(desk.path(".gitconfig")).unwrap();
    let id = written(&desk, "Signing key leaked");
    desk.run(&["postmortem", "publish", &id]).refuses(1, "--author");
    desk.run(&["postmortem", "publish", &id, "--author", "alice"]).refuses(2, "alice");
    desk.ok(&["postmortem", "publish", &id, "--author", "Alice Example <alice@example.org>"]);
}

#[test]
fn a_story_that_ships_without_a_link_says_why() {
    let desk = Desk::new();
    let id = desk.declare("Signing key leaked");
    desk.ok(&["story", "add", &id, "Rotate keys by a job"]);
    desk.ok(&["story", "ship", &format!("{id}/S1"), "--reason", "hotfix by hand"]);
    let read = desk.ok(&["timeline", &id, "--all"]);
    assert!(read.contains("story S1 shipped · hotfix by hand"), "{read}");
}

#[test]
fn stories_go_from_filed_to_verified_and_cron_hears_only_of_overdue_ones() {
    let desk = Desk::new();
    let id = desk.declare("Signing key leaked");
    let filed = desk.json(&[
        "story",
        "add",
        &id,
        "Rotate keys by a job",
        "--owner",
        "@bob",
        "--due",
        "2026-11-19",
        "--kind",
        "preventive",
        "--severity",
        "p2",
    ]);
    assert_eq!((&filed["id"], &filed["overdue"]), (&format!("{id}/S1").into(), &true.into()));
    desk.ok(&["story", "add", &id, "Alert on new signatures", "--kind", "detective"]);
    let overdue = desk.json(&["story", "list", "--overdue"])["stories"].as_array().unwrap().clone();
    assert_eq!(overdue.len(), 1);
    assert_eq!(desk.json(&["story", "list", "--owner", "dana"])["stories"].as_array().unwrap().len(), 0);
    let story = format!("{id}/S1");
    let changed = desk.json(&["story", "set", &story, "--owner", "carol", "--due", "2026-11-18"]);
    assert_eq!((&changed["owner"], &changed["due"]), (&"carol".into(), &"2026-11-18".into()));
    desk.run(&["story", "set", &story]).refuses(2, "nothing is given");
    // What it was before can be read where the log is read.
    let moved = "story S1: due 2026-11-19 → 2026-11-18, owner bob → carol";
    for look in [&["timeline", &id, "--all"][..], &["timeline", &id, "--audit"]] {
        let read = desk.ok(look);
        assert!(read.contains(moved), "{read}");
    }
    let changed = desk.json(&["story", "set", &story, "--owner", "-"]);
    assert!(changed["owner"].is_null(), "{changed}");
    desk.ok(&["story", "set", &story, "--owner", "carol", "--severity", "p1"]);
    let read = desk.ok(&["timeline", &id, "--all"]);
    assert!(read.contains("story S1: owner none → carol, severity P2 → P1"), "{read}");
    desk.ok(&["story", "start", &story]);
    desk.run(&["story", "verify", &story, "--proof", "test"]).refuses(1, "shipped");
    desk.run(&["story", "ship", &story]).refuses(2, "--link");
    desk.ok(&["story", "ship", &story, "--link", "https://example.org/change/7"]);
    desk.run(&["story", "verify", &story]).refuses(2, "proof");
    desk.ok(&["story", "verify", &story, "--proof", "the drill of May"]);
    desk.run(&["story", "drop", &story, "--reason", "no"]).refuses(1, "verified");
    let quiet = desk.run(&["story", "list", "--overdue"]).code(0);
    assert_eq!((quiet.out.as_str(), quiet.err.as_str()), ("", ""));
    // What is done is out of the way of what is not; a script finds it at the end.
    let rows = desk.ok(&["story", "list"]);
    assert!(rows.contains("/S2") && !rows.contains("/S1"), "{rows}");
    for all in [&["story", "list", "--all"][..], &["story", "list", "--state", "verified"]] {
        assert!(desk.ok(all).lines().last().unwrap().contains("/S1"));
    }
    let listed = desk.json(&["story", "list"]);
    assert_eq!(
        (&listed["stories"][1]["id"], &listed["stories"][1]["state"]),
        (&story.as_str().into(), &"verified".into())
    );
    desk.ok(&["story", "drop", &format!("{id}/S2"), "--reason", "the service is gone"]);
    assert_eq!(desk.ok(&["story", "list"]), "", "nothing to do, nothing for cron to mail");
    desk.run(&["story", "start", &format!("{id}/S9")]).refuses(3, "S9");
    desk.run(&["story", "start", "S1"]).refuses(3, "S1");
}

#[test]
fn a_false_alarm_and_a_duplicate_owe_no_postmortem() {
    let desk = Desk::new();
    let first = desk.declare("Web is down");
    let second = desk.declare("Shop is down");
    desk.run(&["set", &first, "--disposition", "false-alarm"]).refuses(2, "reason");
    desk.ok(&["set", &first, "--disposition", "false-alarm", "--reason", "a probe was wrong"]);
    desk.run(&["set", &second, "--disposition", "duplicate-of 1"]).refuses(2, "reason");
    desk.ok(&["set", &second, "--disposition", "duplicate-of 1", "--reason", "the same outage"]);
    assert_eq!(desk.json(&["show", &second])["disposition"]["of"], first.as_str());
    for id in [&first, &second] {
        desk.ok(&["resolve", id]);
        assert_eq!(desk.json(&["close", id])["closed"], true);
    }
}

#[test]
fn a_meeting_over_a_postmortem_that_will_not_be_is_not_told() {
    let desk = Desk::new();
    let id = desk.declare("Web is down");
    desk.ok(&["postmortem", "meeting", &id, "2026-11-01"]);
    desk.ok(&["resolve", &id]);
    assert!(desk.ok(&["list", "--all"]).contains("meeting was 2026-11-01"));
    desk.ok(&["postmortem", "waive", &id, "--reason", "a test of the pager"]);
    desk.ok(&["close", &id, "--waive", "the same"]);
    for asked in [vec!["list", "--all"], vec!["list", "--closed"], vec!["brief", &id], vec!["show", &id]] {
        let said = desk.ok(&asked);
        assert!(!said.contains("meeting was"), "{asked:?}\n{said}");
    }
}

#[test]
fn a_restricted_incident_is_not_published_into_the_shared_archive() {
    let desk = Desk::new();
    let id = written(&desk, "Signing key leaked");
    desk.ok(&["set", &id, "--visibility", "restricted"]);
    desk.run(&["postmortem", "publish", &id]).refuses(1, "restricted");
    desk.ok(&["postmortem", "waive", &id, "--reason", "under legal hold"]);
    assert_eq!(desk.json(&["show", &id])["postmortem"]["waived"], "under legal hold");
}

#[test]
fn the_review_of_a_postmortem_has_a_status_an_owner_and_a_day() {
    let desk = Desk::new();
    let id = desk.declare("Wrong pages from the cache");
    desk.ok(&["resolve", &id]);
    desk.run(&["postmortem", "status", &id, "in-review"]).refuses(1, "no draft");
    desk.run(&["postmortem", "status", &id, "maybe"]).code(2);
    desk.run(&["postmortem", "meeting", &id, "monday"]).refuses(2, "2026-11-30");
    desk.ok(&["postmortem", "owner", &id, "bob"]);
    let draft = desk.json(&["postmortem", "draft", &id])["path"].as_str().unwrap().to_owned();
    assert_eq!(desk.json(&["list", "--all"])["incidents"][0]["postmortem_status"], "draft");
    desk.ok(&["postmortem", "status", &id, "in-review"]);
    desk.run(&["postmortem", "status", &id, "closed"]).refuses(1, "not published");
    desk.ok(&["postmortem", "meeting", &id, "2026-11-19"]);
    desk.ok(&["postmortem", "comment", &id, "the second region deserves a factor"]);

    // A day that went by is said wherever the incident is listed.
    let words = "postmortem in-review, @bob, meeting was 2026-11-19";
    for asked in [vec!["list", "--all"], vec!["brief", &id], vec!["show", &id]] {
        let said = desk.ok(&asked);
        assert!(said.contains(words), "{asked:?}\n{said}");
    }
    let row = &desk.json(&["list", "--all"])["incidents"][0];
    let fields = ["postmortem_status", "postmortem_owner", "postmortem_meeting"].map(|key| row[key].clone());
    assert_eq!(fields, ["in-review", "bob", "2026-11-19"]);
    let shown = desk.json(&["show", &id]);
    assert_eq!(shown["postmortem"]["comments"][0]["text"], "the second region deserves a factor");
    assert_eq!(shown["postmortem"]["comments"][0]["by"], "alice");

    // What is published says it, and says it anew when it has changed.
    std::fs::write(&draft, filled(&std::fs::read_to_string(&draft).unwrap())).unwrap();
    let published = desk.json(&["postmortem", "publish", &id]);
    let file = desk.home().join("postmortems").join(published["path"].as_str().unwrap());
    let front = |wanted: &str| {
        let text = std::fs::read_to_string(&file).unwrap();
        assert!(
            text.lines().any(|line| line.trim_matches(['\'', '"']) == wanted || line == wanted),
            "{wanted}\n{text}"
        );
    };
    front("status: in-review");
    front("owner: bob");
    desk.ok(&["postmortem", "status", &id, "closed"]);
    desk.ok(&["postmortem", "meeting", &id, "-"]);
    let again = desk.json(&["postmortem", "publish", &id]);
    assert_ne!(again["commit"], published["commit"]);
    front("status: closed");
    assert!(!std::fs::read_to_string(&file).unwrap().contains("meeting:"));
    assert_eq!(desk.json(&["postmortem", "publish", &id])["commit"], again["commit"]);
    assert!(!desk.ok(&["list", "--all"]).contains("meeting"));
    // The last word can be taken back.
    desk.ok(&["postmortem", "owner", &id, "carol"]);
    desk.ok(&["undo", &id]);
}

#[test]
fn a_severe_incident_is_not_closed_before_its_postmortem_is_published_or_waived_by_somebody() {
    let desk = Desk::new();
    let id = desk.json(&["declare", "Registry down", "--severity", "P1", "--commander", "alice"])["id"]
        .as_str()
        .unwrap()
        .to_owned();
    for role in ["scribe", "tech-lead", "comms", "legal"] {
        desk.ok(&["role", &id, role, "bob"]);
    }
    desk.ok(&["resolve", &id]);
    for item in CLOSURE {
        desk.ok(&["closure", &id, item, "done"]);
    }
    let refused = desk.run(&["close", &id, "--json"]).code(1).json();
    let rules: Vec<&str> =
        refused["blockers"].as_array().unwrap().iter().map(|b| b["rule"].as_str().unwrap()).collect();
    assert_eq!(rules, ["postmortem-missing"]);
    assert_eq!(desk.json(&["show", &id])["state"], "resolved");
    // A waiver is a reason by a person.
    assert_ne!(desk.run(&["close", &id, "--waive", " "]).code, 0);
    assert_ne!(desk.run(&["postmortem", "waive", &id, "--reason", ""]).code, 0);
    desk.run(&["close", &id]).code(1);
    desk.ok(&["--as", "carol", "postmortem", "waive", &id, "--reason", "counsel took it over"]);
    let shown = desk.json(&["show", &id]);
    let waiver = ["waived", "waived_by"].map(|key| shown["postmortem"][key].clone());
    assert_eq!(waiver, ["counsel took it over", "carol"]);
    desk.ok(&["close", &id]);
    assert_eq!(desk.json(&["show", &id])["state"], "closed");
}
