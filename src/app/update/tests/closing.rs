//! The path of closing.

use super::*;

#[test]
fn closing_points_are_answered_and_steps_asked_for() {
    let mut desk = Desk::room(80, 24, "alice");
    desk.keys(":resolve done<enter>").serve();
    desk.keys("?close<enter>");
    assert!(matches!(desk.model.overlays.last(), Some(Overlay::Closing(_))));
    desk.keys(" ").serve();
    assert_eq!(desk.stored.closing.answers.len(), 1);
    desk.keys("jxno secret was there<enter>").serve();
    assert_eq!(desk.stored.closing.answers.len(), 2);
    desk.keys("Gkkkk<enter>");
    let step = |e: &Effect| match e {
        Effect::Closing { ticket, step, .. } => Some((*ticket, step.clone())),
        _ => None,
    };
    let (ticket, what) = desk.effects.iter().find_map(step).unwrap();
    assert_eq!(what, crate::app::effect::ClosingStep::Draft);
    let answer = crate::app::msg::ClosingAnswer { line: "draft written".into(), ..Default::default() };
    desk.send(Msg::Answer(ticket, Answer::Closing(answer)));
    desk.effects.clear();
    desk.keys("<enter>");
    let (_, what) = desk.effects.iter().find_map(step).unwrap();
    assert_eq!(
        what,
        crate::app::effect::ClosingStep::Edit,
        "Enter goes on, and answers no point by accident"
    );
}

#[test]
fn a_closing_verb_that_is_refused_shows_the_path_with_the_reason() {
    let mut desk = Desk::room(80, 24, "alice");
    desk.keys(":resolve done<enter>").serve();
    for verb in ["close", "publish", "check"] {
        desk.effects.clear();
        desk.keys(&format!(":{verb}<enter>"));
        let closing = desk.effects.iter().find(|e| matches!(e, Effect::Closing { .. })).unwrap();
        let ticket = closing.ticket().unwrap();
        let answer = match verb {
            "check" => Answer::Closing(crate::app::msg::ClosingAnswer {
                line: "1 problem to mend".into(),
                problems: vec![("unfilled".into(), 13, "still to fill in: the impact".into())],
                ..Default::default()
            }),
            _ => Answer::Failed(Trouble::new("nobody ever was scribe", "name who did it")),
        };
        desk.send(Msg::Answer(ticket, answer));
        let Some(Overlay::Closing(path)) = desk.model.overlays.last() else { panic!("{verb}") };
        assert!(path.line.contains("scribe") || path.problems.len() == 1, "{verb}: {path:?}");
        desk.keys("<esc>");
        assert!(desk.model.overlays.is_empty());
    }
}

#[test]
fn a_closed_incident_takes_lines_and_no_change_of_state() {
    let mut desk = Desk::room(80, 24, "alice");
    desk.ask("14:40", "bob", Request::Resolve { ended_by: String::new() });
    desk.ask("14:41", "bob", Request::Close { waive: Some("a try".to_owned()) });
    desk.open();
    let head = desk.stored.head;
    for keys in ["s", "p", "r", "o", "3 ", "3x", "3v", "2<enter>"] {
        desk.model.notice = None;
        desk.keys(keys);
        assert!(desk.model.overlays.is_empty(), "{keys}");
        let told = desk.model.notice.as_ref().map_or("", |n| n.text.as_str());
        assert_eq!(told, "the incident is closed: reopen it with a reason first", "{keys}");
    }
    desk.keys("1:r comms @dana<enter>").serve();
    assert_eq!(desk.stored.head, head, "the verbs are held to the same");
    desk.keys("<ctrl-u>found in the bill<enter>").serve();
    assert_eq!(desk.last().text, "found in the bill");
    desk.keys("mstarted<enter>").serve();
    assert!(desk.stored.milestone(Milestone::Started).is_some());
}

#[test]
fn what_the_path_was_told_goes_when_something_is_stored() {
    let mut desk = Desk::room(80, 24, "alice");
    desk.keys(":close<enter>");
    let closing = desk.effects.iter().find(|e| matches!(e, Effect::Closing { .. })).unwrap();
    let ticket = closing.ticket().unwrap();
    desk.send(Msg::Answer(ticket, Answer::Failed(Trouble::new("it is not resolved", ""))));
    let line = |desk: &Desk| match desk.model.overlays.last() {
        Some(Overlay::Closing(path)) => path.line.clone(),
        other => panic!("{other:?}"),
    };
    assert_eq!(line(&desk), "it is not resolved");
    desk.effects.clear();
    desk.keys("<enter>over<enter>").serve();
    assert_eq!(desk.stored.state, crate::domain::words::State::Resolved);
    assert_eq!(line(&desk), "");
}

#[test]
fn the_check_of_the_path_says_what_was_found_last() {
    use crate::app::update::closing::{PathLine, state_of};
    let mut desk = Desk::room(80, 24, "alice");
    desk.ask("14:40", "bob", Request::Resolve { ended_by: String::new() });
    desk.ask("14:41", "bob", Request::RecordCheck { problems: 1 });
    desk.open();
    assert_eq!(state_of(&desk.model, PathLine::Check), (false, "1 problem".to_owned()));
    let lines = desk.texts().concat();
    assert!(lines.contains("postmortem checked: 1 problem") && !lines.contains("1 problems"), "{lines}");
    let publication = Request::RecordPublication {
        path: "2026/11/x.md".to_owned(),
        commit: "abc".to_owned(),
        timeline_head: "9 ff".to_owned(),
        ended_by: String::new(),
        problems: 0,
        waived: String::new(),
    };
    desk.ask("14:42", "bob", publication);
    desk.open();
    assert_eq!(state_of(&desk.model, PathLine::Check), (true, "no problems".to_owned()));
}

#[test]
fn the_editing_is_done_when_nothing_is_left_to_mend_or_nothing_comes_of_it() {
    use crate::app::update::closing::{PathLine, state_of};
    let done = |requests: &[Request]| {
        let mut desk = Desk::room(80, 24, "alice");
        desk.ask("14:40", "bob", Request::Resolve { ended_by: String::new() });
        for request in requests {
            desk.ask("14:41", "bob", request.clone());
        }
        desk.open();
        state_of(&desk.model, PathLine::Edit).0
    };
    assert!(!done(&[]));
    assert!(!done(&[Request::RecordCheck { problems: 1 }]));
    assert!(done(&[Request::RecordCheck { problems: 0 }]));
    assert!(!done(&[Request::RecordCheck { problems: 0 }, Request::RecordCheck { problems: 2 }]));
    assert!(done(&[Request::WaivePostmortem { reason: "a false alarm".into() }]));
}
