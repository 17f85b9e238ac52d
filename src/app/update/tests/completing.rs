//! Completion: what is offered, what Tab does, and that no other key is taken away.

use crate::app::complete::{Choice, offer};
use crate::app::effect::Effect;
use crate::app::fixture::Desk;
use crate::app::model::RunbookChoice;
use crate::app::msg::{Answer, Msg};
use crate::domain::verb::VERBS;

fn line(desk: &Desk) -> String {
    desk.model.room.as_ref().unwrap().composer.editor.text().to_owned()
}

/// Types keys into a fresh room; the words that are offered then, and the line.
fn check(keys: &str, offered: &[&str], text: &str) {
    let mut desk = Desk::room(80, 24, "alice");
    desk.keys("i").keys(keys);
    let found: Vec<String> =
        offer(&desk.model).map(|o| o.choices.into_iter().map(|c| c.text).collect()).unwrap_or_default();
    let found: Vec<&str> = found.iter().map(String::as_str).collect();
    assert_eq!(found, offered, "after {keys:?}");
    assert_eq!(line(&desk), text, "after {keys:?}");
}

#[test]
fn verbs_and_their_arguments_are_offered() {
    check(":ti", &["tick", "title"], ":ti");
    check(":tic<tab>", &["2", "3", "4", "5", "6", "7", "8", "9", "10", "11"], ":tick ");
    check("-4m :phas<tab>er", &["eradicate"], "-4m :phase er");
    check(":s p", &["P1", "P2", "P3", "P4"], ":s p");
    check(":m re<tab>", &[], ":m resolved ");
    check(":r com", &["commander", "comms"], ":r com");
    check(":r comms @c", &["@carol"], ":r comms @c");
    check(":tick 3 @ca<tab>", &[], ":tick 3 @carol ");
    check(":undo-step ", &["1"], ":undo-step ");
    check(":h ", &["13"], ":h ");
    check(":h 13 r<tab>", &[], ":h 13 ruled-out ");
    check(":v 10 ", &["held", "reversed", "no-effect"], ":v 10 ");
    check(":update cu", &["customers"], ":update cu");
    check(":kind d", &["drill"], ":kind d");
    check(":drill i", &["inject"], ":drill i");
    check(":drill mark 3 m", &["met", "missed"], ":drill mark 3 m");
    check(":closure ca", &["cause"], ":closure ca");
    check(":link ticket ", &[], ":link ticket ");
    check(":nonsense x", &[], ":nonsense x");
}

#[test]
fn a_target_is_offered_for_clocks_that_can_have_one() {
    let mut desk = Desk::room(80, 24, "alice");
    desk.keys("i:target ");
    let found = offer(&desk.model).unwrap().choices;
    assert!(found.iter().any(|c| c.text == "resolution"), "{found:?}");
    let has_a_time = |c: &Choice| c.text.starts_with("ask:") || c.text.starts_with("decision:");
    assert!(!found.iter().any(has_a_time), "{found:?}");
    desk.keys("<ctrl-u>:clock ");
    assert!(offer(&desk.model).unwrap().choices.iter().any(has_a_time));
}

#[test]
fn people_and_tags_are_offered_in_any_line() {
    check("paged @", &["@alice", "@bob", "@carol", "@monitor"], "paged @");
    check("paged @ca<tab>now", &[], "paged @carol now");
    check("+ @b<tab>3m look", &[], "+ @bob 3m look");
    check("mail bob@ca", &[], "mail bob@ca");
    let mut desk = Desk::room(80, 24, "alice");
    desk.keys("ithe disk is full #database<enter>").serve().keys("iagain #da<tab>");
    assert_eq!(line(&desk), "again #database ");
}

#[test]
fn tab_goes_to_what_all_share_then_through_them_and_back_in_one_undo_step_each() {
    let mut desk = Desk::room(80, 24, "alice");
    desk.keys("i:r c<tab>");
    assert_eq!(line(&desk), ":r comm", "as far as all agree");
    desk.keys("<tab>");
    assert_eq!(line(&desk), ":r commander");
    desk.keys("<tab>");
    assert_eq!(line(&desk), ":r comms");
    desk.keys("<tab>");
    assert_eq!(line(&desk), ":r commander", "round and round");
    desk.keys("<backtab>");
    assert_eq!(line(&desk), ":r comms");
    desk.keys(" @da");
    assert_eq!(line(&desk), ":r comms @da", "a typed key ends it and is typed");
    desk.keys("<ctrl-u>:r c<tab><tab><ctrl-7><ctrl-7>");
    assert_eq!(line(&desk), ":r c");
}

