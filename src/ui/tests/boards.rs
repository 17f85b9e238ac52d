//! Pictures of the boards: filled, narrowed and empty.

use super::picture;
use crate::app::effect::Effect;
use crate::app::fixture::Desk;
use crate::app::model::BoardData;
use crate::app::msg::{Answer, Msg};

const BOARDS: [(&str, &str); 4] = [
    ("stories", "?stories board<enter>"),
    ("runbooks", "?runbooks<enter>"),
    ("updates", "?updates<enter>"),
    ("patterns", "?patterns<enter>"),
];

#[test]
fn boards_at_three_sizes() {
    for (w, h) in [(80, 24), (120, 40), (60, 20), (200, 60)] {
        for (name, script) in BOARDS {
            let mut desk = Desk::at_home(w, h, "alice");
            desk.model.policy.story_manager = Some("dana".to_owned());
            desk.keys(script).fill_board();
            insta::assert_snapshot!(format!("board_{name}_{w}x{h}"), picture(&desk.model));
        }
    }
}

#[test]
fn an_empty_board_says_what_to_do_next() {
    for (name, script) in BOARDS {
        let mut desk = Desk::at_home(80, 24, "alice");
        desk.keys(script);
        assert!(picture(&desk.model).contains("Reading"), "{name}");
        let ticket = desk.effects.iter().find_map(|effect| match effect {
            Effect::LoadBoard(ticket, ..) => Some(*ticket),
            _ => None,
        });
        let ticket = ticket.unwrap();
        let none = BoardData::none(desk.model.board.as_ref().unwrap().kind());
        desk.send(Msg::Answer(ticket, Answer::Board(none)));
        insta::assert_snapshot!(format!("board_{name}_empty"), picture(&desk.model));
    }
    let mut desk = Desk::at_home(80, 24, "alice");
    desk.keys("?stories board<enter>").fill_board().keys("fzebra<enter>");
    let picture = picture(&desk.model);
    assert!(picture.contains("Nothing matches zebra. Esc shows all"), "{picture}");
}

#[test]
fn nothing_essential_is_cut_at_eighty_columns() {
    let mut desk = Desk::at_home(80, 24, "alice");
    desk.keys("?stories board<enter>").fill_board();
    let picture = picture(&desk.model);
    for essential in ["over 50d", "nobody", "40/S2", "Rotate deploy keys", "Overdue (1)", "Due within 7d (1)"]
    {
        assert!(picture.contains(essential), "{essential}: {picture}");
    }
}

#[test]
fn the_line_for_a_story_says_which_story() {
    for (key, what) in [("w", "Start"), ("s", "Shipped"), ("x", "Drop the story")] {
        let mut desk = Desk::at_home(100, 24, "alice");
        desk.keys("?stories board<enter>").fill_board().keys(key);
        let picture = picture(&desk.model);
        let title = picture.lines().find(|line| line.contains(what)).unwrap_or_default();
        assert!(title.contains("INC-2026-0040/S2"), "{key}: {picture}");
    }
    let mut desk = Desk::room(100, 40, "alice");
    desk.keys(":resolve<enter>").serve();
    desk.keys("?close<enter>gjx");
    let picture = picture(&desk.model);
    let title = picture.lines().find(|line| line.contains("Not applicable: why?")).unwrap_or_default();
    assert!(title.contains("cause known"), "{picture}");
}

#[test]
fn what_of_the_query_of_the_patterns_was_not_understood_is_told() {
    let mut desk = Desk::room(80, 24, "alice");
    desk.keys(":patterns severity:P9<enter>");
    let ticket = desk.model.board.as_ref().unwrap().asked.unwrap();
    let BoardData::Patterns(lines, _) = crate::app::fixture::boards::patterns() else { panic!("patterns") };
    let note = "severity:P9: no postmortem has it; left out";
    desk.send(Msg::Answer(ticket, Answer::Board(BoardData::Patterns(lines, vec![note.to_owned()]))));
    let picture = picture(&desk.model);
    assert!(picture.contains(note) && picture.contains("only severity:P9"), "{picture}");
}
