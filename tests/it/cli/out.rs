//! What leaves and what is kept: the demo, exports, figures, backups, tables in and out.

use serde_json::Value;

use super::{Desk, texts};

/// A demo in a folder that stays, and the desk whose home it is.
fn demo() -> (Desk, Value) {
    let mut desk = Desk::new();
    let home = desk.path("demo");
    let seeded = desk.json(&["--home", home.to_str().unwrap(), "demo"]);
    desk.set("WARROOM_HOME", home.to_str().unwrap());
    (desk, seeded)
}

#[test]
fn the_demo_has_something_to_show_on_every_screen() {
    let (desk, seeded) = demo();
    assert_eq!(seeded["home"], desk.path("demo").to_str().unwrap());

    let all = desk.json(&["list", "--all"]);
    let all = all["incidents"].as_array().unwrap();
    let of_state = |state: &str| all.iter().filter(|i| i["state"] == state).collect::<Vec<_>>();
    assert_eq!((of_state("open").len(), of_state("resolved").len()), (1, 1));
    assert!(of_state("closed").len() >= 12);
    let drill = of_state("open")[0];
    assert_eq!((drill["kind"].as_str(), drill["severity"].as_str()), (Some("drill"), Some("P1")));
    let owed = desk.run(&["close", of_state("resolved")[0]["id"].as_str().unwrap()]).code(1);
    assert!(owed.out.contains("postmortem") || owed.err.contains("postmortem"), "{} {}", owed.out, owed.err);

    let entries = desk.timeline(".");
    for kind in ["note", "alert", "decision", "hypothesis", "ask", "update", "system"] {
        assert!(entries.iter().any(|e| e["kind"] == kind), "no {kind}");
    }
    assert!(entries.iter().filter(|e| e["kind"] != "system").count() >= 20);
    assert!(entries.iter().filter(|e| e["late_ms"].is_i64() && e["kind"] != "system").count() >= 3);
    assert!(entries.iter().any(|e| !e["struck"].is_null()));
    let recorded: Vec<&str> = entries.iter().map(|e| e["recorded_at"].as_str().unwrap()).collect();
    assert!(recorded.iter().all(|at| *at <= super::NOW), "nothing is recorded after now");

    let brief = desk.ok(&["brief", "."]);
    for part in [
        "required and unfilled: legal",
        "to be checked",
        "Ruled out\n",
        "@bob list every build",
        "carol: Block",
    ] {
        assert!(brief.contains(part), "no {part:?} in\n{brief}");
    }
    assert!(!brief.contains("over !"), "nothing has run out:\n{brief}");

    // People can be called, indicators and scope are told, updates went out.
    let people = desk.json(&["people", "list"])["people"].as_array().unwrap().clone();
    for who in ["alice", "bob", "carol", "dana", "erin", "frank"] {
        let known = people.iter().find(|p| p["handle"] == who).unwrap_or_else(|| panic!("no {who}"));
        assert!(known["phone"].as_str().is_some_and(|phone| !phone.is_empty()), "{known}");
    }
    let json: Value = serde_json::from_str(&desk.ok(&["export", ".", "--format", "json"])).unwrap();
    assert!(json["iocs"].as_array().unwrap().len() >= 3, "{}", json["iocs"]);
    let scope: Vec<&str> =
        json["scope"].as_array().unwrap().iter().filter_map(|s| s["state"].as_str()).collect();
    for state in ["affected", "suspected", "clean", "fixed"] {
        assert!(scope.contains(&state), "no {state} in {scope:?}");
    }
    let resolved = of_state("resolved")[0]["id"].as_str().unwrap();
    let other: Value = serde_json::from_str(&desk.ok(&["export", resolved, "--format", "json"])).unwrap();
    let updates = [&json, &other].into_iter().flat_map(|j| j["updates"].as_array().unwrap().clone());
    let updates: Vec<(String, String)> = updates
        .map(|u| (u["audience"].as_str().unwrap().to_owned(), u["state"].as_str().unwrap().to_owned()))
        .collect();
    for (audience, state) in
        [("internal", "sent"), ("customers", "sent"), ("public", "sent"), ("customers", "approved")]
    {
        assert!(updates.contains(&(audience.into(), state.into())), "no {audience} {state} in {updates:?}");
    }

    // What is kept as evidence is there, and past incidents followed runbooks.
    desk.run(&["evidence", "verify", "."]).code(0);
    let books = desk.json(&["runbook", "list"]);
    let books = books["runbooks"].as_array().unwrap();
    let used = books.iter().filter(|b| b["used_by"].as_array().is_some_and(|uses| !uses.is_empty())).count();
    assert!(used >= 6, "{used} of {}", books.len());

    // The alarm names what was never shipped.
    let similar = desk.json(&["similar", "."]);
    let first = &similar["results"][0];
    assert_eq!(first["id"], "INC-2026-0031");
    assert!(!first["unshipped"].as_array().unwrap().is_empty());
    assert_eq!(desk.json(&["verify"])["ok"], true);
}

#[test]
fn a_demo_makes_no_home_over_another_and_keeps_what_nobody_can_leave() {
    let desk = Desk::new();
    desk.ok(&["init"]);
    let home = desk.home();
    desk.run(&["--home", home.to_str().unwrap(), "demo"]).code(2);
    let mut desk = Desk::new();
    std::fs::create_dir(desk.path("tmp")).unwrap();
    let temporary = desk.path("tmp").to_str().unwrap().to_owned();
    desk.set("TMPDIR", &temporary);
    let seeded = desk.json(&["demo"]);
    let made = seeded["home"].as_str().unwrap().to_owned();
    assert!(made.starts_with(&temporary));
    let mode = std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(&made).unwrap().permissions());
    assert_eq!(mode & 0o077, 0, "nobody else looks into it");
    assert!(std::path::Path::new(&made).join("warroom.db").is_file());
    assert!(!desk.home().exists(), "the usual home is not touched");
    let said = desk.ok(&["demo"]);
    assert!(said.contains("brief .") && said.contains("warroom --home"));
}

#[test]
fn a_users_own_settings_do_not_lead_the_demo_astray() {
    let mut desk = Desk::new();
    let hook = "#!/bin/sh\necho no >&2\nexit 1\n";
    desk.file("hooks/pre-commit", hook);
    let permissions = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    std::fs::set_permissions(desk.path("hooks/pre-commit"), permissions).unwrap();
    let git = "[commit]\n\tgpgsign = true\n[gpg]\n\tprogram = /bin/false\n[core]\n\thooksPath = ";
    desk.file(".gitconfig", format!("{git}{}\n", desk.path("hooks").display()));
    let own = format!(
        "[severity]\nprofile = \"sev\"\n\n[archive]\nrepository = \"{}\"\n",
        desk.path("team").display()
    );
    desk.file(".config/warroom/config.toml", own);
    let home = desk.path("demo");
    desk.json(&["--home", home.to_str().unwrap(), "demo"]);
    desk.set("WARROOM_HOME", home.to_str().unwrap());
    assert!(!desk.path("team").exists(), "the team's archive is not touched");
    assert_eq!(desk.json(&["list"])["incidents"][0]["severity"], "P1");
    assert_eq!(desk.json(&["similar", "."])["results"][0]["id"], "INC-2026-0031");
    desk.run(&["config", "check"]).code(0);
}

