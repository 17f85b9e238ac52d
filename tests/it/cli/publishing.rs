//! What a publication takes from its draft into the log, and what it does not take from a draft at all.

use std::path::PathBuf;

use serde_json::Value;

use super::{Desk, filled};

/// An incident that is over, and its draft with words in every place.
fn ready(desk: &Desk) -> (String, PathBuf) {
    let declared = ["declare", "Certificate expired", "--severity", "P3", "--commander", "alice"];
    let id = desk.json(&declared)["id"].as_str().unwrap().to_owned();
    desk.ok(&["resolve", &id]);
    let draft = PathBuf::from(desk.json(&["postmortem", "draft", &id])["path"].as_str().unwrap());
    let text = filled(&std::fs::read_to_string(&draft).unwrap());
    std::fs::write(&draft, text).unwrap();
    (id, draft)
}

fn text(draft: &PathBuf) -> String {
    std::fs::read_to_string(draft).unwrap()
}

/// Writes heads of the improvements, in their order; the last ones stay as they are.
fn name(draft: &PathBuf, heads: &[&str]) {
    let mut parts: Vec<String> = text(draft).split("- [ ] Story:").map(str::to_owned).collect();
    for (head, part) in heads.iter().zip(parts.iter_mut().skip(1)) {
        part.insert_str(0, head);
    }
    let mut heads = heads.len();
    let mut out = parts.remove(0);
    for part in parts {
        out.push_str(if heads > 0 { "- [ ] Story " } else { "- [ ] Story:" });
        out.push_str(&part);
        heads = heads.saturating_sub(1);
    }
    std::fs::write(draft, out).unwrap();
}

fn filed(report: &Value) -> Vec<&str> {
    report["filed"].as_array().unwrap().iter().map(|id| id.as_str().unwrap()).collect()
}

/// The ids of the stories of the log, and those of the improvements that were committed.
fn stories(desk: &Desk, report: &Value) -> (Vec<String>, Vec<String>) {
    let listed = desk.json(&["story", "list", "--all"]);
    let listed = listed["stories"].as_array().unwrap().iter().map(|s| s["id"].as_str().unwrap().to_owned());
    let file = desk.home().join("postmortems").join(report["path"].as_str().unwrap());
    let committed = std::fs::read_to_string(file).unwrap();
    let heads = committed.lines().filter_map(|line| line.strip_prefix("- [ ] Story "));
    (listed.collect(), heads.map(|head| head.split_once(':').unwrap().0.to_owned()).collect())
}

#[test]
fn improvements_in_the_form_of_our_own_are_filed_under_the_ids_that_they_name() {
    let desk = Desk::new();
    let (id, draft) = ready(&desk);
    let ids = ["INC-2026-0001/S1", "INC-2026-0001/S2", "INC-2026-0001/S3"];
    name(&draft, &ids.map(|id| format!("{id}:")).each_ref().map(String::as_str));
    let written = text(&draft);
    desk.ok(&["postmortem", "check", &id]);
    let report = desk.json(&["postmortem", "publish", &id]);
    assert_eq!(filed(&report), ids);
    assert_eq!(text(&draft), written, "it stays as its author wrote it");
    let (listed, committed) = stories(&desk, &report);
    assert_eq!(listed, ids);
    assert_eq!(committed, ids);
    let first = &desk.json(&["story", "list", "--all"])["stories"][0];
    assert_eq!((&first["owner"], &first["due"]), (&"bob".into(), &"2027-01-15".into()), "{first:#}");
    let again = desk.json(&["postmortem", "publish", &id]);
    assert_eq!((&again["unchanged"], filed(&again).len()), (&true.into(), 0), "{again:#}");
    assert_eq!(desk.json(&["story", "add", &id, "later"])["id"], "INC-2026-0001/S4");
}

#[test]
fn a_number_that_the_draft_names_is_given_to_no_other_improvement() {
    let desk = Desk::new();
    let (id, draft) = ready(&desk);
    name(&draft, &["INC-2026-0001/S2:"]);
    let report = desk.json(&["postmortem", "publish", &id]);
    assert_eq!(filed(&report), ["INC-2026-0001/S2", "INC-2026-0001/S3", "INC-2026-0001/S4"]);
    let (listed, committed) = stories(&desk, &report);
    assert_eq!(committed, ["INC-2026-0001/S2", "INC-2026-0001/S3", "INC-2026-0001/S4"]);
    assert_eq!(listed, committed);
    assert_eq!(desk.json(&["postmortem", "publish", &id])["unchanged"], true);
}

