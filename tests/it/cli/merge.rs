//! Several incidents that turned out to be one.

use super::Desk;

#[test]
fn three_incidents_become_one_and_every_id_keeps_answering() {
    let desk = Desk::new();
    let main = desk.declare("Logins fail");
    desk.ok(&["log", &main, "-20m first report of failed logins"]);
    let (two, three) = (desk.declare("SSO is slow"), desk.declare("Portal shows 502"));
    desk.ok(&["log", &two, "-10m SSO times out"]);
    desk.ok(&["ask", &two, "@bob 30m read the proxy log"]);
    desk.ok(&["log", &three, "-5m portal is down"]);

    let report = desk.json(&["merge", &two, &three, "--into", &main]);
    assert_eq!(report["into"], main.as_str());
    assert_eq!(report["merged"].as_array().unwrap().len(), 2);
    assert_eq!(report["merged"][0]["asked_anew"][0], "@bob read the proxy log");
    assert_eq!(report["merged"][0]["open"].as_array().unwrap().len(), 0);
    // The duplicates end and say where they went; the one that goes on names them, with what is still open there.
    for id in [&two, &three] {
        let shown = desk.json(&["show", id]);
        assert_eq!(
            (&shown["disposition"]["word"], &shown["disposition"]["of"]),
            (&"duplicate-of".into(), &main.as_str().into())
        );
        assert_eq!(shown["state"], "resolved");
        desk.ok(&["timeline", id]);
    }
    let timeline = desk.ok(&["timeline", &main]);
    assert!(
        timeline.contains(&format!("merged {two} SSO is slow"))
            && timeline.contains(&format!("@bob read the proxy log (asked in {two} #3)")),
        "{timeline}"
    );
    let related = desk.json(&["show", &main])["related"].clone();
    assert_eq!(related.as_array().unwrap().len(), 2);
    assert!(desk.ok(&["show", "."]).contains("Logins fail"), "one is open again, so . names it");

    // All lines as one, by time.
    let all = desk.json(&["timeline", &main, "--merged"]);
    let texts: Vec<&str> =
        all["entries"].as_array().unwrap().iter().map(|e| e["text"].as_str().unwrap()).collect();
    let place = |part: &str| {
        texts.iter().position(|t| t.contains(part)).unwrap_or_else(|| panic!("{part}: {texts:#?}"))
    };
    assert!(place("first report") < place(&format!("{two}: SSO times out")));
    assert!(place("SSO times out") < place(&format!("{three}: portal is down")));

    // Again: nothing is written. A wrong merge is taken back on the duplicate, whose lines leave the view again.
    let before = desk.json(&["verify"])["checked"].clone();
    assert_eq!(desk.json(&["merge", &two, "--into", &main])["merged"][0]["already"], true);
    assert_eq!(desk.json(&["verify"])["checked"], before);
    desk.run(&["merge", &main, "--into", &two, "--undo"]).refuses(1, "was not merged");
    assert_eq!(desk.json(&["merge", &three, "--into", &main, "--undo"])["parted"][0], three.as_str());
    let shown = desk.json(&["show", &three]);
    assert_eq!((&shown["state"], &shown["ended_by"]), (&"open".into(), &"".into()));
    assert_eq!(shown["reopened"], 0, "it never came back");
    assert!(!desk.ok(&["show", &three]).contains(&main) && !desk.ok(&["show", &main]).contains(&three));
    let all = desk.ok(&["timeline", &main, "--merged"]);
    assert!(all.contains("SSO times out") && !all.contains("portal is down"), "{all}");
    desk.ok(&["verify"]);
}

#[test]
fn a_merge_that_makes_no_sense_is_refused_whole() {
    let desk = Desk::new();
    let (one, two, three) = (desk.declare("One"), desk.declare("Two"), desk.declare("Three"));
    desk.run(&["merge", &one, "--into", &one]).refuses(1, "into itself");
    desk.run(&["merge", "99", "--into", &one]).refuses(3, "99");
    desk.ok(&["merge", &two, "--into", &one]);
    desk.run(&["merge", &three, "--into", &two]).refuses(1, &format!("merge into {one}"));
    desk.run(&["merge", &three, &two, "--into", &three]).refuses(1, "into itself");
    desk.run(&["merge", &two, "--into", &three]).refuses(1, &format!("merged into {one} before"));
    assert_eq!(desk.json(&["show", &three])["state"], "open", "nothing was written");
}

