//! Updates as a comms lead works with them: filled from the log, drafted, approved, sent, shown, listed.

use super::Desk;

fn desk() -> Desk {
    let desk = Desk::new();
    desk.ok(&["declare", "Signing key leaked", "--severity", "P1", "--service", "payments"]);
    desk.ok(&["set", ".", "--impact", "images since 13:00 cannot be trusted", "--confirmed"]);
    desk.ok(&["hypothesis", ".", "the key was in a CI variable"]);
    desk.ok(&["ask", ".", "@bob 30m list builds"]);
    desk
}

#[test]
fn an_update_goes_from_the_log_to_a_draft_to_the_stamp_that_it_went_out() {
    let desk = desk();
    let words = desk.json(&["update", ".", "customers", "--print"]);
    assert_eq!(words["template"], "own", "the home has it: {words:#}");
    assert_eq!(words["problem"], serde_json::Value::Null);
    assert!(!words["text"].as_str().unwrap().contains("CI variable"), "{words:#}");
    let text = words["text"].as_str().unwrap();
    // What the team is owed every half hour, customers are not promised unasked.
    assert!(text.contains("Next update: [fill in: when the next update comes]"), "{text}");
    let text = &text.replace("[fill in: when the next update comes]", "2026-11-20 14:30 UTC");

    // As it is, it does not go out; as a draft it may lie.
    desk.feed(&["update", ".", "customers", "-"], text.as_bytes()).refuses(1, "to fill in");
    let made =
        desk.feed(&["update", ".", "customers", "-", "--draft", "--json"], text.as_bytes()).code(0).json();
    let seq = made["entries"][0]["seq"].to_string();
    desk.run(&["update", ".", "send", &seq]).refuses(1, "to fill in");
    let whole = format!("customers: {}", super::filled(text));
    desk.ok(&["amend", ".", &seq, "--text", &whole]);
    desk.ok(&["update", ".", "approve", &seq, "--as", "bob"]);
    let sent = desk.run(&["update", ".", "send", &seq]).code(0);
    assert!(sent.err.contains("internal was not told yet"), "a hint, no more: {sent:?}");

    let listed = desk.json(&["update", ".", "list"]);
    let update = &listed["updates"][0];
    assert_eq!((update["state"].as_str(), update["audience"].as_str()), (Some("sent"), Some("customers")));
    assert_eq!((&update["approved"]["by"], &update["sent"]["by"]), (&"bob".into(), &"alice".into()));
    assert_eq!(update["next_at"], "2026-11-20T14:30:00.000Z");
    let line = desk.ok(&["update", ".", "list"]);
    assert!(line.contains("customers sent 14:00 alice, approved by bob, next 14:30"), "{line}");
    let shown = desk.ok(&["update", ".", "show", &seq]);
    assert_eq!(shown.trim_end(), super::filled(text), "its words alone");
    let timeline = desk.ok(&["timeline", "."]);
    assert!(
        timeline.contains("approved: customers") && timeline.contains("sent to customers: "),
        "{timeline}"
    );
    assert!(!timeline.contains("sent to customers: customers"), "{timeline}");
    let brief = desk.ok(&["brief", "."]);
    assert!(brief.contains("update customers"), "its clock runs: {brief}");
}

#[test]
fn a_draft_that_nobody_approved_goes_out_with_a_word_about_it() {
    let desk = desk();
    let drafted = |text: &str| {
        desk.json(&["update", ".", "internal", text, "--draft"])["entries"][0]["seq"].to_string()
    };
    let seq = drafted("we look at it");
    assert!(desk.run(&["update", ".", "send", &seq]).code(0).err.contains("hint: nobody had approved it"));
    let seq = drafted("we found it");
    desk.ok(&["update", ".", "approve", &seq]);
    assert!(!desk.run(&["update", ".", "send", &seq]).code(0).err.contains("approved it"));
    assert!(!desk.run(&["update", ".", "internal", "it is over"]).code(0).err.contains("approved it"));
}

#[test]
fn the_next_update_may_be_promised_for_tomorrow() {
    let desk = desk();
    desk.ok(&["update", ".", "internal", "we go to bed", "--next", "tomorrow 09:00"]);
    assert_eq!(desk.json(&["update", ".", "list"])["updates"][0]["next_at"], "2026-11-21T09:00:00.000Z");
    let until = ["clock", "ack", ".", "resolution", "--until", "tomorrow 10:00", "--reason", "they sleep"];
    desk.run(&until).code(0);
    let clocks = desk.json(&["clock", "list", "."])["clocks"].to_string();
    assert!(clocks.contains("2026-11-21T10:00:00"), "{clocks}");
}

