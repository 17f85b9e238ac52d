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
