//! The composer: what a letter makes of a half-typed line, lines that are amended, and scribe mode.

use super::*;
use crate::app::model::Purpose;

fn line(desk: &Desk) -> String {
    desk.model.room.as_ref().unwrap().composer.editor.text().to_owned()
}

/// The keys go into the line of the room.
fn typing(desk: &Desk) -> bool {
    desk.model.screen == Screen::Room && desk.model.room.as_ref().unwrap().composer.open
}

#[test]
fn a_letter_never_makes_an_old_line_out_of_a_new_one() {
    let mut desk = Desk::room(80, 24, "alice");
    desk.keys("iold words<enter>").serve();
    let old = desk.last().seq;
    for (keys, sign) in [("d", "! "), ("a", "+ "), ("H", "? "), (":", ":")] {
        desk.keys("Ge!<esc>").keys(keys);
        assert_eq!(line(&desk), sign, "{keys}");
        assert_eq!(desk.model.room.as_ref().unwrap().composer.purpose, Purpose::Entry, "{keys}");
        assert!(desk.model.notice.as_ref().unwrap().text.contains("press Up"), "{keys}");
        desk.keys("<up>");
        assert_eq!(line(&desk), "old words!", "{keys}: no word is lost");
        desk.keys("<ctrl-u><esc>");
    }
    desk.keys("Ge<esc>drevoke the key now<enter>").serve();
    assert_eq!((desk.last().kind, desk.last().text.as_str()), (EntryKind::Decision, "revoke the key now"));
    assert_eq!(desk.stored.timeline.get(old).unwrap().text, "old words");
    // i goes on with the amendment, as it was said.
    desk.keys("k").model.room.as_mut().unwrap().selected = Some(RowId::Entry(old));
    desk.keys("e!<esc>i!<enter>").serve();
    assert_eq!(desk.stored.timeline.get(old).unwrap().text, "old words!!");
}

#[test]
fn the_next_line_never_goes_into_an_entry_that_was_only_looked_at() {
    for keys in ["I", "i"] {
        let mut desk = Desk::room(80, 24, "alice");
        desk.keys("iold words<enter>").serve();
        let old = desk.last().seq;
        desk.keys("<esc>Ge<esc>");
        assert_eq!(line(&desk), "", "{keys}: words that nobody changed are no draft");
        desk.keys(keys).keys("customers report 500s<enter>").serve();
        assert_eq!(desk.last().text, "customers report 500s", "{keys}");
        assert_eq!(desk.stored.timeline.get(old).unwrap().text, "old words", "{keys}");
    }
    // Changed words are set aside for a scribe, and for another line that is selected.
    for keys in ["I", "kki"] {
        let mut desk = Desk::room(80, 24, "alice");
        desk.keys("iold words<enter>").serve();
        let old = desk.last().seq;
        desk.keys("Ge!<esc>").keys(keys);
        assert_eq!(line(&desk), "", "{keys}");
        assert!(desk.model.notice.as_ref().unwrap().text.contains("press Up"), "{keys}");
        desk.keys("<up>");
        assert_eq!(line(&desk), "old words!", "{keys}: no word is lost");
        desk.keys("<ctrl-u>new<enter>").serve();
        assert_eq!(desk.last().text, "new", "{keys}");
        assert_eq!(desk.stored.timeline.get(old).unwrap().text, "old words", "{keys}");
    }
}

#[test]
fn a_note_does_not_go_on_with_a_command() {
    for note in ["i", "I"] {
        let mut desk = Desk::room(80, 24, "alice");
        let severity = desk.stored.severity.clone();
        desk.keys(":severity P2 <esc>");
        assert!(
            desk.model.notice.as_ref().unwrap().text.contains(": goes on with it"),
            "{:?}",
            desk.model.notice
        );
        desk.keys(note);
        assert_eq!(line(&desk), "", "{note}");
        assert!(desk.model.notice.as_ref().unwrap().text.contains(": goes on"), "{note}");
        desk.keys("customers angry<enter>").serve();
        assert_eq!((desk.last().kind, desk.last().text.as_str()), (EntryKind::Note, "customers angry"));
        assert_eq!(desk.stored.severity, severity, "{note}: no command ran");
        // It outlives the process.
        let draft = desk.model.room.as_ref().unwrap().composer.draft(Vec::new()).unwrap();
        let resumed = crate::app::model::Composer::resume(&draft);
        assert_eq!(resumed.command.unwrap().0, ":severity P2 ");
        desk.keys("<esc>:");
        assert_eq!(line(&desk), ":severity P2 ", "{note}");
        desk.keys("low traffic<enter>").serve();
        assert_eq!(desk.stored.severity.as_deref(), Some("P2"), "{note}");
        assert_eq!(desk.model.room.as_ref().unwrap().composer.command, None);
    }
    // The time of the command is the one that was fixed for it.
    let mut desk = Desk::room(80, 24, "alice");
    desk.keys("i-4m :m mitigated<esc>");
    assert_eq!(line(&desk), "-4m :m mitigated");
    desk.keys("i");
    desk.later(300);
    desk.keys("hm<enter>").serve();
    desk.keys(":<enter>").serve();
    assert_eq!(
        desk.stored.milestone(crate::domain::words::Milestone::Mitigated),
        Some(at("14:34")),
        "{:?}",
        desk.texts()
    );
}

