//! Clocks and targets.

use super::*;

#[test]
fn breached_clocks_become_entries_once() {
    let mut desk = Desk::room(80, 24, "alice");
    desk.later(1);
    desk.serve();
    let breaches = |d: &Desk| d.texts().iter().filter(|t| t.contains("ran out")).count();
    let first = breaches(&desk);
    assert!(first > 0, "{:?}", desk.texts());
    desk.later(1);
    desk.serve();
    assert_eq!(breaches(&desk), first);
}

#[test]
fn a_clock_is_moved_from_the_list_and_by_its_verb_and_taken_back() {
    use crate::domain::clocks::{ClockKey, clocks};
    let deadline = |desk: &Desk, key: ClockKey| {
        let found = clocks(&desk.stored, &desk.model.policy, desk.model.now);
        let clock = found.into_iter().find(|c| c.key == key).unwrap();
        (clock.deadline.format("%H:%M").to_string(), clock.moved)
    };
    let mut desk = Desk::room(80, 24, "alice");
    desk.keys("?clock<enter>");
    let Some(Overlay::Pick(pick)) = desk.model.overlays.last() else { panic!("{:?}", desk.model.overlays) };
    assert!(pick.items.iter().any(|i| i.id == "resolution"), "{:?}", pick.items);
    desk.keys("resolve<enter><enter>");
    let Some(Overlay::Ask(ask)) = desk.model.overlays.last() else { panic!("an empty line is not taken") };
    assert!(ask.problem.is_some());
    desk.keys("until 20:15 the vendor works on it<enter>").serve();
    assert_eq!(deadline(&desk, ClockKey::Resolution), ("20:15".to_owned(), true));
    desk.keys("u<enter>").serve();
    assert!(!deadline(&desk, ClockKey::Resolution).1);
    desk.keys(":clock resolve 1h later<enter>").serve();
    assert_eq!(deadline(&desk, ClockKey::Resolution), ("15:38".to_owned(), true));
}

#[test]
fn the_list_of_clocks_says_which_decision_and_which_ask() {
    let mut desk = Desk::room(80, 24, "alice");
    desk.keys("I! fail over to eu check 20m<enter>").serve();
    desk.keys("+ @bob 10m count the orders<enter><esc>").serve();
    desk.keys("?clock<enter>");
    let Some(Overlay::Pick(pick)) = desk.model.overlays.last() else { panic!("{:?}", desk.model.overlays) };
    for words in ["fail over to eu", "count the orders"] {
        let found = pick.items.iter().filter(|i| i.detail.ends_with(&format!("  {words}"))).count();
        assert_eq!(found, 1, "{words}: {:?}", pick.items);
    }
}

#[test]
fn a_target_is_changed_for_this_incident_with_a_reason() {
    let mut desk = Desk::room(80, 24, "alice");
    desk.keys("?target<enter>");
    desk.keys("resol<enter>");
    desk.keys("8h<enter>");
    let Some(Overlay::Ask(ask)) = desk.model.overlays.last() else { panic!("a reason is needed") };
    assert!(ask.problem.as_ref().unwrap().contains("reason"));
    desk.keys(" agreed with the customer<enter>").serve();
    assert_eq!(desk.stored.targets["resolution"].target, "8h");
    desk.keys(":target resolution 1 business day the law<enter>").serve();
    assert_eq!(desk.stored.targets["resolution"].target, "1 business day");
}

#[test]
fn a_time_that_ran_out_above_is_told_as_new_whoever_wrote_it_down() {
    let mut desk = Desk::room(80, 24, "alice");
    for n in 0..40 {
        desk.others("carol", &format!("line {n}"));
    }
    // What has run out by now is known.
    desk.later(1);
    desk.serve();
    desk.keys("i+ @bob 1m look at web<enter>").serve();
    desk.keys("g");
    desk.model.room.as_mut().unwrap().unseen.clear();
    desk.later(61);
    desk.serve();
    let room = desk.model.room.as_ref().unwrap();
    let told = desk.last();
    assert!(told.text.contains("no answer to the ask"), "{}", told.text);
    assert!(room.unseen.contains(&told.seq) && !room.own.contains(&told.seq), "{:?}", room.unseen);
}
