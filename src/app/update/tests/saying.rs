//! Saying it: an update from its template, read in full before it goes out, and what is copied.

use crate::app::effect::Effect;
use crate::app::fixture::Desk;
use crate::app::model::{Overlay, Read};
use crate::app::msg::{Answer, Msg};
use crate::domain::audience::Audience;
use crate::domain::request::Request;

fn line(desk: &Desk) -> String {
    desk.model.room.as_ref().unwrap().composer.editor.text().to_owned()
}

/// Answers the question for the words of an update; gives the audience that was asked for.
fn word(desk: &mut Desk, text: &str) -> Audience {
    let asked = desk.effects.iter().find_map(|e| match e {
        Effect::Word { ticket, audience, .. } => Some((*ticket, *audience)),
        _ => None,
    });
    let (ticket, audience) = asked.expect("no words were asked for");
    desk.send(Msg::Answer(ticket, Answer::Worded(text.to_owned(), None)));
    audience
}

#[test]
fn an_update_is_filled_from_its_template_and_goes_out_whole() {
    let mut desk = Desk::room(80, 24, "alice");
    desk.keys("c");
    assert_eq!(line(&desk), "> internal: ");
    assert_eq!(word(&mut desk, "Status: Contained\nKnown impact: none confirmed yet"), Audience::Internal);
    assert_eq!(line(&desk), "> internal: Status: Contained\nKnown impact: none confirmed yet");
    // What nobody has to fill in is written in front of.
    desk.keys("Rotating. <enter>").serve();
    assert_eq!(desk.last().text, "internal: Rotating. Status: Contained\nKnown impact: none confirmed yet");
    // Another audience by the verb.
    desk.effects.clear();
    desk.keys(":update customers<enter>");
    assert_eq!(line(&desk), "> customers: ");
    assert_eq!(word(&mut desk, "What happened: …"), Audience::Customers);
}

#[test]
fn words_that_come_late_never_replace_what_somebody_typed() {
    let mut desk = Desk::room(80, 24, "alice");
    desk.keys("cwe know nothing yet");
    word(&mut desk, "Status: Contained");
    assert_eq!(line(&desk), "> internal: we know nothing yet\nStatus: Contained");
    // The cursor stays, and Tab words nothing over it.
    desk.effects.clear();
    desk.keys("!<tab>");
    assert_eq!(line(&desk), "> internal: we know nothing yet!\nStatus: Contained");
    assert!(!desk.has_effect(|e| matches!(e, Effect::Word { .. })));
    // Words that were asked for twice come once.
    let mut desk = Desk::room(80, 24, "alice");
    desk.keys("c<esc>c");
    let tickets: Vec<_> = desk
        .effects
        .iter()
        .filter_map(|e| match e {
            Effect::Word { ticket, .. } => Some(*ticket),
            _ => None,
        })
        .collect();
    assert_eq!(tickets.len(), 2);
    for ticket in tickets {
        desk.send(Msg::Answer(ticket, Answer::Worded("Status: Contained".to_owned(), None)));
    }
    assert_eq!(line(&desk), "> internal: Status: Contained");
    // A half-typed line gets the mark, as with every other kind of line.
    let mut desk = Desk::room(80, 24, "alice");
    desk.keys("ihalf<esc>c");
    assert_eq!(line(&desk), "> half");
    assert!(!desk.has_effect(|e| matches!(e, Effect::Word { .. })));
}

#[test]
fn a_line_that_is_sent_before_its_words_are_there_waits_for_them_once() {
    let mut desk = Desk::room(80, 24, "alice");
    desk.keys("call<enter>");
    assert!(!desk.has_effect(|e| matches!(e, Effect::Submit { .. })), "{:?}", desk.effects);
    let problem = desk.model.room.as_ref().unwrap().composer.problem.clone();
    assert!(problem.unwrap().contains("Enter again"));
    word(&mut desk, "Status: Contained");
    assert_eq!(desk.model.room.as_ref().unwrap().composer.problem, None);
    desk.keys("<enter>").serve();
    assert_eq!(desk.last().text, "internal: all\nStatus: Contained");
    // Should they never come, the line is not held for good.
    let mut desk = Desk::room(80, 24, "alice");
    desk.keys("call<enter><enter>").serve();
    assert_eq!(desk.last().text, "internal: all");
}

#[test]
fn the_cursor_stands_where_one_has_to_write_first() {
    let mut desk = Desk::room(80, 24, "alice");
    desk.keys("c");
    word(&mut desk, "Status: Contained\nImpact: [fill in: what users see]\nNext: [fill in: when]");
    desk.keys("none<ctrl-k>");
    assert_eq!(line(&desk), "> internal: Status: Contained\nImpact: none\nNext: [fill in: when]");
}