#[test]
fn a_mark_goes_behind_the_time_of_a_half_typed_line() {
    let mut desk = Desk::room(80, 24, "alice");
    desk.keys("i-4m paged<esc>d<enter>").serve();
    let last = desk.last();
    assert_eq!(
        (last.kind, last.text.as_str(), last.occurred_at),
        (EntryKind::Decision, "paged", at("14:34"))
    );
    desk.keys("dx<esc>a");
    assert_eq!(line(&desk), "+ x", "one mark takes the place of another");
    desk.keys("<ctrl-u><esc>:phase<esc>d");
    assert_eq!(line(&desk), "! ", "a verb takes no mark");
    desk.keys("<up>");
    assert_eq!(line(&desk), ":phase");
    // Words that a template put there are nobody's decision.
    desk.keys("<ctrl-u><esc>c<esc>d");
    assert_eq!(line(&desk), "! ");
    desk.keys("<ctrl-u><esc>:phase<esc>c");
    assert_eq!(line(&desk), "> internal: ");
}

#[test]
fn words_that_look_like_a_time_stay_when_their_line_is_amended() {
    for text in
        ["14:05 is the first stamp", "-4m plain", "2099-01-01 10:00 ends the lease", "\\ odd", "\\! x"]
    {
        let mut desk = Desk::room(80, 24, "alice");
        let request = Request::Note { text: text.to_owned(), tags: vec![], starred: false };
        desk.ask("14:38", "alice", request);
        desk.open();
        let (seq, at) = (desk.last().seq, desk.last().occurred_at);
        desk.keys("e<enter>").serve();
        assert_eq!(desk.model.notice.as_ref().unwrap().text, "nothing changed", "{text}");
        desk.keys("e x<enter>").serve();
        let now = desk.stored.timeline.get(seq).unwrap();
        assert_eq!((now.text.clone(), now.occurred_at), (format!("{text} x"), at));
    }
    // A time is still one, and a backslash in front makes a text of it.
    let mut desk = Desk::room(80, 24, "alice");
    desk.keys("iwords<enter>").serve();
    let seq = desk.last().seq;
    desk.keys("e<home>-4m ");
    assert!(preview(&desk.model).text.ends_with("to 14:34Z"), "{:?}", preview(&desk.model));
    desk.keys("<enter>").serve();
    assert_eq!(desk.stored.timeline.get(seq).unwrap().occurred_at, at("14:34"));
    desk.model.room.as_mut().unwrap().selected = Some(RowId::Entry(seq));
    desk.keys("e<home>\\ -4m <enter>").serve();
    assert_eq!(desk.stored.timeline.get(seq).unwrap().text, "-4m words");
    // What an editor gave comes back as what it was, when it is refused.
    let ticket = desk.model.ticket(crate::app::model::Waiting::Edit(seq, seq));
    desk.effects.clear();
    desk.send(Msg::Answer(ticket, Answer::Edited("14:05 came first".into())));
    desk.serve();
    assert_eq!(line(&desk), "\\ 14:05 came first");
}