#[test]
fn a_bad_template_is_told_with_file_and_line_and_leaves_nobody_without_a_text() {
    let desk = desk();
    let template = desk.home().join("templates/update-public.txt");
    std::fs::write(&template, "{{ title }}\n{{ titel }}\n").unwrap();
    let ran = desk.run(&["update", ".", "public", "--print"]).code(0);
    assert!(ran.err.contains("update-public.txt:2:") && ran.err.contains("mend yours"), "{ran:?}");
    assert!(ran.out.contains("What happened:"), "{ran:?}");
    std::fs::write(&template, "We know: {{ impact }}.\n").unwrap();
    assert_eq!(
        desk.ok(&["update", ".", "public", "--print"]),
        "We know: images since 13:00 cannot be trusted.\n"
    );
    std::fs::remove_file(&template).unwrap();
    assert!(
        desk.ok(&["update", ".", "public", "--print"]).contains("What happened:"),
        "an older home has none"
    );
    std::fs::write(&template, vec![b'x'; 20_000]).unwrap();
    assert!(desk.run(&["update", ".", "public", "--print"]).code(0).err.contains("at most"));
    std::fs::write(&template, [0xff, 0xfe]).unwrap();
    assert!(desk.run(&["update", ".", "public", "--print"]).code(0).err.contains("not UTF-8"));
}

#[test]
fn the_next_one_is_due_when_the_option_or_the_text_says() {
    let desk = desk();
    let next = |desk: &Desk| -> Vec<String> {
        let all = desk.json(&["update", ".", "list"]);
        all["updates"]
            .as_array()
            .unwrap()
            .iter()
            .map(|u| u["next_at"].as_str().unwrap_or("none").chars().take(16).collect())
            .collect()
    };
    desk.ok(&["update", ".", "internal", "looking", "--next", "10m"]);
    desk.ok(&["update", ".", "public", "looking, next 45m"]);
    desk.ok(&["log", ".", "> regulator: notified\nNext update: 2026-11-23 14:00 UTC"]);
    desk.ok(&["update", ".", "customers", "looking"]);
    assert_eq!(next(&desk), ["2026-11-20T14:10", "2026-11-20T14:45", "2026-11-23T14:00", "none"]);
    desk.run(&["update", ".", "public", "Next update: 2026-11-20 13:00 UTC"]).refuses(1, "has passed");
    desk.run(&["update", ".", "public", "x", "--next", "soon"]).refuses(2, "not a time ahead");
}

#[test]
fn what_is_missing_or_contradicts_is_refused() {
    let desk = desk();
    desk.run(&["update", ".", "internal"]).refuses(2, "words are missing");
    desk.run(&["update", ".", "internal", "x", "--print"]).refuses(2, "cannot be used with");
    desk.run(&["update", ".", "show", "1"]).refuses(3, "not an update");
    desk.run(&["update", ".", "show"]).refuses(2, "number");
    assert_eq!(desk.json(&["update", ".", "list"])["updates"].as_array().unwrap().len(), 0);
}

#[test]
fn the_editor_opens_on_the_filled_text() {
    let mut desk = desk();
    let script = desk.file("edit.sh", "#!/bin/sh\nsed -i 's/^Status:.*/Status: in hand/' \"$1\"\n");
    desk.set("EDITOR", &format!("sh {script}"));
    let made = desk.json(&["update", ".", "internal", "--edit"]);
    let text = made["entries"][0]["text"].as_str().unwrap();
    assert!(text.contains("Status: in hand") && text.contains("@bob: list builds"), "{text}");
}

#[test]
fn what_nobody_edited_is_not_told() {
    let mut desk = desk();
    desk.set("EDITOR", "true");
    for more in [&[][..], &["--draft"], &["--next", "30m"]] {
        let mut all = vec!["update", ".", "internal", "--edit"];
        all.extend(more);
        desk.run(&all).refuses(1, "nothing was changed");
    }
    assert_eq!(desk.json(&["update", ".", "list"])["updates"].as_array().unwrap().len(), 0);
    let left = std::fs::read_dir(desk.home().join("drafts")).unwrap().count();
    assert_eq!(left, 0, "there is no text to take up");
}

