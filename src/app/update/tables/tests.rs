//! Boards and menus, as state, keys as typed, state.

use crate::app::effect::Effect;
use crate::app::fixture::{Desk, at};
use crate::app::model::{Overlay, Pick, PickFor};
use crate::app::update::compose::preview;
use crate::domain::board::BoardKind;
use crate::domain::ids::Seq;
use crate::domain::ioc::Tlp;
use crate::domain::request::Request;
use crate::domain::words::{HypothesisState, ScopeState, StepState};

fn pick(desk: &Desk) -> &Pick {
    match desk.model.overlays.last() {
        Some(Overlay::Pick(pick)) => pick,
        other => panic!("no list: {other:?}"),
    }
}

#[test]
fn a_board_follows_the_log_and_stays_under_what_is_opened_from_it() {
    let mut desk = Desk::room(120, 40, "alice");
    desk.keys(":asks<enter>");
    assert_eq!(pick(&desk).purpose, PickFor::Board(BoardKind::Asks));
    let before = pick(&desk).items.len();
    desk.others("bob", "+ @carol 5m look at the mirrors");
    assert_eq!(pick(&desk).items.len(), before + 1);
    desk.keys("mirrors<enter>");
    assert!(matches!(pick(&desk).purpose, PickFor::Ask(_)));
    desk.keys("answer<enter>they are clean<enter>").serve();
    let answered = desk.stored.talk.asks.values().find(|a| a.text.contains("mirrors")).unwrap();
    assert_eq!(answered.answer.as_ref().map(|a| a.text.as_str()), Some("they are clean"));
    assert_eq!(pick(&desk).purpose, PickFor::Board(BoardKind::Asks), "the board is there again");
    desk.keys("<esc>");
    assert!(desk.model.overlays.is_empty());
}

#[test]
fn every_board_opens_from_the_list_of_actions_and_an_empty_one_says_what_fills_it() {
    for (name, kind) in [
        ("asks", BoardKind::Asks),
        ("decisions", BoardKind::Decisions),
        ("hypotheses", BoardKind::Hypotheses),
        ("scope board", BoardKind::Scope),
        ("register", BoardKind::Evidence),
        ("iocs", BoardKind::Iocs),
        ("links", BoardKind::Links),
        ("steps", BoardKind::Steps),
    ] {
        let mut desk = Desk::room(120, 40, "alice");
        desk.keys("?").keys(name).keys("<enter>");
        assert_eq!(pick(&desk).purpose, PickFor::Board(kind), "{name}");
        assert!(!pick(&desk).empty.is_empty(), "{name}");
    }
}

#[test]
fn an_ask_gets_more_time_and_another_person_from_its_menu() {
    let mut desk = Desk::room(120, 40, "alice");
    desk.keys("6v");
    let PickFor::Ask(seq) = pick(&desk).purpose else { panic!("no ask: {:?}", pick(&desk)) };
    let due = desk.stored.talk.asks[&seq].due_at.unwrap();
    desk.keys("more<enter><ctrl-u>10m<enter>").serve();
    assert!(desk.stored.talk.asks[&seq].due_at.unwrap() > due);
    desk.keys("vsomebody<enter>erin<enter>").serve();
    assert_eq!(desk.stored.talk.asks[&seq].person.as_deref(), Some("erin"));
}

#[test]
fn a_step_is_begun_assigned_and_taken_over_from_its_menu() {
    let mut desk = Desk::room(120, 40, "alice");
    // Step 3 is bob's.
    desk.keys("3j");
    let at = desk.model.room.as_ref().unwrap().current_step().unwrap().at;
    assert_eq!(desk.stored.checklist.get(at).unwrap().person.as_deref(), Some("bob"));
    desk.keys("v");
    assert!(pick(&desk).items.iter().all(|i| i.id != "doing"), "two people do not run the same step twice");
    desk.keys("take<enter>").serve();
    assert_eq!(desk.stored.checklist.get(at).unwrap().person.as_deref(), Some("alice"));
    desk.keys("vdue<enter><ctrl-u>soon<enter>");
    assert!(matches!(desk.model.overlays.last(), Some(Overlay::Ask(ask)) if ask.problem.is_some()));
    desk.keys("<ctrl-u>20m<enter>").serve();
    assert!(desk.stored.checklist.get(at).unwrap().due_at.is_some());
    desk.keys("vassign<enter>carol<enter>").serve();
    assert_eq!(desk.stored.checklist.get(at).unwrap().person.as_deref(), Some("carol"));
    assert_eq!(desk.stored.checklist.get(at).unwrap().state, StepState::Doing);
}

