//! Import, search, similar: what the archive remembers.

mod damaged;
mod left_out;
mod recurrence;
mod set_aside;

use super::Desk;

const FIXTURES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/postmortems");

#[test]
fn other_peoples_postmortems_are_imported_once_and_found() {
    let desk = Desk::new();
    let first = desk.json(&["import", FIXTURES]);
    let count = first["imported"].as_array().unwrap().len();
    assert!(count >= 6, "{first:#}");
    assert_eq!(first["not_read"].as_array().unwrap().len(), 0);
    let again = desk.json(&["import", FIXTURES]);
    assert_eq!(
        (again["imported"].as_array().unwrap().len(), again["skipped"].as_array().unwrap().len()),
        (0, count)
    );
    assert_eq!(again["commit"], serde_json::Value::Null, "nothing new, no commit");

    let found = desk.json(&["search", "nginx"])["results"].as_array().unwrap().clone();
    assert!(!found.is_empty());
    assert!(found[0]["title"].is_string() && found[0]["score"].as_f64().unwrap() > 0.0);
    let id = found[0]["id"].as_str().unwrap();
    let shown = desk.json(&["show", id]);
    assert_eq!(shown["id"], id);
    assert!(shown["text"].as_str().unwrap().to_lowercase().contains("nginx"));
    let similar = desk.feed(
        &["similar", "--text", "-", "--limit", "2", "--json"],
        b"the pods of the hub were down, no space left, certificate expired",
    );
    assert_eq!(similar.code(0).json()["results"].as_array().unwrap().len(), 2);
    assert_eq!(desk.json(&["list", "--all"])["incidents"].as_array().unwrap().len(), 0, "they have no log");
}

#[test]
fn a_title_with_mistakes_of_typing_is_offered_the_runbooks_of_what_was_meant() {
    let desk = Desk::new();
    let runbooks = |title: &str| {
        let declared = desk.json(&["declare", title, "--kind", "test"]);
        let names = declared["runbooks"].as_array().unwrap().iter();
        let names: Vec<String> = names.map(|one| one["name"].as_str().unwrap().to_owned()).collect();
        (names, declared["title"].as_str().unwrap().to_owned())
    };
    desk.file(
        "theirs/said.md",
        "---\nid: X-1\n---\n# A certificate expired\n\nThe certificate had expired.\n",
    );
    desk.ok(&["import", desk.path("theirs").to_str().unwrap()]);
    let (right, _) = runbooks("certificate expired");
    let (read, title) = runbooks("certifciate expird");
    assert_eq!(right[0], "expired-certificate");
    assert_eq!(read, right);
    assert_eq!(title, "certifciate expird", "what was typed is stored");
}

#[test]
fn how_long_it_took_stands_beside_what_is_found() {
    let desk = Desk::new();
    let text = "---\nid: X-1\ndetected: 2026-01-02T10:00:00Z\nresolved: 2026-01-02T16:12:00Z\n---\n# Disk full\n\n\
                The disk was full.\n\n## Resolution\n\nThe old logs were deleted.\n";
    desk.file("theirs/said.md", text);
    desk.file(
        "theirs/unsaid.md",
        "---\nid: X-2\n---\n# Disk full again\n\nThe disk of the database was full.\n",
    );
    desk.ok(&["import", desk.path("theirs").to_str().unwrap()]);
    for ask in [&["search", "disk full"][..], &["similar", "--text", "disk full"]] {
        let found = desk.json(ask);
        let took = |id: &str| {
            let hit = found["results"].as_array().unwrap().iter().find(|hit| hit["id"] == id);
            hit.unwrap_or_else(|| panic!("{found:#}"))["took_ms"].clone()
        };
        assert_eq!(took("X-1"), (6 * 60 + 12) * 60_000);
        assert_eq!(took("X-2"), serde_json::Value::Null);
        assert!(desk.ok(ask).contains("\n    took 6h12m"), "{}", desk.ok(ask));
    }
}