#[test]
fn what_was_called_a_duplicate_by_hand_is_merged_all_the_same() {
    let desk = Desk::new();
    let (main, copy) = (desk.declare("Logins fail"), desk.declare("SSO is slow"));
    desk.ok(&["set", &copy, "--disposition", &format!("duplicate-of {main}"), "--reason", "one proxy"]);
    let merged = desk.json(&["merge", &copy, "--into", &main])["merged"][0].clone();
    assert_eq!(merged["already"], false);
    let shown = desk.json(&["show", &copy]);
    assert_eq!((&shown["state"], &shown["disposition"]["reason"]), (&"resolved".into(), &"one proxy".into()));
    let notes = |of: &str| desk.ok(&["timeline", &main]).matches(&format!("merged {of} ")).count();
    assert_eq!(notes(&copy), 1);
    assert_eq!(desk.json(&["merge", &copy, "--into", &main])["merged"][0]["already"], true);
    assert_eq!(notes(&copy), 1, "a second time nothing is written");

    // Opened again it is no longer at its end; the note stands.
    desk.ok(&["reopen", &copy, "--reason", "it goes on there"]);
    assert_eq!(desk.json(&["merge", &copy, "--into", &main])["merged"][0]["already"], false);
    assert_eq!((desk.json(&["show", &copy])["state"].clone(), notes(&copy)), ("resolved".into(), 1));
}

#[test]
fn what_runs_is_not_merged_into_what_is_over() {
    let desk = Desk::new();
    let declare = |title: &str, severity: &str| {
        let made = desk.json(&["declare", title, "--severity", severity, "--commander", "alice"]);
        made["id"].as_str().unwrap().to_owned()
    };
    let (old, now) = (declare("Logins fail", "P3"), declare("Logins fail again", "P1"));
    desk.ok(&["ask", &now, "@bob 3m look"]);
    desk.ok(&["resolve", &old]);
    desk.run(&["merge", &now, "--into", &old]).refuses(1, &format!("{now} is open, and {old} is resolved"));
    desk.ok(&["close", &old, "--waive", "nothing to learn"]);
    desk.run(&["merge", &now, "--into", &old]).refuses(1, &format!("warroom reopen {old}"));
    assert_eq!(desk.json(&["show", &now])["state"], "open", "nothing was written");

    desk.ok(&["reopen", &old, "--reason", "it is back"]);
    let merged = desk.run(&["merge", &now, "--into", &old]).code(0);
    assert!(merged.err.contains(&format!("{now} was P1, and {old} stays P3")), "{merged:?}");
    // What is over goes into what is over.
    let copy = declare("Logins failed", "P1");
    desk.ok(&["resolve", &copy]);
    desk.ok(&["resolve", &old]);
    let report = desk.json(&["merge", &copy, "--into", &old]);
    assert_eq!(report["warnings"].as_array().unwrap().len(), 0);
}

#[test]
fn what_a_regulator_and_customers_wait_for_is_named_when_its_incident_ends() {
    let desk = Desk::new();
    let (main, copy) = (desk.declare("Logins fail"), desk.declare("Data of customers is out"));
    desk.ok(&["target", &copy, "update:regulator", "72h", "--reason", "the law"]);
    desk.ok(&["update", &copy, "customers", "we look", "--next", "2h"]);
    let merged = desk.json(&["merge", &copy, "--into", &main])["merged"][0].clone();
    let open: Vec<&str> = merged["open"].as_array().unwrap().iter().map(|o| o.as_str().unwrap()).collect();
    assert_eq!(
        open,
        ["update customers due 2026-11-20 16:00 UTC", "update regulator due 2026-11-23 14:00 UTC"],
        "{merged}"
    );
    let timeline = desk.ok(&["timeline", &main]);
    assert!(timeline.contains("update regulator due 2026-11-23 14:00 UTC"), "{timeline}");
}