#[test]
fn what_was_copied_can_be_selected_by_hand() {
    let mut desk = Desk::room(80, 24, "alice");
    desk.keys("Y");
    assert!(desk.model.overlays.is_empty(), "the first time only the clipboard is asked");
    assert!(desk.model.notice.as_ref().unwrap().text.contains("again shows it plain"));
    // The brief is another text a second later; it is the same question all the same.
    desk.later(1);
    desk.keys("Y");
    let Some(Overlay::Read(reader)) = desk.model.overlays.last() else { panic!("nothing to read") };
    assert!(matches!(&reader.what, Read::Plain(text) if text.contains("Impact")));
    desk.keys("<esc>");
    assert!(desk.model.overlays.is_empty());
}

#[test]
fn an_update_is_prepared_and_the_brief_has_shorter_forms() {
    let mut desk = Desk::room(80, 24, "alice");
    desk.keys(":prepare customers we are looking<enter>").serve();
    let update = desk.stored.talk.updates.values().next_back().unwrap();
    assert!(update.sent.is_none() && update.text == "we are looking", "{update:?}");
    // It is copied without the audience in front.
    desk.effects.clear();
    desk.keys("y");
    assert!(
        desk.has_effect(|e| matches!(e, Effect::Copy(_, text) if text == "we are looking")),
        "{:?}",
        desk.effects
    );
    for (verb, word) in [(":tactical", "Needs"), (":summary", "Who commands")] {
        desk.keys(verb).keys("<enter>");
        let Some(Overlay::Read(reader)) = desk.model.overlays.last() else { panic!("nothing to read") };
        assert!(matches!(&reader.what, Read::Text(_, lines) if lines.iter().any(|l| l == word)), "{verb}");
        desk.keys("<esc>");
    }
}

#[test]
fn tab_words_an_update_for_the_next_audience_until_somebody_changes_it() {
    let mut desk = Desk::room(80, 24, "alice");
    desk.keys("c");
    word(&mut desk, "Status: Contained");
    desk.effects.clear();
    desk.keys("<tab>");
    assert_eq!(line(&desk), "> customers: ");
    assert_eq!(word(&mut desk, "What happened: …"), Audience::Customers);
    assert_eq!(line(&desk), "> customers: What happened: …");
    desk.effects.clear();
    desk.keys("<backtab>");
    assert_eq!(word(&mut desk, "Status: Contained"), Audience::Internal);
    desk.effects.clear();
    desk.keys("!<tab>");
    assert_eq!(line(&desk), "> internal: !Status: Contained", "what somebody wrote stays");
    assert!(!desk.has_effect(|e| matches!(e, Effect::Word { .. })));
}

#[test]
fn the_arrows_lead_to_a_line_of_an_update_and_it_is_edited_in_place() {
    let mut desk = Desk::room(80, 24, "alice");
    desk.keys("c");
    word(&mut desk, "Status: Contained\nImpact: [fill in: what users see]\nNext: 10:00");
    desk.keys("<down><up><end><ctrl-w><ctrl-w><ctrl-w><ctrl-w><ctrl-w>none");
    assert_eq!(line(&desk), "> internal: Status: Contained\nImpact: none\nNext: 10:00");
    desk.keys("<home><ctrl-k>Impact: some");
    assert_eq!(line(&desk), "> internal: Status: Contained\nImpact: some\nNext: 10:00");
    desk.keys("<pgup><home>").keys("<pgdn><end>!");
    assert!(line(&desk).ends_with("Next: 10:00!"));
    // Of a line in one row, the arrows recall as ever.
    desk.keys("<enter>").serve();
    desk.keys("ione<enter>").serve();
    desk.keys("i<up>");
    assert_eq!(line(&desk), "one");
}

#[test]
fn what_keeps_an_update_from_going_out_is_said_before_it_is_tried() {
    let mut desk = Desk::room(80, 24, "alice");
    desk.keys(":prepare customers it is [fill in: what]<enter>").serve();
    desk.keys("v");
    let Some(Overlay::Pick(pick)) = desk.model.overlays.last() else { panic!("no choice") };
    for item in &pick.items {
        assert!(item.blocked.contains("fill in: what"), "{item:?}");
    }
    desk.keys("<esc>:prepare customers all is well<enter>").serve();
    desk.keys("v");
    let Some(Overlay::Pick(pick)) = desk.model.overlays.last() else { panic!("no choice") };
    assert!(pick.items.iter().all(|item| item.blocked.is_empty()), "{:?}", pick.items);
}

#[test]
fn a_draft_that_nobody_approved_goes_out_with_a_word_about_it() {
    let mut desk = Desk::room(80, 24, "alice");
    let mut told = |approved: bool| {
        let text = "we look at it".to_owned();
        desk.ask("14:38", "bob", Request::DraftUpdate { audience: Audience::Internal, text, next: None });
        let target = desk.last().seq;
        if approved {
            desk.ask("14:38", "carol", Request::ApproveUpdate { target });
        }
        desk.open();
        desk.model.notice = None;
        desk.keys(&format!(":send {target}<enter>")).serve();
        let told = desk.model.notice.as_ref().map(|n| n.text.clone()).unwrap_or_default();
        (target, told)
    };
    let (target, said) = told(false);
    assert_eq!(said, format!("update {target} went out; nobody had approved it"));
    assert!(!told(true).1.contains("approved"));
}