#[test]
fn scribe_mode_has_the_keys_again_after_a_board_and_a_search() {
    for (there, back) in [
        (":stories<enter>", "<esc>"),
        (":stories<enter>", "q"),
        (":runbooks<enter>", "<esc>"),
        (":updates<enter>", "<esc>"),
        (":patterns<enter>", "<esc>"),
        (":find paged<enter>", "<esc>"),
        (":find paged<enter>", "<enter>"),
        (":brief<enter>", "<esc>"),
    ] {
        let mut desk = Desk::room(80, 24, "bob");
        desk.keys(there).keys(back);
        assert!(typing(&desk), "{there} {back}");
        desk.keys("sqx<enter>").serve();
        assert_eq!(desk.last().text, "sqx", "{there} {back}");
        assert!(typing(&desk), "{there} {back}");
    }
    // A verb that is picked from the list, and the words of an update, do not end it either.
    for (keys, shown) in [
        (":stories<enter>?:disposition<enter>", ":disposition "),
        (":update customers<enter>", "> customers: "),
    ] {
        let mut desk = Desk::room(80, 24, "bob");
        desk.keys(keys);
        assert_eq!(line(&desk), shown);
        desk.keys("1<enter>").serve();
        assert!(typing(&desk), "{keys}");
    }
    // Whoever is no scribe comes back to where letters act, and Esc leaves the mode as ever.
    let mut desk = Desk::room(80, 24, "alice");
    desk.keys(":stories<enter><esc>");
    assert!(!typing(&desk));
    let mut desk = Desk::room(80, 24, "bob");
    desk.keys("<esc>/paged<esc>");
    assert!(!typing(&desk));
}

#[test]
fn scribe_mode_survives_a_crash_in_a_search() {
    let mut desk = Desk::room(80, 24, "alice");
    desk.keys("I:find paged<enter>");
    let draft = desk.model.room.as_ref().unwrap().journaled.clone().unwrap();
    let ticket = desk.model.ticket(crate::app::model::Waiting::Open);
    let incident = Box::new(desk.stored.clone());
    desk.send(Msg::Answer(ticket, Answer::Opened(incident, Some(draft))));
    assert!(typing(&desk) && desk.model.room.as_ref().unwrap().composer.scribe);
}

#[test]
fn a_verb_whose_arguments_can_be_chosen_opens_the_list_when_it_stands_alone() {
    use crate::app::model::PickFor;
    let mut desk = Desk::room(80, 24, "alice");
    for (verb, purpose) in [("clock", PickFor::Clock), ("target", PickFor::Target)] {
        desk.keys(&format!(":{verb}<enter>"));
        assert!(
            matches!(desk.model.overlays.last(), Some(Overlay::Pick(pick)) if pick.purpose == purpose),
            "{verb}"
        );
        desk.keys("<esc>");
    }
    desk.keys(":reopen<enter>");
    assert!(desk.model.overlays.is_empty());
    assert_eq!(desk.model.notice.as_ref().unwrap().text, "the incident is open");
    desk.keys(":resolve<enter>").serve();
    desk.keys(":reopen<enter>it came back<enter>").serve();
    assert_eq!(desk.stored.state, crate::domain::words::State::Open);
}

#[test]
fn the_preview_of_an_amendment_says_the_day_the_age_and_what_is_wrong() {
    let mut desk = Desk::room(100, 24, "alice");
    desk.keys("i2026-11-16 18:45 the lease ended<enter>").serve();
    let seq = desk.last().seq;
    desk.model.room.as_mut().unwrap().selected = Some(RowId::Entry(seq));
    desk.keys("e<home>~18:47 ");
    let shown = preview(&desk.model);
    assert_eq!(shown.text, format!("amends {seq} to ~Mon 2026-11-16 18:47Z"));
    assert!(shown.age.ends_with(" ago"), "{shown:?}");
    desk.keys("<enter>").serve();
    let entry = desk.stored.timeline.get(seq).unwrap();
    assert_eq!(entry.occurred_at.to_rfc3339(), "2026-11-16T18:47:00+00:00");
    desk.model.room.as_mut().unwrap().selected = Some(RowId::Entry(seq));
    desk.keys("e<home>2027-01-01 10:00 ");
    let shown = preview(&desk.model);
    assert!(shown.problem && shown.text.contains("in the future"), "{shown:?}");
}

#[test]
fn other_words_of_an_ask_say_before_enter_whose_it_will_be() {
    let mut desk = Desk::room(100, 24, "alice");
    desk.keys("i+ @bob: check it<enter>").serve();
    let seq = desk.last().seq;
    for (typed, shown, line) in [
        ("@bob: check the web", format!("amends {seq}"), "@bob check the web"),
        ("@carol: 5m check the web", format!("amends {seq}, ask @carol · 5m"), "@carol check the web"),
        ("@carol check it, 9m", format!("amends {seq}, ask 9m"), "@carol check it"),
    ] {
        desk.model.room.as_mut().unwrap().selected = Some(RowId::Entry(seq));
        desk.keys("e<end><ctrl-u>").keys(typed);
        assert_eq!(preview(&desk.model).text, shown);
        desk.keys("<enter>").serve();
        assert_eq!(desk.stored.timeline.get(seq).unwrap().text, line);
    }
    let ask = &desk.stored.talk.asks[&seq];
    assert_eq!((ask.person.as_deref(), ask.text.as_str()), (Some("carol"), "check it"));
    assert_eq!(ask.due_at, Some(ask.since + crate::domain::time::Span::minutes(9)));
}

