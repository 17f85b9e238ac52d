//! What was typed comes back when it was not taken, as what it was.

use super::*;

#[test]
fn a_line_that_is_not_stored_stays_on_the_screen_and_comes_back() {
    let mut desk = Desk::room(80, 24, "alice");
    desk.keys("Ifirst<enter>second");
    let ticket = desk.model.room.as_ref().unwrap().pending[0].ticket;
    desk.send(Msg::Answer(ticket, Answer::NotStored(Trouble::new("the disk is full", "free some space"))));
    let room = desk.model.room.as_ref().unwrap();
    assert_eq!(room.not_stored(), 1);
    assert!(matches!(room.pending[0].state, PendingState::NotStored(_)));
    assert_eq!(room.composer.editor.text(), "second", "what is being typed is not touched");
    desk.keys("<esc>k<enter>");
    let room = desk.model.room.as_ref().unwrap();
    assert_eq!(room.composer.editor.text(), "first");
    assert_eq!(room.not_stored(), 0);
}

#[test]
fn what_is_typed_on_is_not_glued_to_a_line_that_came_back_unstored() {
    let full = || Answer::NotStored(Trouble::new("the disk is full", "free some space"));
    let mut desk = Desk::room(80, 24, "alice");
    for line in ["first", "second"] {
        desk.keys(&format!("{}{line}<enter>", if line == "first" { "I" } else { "" }));
        let ticket = desk.model.room.as_ref().unwrap().pending.last().unwrap().ticket;
        desk.send(Msg::Answer(ticket, full()));
        assert_eq!(desk.model.room.as_ref().unwrap().composer.editor.text(), line);
    }
    desk.keys("third");
    let room = desk.model.room.as_ref().unwrap();
    assert_eq!(room.composer.editor.text(), "third");
    let typed: Vec<_> = room.pending.iter().map(|line| line.typed.as_str()).collect();
    assert_eq!((typed, room.not_stored()), (vec!["first", "second"], 2));
    // Whoever goes about in the line means that line.
    desk.keys("<enter>");
    let ticket = desk.model.room.as_ref().unwrap().pending.last().unwrap().ticket;
    desk.send(Msg::Answer(ticket, full()));
    desk.keys("<left><end>!");
    assert_eq!(desk.model.room.as_ref().unwrap().composer.editor.text(), "third!");
    desk.keys("<enter>").serve();
    assert_eq!(desk.last().text, "third!");
}

#[test]
fn a_refused_line_returns_to_the_composer_with_the_reason() {
    let mut desk = Desk::room(80, 24, "alice");
    desk.keys("i:s P9<enter>").serve();
    let composer = &desk.model.room.as_ref().unwrap().composer;
    assert!(composer.open && composer.problem.as_ref().unwrap().contains("P9"));
    assert_eq!(composer.editor.text(), ":s P9", "a refused verb is mended, not typed again");
    desk.keys("<ctrl-u>:o no-such-runbook<enter>").serve();
    desk.keys("<esc>i<ctrl-u>2099-01-01 10:00 not yet<enter>");
    let room = desk.model.room.as_ref().unwrap();
    assert!(room.composer.problem.as_ref().unwrap().contains("future"));
    assert!(room.composer.editor.text().contains("not yet"));
}

#[test]
fn words_of_a_refused_amendment_come_back() {
    for heard in [false, true] {
        amended_over(heard);
    }
}

/// Carol is quicker; alice writes her words over those of carol.
fn amended_over(heard: bool) {
    let mut desk = Desk::room(80, 24, "alice");
    desk.keys("ifirst<enter>").serve();
    let seq = desk.last().seq;
    desk.keys("e");
    let amend = crate::domain::request::Request::Amend {
        target: seq,
        text: Some("carol was quicker".into()),
        at: None,
        seen: None,
    };
    desk.ask("14:39", "carol", amend);
    desk.keys("<ctrl-u>my better words<enter>").serve();
    assert_eq!(desk.stored.timeline.get(seq).unwrap().text, "carol was quicker");
    let composer = &desk.model.room.as_ref().unwrap().composer;
    assert_eq!(composer.editor.text(), "my better words");
    assert!(composer.problem.as_ref().unwrap().contains("carol was quicker"), "{composer:?}");
    assert!(
        matches!(composer.purpose, crate::app::model::Purpose::Amend(line, _) if line == seq),
        "{composer:?}"
    );
    // What is there now was told before mine goes over it, and mine is an amendment, not a line of its own: one Enter
    // does it, whether or not the screen has heard of the change meanwhile.
    assert!(
        composer.problem.as_ref().unwrap().ends_with(": Enter again writes yours over it"),
        "{composer:?}"
    );
    let lines = desk.stored.timeline.stored().len();
    if heard {
        let carols = desk.events.last().unwrap().clone();
        let log = desk.stored.log;
        desk.send(Msg::Refreshed(log, vec![carols]));
    }
    desk.keys("<enter>").serve();
    let entry = desk.stored.timeline.get(seq).unwrap();
    assert_eq!(entry.text, "my better words");
    assert!(entry.edits.iter().any(|e| e.text == "carol was quicker"), "{:?}", entry.edits);
    assert_eq!(desk.stored.timeline.stored().len(), lines);
}

