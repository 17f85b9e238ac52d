//! What the boards show, for scripts: stories with what is overdue, runbooks with their history, owed updates.

use super::Desk;

fn list<'a>(document: &'a serde_json::Value, name: &str) -> Vec<&'a serde_json::Value> {
    document[name].as_array().unwrap().iter().collect()
}

#[test]
fn stories_are_listed_by_what_is_due_and_a_report_is_fit_for_cron() {
    let mut desk = Desk::new();
    assert_eq!(
        desk.ok(&["story", "list", "--remind", "--fail-if-overdue"]),
        "",
        "nothing is owed, nothing is said"
    );
    let id = desk.declare("Signing key leaked");
    for (title, owner, due, kind) in [
        ("Scan build logs", "bob", "2026-11-18", "detective"),
        ("Rotate keys", "carol", "2026-11-24", "preventive"),
        ("Train on call", "bob", "2027-02-01", "process"),
    ] {
        desk.ok(&[
            "story",
            "add",
            &id,
            title,
            "--owner",
            owner,
            "--due",
            due,
            "--kind",
            kind,
            "--severity",
            "P2",
        ]);
    }
    let titles = |arguments: &[&str]| -> Vec<String> {
        let document = desk.json(arguments);
        list(&document, "stories").iter().map(|s| s["title"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(titles(&["story", "list", "--due-within", "7d"]), ["Scan build logs", "Rotate keys"]);
    assert_eq!(titles(&["story", "list", "--kind", "process"]), ["Train on call"]);
    assert_eq!(titles(&["story", "list", "--severity", "p2", "--owner", "bob"]).len(), 2);
    assert_eq!(titles(&["story", "list", "--severity", "P1"]).len(), 0);
    let overdue = desk.json(&["story", "list", "--overdue"]);
    assert_eq!((&overdue["stories"][0]["overdue_days"], &overdue["overdue"]), (&2.into(), &1.into()));
    desk.run(&["story", "list", "--due-within", "soon"]).refuses(2, "write 7d or 2w");
    // Exit code and report.
    desk.run(&["story", "list", "--owner", "carol", "--fail-if-overdue"]).code(0);
    let config = desk.home().join("warroom.toml");
    std::fs::write(&config, "[stories]\nremind-before = \"2d\"\nmanager = \"dana\"\n").unwrap();
    let report = desk.run(&["story", "list", "--remind", "--fail-if-overdue"]).code(1);
    assert!(report.out.starts_with("1 overdue, named to @dana; 0 due soon\n@bob\n  over 2d"), "{report:?}");
    assert_eq!(desk.json(&["story", "list", "--remind"])["manager"], "dana");
    desk.set("WARROOM_NOW", "2026-11-23T09:00:00Z");
    assert!(desk.ok(&["story", "list", "--remind"]).contains("@carol\n  in 1d"));
    // Nobody takes one: after the team's days it is the first, and said.
    std::fs::write(&config, "[stories]\nassign-within = \"2d\"\n").unwrap();
    desk.ok(&["story", "add", "1", "Watch the registry", "--due", "2027-03-01"]);
    let names = |desk: &Desk| -> Vec<String> {
        let listed = desk.json(&["story", "list"]);
        list(&listed, "stories").iter().map(|s| s["title"].as_str().unwrap().to_owned()).collect()
    };
    assert_ne!(names(&desk)[0], "Watch the registry");
    desk.set("WARROOM_NOW", "2026-11-26T09:00:00Z");
    assert_eq!(names(&desk)[0], "Watch the registry");
    assert!(desk.ok(&["story", "list"]).lines().next().unwrap().contains("NOBODY took it by 2026-11-25"));
    let listed = desk.json(&["story", "list"]);
    assert_eq!(
        (&listed["unassigned_overdue"], &listed["stories"][0]["assign_by"]),
        (&1.into(), &"2026-11-25".into())
    );
    assert!(
        desk.run(&["story", "list", "--remind", "--fail-if-overdue"])
            .code(1)
            .out
            .contains("1 without an owner")
    );
    assert_eq!(desk.json(&["stats"])["stories"]["unassigned_overdue"], 1);
    desk.ok(&["story", "set", "INC-2026-0001/S4", "--owner", "erin"]);
    assert_eq!(desk.json(&["story", "list"])["unassigned_overdue"], 0);
    std::fs::write(&config, "[stories]\nassign-within = \"none\"\n").unwrap();
    desk.ok(&["config", "check"]);
    std::fs::write(&config, "[stories]\nremind-before = \"1h\"\n").unwrap();
    assert!(desk.run(&["config", "check"]).code(2).out.contains("less than a day"));
}

#[test]
fn runbooks_tell_their_age_and_who_used_them() {
    let mut desk = Desk::new();
    let before = desk.json(&["runbook", "list"]);
    assert!(list(&before, "runbooks").iter().all(|r| r["origin"] == "shipped" && r["stale"] == true));
    let declare = ["declare", "Key drill", "--kind", "drill", "--runbook", "signing-key-compromised"];
    let declared = desk.run(&declare).code(0);
    assert!(
        declared.err.contains("runbook signing-key-compromised is attached: never tested"),
        "{declared:?}"
    );
    let drill = declared.out.trim();
    desk.ok(&["step", drill, "tick", "1"]);
    let id = desk.declare("Signing key leaked");
    let attached = desk.run(&["runbook", "attach", &id, "leaked-ci-token"]).code(0);
    assert!(attached.err.contains("leaked-ci-token: never tested"), "{attached:?}");
    let offered = desk.run(&["declare", "Signing key compromised"]).code(0).err;
    assert!(offered.contains("; tested today)") && offered.contains("; never tested)"), "{offered}");
    let listed = desk.ok(&["runbook", "list"]);
    assert!(listed.contains("(tested today; owner: Security lead"), "{listed}");
    desk.run(&["runbook", "attach", &id, "signing-key-compromised"]).code(0);
    desk.file(
        "home/runbooks/tape-robot.md",
        "---\nlast_reviewed: 2026-11-10\nlast_tested: soon\n---\n# Tape robot\n\n- Open the door\n",
    );
    let runbooks = desk.json(&["runbook", "list"]);
    let of =
        |name: &str| list(&runbooks, "runbooks").into_iter().find(|r| r["name"] == name).unwrap().clone();
    let tested = of("signing-key-compromised");
    assert_eq!(
        (&tested["last_tested"], &tested["staleness"]),
        (&"2026-11-20".into(), &"tested today".into())
    );
    assert_eq!(list(&tested, "used_by").len(), 2);
    assert_eq!(of("leaked-ci-token")["used_by"][0]["incident"], id.as_str());
    let own = of("tape-robot");
    assert_eq!((&own["origin"], &own["staleness"]), (&"own".into(), &"reviewed 10d ago".into()));
    assert_eq!(own["problem_lines"][0]["line"], 3, "{own:#}");
    let told = desk.ok(&["runbook", "list"]);
    assert!(told.contains("(reviewed 10d ago, own, 1 problem)"), "{told}");
    // A drill of long ago is no test any more.
    desk.set("WARROOM_NOW", "2027-08-01T09:00:00Z");
    let later = desk.json(&["runbook", "list"]);
    let old = list(&later, "runbooks")
        .into_iter()
        .find(|r| r["name"] == "signing-key-compromised")
        .unwrap()
        .clone();
    assert_eq!((&old["stale"], &old["staleness"]), (&true.into(), &"tested 254d ago".into()));
}

#[test]
fn updates_are_owed_by_open_incidents_and_what_is_over_comes_first() {
    let mut desk = Desk::new();
    assert_eq!(desk.ok(&["updates"]), "");
    let first = desk.declare("Web is down");
    let second =
        desk.json(&["declare", "Signing key leaked", "--severity", "P1", "--commander", "carol"])["id"]
            .as_str()
            .unwrap()
            .to_owned();
    desk.set("WARROOM_NOW", "2026-11-20T14:10:00Z");
    desk.ok(&["update", &first, "internal", "we are on it"]);
    desk.run(&["updates", "--fail-if-over"]).code(0);
    desk.set("WARROOM_NOW", "2026-11-20T14:35:00Z");
    let owed = desk.json(&["updates"]);
    let owed = list(&owed, "updates");
    assert_eq!(owed[0]["incident"], second.as_str(), "{owed:#?}");
    assert_eq!(
        (&owed[0]["over"], &owed[0]["last_sent_at"], &owed[0]["by"]),
        (&true.into(), &serde_json::Value::Null, &"carol".into())
    );
    assert_eq!((&owed[1]["last_sent_by"], &owed[1]["over"]), (&"alice".into(), &false.into()));
    let over = desk.run(&["updates", "--over", "--fail-if-over"]).code(1);
    assert!(
        over.out.contains("over") && over.out.contains("none sent") && !over.out.contains(&first),
        "{over:?}"
    );
    desk.ok(&["resolve", &second]);
    assert_eq!(list(&desk.json(&["updates"]), "updates").len(), 1, "a resolved incident owes none");
}

#[test]
fn a_search_counts_what_its_answers_have_in_common() {
    let desk = Desk::new();
    for (id, severity, service, date) in [
        ("a", "P1", "payments", "2025-03-01"),
        ("b", "P2", "payments", "2026-03-01"),
        ("c", "P1", "build", "2026-05-01"),
    ] {
        let text = format!(
            "---\nid: {id}\ntitle: Token leaked {id}\nseverity: {severity}\nservices: [{service}]\ndate: {date}\n---\n# Token leaked {id}\n\nA token was in a log.\n"
        );
        desk.file(&format!("theirs/{id}.md"), text);
    }
    desk.json(&["import", desk.path("theirs").to_str().unwrap()]);
    let found = desk.json(&["search", "token"]);
    assert_eq!(found["facets"]["severity"][0], serde_json::json!({ "value": "P1", "count": 2 }), "{found:#}");
    assert_eq!(found["facets"]["year"][0], serde_json::json!({ "value": "2026", "count": 2 }));
    let narrowed = desk.json(&["search", "token", "--year", "2026", "--severity", "P1"]);
    assert_eq!(narrowed["results"].as_array().unwrap().len(), 1);
    assert_eq!(narrowed["results"][0]["id"], "c");
    assert_eq!(narrowed["facets"]["severity"].as_array().unwrap().len(), 2, "what else there is");
    // A value that nobody has is told; one that nobody can have is a slip.
    let none = desk.run(&["search", "token", "--service", "nope"]).code(0);
    assert!(none.err.contains("service nope: no postmortem has it"), "{none:?}");
    let slip = desk.run(&["search", "token", "--severity", "P9"]).code(2);
    assert!(slip.err.contains("\"P9\" is not a severity of profile"), "{slip:?}");
    assert!(slip.err.contains("no postmortem has it"), "{slip:?}");
    assert!(
        desk.run(&["search", "token", "--severity", "P4"]).code(0).err.contains("severity P4: no postmortem")
    );
    // Where nobody sees the counts beside the answers nothing is counted.
    let told = desk.run(&["search", "token"]).code(0);
    assert!(told.out.contains("Token leaked c") && !told.err.contains("payments"), "{told:?}");
    assert!(desk.json(&["similar", "--text", "token"]).get("facets").is_none());
}

#[test]
fn people_see_the_counts_beside_the_answers() {
    let world = crate::screen::World::new();
    std::fs::create_dir(world.path("theirs")).unwrap();
    for (id, service) in [("a", "payments"), ("b", "payments"), ("c", "build")] {
        let text =
            format!("---\nid: {id}\ntitle: Token leaked {id}\nservices: [{service}]\n---\n# Token leaked\n");
        std::fs::write(world.path(&format!("theirs/{id}.md")), text).unwrap();
    }
    world.done(&["import", world.path("theirs").to_str().unwrap()]);
    let mut seen = world.screen(&["search", "token"], 120, 40);
    seen.until("service: payments 2 · build 1");
    assert_eq!(seen.end(), 0);
}

#[test]
fn new_shipped_runbooks_reach_a_home_and_deleted_ones_stay_away() {
    let desk = Desk::new();
    desk.declare("Web is down");
    let folder = desk.home().join("runbooks");
    let names = || -> Vec<String> {
        let document = desk.json(&["runbook", "list"]);
        list(&document, "runbooks").iter().map(|r| r["name"].as_str().unwrap().to_owned()).collect()
    };
    let all = names();
    // A home that was made before a runbook was shipped: neither the file nor its line in the list is there.
    let listed = std::fs::read_to_string(folder.join(".shipped")).unwrap();
    assert_eq!(listed.lines().count(), all.len());
    let before: String =
        listed.lines().filter(|l| !l.contains("exposed-bucket")).map(|l| format!("{l}\n")).collect();
    std::fs::write(folder.join(".shipped"), before).unwrap();
    std::fs::remove_file(folder.join("exposed-bucket.md")).unwrap();
    // One that the team deleted, and one that it changed.
    std::fs::remove_file(folder.join("third-party-outage.md")).unwrap();
    std::fs::write(folder.join("malicious-image.md"), "# Ours\n\n- Act\n").unwrap();
    let now = names();
    assert!(now.contains(&"exposed-bucket".into()), "a new one is there without a file");
    assert!(!now.contains(&"third-party-outage".into()), "a deleted one stays away");
    let report = desk.json(&["runbook", "update"]);
    assert_eq!(
        report,
        serde_json::json!({
            "written": ["exposed-bucket"], "replaced": [],
            "kept": ["malicious-image"], "deleted": ["third-party-outage"],
        })
    );
    assert!(folder.join("exposed-bucket.md").exists() && !folder.join("third-party-outage.md").exists());
    assert!(std::fs::read_to_string(folder.join("malicious-image.md")).unwrap().starts_with("# Ours"));
    // A copy of an older program that nobody changed is replaced.
    let old = "# Old words\n";
    std::fs::write(folder.join("leaked-ci-token.md"), old).unwrap();
    let listed = std::fs::read_to_string(folder.join(".shipped")).unwrap();
    let digest = warroom::domain::log::digest(old.as_bytes());
    let listed: String = listed
        .lines()
        .map(|l| {
            if l.ends_with("leaked-ci-token.md") {
                format!("{digest}  leaked-ci-token.md\n")
            } else {
                format!("{l}\n")
            }
        })
        .collect();
    std::fs::write(folder.join(".shipped"), listed).unwrap();
    assert_eq!(desk.json(&["runbook", "update"])["replaced"], serde_json::json!(["leaked-ci-token"]));
    assert!(desk.ok(&["runbook", "update"]).contains("yours is kept: malicious-image"));
}

#[test]
fn a_link_between_incidents_is_told_by_both() {
    let desk = Desk::new();
    let (first, second, third) =
        (desk.declare("Web is down"), desk.declare("Shop is slow"), desk.declare("Web again"));
    desk.ok(&["link", &second, "related", &first]);
    desk.ok(&["set", &third, "--disposition", &format!("duplicate-of {first}"), "--reason", "same alert"]);
    desk.ok(&["link", &first, "channel", "https://chat.example/1"]);
    let linked = |id: &str| -> Vec<String> {
        let document = desk.json(&["show", id]);
        list(&document, "linked")
            .iter()
            .map(|l| format!("{} {}", l["relation"].as_str().unwrap(), l["incident"].as_str().unwrap()))
            .collect()
    };
    assert_eq!(linked(&second), [format!("related {first}")]);
    assert_eq!(linked(&third), [format!("duplicate {first}")]);
    assert_eq!(linked(&first), [format!("related {second}"), format!("duplicate {third}")]);
    for (id, other) in [(&first, &second), (&first, &third), (&second, &first), (&third, &first)] {
        let brief = desk.ok(&["brief", id]);
        assert!(brief.contains(other.as_str()), "{id} does not name {other}: {brief}");
    }
    assert_eq!(desk.json(&["show", &first])["links"].as_array().unwrap().len(), 1);
    let before = desk.timeline(&first).len();
    desk.ok(&["link", &third, "related", &first]);
    assert_eq!(desk.timeline(&first).len(), before, "what is told already is not told again");
    assert!(desk.ok(&["show", &first]).contains(&format!("related: {second} Shop is slow")));
    // Taken away again it is told by neither, and back by both; what the disposition says is not a link alone.
    desk.ok(&["link", &second, "--remove", "1"]);
    assert!(linked(&second).is_empty());
    assert!(!linked(&first).contains(&format!("related {second}")));
    desk.ok(&["undo", &second, "--yes"]);
    assert!(linked(&first).contains(&format!("related {second}")));
    desk.run(&["link", &third, "--remove", &first]).refuses(1, "merge");
    desk.run(&["link", &first, "--remove", &third]).refuses(1, "merge");
}

#[test]
fn a_link_names_what_is_there_and_not_the_incident_itself() {
    let desk = Desk::new();
    let id = desk.declare("Web is down");
    let before = desk.timeline(&id).len();
    desk.run(&["link", &id, "recurrence", "1"]).refuses(2, "itself");
    for absent in ["99", "INC-2025-0001", "nope"] {
        desk.run(&["link", &id, "duplicate", absent]).refuses(3, absent);
        desk.run(&["log", &id, &format!(":link related {absent}")]).refuses(3, absent);
    }
    desk.run(&["log", &id, ":disposition duplicate-of INC-2026-0099 seen twice"]).refuses(3, "INC-2026-0099");
    assert_eq!(desk.timeline(&id).len(), before, "nothing was stored");
    // A postmortem of the archive is there, though it has no log.
    let past = desk.file("past/2025-03-04-web.md", "# Web was down\n\nThe certificate had run out.\n");
    let past = desk.json(&["import", &past])["imported"][0].as_str().unwrap().to_owned();
    desk.ok(&["link", &id, "recurrence", &past]);
    desk.ok(&["link", &id, "--remove", &past]);
    let related = || list(&desk.json(&["show", &id]), "related").len();
    assert_eq!(related(), 0);
    // So is one with a number, of another home: what is merged is told without it.
    let past = desk.file("past/x.md", "---\nid: INC-2026-0099\n---\n# Web was slow\n\nThe cache was cold.\n");
    desk.ok(&["import", &past]);
    desk.ok(&["link", &id, "duplicate", "99"]);
    desk.ok(&["timeline", &id, "--merged"]);
    desk.ok(&["link", &id, "--remove", "duplicate"]);
    assert_eq!(related(), 0);
}

#[test]
fn links_are_listed_with_the_incidents_that_belong_to_it() {
    let desk = Desk::new();
    let (first, second) = (desk.declare("Web is down"), desk.declare("Web is down again"));
    assert!(desk.ok(&["link", &second]).contains("None yet"));
    desk.ok(&["link", &second, "recurrence", "1"]);
    desk.ok(&["link", &second, "bridge", "https://meet.example.org/42"]);
    let text = desk.ok(&["link", &second]);
    assert!(text.contains(&format!("recurrence  {first}")) && !text.contains("None yet"), "{text}");
    let related = serde_json::json!([{ "incident": first, "relation": "recurrence" }]);
    for words in [&["link", &second][..], &["board", &second, "links"], &["board", &second]] {
        let listed = desk.json(words);
        assert_eq!((&listed["related"], list(&listed, "links").len()), (&related, 1), "{listed:#}");
    }
    assert!(desk.ok(&["link", &first]).contains(&format!("recurred  {second}")));
    // One of the archive is told with its title, as one of the home is.
    let past = desk.file("past/2025-03-04-web.md", "# The web was down\n\nThe certificate had run out.\n");
    let past = desk.json(&["import", &past])["imported"][0].as_str().unwrap().to_owned();
    desk.ok(&["link", &second, "related", &past]);
    let shown = desk.ok(&["show", &second]);
    assert!(shown.contains(&format!("\n  related: {past} The web was down")), "{shown}");
    assert!(shown.contains(&format!("\n  recurrence: {first} Web is down")), "{shown}");
}

#[test]
fn what_began_later_is_not_called_the_failure_that_came_back() {
    let desk = Desk::new();
    let (first, second) = (desk.declare("Web is down"), desk.declare("Web is down again"));
    let way_round = format!("warroom link {second} recurrence {first}");
    desk.run(&["link", &first, "recurrence", &second]).refuses(2, &way_round);
    desk.run(&["log", &first, ":link recurrence 2"]).refuses(2, &way_round);
    assert_eq!(desk.json(&["stats"])["recurrences"], 0);
    desk.ok(&["link", &second, "recurrence", &first]);
    // What is written down later may have begun before, and says so by its times.
    let older = desk.declare("Web was down last week");
    desk.ok(&["milestone", &older, "started", "--at", "2026-11-13T10:00:00Z"]);
    desk.ok(&["link", &first, "recurrence", &older]);
    desk.run(&["link", &older, "recurrence", &second]).refuses(2, "began after");
}

#[test]
fn a_story_shipped_on_the_wrong_row_is_reopened() {
    let desk = Desk::new();
    let id = desk.declare("Disk full");
    desk.ok(&["story", "add", &id, "Sign in the KMS only"]);
    let story = format!("{id}/S1");
    desk.run(&["story", "reopen", &story, "--reason", "why not"])
        .refuses(1, "is filed; only a story that is shipped or dropped");
    desk.ok(&["story", "start", &story]);
    desk.ok(&["story", "ship", &story, "--link", "https://git.example/1"]);
    desk.run(&["story", "reopen", &story, "--reason", ""]).code(2);
    let told = desk.json(&["story", "reopen", &story, "--reason", "the other row"]);
    assert_eq!((&told["state"], &told["link"]), (&"started".into(), &"".into()), "{told:#}");
    desk.ok(&["story", "drop", &story, "--reason", "gone"]);
    desk.ok(&["undo", &id, "--yes"]);
    assert_eq!(desk.json(&["story", "list"])["stories"][0]["state"], "started");
    // The same person said twice is one.
    let asked = desk.json(&["ask", &id, "look 3m @bob", "--to", "Bob"]);
    assert!(asked.is_object(), "{asked:#}");
    // Of what is published, a tick that does not hold is named.
    desk.ok(&["story", "ship", &story, "--link", "https://git.example/1"]);
    desk.ok(&["resolve", &id]);
    desk.ok(&["postmortem", "draft", &id]);
    desk.ok(&["postmortem", "publish", &id, "--waive", "a test"]);
    let reopened = desk.run(&["story", "reopen", &story, "--reason", "did not hold"]).code(0);
    assert!(reopened.err.contains("publish again"), "{reopened:?}");
}

#[test]
fn a_script_learns_what_home_says_of_postmortems_and_stories_that_are_owed() {
    let desk = Desk::new();
    let id = desk.declare("Disk full");
    let row = |desk: &Desk| desk.json(&["list", "--all"])["incidents"][0].clone();
    assert_eq!(
        (&row(&desk)["postmortem_due"], &row(&desk)["stories_overdue"]),
        (&serde_json::Value::Null, &0.into())
    );
    desk.ok(&["resolve", &id]);
    for due in ["2020-01-01", "2020-02-01", "2199-01-01"] {
        desk.ok(&["story", "add", &id, "Sign in the KMS only", "--due", due]);
    }
    let owed = row(&desk);
    assert!(owed["postmortem_due"].as_str().is_some_and(|day| day.len() == "2026-12-04".len()), "{owed:#}");
    assert_eq!((&owed["stories_overdue"], &owed["unshipped"]), (&2.into(), &3.into()));
    desk.ok(&["close", &id, "--waive", "a test of the tool"]);
    let closed = row(&desk);
    assert_eq!(
        (&closed["postmortem_due"], &closed["stories_overdue"]),
        (&serde_json::Value::Null, &2.into())
    );
}

#[test]
fn stories_without_an_owner_are_listed_by_the_word_that_takes_one_away() {
    let desk = Desk::new();
    desk.declare("Disk full");
    desk.ok(&["story", "add", "1", "Rotate logs", "--owner", "bob"]);
    desk.ok(&["story", "add", "1", "Alert on full disks", "--owner", "carol"]);
    desk.ok(&["story", "set", "INC-2026-0001/S2", "--owner", "-"]);
    let titles = |owner: &str| -> Vec<String> {
        let document = desk.json(&["story", "list", "--owner", owner]);
        list(&document, "stories").iter().map(|s| s["title"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(titles("-"), ["Alert on full disks"]);
    assert_eq!((titles("@Bob"), titles("carol").len()), (vec!["Rotate logs".to_owned()], 0));
}
