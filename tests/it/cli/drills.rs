//! An exercise by a script, with the real binary and a clock that is told what time it is.

use serde_json::Value;

use super::{Desk, texts};

fn at(desk: &mut Desk, time: &str) {
    desk.set("WARROOM_NOW", &format!("2026-11-20T{time}Z"));
}

/// Number and standing of what the program or a person judged.
fn standings(sheet: &Value) -> Vec<(u64, String)> {
    let injects = sheet["injects"].as_array().unwrap().iter();
    let all = injects.flat_map(|inject| inject["expectations"].as_array().unwrap());
    all.map(|e| (e["number"].as_u64().unwrap(), e["standing"].as_str().unwrap().to_owned())).collect()
}

#[test]
fn a_team_plays_the_signing_key_drill_and_is_scored() {
    let mut desk = Desk::new();
    let list = desk.json(&["drill", "list"]);
    assert_eq!(list["drills"].as_array().unwrap().len(), 6);
    assert!(!desk.home().exists(), "looking makes no home");
    let run = ["drill", "run", "signing-key", "--facilitator", "erin", "--service", "payments"];
    let run = desk.json(&run);
    let id = run["id"].as_str().unwrap();
    assert_eq!(
        (&run["kind"], &run["severity"], &run["commander"]),
        (&"drill".into(), &Value::Null, &Value::Null)
    );
    assert_eq!((&run["drill"]["injects"], &run["drill"]["expectations"]), (&9.into(), &21.into()));

    at(&mut desk, "14:01:00");
    desk.ok(&["ask", ".", "@frank what was on the laptop?"]);
    at(&mut desk, "14:02:00");
    desk.ok(&["role", ".", "commander", "alice"]);
    desk.ok(&["role", ".", "scribe", "bob"]);
    at(&mut desk, "14:06:00");
    desk.ok(&["severity", ".", "P1"]);
    let told = |desk: &Desk| -> Vec<(String, String)> {
        let lines = desk.timeline(".");
        let told = lines.iter().filter(|e| e["source"] == "drill" && e["kind"] == "alert");
        told.map(|e| (e["occurred_at"].as_str().unwrap().to_owned(), e["text"].as_str().unwrap().to_owned()))
            .collect()
    };
    let two = told(&desk);
    assert_eq!(two.len(), 2, "{two:?}");
    assert!(two[0].1.contains("in a cab") && two[1].1.contains("The release key was on it"));
    assert!(two[1].0.starts_with("2026-11-20T14:05:00"), "{two:?}");
    at(&mut desk, "14:07:00");
    desk.ok(&["runbook", "attach", ".", "signing-key-compromised"]);
    at(&mut desk, "14:10:00");
    desk.ok(&["update", ".", "internal", "the release key may be lost"]);
    at(&mut desk, "14:16:00");
    desk.ok(&["step", ".", "tick", "3"]);
    at(&mut desk, "14:17:00");
    desk.ok(&["decide", ".", "revoke the key"]);
    desk.ok(&["milestone", ".", "contained"]);
    assert_eq!(told(&desk).len(), 4);
    // Early, by the facilitator; once.
    desk.ok(&["drill", "inject", "."]);
    assert!(told(&desk)[4].1.contains("just delete the key"));
    desk.run(&["drill", "inject", ".", "5"]).refuses(4, "already");
    desk.run(&["drill", "inject", ".", "77"]).refuses(3, "has no inject 77");
    at(&mut desk, "14:18:00");
    desk.ok(&["log", ".", "no, the audit needs it"]);
    let sheet = desk.json(&["drill", "score", "."]);
    assert_eq!(sheet["totals"]["expected"], 21);
    assert_eq!(standings(&sheet)[13], (14, "open".to_owned()));
    desk.ok(&["--as", "erin", "drill", "mark", ".", "8", "late", "--reason", "after the second call"]);
    desk.ok(&["--as", "erin", "log", ".", ":drill mark 8 met it was read out"]);
    desk.run(&["drill", "mark", ".", "99", "met"]).refuses(3, "expects nothing with the number 99");
    desk.run(&["drill", "mark", ".", "1", "perhaps"]).refuses(2, "met, late, missed");
    // The players see nothing of what is expected of them.
    for look in [&["timeline", ".", "--all"][..], &["brief", "."], &["show", "."], &["show", ".", "--json"]] {
        let out = desk.ok(look);
        assert!(!out.contains("somebody asks what was on it") && !out.contains("role commander`"), "{out}");
    }
    at(&mut desk, "14:52:00");
    desk.ok(&["resolve", "."]);
    at(&mut desk, "15:30:00");
    desk.run(&["drill", "inject", id]).refuses(1, "told nothing more");
    desk.ok(&["log", id, "debrief"]);
    let sheet = desk.json(&["drill", "score", id]);
    let lines = desk.json(&["timeline", id])["entries"].as_array().unwrap().clone();
    assert_eq!(lines.iter().filter(|e| e["source"] == "drill").count(), 9);
    let of = |wanted: &str| -> Vec<u64> {
        standings(&sheet).into_iter().filter(|(_, s)| s == wanted).map(|(n, _)| n).collect()
    };
    assert_eq!(of("met"), [1, 2, 3, 4, 6, 8, 13, 16]);
    assert_eq!(of("late"), [7]);
    assert_eq!(of("missed"), [5, 9, 10, 14, 18, 20]);
    assert_eq!(of("to-judge"), [11, 12, 15, 17, 19, 21]);
    assert!(matches!(sheet["response_s"]["commander"].as_i64(), Some(119 | 120)), "{sheet}");
    assert_eq!(sheet["injects"][4]["planned_s"], 1200);
    let text = desk.ok(&["drill", "score", id]);
    assert!(text.contains("met 8 · late 1 · missed 6 · to judge 6 of 21"), "{text}");
    assert!(text.contains(&format!("warroom story add {id} 'sign only inside the KMS, with a key that cannot be exported' --kind preventive")), "{text}");

    // What the file says by now, and what time it is, is nothing to a score.
    let file = desk.home().join("drills/signing-key-compromised.md");
    std::fs::write(&file, "# Another\n\n## Injects\n\n- T+0m x\n  - Expect: y\n").unwrap();
    at(&mut desk, "18:00:00");
    assert_eq!(desk.json(&["drill", "score", id]), sheet);
    assert_eq!(desk.json(&["verify"])["ok"], true);
    for form in ["md", "json", "html", "csv"] {
        desk.ok(&["export", id, "--format", form]);
    }
    desk.ok(&["postmortem", "draft", id]);
    assert!(desk.ok(&["drill", "score", id, "--as", "bob"]).contains("DRILL signing-key-compromised"));
    let stats = desk.ok(&["stats"]);
    assert!(!stats.contains("INC-2026-0001"), "{stats}");
    // The second run stands beside the first.
    desk.ok(&["drill", "run", "signing-key-compromised", "--at", "-10m"]);
    let list = desk.json(&["drill", "list"]);
    let drill = list["drills"].as_array().unwrap().iter().find(|d| d["runs"] == 2).unwrap().clone();
    assert_eq!((&drill["name"], &drill["due"]), (&"signing-key-compromised".into(), &false.into()));
    let second = desk.json(&["drill", "score", "."]);
    assert_eq!(second["earlier"][0]["id"], id);
    assert_eq!((&second["earlier"][0]["met"], &second["earlier"][0]["expected"]), (&8.into(), &21.into()));
    assert!(texts(&desk.timeline(".")).contains(&"x"), "what was due before now was told at once");
}