#[test]
fn words_that_changed_once_more_are_told_once_more() {
    let mut desk = Desk::room(80, 24, "alice");
    desk.keys("ifirst<enter>").serve();
    let seq = desk.last().seq;
    let amend = |text: &str| Request::Amend { target: seq, text: Some(text.into()), at: None, seen: None };
    desk.keys("e");
    desk.ask("14:39", "carol", amend("carol was quicker"));
    desk.keys("<ctrl-u>my better words<enter>").serve();
    desk.ask("14:39", "dana", amend("and dana"));
    desk.keys("<enter>").serve();
    assert_eq!(desk.stored.timeline.get(seq).unwrap().text, "and dana");
    let problem = desk.model.room.as_ref().unwrap().composer.problem.clone().unwrap();
    assert!(problem.contains("dana changed") && problem.contains("Enter again"), "{problem}");
    desk.keys("<enter>").serve();
    assert_eq!(desk.stored.timeline.get(seq).unwrap().text, "my better words");
    // Words as they stood before are words of one's own as well.
    desk.ask("14:40", "carol", amend("carol again"));
    desk.keys("e").keys("<ctrl-a>~14:38 <enter>").serve();
    assert_eq!(desk.stored.timeline.get(seq).unwrap().text, "carol again");
    desk.keys("<enter>").serve();
    assert_eq!(desk.stored.timeline.get(seq).unwrap().text, "my better words");
}

#[test]
fn a_refused_reason_comes_back_into_its_overlay_and_is_no_line() {
    let mut desk = Desk::room(80, 24, "alice");
    desk.keys("ifirst<enter>").serve();
    let seq = desk.last().seq;
    let lines = desk.stored.timeline.stored().len();
    desk.keys("x");
    desk.ask("14:39", "carol", Request::Strike { target: seq, reason: "hers".into() });
    desk.keys("wrong room<enter>").serve();
    let Some(Overlay::Ask(ask)) = desk.model.overlays.last() else { panic!("{:?}", desk.model.overlays) };
    assert_eq!(ask.editor.text(), "wrong room");
    assert!(ask.problem.as_ref().unwrap().contains("already"), "{ask:?}");
    desk.keys("<enter>").serve();
    assert_eq!(desk.stored.timeline.stored().len(), lines, "a reason is never a note");
    // While a line is being typed nothing takes its keys.
    desk.keys("<esc>x");
    desk.keys("again<enter>iin the middle");
    desk.serve();
    assert!(desk.model.overlays.is_empty());
    let composer = &desk.model.room.as_ref().unwrap().composer;
    assert_eq!(composer.editor.text(), "in the middle");
}

#[test]
fn a_line_that_comes_back_is_never_taken_for_an_amendment() {
    let mut desk = Desk::room(80, 24, "alice");
    desk.keys("ifirst<enter>").serve();
    let seq = desk.last().seq;
    desk.keys("isecond<enter>");
    let ticket = desk.effects.pop_front().unwrap().ticket().unwrap();
    desk.keys("k");
    desk.model.room.as_mut().unwrap().selected = Some(RowId::Entry(seq));
    desk.keys("e<ctrl-u>");
    desk.send(Msg::Answer(ticket, Answer::NotStored(Trouble::new("the disk is full", ""))));
    let room = desk.model.room.as_ref().unwrap();
    assert!(room.composer.editor.is_empty(), "{:?}", room.composer);
    assert!(room.pending.iter().any(|p| p.typed == "second"));
}

#[test]
fn an_answer_for_a_room_that_was_left_changes_nothing_here() {
    let mut desk = Desk::room(80, 24, "alice");
    desk.keys("ilast words<enter>q").serve();
    assert!(desk.model.room.is_none());
    assert_eq!(desk.last().text, "last words");
}

#[test]
fn the_words_of_a_form_are_kept_before_they_are_drawn_and_come_back() {
    let mut desk = Desk::room(80, 24, "alice");
    desk.keys("Srotate the key");
    let form = desk.model.form().unwrap();
    assert_eq!(form.text, "rotate the key");
    let text = serde_json::to_string(&form).unwrap();
    let kept =
        |e: &Effect| matches!(e, Effect::JournalForm(_, Some(_), Some(f)) if f.text == "rotate the key");
    assert!(desk.has_effect(kept));
    desk.keys("<esc>");
    assert!(desk.has_effect(|e| matches!(e, Effect::JournalForm(_, _, None))));

    let mut again = Desk::room(80, 24, "alice");
    again.send(Msg::FormLeft(serde_json::from_str(&text).unwrap()));
    assert_eq!(again.model.form(), Some(form));
}

#[test]
fn a_verb_that_led_to_a_board_is_no_draft() {
    for verb in ["stories", "patterns", "runbooks", "updates"] {
        let mut desk = Desk::room(80, 24, "alice");
        desk.keys(&format!(":{verb}<enter>"));
        assert_eq!(desk.model.screen, Screen::Board);
        let journaled = desk.effects.iter().rev().find_map(|e| match e {
            Effect::Journal(_, _, draft) => Some(draft.clone()),
            _ => None,
        });
        let draft = journaled.unwrap();
        assert!(draft.as_ref().is_none_or(|d| d.text.is_empty() && !d.open), "{verb}: {draft:?}");
    }
}