#[test]
fn the_preview_promises_the_next_update_that_will_be_stored() {
    let mut desk = Desk::room(100, 24, "alice");
    desk.keys("i-20m > customers: we look next 30m");
    assert_eq!(preview(&desk.model).text, "updt customers next 14:48Z 14:18Z");
    desk.keys("<enter>").serve();
    let update = desk.stored.talk.updates.values().last().unwrap();
    assert_eq!(update.next_at, Some(at("14:48")));
    desk.keys("i> customers: contained, next update in 1h");
    assert_eq!(preview(&desk.model).text, "updt customers next 15:38Z 14:38Z");
    desk.keys("<enter>").serve();
    let update = desk.stored.talk.updates.values().last().unwrap();
    assert_eq!((update.text.as_str(), update.next_at), ("contained, next update in 1h", Some(at("15:38"))));
    // A time that cannot be read is told before Enter.
    desk.keys("i> customers: contained, next update 25:00");
    assert_eq!(preview(&desk.model).text, "updt customers next: no time read 14:38Z");
    desk.keys("<ctrl-u>> customers: we drain the next 3 nodes");
    assert_eq!(preview(&desk.model).text, "updt customers 14:38Z");
}

#[test]
fn the_preview_says_who_and_by_when_as_it_will_be_stored() {
    let mut desk = Desk::room(100, 24, "alice");
    desk.keys("i");
    for (line, shown) in [
        ("! fail over @dana check at 14:53", "decn @dana · check 14:53Z 14:38Z"),
        ("! fail over check 15m", "decn check 14:53Z 14:38Z"),
        ("! fail over check 14:30", "decn check Sat 2026-11-21 14:30Z 14:38Z"),
        ("-20m ! fail over check 14:30", "decn check 14:30Z 14:18Z"),
        ("+ check web latency @bob 3m", "ask @bob · 3m 14:38Z"),
        ("+ tell @bob about it", "ask 14:38Z"),
    ] {
        desk.keys(&format!("<ctrl-u>{line}"));
        assert_eq!(preview(&desk.model).text, shown, "{line}");
    }
    desk.keys("<ctrl-u>! fail over @dana check at 14:53<enter>").serve();
    let decision = desk.stored.talk.decisions.values().last().unwrap();
    assert_eq!((decision.executor.as_deref(), decision.check_at), (Some("dana"), Some(at("14:53"))));
    assert_eq!(decision.text, "fail over");
}

#[test]
fn a_stored_line_out_of_sight_is_said() {
    let mut desk = Desk::room(80, 24, "alice");
    for n in 0..40 {
        let text = format!("line {n}");
        desk.ask("14:38", "alice", Request::Note { text, tags: vec![], starred: false });
    }
    desk.open();
    let notice = |desk: &Desk| desk.model.notice.as_ref().map(|n| n.text.clone()).unwrap_or_default();
    desk.keys("iseen<enter>").serve();
    assert!(!notice(&desk).contains("stored"), "it stands at the end: {}", notice(&desk));
    desk.keys("i14:05 first alert<enter>").serve();
    assert_eq!(notice(&desk), "stored at 14:05, above");
    let first = desk
        .model
        .room
        .as_ref()
        .unwrap()
        .rows
        .all()
        .iter()
        .map(|r| r.id)
        .find(|id| matches!(id, RowId::Entry(_)));
    desk.model.room.as_mut().unwrap().selected = first;
    desk.keys("Icustomers report 500s<enter>").serve();
    assert_eq!(notice(&desk), "stored at 14:38, below");
}

#[test]
fn a_key_that_was_left_by_esc_makes_nothing_of_the_next_note() {
    for keys in ["d", "a", "H", ":", "c", "d <backspace>", "ddb"] {
        let mut desk = Desk::room(80, 24, "alice");
        desk.keys(keys).serve();
        // Something was typed: that is a draft, as it says.
        let is_draft = keys == "ddb";
        desk.keys("<esc>");
        assert_eq!(line(&desk).is_empty(), !is_draft, "{keys}");
        if is_draft {
            continue;
        }
        desk.keys("idb restarted<enter>").serve();
        assert_eq!(
            (desk.last().kind, desk.last().text.as_str()),
            (EntryKind::Note, "db restarted"),
            "{keys}"
        );
        assert!(desk.stored.talk.updates.values().all(|u| !u.text.contains("restarted")), "{keys}");
    }
}