#[test]
fn an_indicator_is_kept_while_a_line_is_half_typed() {
    let mut desk = Desk::room(80, 24, "alice");
    desk.keys("Ibeacon to 203[.]0[.]113[.]7 from build-7<ctrl-o>");
    assert_eq!(pick(&desk).items[0].detail, "203[.]0[.]113[.]7");
    desk.keys("<enter>red<enter>").serve();
    let kept = &desk.stored.record.iocs[0];
    assert_eq!((kept.value.as_str(), kept.tlp, kept.entry), ("203.0.113.7", Tlp::Red, None));
    let composer = &desk.model.room.as_ref().unwrap().composer;
    assert_eq!(composer.editor.text(), "beacon to 203[.]0[.]113[.]7 from build-7");
    assert!(composer.open && composer.scribe);
    desk.keys("<enter>").serve();
    assert_eq!(desk.last().text, "beacon to 203[.]0[.]113[.]7 from build-7");
    // From the selected entry, which it then names.
    let line = desk.last().seq;
    desk.keys("<ctrl-o>evil[.]example<enter><enter>").serve();
    let kept = &desk.stored.record.iocs[1];
    assert_eq!((kept.value.as_str(), kept.tlp, kept.entry), ("evil.example", Tlp::Amber, Some(line)));
}

#[test]
fn evidence_asks_path_and_class_and_belongs_to_the_selected_line() {
    let mut desk = Desk::room(80, 24, "alice");
    desk.keys("kkV/tmp/audit.json<enter>");
    let entry = desk.model.room.as_ref().unwrap().current_entry();
    assert!(pick(&desk).items.iter().any(|i| i.id == "audit-log"));
    desk.keys("audit<enter>");
    let sent = |e: &Effect| {
        matches!(e, Effect::AddEvidence { path, class, entry: about, .. }
            if path == "/tmp/audit.json" && class == "audit-log" && *about == entry && entry.is_some())
    };
    assert!(desk.has_effect(sent), "{:?}", desk.effects);
    // A time in front is when it was taken.
    desk.keys("i-5m :evidence /tmp/audit.json identity");
    assert_eq!(
        (preview(&desk.model).problem, preview(&desk.model).text.as_str()),
        (false, "evidence 14:33Z")
    );
    desk.keys("<enter>");
    let taken =
        |e: &Effect| matches!(e, Effect::AddEvidence { at: Some((when, false)), .. } if *when == at("14:33"));
    assert!(desk.has_effect(taken), "{:?}", desk.effects);
}

#[test]
fn what_was_ruled_out_is_shown_before_it_is_stored_again() {
    let mut desk = Desk::room(80, 24, "alice");
    let seq = *desk.stored.talk.hypotheses.keys().next().unwrap();
    let state = HypothesisState::RuledOut;
    desk.ask(
        "14:38",
        "bob",
        Request::SetHypothesis { target: seq, state, why: "it was empty".into(), person: None },
    );
    desk.open();
    desk.keys("Hthe keys were in CI variables");
    let recall = preview(&desk.model).recall;
    assert!(recall.contains("ruled out by bob") && recall.contains("it was empty"), "{recall:?}");
    let count = desk.stored.talk.hypotheses.len();
    desk.keys("<enter>").serve();
    assert_eq!(desk.stored.talk.hypotheses.len(), count + 1, "it is stored all the same");
    desk.keys("Ha stolen laptop");
    assert_eq!(preview(&desk.model).recall, "");
}

#[test]
fn scope_is_set_in_bulk_and_undone_at_once() {
    let mut desk = Desk::room(120, 40, "alice");
    let before = desk.stored.record.counted();
    desk.keys(":scope build-7, build-8 build-9 affected<enter>").serve();
    assert_eq!(desk.stored.record.in_state(ScopeState::Affected), 3);
    desk.later(1);
    desk.serve();
    desk.keys(":scope<enter>build-8<enter>fixed<enter>").serve();
    assert_eq!(desk.stored.record.in_state(ScopeState::Fixed), 1);
    desk.keys("<esc>u<enter>").serve();
    desk.keys("u");
    assert!(
        matches!(desk.model.overlays.last(), Some(Overlay::Confirm(c)) if c.question.contains("3 assets"))
    );
    desk.keys("<enter>").serve();
    assert_eq!(desk.stored.record.counted(), before);
}

#[test]
fn an_objection_is_said_from_the_menu_of_the_decision_and_by_a_verb() {
    let mut desk = Desk::room(120, 40, "alice");
    let seq: Seq = *desk.stored.talk.decisions.keys().next().unwrap();
    desk.keys("4vobjection<enter>it stops every deploy<enter>").serve();
    desk.keys(&format!(":object {seq} too wide @dana<enter>")).serve();
    assert_eq!(
        desk.stored.talk.decisions[&seq].objections,
        ["alice: it stops every deploy", "dana: too wide"]
    );
}

#[test]
fn a_link_is_copied_from_its_board() {
    let mut desk = Desk::room(120, 40, "alice");
    desk.keys(":link bridge https://meet.example/42<enter>").serve();
    desk.keys(":links<enter><enter>");
    assert!(desk.has_effect(|e| matches!(e, Effect::Copy(_, text) if text == "https://meet.example/42")));
}