#[test]
fn the_demo_opens_its_room_and_is_gone_when_it_is_left() {
    let mut world = crate::screen::World::new();
    let temporary = world.path("tmp");
    std::fs::create_dir(&temporary).unwrap();
    world.set("TMPDIR", temporary.to_str().unwrap());
    let homes = || std::fs::read_dir(&temporary).unwrap().count();
    let mut s = world.screen(&["demo"], 120, 40);
    s.until("Release signing key lost").until("DRILL").until("ERADICATE").until("ask @bob");
    assert_eq!(homes(), 1);
    s.send(b"q").until("INC-2026-0034").send(b"q");
    assert_eq!(s.end(), 0);
    assert_eq!(homes(), 0, "the demo leaves nothing behind");
    assert!(!world.home().exists(), "the usual home is not touched");
}

#[test]
fn the_demo_is_gone_also_when_its_terminal_is() {
    for signal in [rustix::process::Signal::HUP, rustix::process::Signal::TERM] {
        let mut world = crate::screen::World::new();
        let temporary = world.path("tmp");
        std::fs::create_dir(&temporary).unwrap();
        world.set("TMPDIR", temporary.to_str().unwrap());
        let mut s = world.screen(&["demo"], 120, 40);
        s.until("Release signing key lost").until("ERADICATE");
        s.signal(signal);
        assert_eq!(std::fs::read_dir(&temporary).unwrap().count(), 0, "{signal:?} leaves the demo behind");
    }
}

#[test]
fn an_incident_leaves_in_four_forms_with_its_head() {
    let desk = Desk::new();
    let id = desk.declare("Disk <b>full</b>");
    desk.ok(&["log", &id, "=cmd|' /C calc'!A0 <script>alert(1)</script>"]);
    desk.ok(&["log", &id, "counsel says wait #privileged"]);
    let json = desk.json(&["export", &id]);
    assert_eq!(json["schema_version"], 1);
    let head = format!("{}:{}", json["head"]["seq"], json["head"]["hash"].as_str().unwrap());
    desk.run(&["verify", &id, "--head", &head]).code(0);
    for format in ["md", "html", "csv"] {
        let text = desk.ok(&["export", &id, "--format", format]);
        assert!(text.contains(json["head"]["hash"].as_str().unwrap()), "{format}");
        assert!(!text.contains("counsel"), "{format}");
        assert!(format == "csv" || !text.contains("<script>"), "{format}");
    }
    assert!(desk.ok(&["export", &id, "--format", "csv"]).contains("'=cmd|"));

    let file = desk.path("out.html");
    let name = file.to_str().unwrap();
    desk.ok(&["export", &id, "-o", name]);
    assert!(std::fs::read_to_string(&file).unwrap().starts_with("<!doctype html>"));
    desk.run(&["export", &id, "-o", name]).code(4);
    desk.ok(&["export", &id, "-o", name, "--force"]);
    desk.run(&["export", &id, "--format", "pdf"]).code(2);
    assert_eq!(
        desk.ok(&["export", &id, "--format", "csv", "-o", "-"]),
        desk.ok(&["export", &id, "--format", "csv"])
    );
    desk.run(&["backup", "-"]).code(2);
    assert!(!desk.ok(&["export", &id, "--brief"]).contains("## Timeline"));
    desk.run(&["export", &id, "--brief", "--format", "csv"]).code(2);

    desk.ok(&["set", &id, "--visibility", "restricted"]);
    let refused = desk.run(&["export", &id]).code(1);
    assert!(refused.err.contains("--privileged"), "{}", refused.err);
    assert!(desk.ok(&["export", &id, "--privileged"]).contains("counsel says wait"));
}

#[test]
fn outside_of_its_room_a_restricted_incident_goes_by_its_code_name() {
    let desk = Desk::new();
    let id = desk.declare("Payroll data on a public share");
    let other = desk.declare("Slow builds");
    desk.ok(&["set", &id, "--code-name", "Blue  Heron"]);
    desk.run(&["set", &id, "--code-name", &"x".repeat(41)]).refuses(2, "longer than 40");
    // The whole team may read it: the title stays.
    assert!(desk.ok(&["list"]).contains("Payroll data"));
    desk.ok(&["set", &id, "--visibility", "restricted"]);
    desk.ok(&["link", &other, "related", "1"]);
    let entries = desk.timeline(&id);
    assert!(texts(&entries).contains(&"code name: Blue Heron"), "{:?}", texts(&entries));

    let outside: &[&[&str]] = &[
        &["list"],
        &["list", "--json"],
        &["updates"],
        &["updates", "--json"],
        &["show", &other],
        &["show", &other, "--json"],
        &["brief", &other],
        &["export", &other, "--format", "json"],
        &["update", &id, "internal", "--print"],
    ];
    for asked in outside {
        let ran = desk.run(asked);
        assert_eq!(ran.code, 0, "{asked:?} {}", ran.err);
        let said = format!("{}{}", ran.out, ran.err);
        assert!(!said.contains("Payroll"), "{asked:?} tells the title:\n{said}");
    }
    for told in ["list", "updates"] {
        assert!(desk.ok(&[told]).contains("Blue Heron"), "{told}");
    }
    let listed = desk.json(&["list"]);
    let listed = listed["incidents"].as_array().unwrap().iter().find(|i| i["id"] == id.as_str());
    assert_eq!(listed.unwrap()["code_name"], "Blue Heron");
    assert!(desk.ok(&["show", &other]).contains("Blue Heron"));
    for search in [["search", "payroll share"], ["similar", "--text=payroll data public share"]] {
        let found = desk.run(&search);
        assert!(!found.out.contains(&id) && !found.out.contains("Payroll"), "{search:?} {}", found.out);
    }

    // A merge writes into the other log, and to whoever reads that.
    desk.ok(&["merge", &id, "--into", &other]);
    assert!(!texts(&desk.timeline(&other)).join("\n").contains("Payroll"));
    assert!(texts(&desk.timeline(&other)).join("\n").contains("Blue Heron"));

    // Its own brief and exports keep the title.
    for own in [vec!["brief", &id], vec!["show", &id], vec!["export", &id, "--privileged"]] {
        assert!(desk.ok(&own).contains("Payroll data on a public share"), "{own:?}");
    }
    // Undone and taken away.
    desk.ok(&["set", &id, "--code-name", ""]);
    assert!(desk.ok(&["list", "--all"]).contains("Payroll data"));
}