#[test]
fn an_improvement_is_filed_although_its_number_cannot_be_used_or_stands_twice() {
    let desk = Desk::new();
    let (id, draft) = ready(&desk);
    name(&draft, &["INC-2026-0001/S4294967295:", "INC-2026-0001/S1:", "INC-2026-0001/S1:"]);
    let report = desk.json(&["postmortem", "publish", &id, "--waive", "one number twice"]);
    let (listed, committed) = stories(&desk, &report);
    assert_eq!(committed, ["INC-2026-0001/S2", "INC-2026-0001/S1", "INC-2026-0001/S3"]);
    assert_eq!(listed.len(), 3, "{listed:?}");
    assert_eq!(filed(&report).len(), 3);
    assert_eq!(desk.json(&["postmortem", "publish", &id])["unchanged"], true);
    assert_eq!(desk.json(&["story", "list", "--all"])["stories"].as_array().unwrap().len(), 3);
}

#[test]
fn a_draft_with_the_id_of_another_incident_is_not_published_whatever_is_waived() {
    let desk = Desk::new();
    let (id, draft) = ready(&desk);
    let own = text(&draft);
    std::fs::write(&draft, own.replacen("id: INC-2026-0001", "id: INC-2026-0009", 1)).unwrap();
    let check = desk.run(&["postmortem", "check", &id, "--json"]).code(1).json();
    assert!(check["problems"].as_array().unwrap().iter().any(|p| p["rule"] == "id-differs"), "{check:#}");
    desk.run(&["postmortem", "publish", &id]).refuses(1, "write `id: INC-2026-0001`");
    desk.run(&["postmortem", "publish", &id, "--waive", "all of it"]).refuses(1, "cannot be waived");
    assert_eq!(desk.json(&["story", "list", "--all"])["stories"].as_array().unwrap().len(), 0);
    std::fs::write(&draft, own).unwrap();
    desk.ok(&["postmortem", "publish", &id]);
}

#[test]
fn the_check_names_what_differs_from_the_log_and_how_to_go_on() {
    let desk = Desk::new();
    let (id, draft) = ready(&desk);
    let own = text(&draft);
    let mut wrong = String::new();
    for line in own.lines() {
        let key = line.split_once(": ").map(|(key, _)| key).unwrap_or_default();
        wrong.push_str(match key {
            "kind" => "kind: drill",
            "visibility" => "visibility: restricted",
            "disposition" => "disposition: banana",
            "date" => "date: \"2025-01-02\"",
            "commander" => "commander: mallory",
            "resolved" => "resolved: \"2020-01-01T00:00:00Z\"",
            _ => line,
        });
        wrong.push('\n');
    }
    std::fs::write(&draft, wrong).unwrap();
    let check = desk.run(&["postmortem", "check", &id, "--json"]).code(1).json();
    let rules: Vec<&str> =
        check["problems"].as_array().unwrap().iter().map(|p| p["rule"].as_str().unwrap()).collect();
    assert_eq!(rules.iter().filter(|rule| **rule == "differs-from-log").count(), 5, "{check:#}");
    assert_eq!(rules.iter().filter(|rule| **rule == "unknown-word").count(), 1, "{check:#}");
    desk.run(&["postmortem", "publish", &id]).refuses(1, "or correct the log: warroom ");
    // What the log says after the draft was made is told as well, and both ways lead on.
    std::fs::write(&draft, own).unwrap();
    desk.ok(&["role", &id, "commander", "bob"]);
    desk.run(&["postmortem", "publish", &id]).refuses(1, "write `commander: bob`");
    desk.ok(&["role", &id, "commander", "alice"]);
    desk.ok(&["postmortem", "publish", &id]);
    assert_eq!(desk.json(&["postmortem", "publish", &id])["unchanged"], true);
}