#[test]
fn enter_stores_what_is_typed_whatever_is_offered() {
    let mut desk = Desk::room(80, 24, "alice");
    desk.keys("iseen by @ca<enter>").serve();
    assert_eq!(desk.last().text, "seen by @ca");
    desk.keys("i:p reco<enter>");
    let problem = desk.model.room.as_ref().unwrap().composer.problem.clone();
    assert!(problem.is_some(), "it is not guessed either");
}

#[test]
fn the_milestone_keeps_tab_where_no_word_is_begun() {
    let mut desk = Desk::room(80, 24, "alice");
    desk.keys("i-4m it is now contained<tab>").serve();
    let marked = desk.stored.milestone(crate::domain::words::Milestone::Contained);
    assert_eq!(marked, Some(desk.model.now - crate::domain::time::Span::minutes(4)));
    desk.keys("ifully mitigated, says @ca<tab>");
    assert_eq!(line(&desk), "fully mitigated, says @carol ");
    desk.keys("<tab>").serve();
    assert!(desk.stored.milestone(crate::domain::words::Milestone::Mitigated).is_some());
}

#[test]
fn runbooks_are_asked_for_once_and_offered() {
    let mut desk = Desk::room(80, 24, "alice");
    desk.keys("i:attach ");
    let asked: Vec<_> =
        desk.effects.iter().filter(|e| matches!(e, Effect::ListRunbooks(..))).cloned().collect();
    assert_eq!(asked.len(), 1);
    let choice = |name: &str| RunbookChoice {
        name: name.into(),
        title: name.to_uppercase(),
        ..RunbookChoice::default()
    };
    let library = vec![choice("image"), choice("leaked-token"), choice("leaked-key")];
    desk.send(Msg::Answer(asked[0].ticket().unwrap(), Answer::Runbooks(library)));
    desk.keys("le<tab>");
    assert_eq!(line(&desk), ":attach leaked-");
    desk.keys("k<tab>");
    assert_eq!(line(&desk), ":attach leaked-key ");
    assert_eq!(desk.effects.iter().filter(|e| matches!(e, Effect::ListRunbooks(..))).count(), 1);
}

#[test]
fn the_filter_offers_its_terms_kinds_people_and_tags() {
    let mut desk = Desk::room(80, 24, "alice");
    desk.keys("fk<tab>h<tab>by:ca<tab><enter>");
    let room = desk.model.room.as_ref().unwrap();
    assert_eq!(room.rows.filter.text(), "kind:hypothesis by:carol");
    desk.keys("f<ctrl-u>kind:ask,de<tab><enter>");
    assert_eq!(desk.model.room.as_ref().unwrap().rows.filter.text(), "kind:ask,decision");
    assert_eq!(desk.model.room.as_ref().unwrap().rows.len(), 2);
}

#[test]
fn no_placeholder_of_a_usage_is_ever_offered() {
    for spec in VERBS {
        for words in 0..4 {
            let mut desk = Desk::room(80, 24, "alice");
            desk.keys("i:").keys(spec.name).keys(&" x".repeat(words)).keys(" ");
            for choice in offer(&desk.model).map(|o| o.choices).unwrap_or_default() {
                let level = spec.name == "severity";
                let sound = level || !choice.text.contains(|c: char| c.is_uppercase() || "[]|".contains(c));
                assert!(sound, "{:?} of :{}", choice.text, spec.usage);
            }
        }
    }
}

proptest::proptest! {
    #[test]
    fn tab_never_panics_and_leaves_a_sound_line(text in "[ -~é日#@:]{0,24}", tabs in 0usize..5) {
        let mut desk = Desk::room(80, 24, "alice");
        desk.keys("i");
        desk.send(Msg::Paste(text));
        for _ in 0..tabs {
            desk.keys("<tab>");
        }
        let editor = &desk.model.room.as_ref().unwrap().composer.editor;
        proptest::prop_assert!(editor.text().is_char_boundary(editor.cursor()));
    }
}