const EXPORTS: &str = include_str!("../../../docs/export.md");

/// Each field of a document with the types and texts that were seen, lists as `name[]`, milestones as one.
fn fields(path: &str, value: &Value, found: &mut std::collections::BTreeMap<String, Vec<(String, String)>>) {
    let said = value.as_str().unwrap_or_default().to_owned();
    let mut add =
        |kind: &str| found.entry(path.to_owned()).or_default().push((kind.to_owned(), said.clone()));
    match value {
        Value::Null => add("null"),
        Value::Bool(_) => add("true or false"),
        Value::Number(_) => add("number"),
        Value::String(text) => {
            let day = text.len() == 10 && text.parse::<chrono::NaiveDate>().is_ok();
            let time = text.ends_with('Z') && chrono::DateTime::parse_from_rfc3339(text).is_ok();
            add(if day {
                "date"
            } else if time {
                "time"
            } else {
                "text"
            });
        }
        Value::Array(items) => {
            add(match items.first() {
                Some(Value::Object(_)) => "list of object",
                Some(_) => "list of text",
                None => "list",
            });
            for item in items.iter().filter(|item| item.is_object()) {
                fields(&format!("{path}[]"), item, found);
            }
        }
        Value::Object(map) => {
            if !path.is_empty() && !path.ends_with("[]") {
                add("object");
            }
            for (name, inner) in map {
                let name = if path == "incident.milestones" { "NAME" } else { name };
                let dot = if path.is_empty() { "" } else { "." };
                fields(&format!("{path}{dot}{name}"), inner, found);
            }
        }
    }
}

/// An incident that has something in every field, as far as the commands go.
fn full(desk: &Desk) -> String {
    let last = |id: &str| {
        let seqs = desk.timeline(id).iter().filter_map(|e| e["seq"].as_u64()).max();
        seqs.unwrap().to_string()
    };
    let original = desk.declare("Signing key leaked");
    let id = desk.declare("Signing key leaked again");
    let file = desk.file("calls.json", "[]");
    desk.ok(&["evidence", "add", &id, &file, "--class", "log", "--source", "kms"]);
    let at = last(&id);
    desk.ok(&["evidence", "transfer", &id, &at, "carol", "--reason", "analysis"]);
    desk.ok(&["evidence", "withdraw", &id, &at, "--reason", "another case"]);
    desk.ok(&["ioc", "add", &id, "evil.example", "--about", &at, "--note", "asked for the key"]);
    desk.ok(&["update", &id, "customers", "we are looking", "--draft", "--next", "30m"]);
    let at = last(&id);
    desk.ok(&["update", &id, "approve", &at]);
    desk.ok(&["role", &id, "scribe", "bob"]);
    desk.ok(&["role", &id, "scribe", "carol"]);
    desk.ok(&["log", &id, "--kind", "alert", "--source", "kms", "unknown signature"]);
    let reason = format!("duplicate-of {original}");
    desk.ok(&["set", &id, "--disposition", &reason, "--reason", "same key"]);
    id
}

#[test]
fn the_json_form_is_as_documented_field_by_field() {
    let (desk, _) = demo();
    let mut found = std::collections::BTreeMap::new();
    let id = full(&desk);
    for incident in ["INC-2026-0035", "INC-2026-0011", "INC-2026-0034", &id] {
        fields("", &desk.json(&["export", incident]), &mut found);
    }
    let section = EXPORTS.split("## JSON").nth(1).unwrap().split("\n## ").next().unwrap();
    let rows = section.lines().filter_map(|line| line.strip_prefix("| `"));
    let mut words = std::collections::BTreeMap::new();
    let documented: std::collections::BTreeMap<&str, &str> = rows
        .map(|row| {
            let (field, rest) = row.split_once("` | ").unwrap();
            let (kind, what) = rest.split_once(" | ").unwrap();
            let what = what.trim_end_matches(" |");
            assert!(!what.is_empty(), "{field} has no meaning");
            // A meaning of nothing but words, more than one, names all that there are.
            let all: Option<Vec<&str>> = what
                .split(", ")
                .flat_map(|part| part.split(" or "))
                .map(|word| word.strip_prefix('`')?.strip_suffix('`').filter(|word| !word.contains('`')))
                .collect();
            words.extend(all.filter(|all| all.len() > 1).map(|all| (field, all)));
            (field, kind)
        })
        .collect();
    assert!(documented.len() > 120, "{}", documented.len());
    assert!(words.len() > 15, "{words:#?}");
    for (field, kinds) in &found {
        let wanted = documented.get(field.as_str());
        let wanted = wanted.unwrap_or_else(|| panic!("docs/export.md does not name {field} ({kinds:?})"));
        for (kind, said) in kinds {
            if let Some(words) = words.get(field.as_str()).filter(|_| kind == "text") {
                assert!(words.contains(&said.as_str()), "{field} is {said:?}, docs/export.md says {words:?}");
            }
            let null = wanted.ends_with(" or null");
            let fits = match kind.as_str() {
                "null" => null,
                "list" => wanted.starts_with("list of "),
                // Words may look like a day.
                "date" => wanted.starts_with("date") || wanted.starts_with("text"),
                kind => wanted.trim_end_matches(" or null") == kind || wanted.starts_with("list of text"),
            };
            assert!(fits, "{field} is {kind}, docs/export.md says {wanted}");
        }
    }
    // Nothing relates two incidents by hand yet.
    let absent: Vec<_> = documented.keys().filter(|field| !found.contains_key(**field)).collect();
    assert!(absent.iter().all(|field| field.starts_with("related[]")), "no export has {absent:?}");
}

#[test]
fn the_columns_of_a_table_are_as_documented() {
    let desk = Desk::new();
    let id = desk.declare("Disk full");
    let table = desk.ok(&["export", &id, "--format", "csv"]);
    let header = table.split("\r\n").next().unwrap();
    let section = EXPORTS.split("## CSV").nth(1).unwrap();
    let rows = section.lines().filter_map(|line| line.strip_prefix("| `")?.split('`').next());
    assert_eq!(header, rows.collect::<Vec<_>>().join(","));
    assert_eq!(header, warroom::domain::export::csv::COLUMNS.join(","));
}

#[test]
fn a_table_holds_nothing_that_acts_and_its_rows_are_known_again() {
    let desk = Desk::new();
    let id = desk.declare("Text from outside");
    let before = desk.timeline(&id).len();
    desk.ok(&["log", &id, "esc \u{1b}[31mred\u{7} end"]);
    let table = desk.ok(&["export", &id, "--format", "csv"]);
    assert!(table.contains("esc ^[[31mred^G end") && !table.contains(['\u{1b}', '\u{7}']), "{table}");
    desk.feed(&["log", &id, "-", "--csv"], table.as_bytes()).code(0);
    assert_eq!(desk.timeline(&id).len(), before + 1, "the line was there already");
}

