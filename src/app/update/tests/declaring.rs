//! Declaring, and who sits here.

use super::*;

#[test]
fn declaring_needs_only_a_title_and_digits_pick_runbooks() {
    let mut desk = Desk::at_home(80, 24, "alice");
    desk.keys("n<enter>");
    let Some(Overlay::Declare(declare)) = desk.model.overlays.last() else { panic!("closed") };
    assert!(declare.problem.is_some());
    desk.keys("P1 key 2 leaked");
    let asked = match desk.model.overlays.last() {
        Some(Overlay::Declare(d)) => d.asked.unwrap(),
        _ => panic!("closed"),
    };
    let runbook = crate::app::model::RunbookChoice { name: "signing-key".into(), ..Default::default() };
    let services = vec!["payments".to_owned(), "checkout".to_owned()];
    let found = Suggestions { runbooks: vec![runbook], services, ..Suggestions::default() };
    desk.send(Msg::Answer(asked, Answer::Suggested(found)));
    desk.keys("<tab>13<enter>");
    assert!(desk.has_effect(|e| matches!(e, Effect::Declare(_, n)
        if n.title == "P1 key 2 leaked" && n.runbooks == ["signing-key"] && n.services == ["payments"])));
}

#[test]
fn a_declaration_says_what_could_not_be_looked_up_and_asks_again_for_the_title_as_it_is_now() {
    let mut desk = Desk::at_home(80, 24, "alice");
    desk.keys("nkey");
    let declare = |desk: &Desk| match desk.model.overlays.last() {
        Some(Overlay::Declare(d)) => d.clone(),
        _ => panic!("closed"),
    };
    let asked = declare(&desk).asked.unwrap();
    desk.keys(" leaked");
    desk.effects.clear();
    let failed = crate::app::msg::Trouble::new("the archive is locked", "");
    desk.send(Msg::Answer(asked, Answer::Failed(failed)));
    assert_eq!(declare(&desk).not_known.as_deref(), Some("the archive is locked"));
    assert!(desk.has_effect(|e| matches!(e, Effect::Suggest(_, title) if title == "key leaked")));
    assert!(declare(&desk).asked.is_some());
}

#[test]
fn a_blank_behind_a_title_asks_again_since_its_last_word_is_whole() {
    let mut desk = Desk::at_home(80, 24, "alice");
    desk.keys("nkey");
    let answered = |desk: &mut Desk| {
        let asked = match desk.model.overlays.last() {
            Some(Overlay::Declare(d)) => d.asked.unwrap(),
            _ => panic!("closed"),
        };
        desk.effects.clear();
        desk.send(Msg::Answer(asked, Answer::Suggested(Suggestions::default())));
    };
    answered(&mut desk);
    assert!(!desk.has_effect(|e| matches!(e, Effect::Suggest(..))), "that was asked");
    desk.keys(" ");
    assert!(desk.has_effect(|e| matches!(e, Effect::Suggest(_, title) if title == "key ")));
    answered(&mut desk);
    assert!(!desk.has_effect(|e| matches!(e, Effect::Suggest(..))));
}

#[test]
fn who_sits_here_is_asked_once_and_cannot_be_skipped() {
    let mut desk = Desk::at_home(80, 24, "");
    desk.keys("<esc>");
    assert!(!desk.model.overlays.is_empty());
    desk.keys("two words<enter>");
    assert!(desk.model.me.is_empty());
    desk.keys("<ctrl-u>@alice<enter>");
    assert_eq!(desk.model.me, "alice");
    assert!(desk.has_effect(|e| matches!(e, Effect::SetMe(_, n) if n == "alice")));
}