#[test]
fn what_is_open_in_the_one_that_ends_goes_on_in_the_other_until_that_is_taken_back() {
    let mut desk = Desk::new();
    let (main, two) = (desk.declare("Logins fail"), desk.declare("SSO is slow"));
    desk.ok(&["ask", &two, "@bob 30m read the proxy log #sso"]);
    desk.ok(&["ask", &two, "@carol 1m call the vendor"]);
    desk.ok(&["ask", &two, "who has the token?"]);
    desk.ok(&["ioc", "add", &two, "203.0.113.9"]);
    desk.file("proxy.log", "GET /sso 504");
    desk.ok(&["evidence", "add", &two, "proxy.log", "--class", "log"]);
    desk.set("WARROOM_NOW", "2026-11-20T14:10:00Z");
    let merged = desk.ok(&["merge", &two, "--into", &main]);
    assert!(merged.contains(&format!("asked anew in {main}: @carol call the vendor; @bob read")), "{merged}");
    let asks = |desk: &Desk, id: &str| desk.ok(&["board", id, "asks"]);
    let there = asks(&desk, &main);
    assert!(there.contains("read the proxy log #sso (asked in") && there.contains("bob"), "{there}");
    let all = desk.json(&["timeline", &main]);
    let texts: Vec<&str> =
        all["entries"].as_array().unwrap().iter().map(|e| e["text"].as_str().unwrap()).collect();
    let note = texts.iter().find(|text| text.starts_with("merged ")).unwrap();
    assert!(note.contains("3 asks are asked anew here") && !note.contains("still open there"), "{note}");
    assert!(note.contains(&format!("1 item of evidence (#6), warroom evidence list {two}")), "{note}");
    assert!(
        note.contains(&format!("1 indicator, warroom ioc list {two}")) && !note.contains("203"),
        "{note}"
    );
    // What is left of their time, and a minute at the least.
    let clocks = desk.json(&["clock", "list", &main])["clocks"].to_string();
    assert!(clocks.contains("2026-11-20T14:30:00") && clocks.contains("2026-11-20T14:11:00"), "{clocks}");
    assert!(desk.ok(&["timeline", &two]).contains(&format!("asked anew in {main}")));
    let before = desk.json(&["verify"])["checked"].clone();
    desk.ok(&["merge", &two, "--into", &main]);
    assert_eq!(desk.json(&["verify"])["checked"], before, "said once");

    // What was answered since is answered; the others are open where they were asked, and there alone.
    let seq = |desk: &Desk, id: &str, part: &str| {
        let all = desk.json(&["timeline", id]);
        let all = all["entries"].as_array().unwrap().clone();
        let line = all.into_iter().find(|e| e["kind"] == "ask" && e["text"].as_str().unwrap().contains(part));
        line.unwrap()["seq"].to_string()
    };
    desk.ok(&["answer", &main, &seq(&desk, &main, "vendor"), "they look at it"]);
    desk.ok(&["merge", &two, "--into", &main, "--undo"]);
    let brief = |desk: &Desk, id: &str| desk.ok(&["brief", id]);
    assert!(brief(&desk, &two).contains("read the proxy log") && !brief(&desk, &two).contains("vendor"));
    assert!(!brief(&desk, &main).contains("read the proxy log"), "{}", brief(&desk, &main));
    desk.ok(&["merge", &two, "--into", &main]);
    assert!(brief(&desk, &main).contains("read the proxy log"), "{}", brief(&desk, &main));
    desk.ok(&["verify"]);
}

#[test]
fn what_is_restricted_is_asked_of_nobody_elsewhere() {
    let desk = Desk::new();
    let (main, two) = (desk.declare("Logins fail"), desk.declare("SSO is slow"));
    desk.ok(&["set", &two, "--visibility", "restricted"]);
    desk.ok(&["ask", &two, "@bob 30m read the mails of mallory"]);
    let report = desk.json(&["merge", &two, "--into", &main]);
    assert_eq!(report["merged"][0]["asked_anew"].as_array().unwrap().len(), 0);
    assert!(!desk.ok(&["board", &main, "asks"]).contains("mallory"));
}