#[test]
fn the_name_of_an_alert_is_told_wherever_its_source_is_and_comes_back_from_a_table() {
    let desk = Desk::new();
    let id = desk.declare("Disk full");
    desk.ok(&["log", &id, "no space on db-1", "--kind", "alert", "--source", "zbx", "--alert", "DiskFull"]);
    let alert_of = |entries: &[Value]| {
        let entry = entries.iter().find(|e| e["kind"] == "alert").unwrap();
        (entry["source"].as_str().unwrap().to_owned(), entry["alert"].as_str().unwrap().to_owned())
    };
    let named = ("zbx".to_owned(), "DiskFull".to_owned());
    assert_eq!(alert_of(&desk.timeline(&id)), named);
    let json: Value = serde_json::from_str(&desk.ok(&["export", &id, "--format", "json"])).unwrap();
    assert_eq!(alert_of(json["entries"].as_array().unwrap()), named);
    let found = desk.ok(&["timeline", &id, "--grep", "diskfull"]);
    assert!(found.contains("no space on db-1"), "{found}");

    let table = desk.ok(&["export", &id, "--format", "csv"]);
    let before = desk.timeline(&id).len();
    desk.feed(&["log", &id, "-", "--csv"], table.as_bytes()).code(0);
    assert_eq!(desk.timeline(&id).len(), before, "it is there already");
    let other = desk.declare("Disk full elsewhere");
    desk.feed(&["log", &other, "-", "--csv"], table.as_bytes()).code(0);
    assert_eq!(alert_of(&desk.timeline(&other)), named);
    // A table of before has no such column.
    let old = "kind,text,source\nalert,no space on db-2,zbx\n";
    let third = desk.declare("Disk full again");
    desk.feed(&["log", &third, "-", "--csv"], old.as_bytes()).code(0);
    assert_eq!(alert_of(&desk.timeline(&third)), ("zbx".to_owned(), String::new()));
}

#[test]
fn a_row_that_is_no_alert_and_has_a_source_is_refused_by_its_line() {
    let desk = Desk::new();
    let id = desk.declare("Disk full");
    let before = desk.timeline(&id).len();
    for (table, name) in [
        ("kind,text,source\nalert,disk full,zbx\nnote,looking,zbx\n", "source"),
        ("text,source\ndisk full,\nlooking,zbx\n", "source"),
        ("kind,text,alert\nnote,disk full,\ndecision,reboot,DiskFull\n", "alert"),
    ] {
        let refused = desk.feed(&["log", &id, "-", "--csv"], table.as_bytes()).code(2);
        let said = format!("line 3: {name} is ");
        assert!(refused.err.contains(&said) && refused.err.contains("write the kind alert"), "{refused:?}");
    }
    assert_eq!(desk.timeline(&id).len(), before, "nothing was stored");
}

#[test]
fn a_table_is_taken_back_at_once_by_whoever_brought_it_and_may_be_given_again() {
    let desk = Desk::new();
    let id = desk.declare("Signing key leaked");
    desk.ok(&["log", &id, "typed here"]);
    let table = "at,kind,text,author,starred\n13:50Z,note,\"first, with a comma\",bob,\n,decision,revoke the key,carol,true\n\
                 13:55,alert,disk full,,\n";
    let feed = || desk.feed(&["log", &id, "-", "--csv"], table.as_bytes()).code(0);
    feed();
    let counted = || {
        let entries = desk.timeline(&id);
        entries.iter().filter(|e| e["kind"] != "system" && e["struck"].is_null()).count()
    };
    assert_eq!(counted(), 4);
    desk.run(&["undo", &id, "--as", "carol"]).refuses(1, "carol has done nothing");
    let named = desk.json(&["undo", &id]);
    assert_eq!(named["what"], "the 3 lines of a table");
    desk.ok(&["undo", &id, "--yes"]);
    assert_eq!(counted(), 1);
    assert_eq!(desk.json(&["undo", &id])["what"], "the line \"typed here\"");
    // What was taken back is no line of the incident, so the table brings it again.
    feed();
    assert_eq!(counted(), 4);
    feed();
    assert_eq!(counted(), 4, "the lines are there already");
    assert_eq!(desk.json(&["verify"])["ok"], true);
}

#[test]
fn a_table_goes_in_whole_or_not_at_all_and_comes_back() {
    let desk = Desk::new();
    let id = desk.declare("Signing key leaked");
    let table = "at,kind,text,author\n2026-11-20 13:50Z,note,\"first, with a comma\",bob\n,decision,revoke the key,carol\n\
                 13:55,alert,disk full,\n,system,declared,alice\n";
    desk.feed(&["log", &id, "-", "--csv"], table.as_bytes()).code(0);
    let entries = desk.timeline(&id);
    let first = entries.iter().find(|e| e["text"] == "first, with a comma").unwrap();
    assert_eq!(
        (first["author"].as_str(), first["occurred_at"].as_str()),
        (Some("bob"), Some("2026-11-20T13:50:00.000Z"))
    );
    assert!(entries.iter().any(|e| e["kind"] == "decision" && e["author"] == "carol"));
    assert!(entries.iter().any(|e| e["kind"] == "alert" && e["author"] == "alice"));

    let before = entries.len();
    let told = desk.feed(&["log", &id, "-", "--csv"], b"at,text\n").code(0);
    assert!(told.err.contains("the table has no row below its header"), "{told:?}");
    let bad = "text,at,kind\nfine,,\nlate,99:99,\nodd,,poem\n";
    let nobody = desk.feed(&["log", &id, "-", "--csv"], b"text,author\nhello,Bob Smith\n").code(2);
    assert!(nobody.err.contains("line 2: \"Bob Smith\" is not a person"), "{}", nobody.err);
    let refused = desk.feed(&["log", &id, "-", "--csv"], bad.as_bytes()).code(2);
    assert!(refused.err.contains("line 3: ") && refused.err.contains("line 4: "), "{}", refused.err);
    assert_eq!(desk.timeline(&id).len(), before, "nothing of a bad table is stored");

    // What was exported goes into another incident as it was.
    let table = desk.ok(&["export", &id, "--format", "csv"]);
    let other = desk.declare("The same again");
    desk.feed(&["log", &other, "-", "--csv"], table.as_bytes()).code(0);
    let (one, two) = (desk.timeline(&id), desk.timeline(&other));
    let said = |entries: &[Value]| -> Vec<String> {
        let kept: Vec<Value> = entries.iter().filter(|e| e["kind"] != "system").cloned().collect();
        texts(&kept).into_iter().map(str::to_owned).collect()
    };
    assert_eq!(said(&one), said(&two));
}