#[test]
fn a_draft_that_was_filled_in_elsewhere_is_to_be_checked() {
    let desk = Desk::new();
    let next = |what: &str| desk.run(&[what, "1", "--json"]).json()["next"].as_str().unwrap().to_owned();
    let (id, draft) = ready(&desk);
    for item in ["cause", "attack-path", "credentials", "artifacts", "monitoring", "notifications", "actions"]
    {
        desk.ok(&["closure", &id, item, "done"]);
    }
    let fit = text(&draft);
    std::fs::write(&draft, fit.replacen("Story:", "Story: [fill in: more]", 1)).unwrap();
    assert_eq!((next("close"), next("show")), ("edit".to_owned(), "edit".to_owned()));
    std::fs::write(&draft, fit).unwrap();
    assert_eq!((next("close"), next("show")), ("check".to_owned(), "check".to_owned()));
    desk.ok(&["postmortem", "check", &id]);
    assert_eq!(next("close"), "publish");
    std::fs::remove_file(&draft).unwrap();
    assert_eq!(next("close"), "publish");
}

#[test]
fn an_owner_who_is_nobodys_handle_is_told_and_not_dropped_in_silence() {
    let desk = Desk::new();
    let (id, draft) = ready(&desk);
    let named = text(&draft).replacen("Owner: @bob", "Owner: Bob of the night shift", 1);
    std::fs::write(&draft, named).unwrap();
    let report = desk.json(&["postmortem", "publish", &id]);
    assert_eq!(report["filed"].as_array().unwrap().len(), 3);
    let words = format!(
        "{id}/S1 has no owner: \"Bob of the night shift\" is no handle such as alice; warroom story set {id}/S1 --owner NAME"
    );
    assert_eq!(report["warnings"], serde_json::json!([words]));
}

#[test]
fn a_draft_that_lost_its_id_is_published_under_the_one_of_its_incident() {
    let desk = Desk::new();
    let (id, draft) = ready(&desk);
    let without: String =
        text(&draft).lines().filter(|l| !l.starts_with("id: ")).map(|l| format!("{l}\n")).collect();
    std::fs::write(&draft, without).unwrap();
    let told = desk.run(&["postmortem", "check", &id]).code(1).out;
    assert!(told.contains(&format!("add `id: {id}`")), "{told}");
    desk.ok(&["postmortem", "publish", &id, "--waive", "somebody took it out"]);
    assert_eq!(desk.json(&["search", "certificate"])["results"][0]["id"], id.as_str());
    assert_eq!(desk.json(&["postmortem", "publish", &id, "--waive", "again"])["unchanged"], true);
}

#[test]
fn two_at_once_publish_one_postmortem_and_file_each_story_once() {
    for round in 0..6 {
        let desk = Desk::new();
        let (id, _) = ready(&desk);
        let both: Vec<_> = std::thread::scope(|scope| {
            let publish = || desk.run(&["postmortem", "publish", &id, "--json"]);
            let running: Vec<_> = (0..2).map(|_| scope.spawn(publish)).collect();
            running.into_iter().map(|one| one.join().unwrap()).collect()
        });
        let reports: Vec<Value> = both.into_iter().map(|ran| ran.code(0).json()).collect();
        assert_eq!(reports[0]["commit"], reports[1]["commit"], "round {round}");
        assert_eq!(filed(&reports[0]).len() + filed(&reports[1]).len(), 3, "round {round}: {reports:#?}");
        let (listed, committed) = stories(&desk, &reports[0]);
        assert_eq!(listed, committed, "round {round}");
        assert_eq!(listed.len(), 3, "round {round}: {listed:?}");
        let said = desk.ok(&["timeline", &id]);
        assert_eq!(said.matches("postmortem published").count(), 1, "round {round}: {said}");
        assert_eq!(desk.json(&["postmortem", "publish", &id])["unchanged"], true);
        assert_eq!(desk.json(&["verify"])["ok"], true);
    }
}

#[test]
fn an_improvement_within_another_is_filed_as_its_own() {
    let desk = Desk::new();
    let (id, draft) = ready(&desk);
    let nested = "\n  - [ ] Story: Drill the limit\n    Owner: @carol Due: 2027-02-02 Severity: P4 Kind: process\n- [ ]";
    let written = text(&draft);
    let (before, after) = written.split_once("\n- [ ]").unwrap();
    let after = after.replacen("\n- [ ]", nested, 1);
    std::fs::write(&draft, format!("{before}\n- [ ]{after}")).unwrap();
    desk.ok(&["postmortem", "check", &id]);
    let report = desk.json(&["postmortem", "publish", &id]);
    assert_eq!(filed(&report).len(), 4);
    let listed = desk.json(&["story", "list", "--all"]);
    let drill =
        listed["stories"].as_array().unwrap().iter().find(|story| story["title"] == "Drill the limit");
    assert_eq!(drill.unwrap_or_else(|| panic!("{listed:#}"))["owner"], "carol");
}