#[test]
fn the_brief_has_three_forms_and_two_shorter_reports() {
    let desk = Desk::new();
    desk.declare("Key <b>leaked</b>");
    desk.ok(&["set", ".", "--impact", "images | cannot * be trusted", "--confirmed"]);
    desk.ok(&["ask", ".", "@bob 30m list the builds"]);
    let md = desk.ok(&["brief", ".", "--format", "md"]);
    assert!(md.starts_with("# INC-2026-0001") && md.contains("\n## Impact\n\n- confirmed: "), "{md}");
    assert!(md.contains("Key \\<b>leaked"), "words are never markup: {md}");
    let html = desk.ok(&["brief", ".", "--format", "html"]);
    assert!(html.starts_with("<!doctype html>") && html.contains("&lt;b&gt;leaked"), "{html}");
    assert!(html.contains("default-src 'none'") && !html.contains("<script"));
    let can = desk.json(&["brief", ".", "--report", "tactical"]);
    let heads: Vec<_> =
        can["sections"].as_array().unwrap().iter().map(|s| s["heading"].as_str().unwrap()).collect();
    assert_eq!(heads, ["Conditions", "Actions", "Needs"]);
    let needs = can["sections"][2]["lines"].to_string();
    assert!(needs.contains("scribe") && needs.contains("@bob list the builds"), "{needs}");
    let lead = desk.ok(&["brief", ".", "--report", "executive"]);
    assert!(lead.contains("What it does\n  confirmed: images") && lead.contains("What comes next"), "{lead}");
}

#[test]
fn an_update_carries_the_head_of_the_log_and_verify_takes_it() {
    let desk = Desk::new();
    let id = desk.declare("Web is down");
    desk.ok(&["log", &id, "said before the update"]);
    let text = desk.ok(&["update", &id, "internal", "--print"]);
    let head = text.lines().find_map(|l| l.strip_prefix("Log: ")).unwrap_or_else(|| panic!("{text}"));
    desk.ok(&["verify", &id, "--head", head]);
    assert!(!desk.ok(&["update", &id, "public", "--print"]).contains("Log: "), "not for the public");
    let now = desk.json(&["verify", &id])["heads"][0]["seq"].clone();
    assert!(head.starts_with(&format!("{now}:")), "{head} is not the head at {now}");
}

#[test]
fn a_red_page_is_told_to_no_customer_in_another_spelling() {
    let desk = desk();
    desk.ok(&["ioc", "add", ".", "https://evil.example/x", "--tlp", "red"]);
    for said in ["https://evil.example/x", "http://evil.example/x", "evil[.]example/x", "evil.example"] {
        desk.run(&["update", ".", "customers", &format!("we saw {said}")]).refuses(1, "TLP:RED forbids");
    }
    desk.ok(&["update", ".", "internal", "we saw evil.example"]);
    desk.ok(&["update", ".", "customers", "we saw evil.example-shop.com"]);
}

#[test]
fn a_promise_without_a_time_is_told_on_standard_error() {
    let desk = desk();
    let hint = "hint: no time of the next update was read";
    for args in [
        &["update", ".", "internal", "contained, next update in a bit"][..],
        &["update", ".", "internal", "contained, next update tomorrow", "--json"],
        &["log", ".", "> contained, next update on Monday"],
        &["log", ".", "contained, next update 25:00", "--kind", "update"],
    ] {
        let ran = desk.run(args).code(0);
        assert!(ran.err.contains(hint) && !ran.out.contains(hint), "{ran:?}");
    }
    let ran = desk.feed(&["log", ".", "-"], b"> contained, next update soon\n").code(0);
    assert!(ran.err.contains(hint), "{ran:?}");
    for args in [
        &["update", ".", "internal", "contained, next update tomorrow 09:00"][..],
        &["update", ".", "internal", "contained, next update in a bit", "--next", "30m"],
        &["update", ".", "internal", "contained"],
        &["log", ".", "> the vendor says next update in 2h"],
        &["log", ".", "next update in a bit, says the vendor"],
    ] {
        let ran = desk.run(args).code(0);
        assert!(!ran.err.contains(hint), "{ran:?}");
    }
    let listed = desk.json(&["update", ".", "list"]);
    let promised = listed["updates"].as_array().unwrap().iter().find(|u| !u["next_at"].is_null()).unwrap();
    assert_eq!(promised["next_at"], "2026-11-21T09:00:00.000Z");
}