#[test]
fn figures_name_their_milestones_and_leave_drills_out() {
    let (desk, _) = demo();
    let stats = desk.json(&["stats"]);
    assert_eq!(stats["by_kind"]["drill"], 1);
    assert_eq!(stats["dismissed"]["false-alarm"], 1);
    let counted = stats["counted"].as_u64().unwrap();
    let resolve = &stats["times"][4];
    assert_eq!((resolve["from"].as_str(), resolve["to"].as_str()), (Some("detected"), Some("resolved")));
    assert_eq!(resolve["n"].as_u64(), Some(counted));
    assert!(stats["stories"]["overdue"].as_u64().unwrap() > 0);
    let text = desk.ok(&["stats", "--since", "2026-11"]);
    assert!(text.starts_with("2 incidents counted (declared since 2026-11-01"), "{text}");
    assert!(text.contains("p90: the smallest value"));
    assert!(text.lines().all(|line| line.chars().count() <= 80), "{text}");
    desk.run(&["stats", "--since", "soon"]).code(2);
    desk.run(&["stats", "--by", "moon"]).code(2);

    let parts = desk.json(&["stats", "--by", "severity"]);
    let counted_in = |part: &Value| part["counted"].as_u64().unwrap();
    let parts = parts["parts"].as_array().unwrap();
    assert_eq!(parts.iter().map(counted_in).sum::<u64>(), counted);
    assert_eq!(parts[0]["name"], "P1");
    assert_eq!(desk.json(&["stats", "--by", "period"])["by"], "month");
    assert!(desk.ok(&["stats", "--by", "service"]).contains("\ncheckout: "));

    let nothing = Desk::new();
    nothing.ok(&["init"]);
    nothing.ok(&["declare", "A drill of ours", "--kind", "drill"]);
    let text = nothing.ok(&["stats"]);
    assert!(text.starts_with("No incident is counted") && text.contains("drill 1"), "{text}");
    assert_eq!(nothing.json(&["stats"])["times"][4]["median_ms"], Value::Null);
}

/// A copy of the backup is worked with as docs/recovery.md says: the room opens, postmortems are files again.
#[expect(clippy::disallowed_methods, reason = "a test restores with the tools that the page names")]
fn restored_with_files_again(backup: &std::path::Path) {
    const RECOVERY: &str = include_str!("../../../docs/recovery.md");
    let mut world = crate::screen::World::new();
    let home = world.path("restored");
    let copy = std::process::Command::new("cp").arg("-r").arg(backup).arg(&home).status().unwrap();
    assert!(copy.success());
    let clone = "mv postmortems postmortems.git && git clone postmortems.git postmortems";
    assert!(RECOVERY.contains(clone));
    let mut shell = std::process::Command::new("sh");
    assert!(shell.args(["-c", clone]).current_dir(&home).output().unwrap().status.success());
    assert!(home.join("postmortems/2026").is_dir());
    world.set("WARROOM_HOME", home.to_str().unwrap());
    assert_eq!(world.json(&["verify"])["ok"], true);
    assert!(!world.json(&["search", "disk full"])["results"].as_array().unwrap().is_empty());
    let mut s = world.screen(&["open", "."], 120, 40);
    s.until("Release signing key lost").until("restored").send(b"i");
    s.line("written after the restore").until("✓");
}

/// What `sha256sum` has to say about a backup.
#[expect(clippy::disallowed_methods, reason = "a test checks with the tool that the page names")]
fn checked(backup: &std::path::Path) -> String {
    let mut command = std::process::Command::new("sha256sum");
    let done = command.args(["--check", "--quiet", "MANIFEST"]).current_dir(backup).output().unwrap();
    String::from_utf8_lossy(&[done.stdout, done.stderr].concat()).into_owned()
}

#[test]
fn one_of_a_thing_is_counted_as_one() {
    let (desk, _, _) = super::archived::published();
    let copy = desk.path("copy");
    let outputs = [
        desk.ok(&["backup", copy.to_str().unwrap()]),
        desk.ok(&["reindex"]),
        desk.ok(&["doctor"]),
        desk.ok(&["doctor", "--repair"]),
        desk.ok(&["verify"]),
    ];
    assert!(outputs[0].contains("1 postmortem in the copy") && outputs[0].contains(" of 1 incident checked"));
    assert!(outputs[1].contains("indexed 1 postmortem\n"), "{outputs:?}");
    for output in outputs {
        let words: Vec<&str> = output.split_whitespace().collect();
        for pair in words.windows(2).filter(|pair| pair[0].trim_start_matches('(') == "1") {
            let word = pair[1].trim_end_matches(|c: char| c.is_ascii_punctuation());
            assert!(!word.ends_with('s'), "{pair:?} in {output}");
        }
    }
}

#[test]
fn a_backup_is_a_home_of_its_own_and_is_checked() {
    let (desk, _) = demo();
    let to = desk.path("copy");
    let name = to.to_str().unwrap();
    let words = "cache\tedge;cdn\tstale page\n";
    std::fs::write(desk.path("demo").join("thesaurus.tsv"), words).unwrap();
    let report = desk.json(&["backup", name]);
    assert_eq!(std::fs::read_to_string(to.join("thesaurus.tsv")).unwrap(), words);
    assert_eq!(report["incidents"], 15);
    assert_eq!(report["postmortems"], 11);
    let people = "people.toml stays on this machine; copy it by hand where it may go";
    assert_eq!(report["left_out"][0], people);
    // Whoever gets the copy tries no guesses against the marks.
    let key = report["left_out"][1].as_str().unwrap();
    assert!(
        key.starts_with("secret-tags.key stays in this home") && !to.join("secret-tags.key").exists(),
        "{key}"
    );
    desk.run(&["backup", name]).code(4);

    let manifest = std::fs::read_to_string(to.join("MANIFEST")).unwrap();
    assert!(!manifest.contains("-wal") && !manifest.contains("-shm"), "{manifest}");
    for file in
        ["warroom.db", "warroom.toml", "HEADS", "runbooks/signing-key-compromised.md", "postmortems/HEAD"]
    {
        assert!(manifest.lines().any(|l| l.ends_with(&format!("  {file}"))), "{file} is not in the manifest");
    }
    // It works as it is, without the home that it came from.
    std::fs::remove_dir_all(desk.path("demo")).unwrap();
    let desk = desk.with("WARROOM_HOME", name);
    assert_eq!(desk.json(&["verify"])["checked"], report["events"]);
    assert_eq!(checked(&to), "", "looking at it changed it");
    assert!(!desk.json(&["search", "disk"])["results"].as_array().unwrap().is_empty());
    let heads = std::fs::read_to_string(to.join("HEADS")).unwrap();
    let (incident, head) = heads.lines().last().unwrap().split_once(' ').unwrap();
    desk.run(&["verify", incident, "--head", head]).code(0);
    desk.ok(&["log", ".", "restored"]);
    restored_with_files_again(&to);

    let desk = Desk::new();
    desk.run(&["backup", desk.path("x").to_str().unwrap()]).code(3);
    assert!(!desk.path("x").exists());
}