#[test]
fn scripts_are_shown_checked_and_named() {
    let desk = Desk::new();
    let shown = desk.json(&["drill", "show", "registry"]);
    assert_eq!(
        (&shown["name"], &shown["problems"]),
        (&"registry-compromise".into(), &Value::Array(Vec::new()))
    );
    assert_eq!(shown["injects"][0]["expectations"][0]["within"], "5m");
    let text = desk.ok(&["drill", "show", "registry"]);
    assert!(text.contains("[milestone acknowledged]") && text.contains("[the facilitator judges]"), "{text}");
    desk.run(&["drill", "show", "secret-in-prod"]).refuses(3, "did you mean secrets-in-prod?");
    desk.run(&["drill", "run", "nothing-like-it"]).refuses(3, "there is no drill");
    desk.ok(&["init"]);
    assert_eq!(
        desk.ok(&["drill", "check", desk.home().join("drills").to_str().unwrap()]).trim(),
        "6 checked, no problem"
    );
    let bad = desk.file("bad.md", "## Injects\n- T+5 soon\n- T+6m x\n  - Expect: y `severity SEV-9`\n");
    let checked = desk.run(&["drill", "check", &bad]).code(1);
    assert!(checked.out.contains("bad.md:2: ") && checked.out.contains("bad.md:4: "), "{checked:?}");
    desk.run(&["drill", "check", "missing.md"]).refuses(3, "is not there");
    let empty = desk.file("empty.md", "# Nothing\n");
    desk.run(&["drill", "run", &empty]).refuses(1, "no inject");
    desk.declare("Web is down");
    desk.run(&["drill", "score", "."]).refuses(4, "no drill that is run by a script");
    desk.run(&["drill", "inject", "."]).refuses(4, "no drill that is run by a script");
    desk.run(&["drill", "score", "99"]).refuses(3, "99");
    desk.run(&["drill", "run", "secrets", "--at", "soon"]).code(2);
}