#[test]
fn document_and_log_say_the_same_of_the_stories() {
    let desk = Desk::new();
    let (id, draft) = ready(&desk);
    desk.ok(&["postmortem", "publish", &id]);
    let published = text(&draft);
    std::fs::write(&draft, published.replacen("Owner: @bob", "Owner: @dana", 1)).unwrap();
    desk.run(&["postmortem", "publish", &id]).refuses(1, &format!("warroom story set {id}/S1 --owner dana"));
    desk.ok(&["story", "set", &format!("{id}/S1"), "--owner", "dana"]);
    desk.ok(&["postmortem", "publish", &id]);

    desk.ok(&["story", "add", &id, "Page the second line", "--owner", "carol", "--kind", "process"]);
    let told = desk.run(&["postmortem", "check", &id]).code(1).out;
    assert!(told.contains(&format!("{id}/S4 is filed and does not stand here")), "{told}");
    desk.ok(&["story", "ship", &format!("{id}/S1"), "--link", "MR 7"]);
    desk.ok(&["story", "verify", &format!("{id}/S1"), "--proof", "a drill"]);
    std::fs::remove_file(&draft).unwrap();
    desk.ok(&["postmortem", "draft", &id]);
    let fresh = text(&draft);
    assert!(
        fresh.contains(&format!("- [x] Story {id}/S1: ")) && fresh.contains(" Proof: a drill\n"),
        "{fresh}"
    );
    assert!(fresh.contains(&format!("- [ ] Story {id}/S4: Page the second line\n")), "{fresh}");
    desk.ok(&["postmortem", "check", &id]);
    let report = desk.json(&["postmortem", "publish", &id]);
    assert_eq!((&report["unchanged"], filed(&report).len()), (&false.into(), 0), "{report:#}");
}

#[test]
fn marks_of_a_merge_are_not_published_whatever_is_waived() {
    let desk = Desk::new();
    let (id, draft) = ready(&desk);
    let merged = text(&draft).replacen("\n- [ ]", "\n<<<<<<< HEAD\n=======\n>>>>>>> bob\n- [ ]", 1);
    std::fs::write(&draft, merged).unwrap();
    desk.run(&["postmortem", "publish", &id, "--waive", "all of it"]).refuses(1, "mark of a merge");
    assert_eq!(desk.json(&["story", "list", "--all"])["stories"].as_array().unwrap().len(), 0);
}

#[test]
fn an_improvement_without_words_is_waived_and_files_nothing() {
    let desk = Desk::new();
    let (id, draft) = ready(&desk);
    std::fs::write(&draft, text(&draft).replacen("\n- [ ]", "\n- [ ] Story:\n- [ ]", 1)).unwrap();
    desk.run(&["postmortem", "publish", &id]).refuses(1, "does not say what must change");
    assert_eq!(filed(&desk.json(&["postmortem", "publish", &id, "--waive", "later"])).len(), 3);
}

#[test]
fn an_edit_that_nobody_committed_stands_against_publishing_the_same_again() {
    let desk = Desk::new();
    let (id, _) = ready(&desk);
    let report = desk.json(&["postmortem", "publish", &id]);
    let file = desk.home().join("postmortems").join(report["path"].as_str().unwrap());
    let published = text(&file);
    let edited = format!("{published}\nMore.\n");
    std::fs::write(&file, &edited).unwrap();
    desk.run(&["postmortem", "publish", &id]).refuses(4, "was edited in the work tree and is not committed");
    assert_eq!(text(&file), edited, "it is left as it is");
    std::fs::write(&file, published).unwrap();
    assert_eq!(desk.json(&["postmortem", "publish", &id])["unchanged"], true);
}

#[test]
fn who_cannot_commit_files_no_story_either() {
    let desk = Desk::new();
    let (id, draft) = ready(&desk);
    let before = text(&draft);
    let git = desk.path(".gitconfig");
    let known = std::fs::read_to_string(&git).unwrap();
    std::fs::write(&git, "").unwrap();
    desk.run(&["postmortem", "publish", &id]).refuses(1, "nobody is known as the author");
    assert_eq!(desk.json(&["story", "list", "--all"])["stories"].as_array().unwrap().len(), 0);
    assert_eq!(text(&draft), before);
    std::fs::write(&git, known).unwrap();
    let report = desk.json(&["postmortem", "publish", &id]);
    assert!(!filed(&report).is_empty(), "{report}");
}