/// The copy can be used as a home by those whose home it is a copy of.
#[test]
fn a_backup_of_a_home_of_a_group_is_of_that_group() {
    use std::os::unix::fs::MetadataExt;
    let desk = Desk::new();
    desk.ok(&["init"]);
    let own = rustix::process::getgid().as_raw();
    // Root may give it to another group than its own.
    let group = if rustix::process::getuid().is_root() { own.saturating_add(100) } else { own };
    share(&desk.home(), group);
    desk.declare("Web is down");
    let past = desk.file("past.md", "# Disk full\n\nThe disk of the database was full.\n");
    desk.ok(&["import", &past]);
    let to = desk.path("copy");
    desk.ok(&["backup", to.to_str().unwrap()]);
    let all = walk(&to);
    assert!(all.len() > 5, "{all:?}");
    for path in all.iter().flat_map(|file| file.ancestors().take_while(|path| path.starts_with(&to))) {
        let found = std::fs::metadata(path).unwrap();
        let (mode, is_dir) = (found.mode(), found.is_dir());
        assert_eq!(found.gid(), group, "{}", path.display());
        assert_eq!(mode & 0o7, 0, "{}: {mode:o}", path.display());
        assert_eq!(mode >> 3 & 0o7, mode >> 6 & 0o7, "{}: {mode:o}", path.display());
        assert_eq!(mode & 0o2000 != 0, is_dir, "{}: {mode:o}", path.display());
    }
    assert_eq!(std::fs::metadata(to.join("warroom.db")).unwrap().mode() & 0o777, 0o660);
    let desk = desk.with("WARROOM_HOME", to.to_str().unwrap());
    desk.ok(&["log", "1", "in the copy"]);
    assert!(desk.run(&["doctor"]).out.contains("shared with its group"));
}

/// Makes all of a home a group's.
fn share(folder: &std::path::Path, group: u32) {
    use std::os::unix::fs::PermissionsExt;
    let give = |path: &std::path::Path, mode: u32| {
        std::os::unix::fs::chown(path, None, Some(group)).unwrap();
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
    };
    for path in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        if path.is_dir() { share(&path, group) } else { give(&path, 0o660) }
    }
    give(folder, 0o2770);
}

#[test]
fn a_table_brings_who_executes_when_it_is_checked_and_how_long_there_is() {
    let desk = Desk::new();
    let one = desk.declare("Cards leaked");
    let decide =
        ["decide", &one, "stop the jobs", "--executor", "carol", "--by-whom", "dana", "--check-at", "15m"];
    desk.ok(&decide);
    desk.ok(&["decide", &one, "wait"]);
    desk.ok(&["ask", &one, "@bob 90s list the builds"]);
    desk.ok(&["ask", &one, "who was it"]);
    let table = desk.ok(&["export", &one, "--format", "csv"]);
    let two = desk.declare("The same again");
    desk.feed(&["log", &two, "-", "--csv"], table.as_bytes()).code(0);
    let parts = |id: &str| -> Vec<[Value; 4]> {
        let whole: Value =
            serde_json::from_str(&desk.ok(&["export", id, "--format", "json"])).expect("a document");
        let list = |name: &str| whole[name].as_array().unwrap().clone();
        let pick = |v: &Value, fields: [&str; 4]| fields.map(|f| v[f].clone());
        let decisions = list("decisions");
        let decisions = decisions.iter().map(|d| pick(d, ["text", "decided_by", "executor", "check_at"]));
        let asks = list("asks");
        let asks = asks.iter().map(|a| pick(a, ["text", "person", "due_at", "at"]));
        decisions.chain(asks).collect()
    };
    let first = parts(&one);
    assert_eq!(first[0][1..3], [Value::from("dana"), Value::from("carol")]);
    assert!(first[0][3].is_string() && first[2][2].is_string(), "{first:?}");
    assert_eq!(parts(&two), first);
    // By hand: a span after the decision, minutes alone; what cannot be read is named.
    let three = desk.declare("By hand");
    let hand = "at,kind,text,check_at,time_box,executor\n13:00,decision,go,15m,,@carol\n\
                13:00,ask,look,,3,\n";
    desk.feed(&["log", &three, "-", "--csv"], hand.as_bytes()).code(0);
    let third = parts(&three);
    assert_eq!(third[0][2..], [Value::from("carol"), Value::from("2026-11-20T13:15:00.000Z")]);
    assert_eq!(third[1][2], "2026-11-20T13:03:00.000Z");
    let bad = "kind,text,check_at,time_box\ndecision,go,soon,\nask,look,,long\n";
    let refused = desk.feed(&["log", &three, "-", "--csv"], bad.as_bytes()).code(2);
    assert!(refused.err.contains("line 2: check_at is \"soon\""), "{refused:?}");
    assert!(refused.err.contains("line 3: time_box is \"long\""), "{refused:?}");
}

#[test]
fn what_nobody_was_told_comes_back_as_a_draft() {
    let desk = Desk::new();
    let one = desk.declare("Cards leaked");
    desk.ok(&["update", &one, "customers", "we may have leaked cards", "--draft"]);
    desk.ok(&["update", &one, "public", "all is well", "--draft"]);
    let public = desk.json(&["update", &one, "list"])["updates"].as_array().unwrap().clone();
    let public = public.iter().find(|u| u["audience"] == "public").unwrap()["seq"].to_string();
    desk.ok(&["update", &one, "approve", &public]);
    desk.ok(&["update", &one, "internal", "we look"]);
    let table = desk.ok(&["export", &one, "--format", "csv"]);
    let two = desk.declare("The same again");
    desk.feed(&["log", &two, "-", "--csv"], table.as_bytes()).code(0);
    let states = |id: &str| -> Vec<(String, String)> {
        let list = desk.json(&["update", id, "list"])["updates"].as_array().unwrap().clone();
        let word = |u: &Value, field: &str| u[field].as_str().unwrap().to_owned();
        let mut states: Vec<_> = list.iter().map(|u| (word(u, "audience"), word(u, "state"))).collect();
        states.sort();
        states
    };
    let expected = [("customers", "drafted"), ("internal", "sent"), ("public", "drafted")];
    assert_eq!(states(&two), expected.map(|(a, s)| (a.to_owned(), s.to_owned())));
    // The timeline for programs tells them apart as well.
    let told = |id: &str| -> Vec<String> {
        let states = desk.timeline(id).into_iter().map(|e| (e["kind"] == "update", e["state"].clone()));
        assert!(states.clone().all(|(is_update, state)| is_update == state.is_string()));
        states.filter_map(|(_, state)| state.as_str().map(str::to_owned)).collect()
    };
    assert_eq!(told(&one), ["drafted", "approved", "sent"]);
    assert_eq!(told(&two), ["drafted", "drafted", "sent"]);
    for told in [
        desk.ok(&["timeline", &two]),
        desk.ok(&["export", &two]),
        desk.ok(&["export", &two, "--format", "html"]),
    ] {
        assert!(told.contains("draft for customers: we may have leaked cards"), "{told}");
        assert!(told.contains("internal: we look") && !told.contains("draft for internal"), "{told}");
    }
    // Again: nothing is added, whatever became of it since.
    let before = desk.timeline(&two).len();
    desk.feed(&["log", &two, "-", "--csv"], table.as_bytes()).code(0);
    assert_eq!(desk.timeline(&two).len(), before);
    // An old table has no such column, and says what was sent.
    let three = desk.declare("An old table");
    desk.feed(&["log", &three, "-", "--csv"], b"kind,text\nupdate,customers: all is well\n").code(0);
    assert_eq!(states(&three), [("customers".to_owned(), "sent".to_owned())]);
    let bad = b"kind,text,state\nnote,hello,open\nupdate,customers: all is well,maybe\n";
    let refused = desk.feed(&["log", &three, "-", "--csv"], bad).code(2);
    assert!(refused.err.contains("line 3: the state \"maybe\""), "{refused:?}");
}