#[test]
fn a_title_that_says_nothing_raises_no_alarm_and_one_telling_word_does() {
    let desk = Desk::new();
    desk.file(
        "theirs/herd.md",
        "# Thundering herd after the deploy\n\nThe outage: help came late, a test failed in production.\n",
    );
    desk.file(
        "theirs/tls.md",
        "# Certificate expired\n\nThe incident: nobody renewed the certificate of the kafka brokers.\n",
    );
    desk.ok(&["import", desk.path("theirs").to_str().unwrap()]);
    let similar = |title: &str| {
        let declared = desk.json(&["declare", title, "--severity", "P3"]);
        let similar = declared["similar"].as_array().unwrap().iter();
        similar.map(|past| past["title"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    for title in ["Help", "Test", "incident", "Outage", "Outtage", "Production issue"] {
        assert_eq!(similar(title), [""; 0], "{title}");
    }
    assert_eq!(similar("Thundering herd"), ["Thundering herd after the deploy"]);
    assert_eq!(similar("kafka"), ["Certificate expired"]);
    assert_eq!(similar("Certifciate expird"), ["Certificate expired"]);
    // Asked for by name, it is told all the same.
    assert!(!desk.json(&["similar", "--text", "Outage"])["results"].as_array().unwrap().is_empty());
}

#[test]
fn what_is_no_postmortem_is_named_and_the_rest_imported() {
    let desk = Desk::new();
    desk.file("theirs/good.md", "# Disk full\n\nThe disk of the database was full for an hour.\n");
    desk.file("theirs/broken.md", b"# Broken \xff\xfe\n");
    let theirs = desk.path("theirs").to_str().unwrap().to_owned();
    let report = desk.run(&["import", &theirs, "--json"]).code(1);
    assert_eq!(report.json()["imported"].as_array().unwrap().len(), 1);
    assert!(report.err.contains("broken.md"), "{report:?}");
    desk.run(&["import", "nowhere"]).refuses(3, "nowhere");
    let only = desk.run(&["import", &format!("{theirs}/broken.md")]).code(1);
    assert!(only.err.contains("broken.md"), "{only:?}");
}

#[test]
fn nothing_found_is_said_and_is_no_failure() {
    let desk = Desk::new();
    let ran = desk.run(&["search", "zzzqqq"]).code(0);
    let nothing = "the archive has no postmortem yet, so there was nothing to search\n";
    assert_eq!((ran.out.as_str(), ran.err.as_str()), ("", nothing));
    assert!(!desk.home().exists(), "asking makes no home");
    let id = desk.declare("Web is down");
    for question in [&["search", "zzzqqq"][..], &["similar", "--text", "zzzqqq"]] {
        assert!(desk.run(question).code(0).err.contains(nothing), "{question:?}");
    }
    let past = desk.file("past.md", "# Disk full\n\nThe disk of the database was full.\n");
    desk.ok(&["import", &past]);
    for question in [&["search", "zzzqqq"][..], &["similar", "--text", "zzzqqq"]] {
        let said = desk.run(question).code(0).err;
        assert!(said.contains("nothing similar found") && !said.contains(nothing), "{question:?}: {said}");
    }
    // The settings may name a folder of the archive in which nothing lies.
    desk.file("home/warroom.toml", "[archive]\nfolder = \"elsewhere\"\n");
    for question in [&["search", "zzzqqq"][..], &["similar", "--text", "disk"]] {
        assert!(desk.run(question).code(0).err.contains(nothing), "{question:?}");
    }
    desk.file("home/warroom.toml", "");
    assert_eq!(desk.json(&["similar", &id])["results"].as_array().unwrap().len(), 0);
    desk.run(&["search", "x", "--since", "yesterday"]).refuses(2, "2026-06-30");
    desk.run(&["similar"]).refuses(2, "--text");
    desk.run(&["similar", &id, "--text", "x"]).refuses(2, "--text");
}

/// The advice is a clone in its place, for which that has to be free.
#[test]
fn who_looks_into_an_archive_that_is_gone_makes_no_empty_one_and_doctor_says_it() {
    let desk = Desk::new();
    let past = desk.file("past.md", "# Disk full\n\nThe disk of the database was full.\n");
    desk.ok(&["import", &past]);
    desk.ok(&["search", "disk"]);
    let (archive, aside) = (desk.home().join("postmortems"), desk.path("aside"));
    std::fs::rename(&archive, &aside).unwrap();
    for question in [&["search", "disk"][..], &["similar", "--text", "disk"]] {
        desk.run(question).refuses(4, "had postmortems and has no commit any more");
    }
    for arguments in [&["doctor"][..], &["doctor", "--repair"], &["doctor"]] {
        let doctor = desk.run(arguments).code(1).out;
        let told = doctor.contains("WRONG archive   ") && doctor.contains("and has no commit any more");
        assert!(told && !archive.join(".git").exists(), "{doctor}");
    }
    let other = desk.file("other.md", "# Certificate expired\n\nThe certificate had expired.\n");
    let refused = desk.run(&["import", &other]);
    refused.refuses(4, "had postmortems and has no commit any more, so nothing was committed");
    // An empty one that something else made.
    git2::Repository::init(&archive).unwrap();
    let doctor = desk.run(&["doctor"]).out;
    assert!(doctor.contains("WRONG archive   ") && doctor.contains("and has no commit any more"), "{doctor}");
    std::fs::remove_dir_all(&archive).unwrap();
    git2::Repository::clone(aside.to_str().unwrap(), &archive).unwrap();
    assert_eq!(desk.json(&["search", "disk"])["results"].as_array().unwrap().len(), 1);
    let doctor = desk.run(&["doctor"]).out;
    assert!(doctor.contains("ok    archive ") && !doctor.contains("git index"), "{doctor}");

    let doctors = [&b""[..], b"no index of git's\n"].map(|garbage| {
        std::fs::write(archive.join(".git/index"), garbage).unwrap();
        desk.run(&["doctor"]).code(1).out
    });
    for doctor in doctors {
        assert!(doctor.contains("WRONG git index ") && doctor.contains(".git/index"), "{doctor}");
    }
}

#[test]
fn an_archive_that_is_gone_is_not_taken_for_one_in_which_nothing_was_found() {
    let (desk, _, _) = super::archived::published();
    let past = desk.file("past.md", "# Disk full\n\nThe disk of the database was full.\n");
    desk.ok(&["import", &past]);
    assert_eq!(desk.json(&["search", "disk"])["results"].as_array().unwrap().len(), 1);
    let (archive, aside) = (desk.home().join("postmortems"), desk.path("aside"));
    std::fs::rename(&archive, &aside).unwrap();
    // As often as it is asked: the index does not follow.
    for question in [&["search", "disk"][..], &["similar", "--text", "disk"], &["search", "zzzqqq"]] {
        desk.run(question).refuses(4, "had postmortems and has no commit any more");
    }
    let publish = ["postmortem", "publish", "1", "--waive", "later"];
    desk.run(&publish).refuses(4, "so nothing was committed");
    assert!(!archive.join(".git").exists(), "nothing stands in the way of a clone");
    // Where nothing but the log knows of it.
    std::fs::remove_dir_all(desk.home().join("index")).unwrap();
    desk.run(&publish).refuses(4, "so nothing was committed");
    desk.run(&["search", "disk"]).refuses(4, "had postmortems and has no commit any more");
    std::fs::remove_dir_all(&archive).unwrap();
    std::fs::rename(&aside, &archive).unwrap();
    assert_eq!(desk.json(&["search", "disk"])["results"].as_array().unwrap().len(), 1);

    // One that was left on purpose.
    let desk = Desk::new();
    let past = desk.file("past.md", "# Disk full\n\nThe disk of the database was full.\n");
    desk.ok(&["import", &past]);
    desk.ok(&["search", "disk"]);
    std::fs::remove_dir_all(desk.home().join("postmortems")).unwrap();
    desk.run(&["search", "disk"]).refuses(4, "warroom reindex");
    desk.run(&["import", &past]).refuses(4, "warroom reindex");
    desk.ok(&["reindex"]);
    desk.run(&["search", "disk"]).code(0);
    desk.ok(&["import", &past]);
    assert_eq!(desk.json(&["search", "disk"])["results"].as_array().unwrap().len(), 1);
}

#[test]
fn an_archive_that_was_emptied_says_that_there_is_nothing_to_search() {
    let desk = Desk::new();
    let past = desk.file("past.md", "# Disk full\n\nThe disk of the database was full.\n");
    desk.ok(&["import", &past]);
    let repo = git2::Repository::open(desk.home().join("postmortems")).unwrap();
    let tree = repo.find_tree(repo.treebuilder(None).unwrap().write().unwrap()).unwrap();
    let alice = git2::Signature::now("alice", "alice@example.org").unwrap();
    let head = repo.head().unwrap().peel_to_commit().unwrap();
    repo.commit(Some("HEAD"), &alice, &alice, "Take all away", &tree, &[&head]).unwrap();
    for question in [&["search", "disk"][..], &["similar", "--text", "disk"]] {
        let said = desk.run(question).code(0).err;
        assert!(said.contains("so there was nothing to search"), "{question:?}: {said}");
    }
}

#[test]
fn a_damaged_or_missing_index_is_built_again() {
    let desk = Desk::new();
    desk.json(&["import", FIXTURES]);
    let index = desk.home().join("index");
    for entry in std::fs::read_dir(&index).unwrap().flatten() {
        if entry.path().is_file() {
            std::fs::write(entry.path(), b"garbage").unwrap();
        }
    }
    let found = desk.run(&["search", "nginx", "--json"]).code(0);
    assert!(!found.json()["results"].as_array().unwrap().is_empty());
    assert_eq!(found.err, "");
    std::fs::remove_dir_all(&index).unwrap();
    assert!(!desk.json(&["search", "nginx"])["results"].as_array().unwrap().is_empty());
    assert!(desk.json(&["reindex"])["indexed"].as_u64().unwrap() >= 6);
}

#[test]
fn a_title_names_services_that_postmortems_or_the_teams_runbooks_know() {
    let desk = Desk::new();
    desk.file("theirs/a.md", "---\nservices: [Checkout]\n---\n# Checkout slow\n\nThe queue was full.\n");
    desk.json(&["import", desk.path("theirs").to_str().unwrap()]);
    desk.file(
        "home/runbooks/ledger.md",
        "---\nmatch:\n  services: [ledger-db]\n---\n# Ledger\n\n## Steps\n\n- look\n",
    );
    let told = desk.json(&["declare", "checkout and ledger-db are slow, database too"]);
    assert_eq!(told["services_named"], serde_json::json!(["Checkout", "ledger-db"]), "{told:#}");
    assert_eq!(told["services"], serde_json::json!([]), "offered, not filled in");
    assert_eq!(told["runbooks"][0]["name"], "ledger");
    let said = desk.run(&["declare", "CHECKOUT is down", "--service", "ledger-db"]).code(0);
    assert!(said.err.contains("set INC-2026-0002 --service \"Checkout\""), "{said:?}");
}

#[test]
fn a_line_of_the_teams_thesaurus_that_is_not_used_is_named() {
    let desk = Desk::new();
    desk.ok(&["init"]);
    let file = desk.home().join("thesaurus.tsv");
    std::fs::write(&file, "# ours\nbilling\tbilling|invoicing\tmoney\n").unwrap();
    desk.ok(&["config", "check"]);
    std::fs::write(&file, "# ours\nbilling\tbilling\nno tab here\nempty\t\tmoney\n").unwrap();
    let checked = desk.run(&["config", "check"]).code(2);
    for named in ["thesaurus.tsv:3: has no tab", "thesaurus.tsv:4: has no synonym"] {
        assert!(checked.out.contains(named), "{}", checked.out);
    }
    assert!(!checked.out.contains("thesaurus.tsv:2"), "{}", checked.out);
    let doctor = desk.run(&["doctor"]).code(1);
    assert!(
        doctor.out.contains("WRONG thesaurus") && doctor.out.contains("thesaurus.tsv:3"),
        "{}",
        doctor.out
    );
}

#[test]
fn a_home_that_cannot_be_written_is_searched_all_the_same() {
    let desk = Desk::new();
    let file =
        desk.file("old.md", "# Registry outage\n\nThe registry ran out of inodes on the second disk.\n");
    assert_eq!(desk.json(&["import", &file])["imported"].as_array().unwrap().len(), 1);
    desk.ok(&["search", "inodes"]);
    // Where no lock can be taken no index is written: the one that is there is behind.
    let later = desk.file("new.md", "# Queue stuck\n\nThe consumer deadlocked on a poisoned message.\n");
    desk.ok(&["import", &later]);
    let names: Vec<String> = std::fs::read_dir(desk.home())
        .unwrap()
        .map(|e| e.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.contains("index") && name.contains("lock"))
        .collect();
    let [lock] = names.as_slice() else { panic!("{names:?}") };
    let lock = desk.home().join(lock);
    std::fs::remove_file(&lock).unwrap();
    std::fs::create_dir(&lock).unwrap();
    std::fs::remove_dir_all(desk.home().join("index")).unwrap();
    for (asked, id) in [("deadlocked", "new"), ("inodes", "old")] {
        let found = desk.json(&["search", asked]);
        assert!(found["results"][0]["path"].as_str().unwrap().contains(id), "{found}");
    }
    assert!(!desk.home().join("index").exists());
    desk.ok(&["similar", "--text=the consumer deadlocked"]);
}

#[test]
fn an_import_that_leaves_a_file_out_says_no() {
    let desk = Desk::new();
    let good = desk.file("good.md", "# Disk full\n\nThe disk was full.\n");
    let bad = desk.file("bad.md", [0xff_u8, 0xfe, 0x00, 0x9f, 0x92]);
    let ran = desk.run(&["import", &good, &bad]).code(1);
    assert!(ran.err.contains("bad.md") && ran.out.contains("imported 1"), "{ran:?}");
    desk.run(&["import", &good]).code(0);
}

#[test]
fn a_text_with_the_id_of_another_one_is_named_and_not_imported() {
    let desk = Desk::new();
    let id = super::journey::written(&desk, "Kafka lag");
    let text = |id: &str, what: &str| format!("---\nid: {id}\n---\n# {what}\n\nThe broker was full.\n");
    let foreign = desk.file("their/x.md", text(&id.to_lowercase(), "Another team's lag"));
    let refused = |file: &str, words: &str| {
        let ran = desk.run(&["import", file]).code(1);
        assert!(
            ran.err.contains(words) && ran.out.contains("imported 0, there already 0, not read 1"),
            "{ran:?}"
        );
    };
    refused(&foreign, "is an incident of this home");
    assert!(desk.json(&["search", "broker"])["results"].as_array().unwrap().is_empty());
    // Published, the archive has it: our own text again is there already, another one is not dropped in silence.
    let path = desk.json(&["postmortem", "publish", &id])["path"].as_str().unwrap().to_owned();
    refused(&foreign, &path);
    let own = desk.home().join("postmortems").join(&path).to_str().unwrap().to_owned();
    assert!(desk.ok(&["import", &own]).contains("there already 1"));
    // Two texts of other people with one id: the first is it.
    let desk = Desk::new();
    let first = desk.file("one/a.md", text("X-1", "Disk full"));
    let other = desk.file("two/b.md", text("X-1", "Queue full"));
    let both = desk.run(&["import", &first, &other]).code(1);
    assert!(both.err.contains("b.md: another text has the id X-1"), "{both:?}");
    assert!(desk.ok(&["import", &first]).contains("there already 1"));
    // The same holds for a text that is known by its place alone.
    let plain = |what: &str| format!("# Mail was down\n\n{what}\n");
    desk.ok(&["import", &desk.file("mail.md", plain("The queue was full."))]);
    let edited = desk.run(&["import", &desk.file("mail.md", plain("The disk was full."))]).code(1);
    assert!(edited.err.contains("another text has the id"), "{edited:?}");
}

#[test]
fn the_same_text_is_imported_once_from_wherever_and_under_whatever_name() {
    let desk = Desk::new();
    let text = "# Broker outage\n\n2024-03-01 quagga fell\n";
    desk.file("pm/2024/broker.md", text);
    desk.file("pm/copy of broker.md", text);
    let folder = |name: &str| desk.path(name).to_str().unwrap().to_owned();
    assert!(desk.ok(&["import", &folder("pm")]).contains("imported 1, there already 1, not read 0"));
    let again = desk.json(&["import", &folder("pm/2024")]);
    let results = desk.json(&["search", "quagga"])["results"].clone();
    assert_eq!(results.as_array().unwrap().len(), 1, "{results:#}");
    assert_eq!((&again["imported"], &again["skipped"][0]), (&serde_json::json!([]), &results[0]["id"]));
    // Two texts whose names differ by their extension alone: what the first import says of them, the second one does.
    desk.file("b/README.md", "# Disk full\n\nThe disk was full.\n");
    desk.file("b/README.markdown", "# Queue full\n\nThe queue was full.\n");
    assert!(desk.ok(&["import", &folder("b")]).contains("imported 2, there already 0, not read 0"));
    assert!(desk.ok(&["import", &folder("b")]).contains("imported 0, there already 2, not read 0"));
}

#[test]
fn a_runbook_that_names_the_severity_is_attached_at_declaring_and_says_why() {
    let desk = Desk::new();
    desk.ok(&["init"]);
    let runbook = |name: &str, conditions: &str| {
        let text =
            format!("---\nmatch: {{{conditions}}}\n---\n# Book {name}\n\n## First 15 minutes\n\n- Call\n");
        std::fs::write(desk.home().join("runbooks").join(format!("{name}.md")), text).unwrap();
    };
    runbook("payments-major", "severities: [P1], services: [payments]");

    let declared = desk.run(&["declare", "Card payments fail", "--severity", "P1", "--service", "payments"]);
    let id = declared.out.trim().to_owned();
    let why = "runbook payments-major attached without being asked for: severity P1, service payments";
    assert!(declared.err.contains(why), "{}", declared.err);
    let shown = desk.json(&["show", &id]);
    assert_eq!(shown["runbooks"][0]["name"], "payments-major");
    let entries = desk.timeline(&id);
    let line = entries.iter().find(|e| e["text"] == why).expect("a line says why");
    assert_eq!(line["kind"], "system");

    // One that was asked for stays alone; another severity or service attaches nothing.
    for (more, attached) in [
        (
            vec!["--severity", "P1", "--service", "payments", "--runbook", "exposed-bucket"],
            "[\"exposed-bucket\"]",
        ),
        (vec!["--severity", "P2", "--service", "payments"], "[]"),
        (vec!["--severity", "P1", "--service", "web"], "[]"),
        (vec!["--service", "payments"], "[]"),
    ] {
        let mut asked = vec!["declare", "Card payments fail"];
        asked.extend(&more);
        assert_eq!(desk.json(&asked)["attached"].to_string(), attached, "{more:?}");
    }

    // Two that claim the same one are offered first, and people choose.
    runbook("all-major", "severities: [p1]");
    let both = desk.json(&["declare", "Card payments fail", "--severity", "P1", "--service", "payments"]);
    assert_eq!(both["attached"], serde_json::json!([]));
    let offered: Vec<&str> =
        both["runbooks"].as_array().unwrap().iter().map(|r| r["name"].as_str().unwrap()).collect();
    assert_eq!(offered[..2], ["all-major", "payments-major"]);
    assert_eq!(both["runbooks"][0]["why"], "for severity P1");

    // What it names and nobody knows is a problem with its line.
    let bad = desk.file("bad.md", "---\nmatch:\n  severities: [P9]\n  kinds: [ghost]\n---\n# Bad\n");
    let checked = desk.run(&["runbook", "check", &bad]).code(1);
    assert!(checked.out.contains("bad.md:3: match: P9 is no severity"), "{}", checked.out);
    assert!(checked.out.contains("bad.md:4: ") && checked.out.contains("ghost"), "{}", checked.out);
}

#[test]
fn the_names_of_alerts_choose_the_runbook_and_are_the_first_lines() {
    let desk = Desk::new();
    let told = desk.json(&["declare", "Pager went off", "--alert", "DiskSpaceLow"]);
    assert_eq!(told["runbooks"][0]["name"], "database-full-or-degraded", "{told:#}");
    let lines = desk.json(&["timeline", "1"]);
    let lines = lines["entries"].as_array().unwrap();
    assert!(lines.iter().any(|line| line["kind"] == "alert" && line["text"] == "DiskSpaceLow"), "{lines:#?}");
}

#[test]
fn an_imported_text_without_an_id_is_shown_by_the_end_of_its_place() {
    let desk = Desk::new();
    let folder = desk.path("others");
    desk.file("others/2021/x/kafka.md", "# Kafka down\n\nThe disk of a broker was full.\n");
    let report = desk.json(&["import", folder.to_str().unwrap()]);
    let id = report["imported"][0].as_str().unwrap().to_owned();
    let shown = desk.json(&["show", "2021-X-kafka"]);
    assert_eq!(shown["id"], id.as_str(), "{shown:#}");
    assert_eq!(shown, desk.json(&["show", &id]));
    assert!(desk.ok(&["show", "kafka"]).contains("The disk of a broker was full."));
    for other in ["afka", "INC-2026-0001", "2021", ""] {
        assert_eq!(desk.run(&["show", other]).code, 3, "{other}");
    }
    std::fs::remove_dir_all(desk.home().join("index")).unwrap();
    desk.ok(&["reindex"]);
    assert_eq!(desk.json(&["search", "broker disk"])["results"][0]["id"], id.as_str());

    desk.file("others/2022/y/kafka.md", "# Kafka down again\n\nThe disk of a broker was full.\n");
    desk.ok(&["import", folder.to_str().unwrap()]);
    desk.run(&["show", "kafka"]).refuses(3, "2 postmortems have an id that ends in kafka");
    desk.ok(&["show", "x-kafka"]);
}

#[test]
fn an_import_warns_of_a_day_that_is_yet_to_come() {
    let desk = Desk::new();
    desk.file("theirs/a.md", "---\nid: X-1\ndate: 2027-05-01\n---\n# Queue full\n\nThe queue was full.\n");
    desk.file(
        "theirs/b.md",
        "---\nid: X-2\n---\n# Queue full\n\nThe queue was full.\n\nNext review: 2026-05-01\n",
    );
    let report = desk.json(&["import", desk.path("theirs").to_str().unwrap()]);
    let warnings = report["warnings"].as_array().unwrap();
    assert_eq!(warnings.len(), 1, "{warnings:?}");
    assert!(
        warnings[0]
            .as_str()
            .unwrap()
            .ends_with("a.md: it says that it was on 2027-05-01, which is yet to come")
    );
    let found = desk.json(&["search", "queue"]);
    let undated = found["results"].as_array().unwrap().iter().filter(|hit| hit["date"].is_null());
    assert_eq!(undated.count(), 1);
}

#[test]
fn a_service_is_called_as_most_postmortems_call_it() {
    let desk = Desk::new();
    for (number, service) in ["Payments", "payments", "payments", "Orders", "orders"].iter().enumerate() {
        let text = format!("---\nservices: [{service}]\n---\n# Queue {number} full\n\nIt was full.\n");
        desk.ok(&["import", &desk.file(&format!("{number}.md"), &text)]);
    }
    let names = |desk: &Desk| {
        let facets = desk.json(&["search", "queue"])["facets"]["service"].clone();
        let facets = facets.as_array().unwrap().iter();
        let facets: Vec<String> = facets.map(|f| f["value"].as_str().unwrap().to_owned()).collect();
        let named = desk.json(&["declare", "orders and payments are late"])["services_named"].clone();
        (facets, named)
    };
    let told = names(&desk);
    // Of two that are as common, the one that is sorted first.
    assert_eq!(
        told,
        (vec!["payments".to_owned(), "Orders".to_owned()], serde_json::json!(["Orders", "payments"]))
    );
    desk.ok(&["reindex"]);
    assert_eq!(names(&desk), told);
}

/// The disk with archive and index was lost, and the log knows what was published.
#[test]
fn who_looks_into_an_archive_that_only_the_log_knows_makes_nothing_in_its_place() {
    let (desk, _, _) = super::archived::published();
    let home = desk.home();
    let (archive, aside, index) = (home.join("postmortems"), desk.path("aside"), home.join("index"));
    std::fs::rename(&archive, &aside).unwrap();
    std::fs::remove_dir_all(&index).unwrap();
    let other = desk.file("other.md", "# Certificate expired\n\nThe certificate had expired.\n");
    let lost = "had postmortems and has no commit any more, so ";
    for question in [
        &["search", "certificate"][..],
        &["search", "zzzqqq", "--json"],
        &["similar", "--text", "certificate"],
        &["patterns"],
        &["import", &other],
        &["postmortem", "publish", "1", "--waive", "later"],
    ] {
        for _ in 0..2 {
            desk.run(question).refuses(4, lost);
            assert!(!archive.join(".git").exists() && !index.join("meta.json").exists(), "{question:?}");
        }
    }
    desk.run(&["show", "1"]).code(0);
    desk.run(&["show", "no-such-one"]).code(3);
    desk.run(&["verify"]).code(0);
    let doctor = desk.run(&["doctor"]).code(1).out;
    assert!(doctor.contains("WRONG archive ") && doctor.contains("; published was "), "{doctor}");
    assert!(!archive.join(".git").exists());
    // An empty repository that something else made says no more.
    git2::Repository::init(&archive).unwrap();
    desk.run(&["search", "certificate"]).refuses(4, lost);
    desk.run(&["import", &other]).refuses(4, lost);
    std::fs::remove_dir_all(&archive).unwrap();

    git2::Repository::clone(aside.to_str().unwrap(), &archive).unwrap();
    assert_eq!(desk.json(&["search", "certificate"])["results"].as_array().unwrap().len(), 1);
    // Who begins anew says so.
    std::fs::remove_dir_all(&archive).unwrap();
    std::fs::remove_dir_all(&index).unwrap();
    desk.ok(&["reindex"]);
    desk.run(&["search", "certificate"]).code(0);
    desk.ok(&["import", &other]);
    assert_eq!(desk.json(&["search", "certificate"])["results"].as_array().unwrap().len(), 1);
}

/// The word finds both: the one that says it, and the one whose service it is.
#[test]
fn what_may_not_be_there_is_left_out_as_service_tag_and_id_too() {
    let desk = Desk::new();
    let texts = [
        ("said", "---\nid: said\n---\n# Mail late\n\nThe payments were late.\n"),
        (
            "touched",
            "---\nid: INC-2026-0026\nservices: [payments]\ntags: [dns]\n---\n# Zone empty\n\nNo name.\n",
        ),
        ("other", "---\nid: other\n---\n# Disk full\n\nNo space was left.\n"),
    ];
    for (name, text) in texts {
        desk.ok(&["import", &desk.file(&format!("{name}.md"), text)]);
    }
    let found = |query: &str| -> Vec<String> {
        let answer = desk.json(&["search", query]);
        assert_eq!(answer["notes"].as_array().unwrap().len(), 0, "{answer:#}");
        let mut ids: Vec<String> = answer["results"]
            .as_array()
            .unwrap()
            .iter()
            .map(|r| r["id"].as_str().unwrap().to_owned())
            .collect();
        ids.sort();
        ids
    };
    assert_eq!(found("payments"), ["INC-2026-0026", "said"]);
    assert_eq!(found("-payments"), ["other"]);
    assert_eq!(found("-dns"), ["other", "said"]);
    assert_eq!(found("-INC-2026-0026 -disk"), ["said"]);
}

#[test]
fn a_backup_beside_a_lost_archive_keeps_the_rest_and_makes_none_in_its_place() {
    let (desk, ..) = super::archived::published();
    let archive = desk.home().join("postmortems");
    std::fs::remove_dir_all(&archive).unwrap();
    for (nth, index) in [true, false].into_iter().enumerate() {
        if !index {
            std::fs::remove_dir_all(desk.home().join("index")).unwrap();
        }
        let to = desk.path(&format!("copy{nth}"));
        let ran = desk.run(&["backup", to.to_str().unwrap()]).code(0);
        let told = format!("{}{}", ran.out, ran.err);
        assert!(told.contains("no commit any more, so this backup has none"), "{told}");
        assert!(to.join("warroom.db").is_file() && !to.join("postmortems").exists());
        assert!(!archive.exists());
    }
}

#[test]
fn a_draft_of_what_was_published_is_not_made_of_the_log_where_the_archive_is_lost() {
    let (desk, _, draft) = super::archived::published();
    let (archive, aside) = (desk.home().join("postmortems"), desk.path("aside"));
    std::fs::rename(&archive, &aside).unwrap();
    for index in [true, false] {
        if !index {
            std::fs::remove_dir_all(desk.home().join("index")).unwrap();
        }
        // One that is there is written on.
        let text = std::fs::read_to_string(&draft).unwrap();
        assert!(desk.run(&["postmortem", "draft", "1"]).code(0).err.contains("was there already"));
        std::fs::remove_file(&draft).unwrap();
        desk.run(&["postmortem", "draft", "1"]).refuses(4, "so no draft was made");
        assert!(!draft.exists() && !archive.join(".git").exists());
        std::fs::write(&draft, text).unwrap();
    }
    // What was not published yet is in the log as a whole.
    let other = desk.declare("Disk is full");
    desk.ok(&["resolve", &other]);
    desk.ok(&["postmortem", "draft", &other]);
    assert!(!archive.join(".git").exists());
}