#[test]
fn a_table_brings_tags_stars_and_sources_and_can_be_given_again() {
    let desk = Desk::new();
    let one = desk.declare("Signing key leaked");
    desk.ok(&["log", &one, "-4m disk full #db", "--kind", "alert", "--source", "prometheus"]);
    desk.ok(&["log", &one, "~13:00 * about then =1+1"]);
    desk.ok(&["log", &one, "! revoke the key"]);
    desk.ok(&["log", &one, "> internal: we look"]);
    let file = desk.file("kept.csv", desk.ok(&["export", &one, "--format", "csv"]));
    let two = desk.declare("The same again");
    let dry = desk.json(&["log", &two, &file, "--csv", "--dry-run"]);
    assert_eq!((&dry["would_add"], &dry["there"]), (&4.into(), &0.into()), "{dry}");
    desk.ok(&["log", &two, &file, "--csv"]);
    let said = |id: &str| -> Vec<Value> {
        let fields = ["kind", "text", "occurred_at", "about", "source", "tags", "starred", "author"];
        let kept = desk.timeline(id).into_iter().filter(|e| e["kind"] != "system");
        kept.map(|e| fields.iter().map(|f| e[*f].clone()).collect()).collect()
    };
    assert_eq!(said(&one), said(&two));
    // Again: nothing is added twice.
    let again = desk.run(&["log", &two, &file, "--csv"]).code(0);
    assert!(again.err.contains("4 rows were passed over: in the incident already"), "{again:?}");
    assert_eq!(said(&one), said(&two));
    desk.run(&["log", &two, "no-such.csv", "--csv"]).refuses(3, "no-such.csv");
    // Each kind keeps its labels and its star, a line twice is two lines, and what begins a formula comes back as it was.
    let table = "at,kind,text,tags,starred,source\n\
        2026-11-20T13:10:00Z,decision,revoke it all,db,true,\n\
        2026-11-20T13:11:00Z,hypothesis,the key is out,db,yes,\n\
        2026-11-20T13:12:00Z,ask,look at the log,db,1,\n\
        2026-11-20T13:13:00Z,update,we look at it,,true,\n\
        2026-11-20T13:14:00Z,alert,disk is full,db,true,prometheus\n\
        2026-11-20T13:15:00Z,note,tried again,,,\n\
        2026-11-20T13:15:00Z,note,tried again,,,\n\
        ,note,no time is known,,,\n\
        2026-11-20T13:16:00Z,note,'-4 replicas,,,\n\
        2026-11-20T13:16:00Z,note,'@bob has it,,,\n\
        2026-11-20T13:16:00Z,note,\"'\tx\",,,\n\
        2026-11-20T13:16:00Z,note,\"'\rx\",,,\n";
    let three = desk.declare("Of all kinds");
    let kinds = desk.file("kinds.csv", table);
    desk.ok(&["log", &three, &kinds, "--csv"]);
    let lines: Vec<Value> = desk.timeline(&three).into_iter().filter(|e| e["kind"] != "system").collect();
    assert_eq!(lines.len(), 12, "{lines:#?}");
    for line in lines.iter().filter(|e| e["kind"] != "note") {
        assert_eq!(line["starred"], true, "{line}");
        assert!(line["kind"] == "update" || line["tags"] == serde_json::json!(["db"]), "{line}");
    }
    let count = |id: &str| desk.timeline(id).len();
    let before = count(&three);
    desk.ok(&["log", &three, &kinds, "--csv"]);
    assert_eq!(count(&three), before, "given again");
    // Out, amended, and in again: neither form is added.
    let out = desk.file("out.csv", desk.ok(&["export", &three, "--format", "csv"]));
    let seq = lines.iter().find(|e| e["text"] == "no time is known").unwrap()["seq"].to_string();
    desk.ok(&["amend", &three, &seq, "--text", "the time is known"]);
    let told = desk.run(&["log", &three, &out, "--csv"]).code(0).err;
    assert!(told.contains("11 rows were") && told.contains(&format!("such as {seq}")), "{told}");
    desk.ok(&["log", &three, &kinds, "--csv"]);
    assert_eq!(count(&three), before, "an amended line is known by its former words");
    // An ask is stored with its person in front and its time box taken out.
    let asks =
        "text,kind,at\n@bob 3m do it,ask,2026-11-20T13:20:00Z\n5m @bob do more,ask,\n10m for anyone,ask,\n";
    let asks = desk.file("asks.csv", asks);
    desk.ok(&["log", &three, &asks, "--csv"]);
    let asked = || desk.timeline(&three).iter().filter(|e| e["kind"] == "ask").count();
    assert_eq!(asked(), 4);
    let again = desk.run(&["log", &three, &asks, "--csv"]).code(0).err;
    assert!(again.contains("3 rows were passed over: in the incident already"), "{again}");
    assert_eq!(asked(), 4);
    let odd = desk.file("odd.csv", "text,starred\nx,maybe\n");
    desk.run(&["log", &two, &odd, "--csv"]).refuses(2, "line 2: starred is \"maybe\"");
    // What is refused only when it is to be stored is named with its line as well.
    let long = desk.file("long.csv", format!("text\nanother\n{}\n", "x".repeat(65 * 1024)));
    desk.run(&["log", &two, &long, "--csv"]).refuses(2, "line 3: the line has 66560 bytes");
}

#[test]
fn the_last_action_is_taken_back_by_a_command_or_says_why_not() {
    let desk = Desk::new();
    desk.declare("Web is down");
    desk.ok(&["log", ".", "a line too many"]);
    let named = desk.json(&["undo", "."]);
    assert_eq!((&named["done"], &named["what"]), (&false.into(), &"the line \"a line too many\"".into()));
    assert_eq!(desk.json(&["undo", ".", "--yes"])["done"], true);
    assert!(!desk.ok(&["timeline", "."]).contains("too many"), "it is struck");
    // The first word on the impact stays, the second is taken back.
    desk.ok(&["set", ".", "--impact", "nobody can log in", "--confirmed"]);
    desk.run(&["undo", ".", "--yes"]).refuses(1, "state the impact again");
    desk.ok(&["set", ".", "--impact", "half of the users cannot log in"]);
    desk.ok(&["undo", ".", "--yes"]);
    assert_eq!(desk.json(&["show", "."])["impact"]["text"], "nobody can log in");
    desk.ok(&["set", ".", "--title", "Portal is down"]);
    desk.ok(&["undo", ".", "--yes"]);
    assert_eq!(desk.json(&["show", "."])["title"], "Web is down");
    // What others heard cannot be unsaid.
    desk.ok(&["update", ".", "internal", "we look"]);
    desk.run(&["undo", ".", "--yes"]).refuses(1, "send a correction");
    let other = desk.with("WARROOM_AS", "bob");
    other.run(&["undo", ".", "--yes"]).refuses(1, "bob has done nothing");
}

#[test]
#[expect(clippy::disallowed_methods, reason = "keys and verifier are used as their owner would")]
fn an_exported_log_is_signed_and_keeps_privileged_words_back() {
    use std::process::Command;
    let desk = Desk::new();
    let id = desk.declare("Signing key leaked");
    desk.ok(&["log", &id, "seen by all"]);
    let line = desk.json(&["log", &id, "counsel says so #privileged"])["entries"][0]["seq"].to_string();
    desk.ok(&["star", &id, &line]);
    let gone = desk.json(&["log", &id, "a name that nobody may read"])["entries"][0]["seq"].to_string();
    desk.ok(&["redact", &id, &gone, "--reason", "a name"]);
    desk.run(&["export", &id, "--format", "audit"]).refuses(2, "folder");

    let key = desk.path("key");
    let made = Command::new("ssh-keygen").args(["-q", "-t", "ed25519", "-N", "", "-f"]).arg(&key).status();
    if !made.is_ok_and(|s| s.success()) {
        println!("SKIPPED: ssh-keygen is not here, so no head is signed");
        return;
    }
    desk.file(".config/warroom/config.toml", "[me]\nsigning-key = \"~/key\"\n");
    let out = desk.path("log");
    let told = desk.json(&["export", &id, "--format", "audit", "-o", out.to_str().unwrap()]);
    assert_eq!(told["signed"], true, "{told}");
    desk.run(&["export", &id, "--format", "audit", "-o", out.to_str().unwrap()]).refuses(4, "there already");
    let (seq, hash) = (told["head"]["seq"].to_string(), told["head"]["hash"].as_str().unwrap());
    desk.ok(&["verify", &id, "--head", &format!("{seq}:{hash}")]);
    let public = std::fs::read_to_string(desk.path("key.pub")).unwrap();
    let signers = desk.file("signers", format!("alice@example.org {public}"));
    let check = |words: &[&str]| {
        let done = Command::new("sh").arg(out.join("verify.sh")).args(words).output().unwrap();
        (done.status.code(), String::from_utf8_lossy(&done.stdout).into_owned())
    };
    let (code, said) =
        check(&["--signed", &signers, "alice@example.org", "--head", &format!("{seq}:{hash}")]);
    assert_eq!(code, Some(0), "{said}");
    let star = told["withheld"][1].to_string();
    assert!(said.contains(&format!("erased {gone}; withheld {line} {star}")), "{said}");
    assert!(said.contains("HEAD is signed by alice@example.org"), "{said}");
    assert_eq!(check(&["--signed", &signers, "bob@example.org"]).0, Some(1));
    assert_eq!(check(&["--nonsense"]).0, Some(2));
    for entry in std::fs::read_dir(out.join("e")).unwrap() {
        let text = String::from_utf8_lossy(&std::fs::read(entry.unwrap().path()).unwrap()).into_owned();
        assert!(!text.contains("counsel") && !text.contains("nobody may read"), "{text}");
    }
    // Held back without saying so is found, and so is a head that was touched.
    std::fs::remove_file(out.join("e/00000001.json")).unwrap();
    std::fs::remove_file(out.join("e/00000001.salt")).unwrap();
    let (code, said) = check(&[]);
    assert!(code == Some(1) && said.contains("event 1: its payload is missing"), "{said}");

    let all = desk.path("all");
    let told = desk.json(&["export", &id, "--format", "audit", "--privileged", "-o", all.to_str().unwrap()]);
    assert_eq!(told["withheld"], serde_json::json!([]));
    desk.ok(&["set", &id, "--visibility", "restricted"]);
    desk.run(&["export", &id, "--format", "audit", "-o", "x"]).refuses(1, "restricted");
    desk.file(".config/warroom/config.toml", "[me]\nsigning-key = \"~/none\"\n");
    desk.run(&["export", &id, "--format", "audit", "--privileged", "-o", "x"]).refuses(1, "cannot be signed");
    assert!(!desk.path("x").exists());
}

#[test]
fn a_log_is_held_against_the_head_in_its_published_postmortem() {
    let desk = Desk::new();
    let id = desk.declare("Web is down");
    desk.ok(&["log", &id, "words that stay"]);
    desk.ok(&["resolve", &id]);
    desk.ok(&["postmortem", "draft", &id]);
    desk.ok(&["postmortem", "publish", &id, "--waive", "a test"]);
    let well = desk.json(&["verify", &id]);
    assert_eq!(well["compared"][0]["incident"], id.as_str(), "{well}");
    // Another head in the commit, as if the log had been written anew since.
    let listed = std::fs::read_dir(desk.home().join("postmortems")).unwrap();
    assert!(listed.count() > 0);
    let head = well["compared"][0]["head"].as_str().unwrap().to_owned();
    let path =
        walk(&desk.home().join("postmortems")).into_iter().find(|p| p.extension().is_some_and(|e| e == "md"));
    let path = path.unwrap();
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, text.replace(&head, &"a".repeat(64))).unwrap();
    #[expect(clippy::disallowed_methods, reason = "git is the witness")]
    let git = |words: &[&str]| {
        let done = std::process::Command::new("git")
            .current_dir(desk.home().join("postmortems"))
            .env("HOME", desk.path(""))
            .args(words)
            .status();
        assert!(done.unwrap().success());
    };
    git(&["commit", "-q", "-am", "another head"]);
    let broken = desk.run(&["verify", &id, "--json"]).code(5).json();
    assert!(broken["first_broken"]["reason"].as_str().unwrap().contains("rewritten"), "{broken}");
}

pub(crate) fn walk(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()) {
        if entry.is_dir() { found.extend(walk(&entry)) } else { found.push(entry) }
    }
    found
}
