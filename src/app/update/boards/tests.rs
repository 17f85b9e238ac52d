//! Boards as state, keys as typed, state.

use crate::app::effect::Effect;
use crate::app::fixture::Desk;
use crate::app::fixture::boards::story;
use crate::app::model::{Ask, Board, BoardData, BoardKind, BoardLine, Model, Overlay, Screen};
use crate::app::msg::{Answer, Msg, Trouble};
use crate::domain::request::Request;
use crate::domain::stories::Standing;
use crate::domain::words::StoryState;

fn stories() -> Desk {
    let mut desk = Desk::at_home(80, 24, "alice");
    desk.keys("?stories-board<enter>");
    desk.fill_board();
    desk.effects.clear();
    desk
}

fn selected(model: &Model) -> String {
    let board = model.board.as_ref().unwrap();
    board.place().and_then(|(_, nth)| board.id(nth)).unwrap_or_default()
}

fn ids(model: &Model) -> Vec<String> {
    let board = model.board.as_ref().unwrap();
    let rows = board.lines.iter().filter_map(|l| match l {
        BoardLine::Row(nth) => board.id(*nth),
        BoardLine::Heading(..) => None,
    });
    rows.collect()
}

fn ask(model: &Model) -> Option<&Ask> {
    match model.overlays.last() {
        Some(Overlay::Ask(ask)) => Some(ask),
        _ => None,
    }
}

#[test]
fn every_board_opens_from_the_palette_of_every_screen_and_by_its_verb() {
    for (verb, kind) in
        [("stories", BoardKind::Stories), ("runbooks", BoardKind::Runbooks), ("updates", BoardKind::Updates)]
    {
        let mut desk = Desk::room(80, 24, "alice");
        desk.keys(&format!(":{verb}<enter>"));
        assert_eq!(desk.model.screen, Screen::Board);
        assert!(desk.has_effect(|e| matches!(e, Effect::LoadBoard(_, k, _) if *k == kind)));
        desk.fill_board().keys("q");
        assert_eq!(desk.model.screen, Screen::Room, "q goes back to the room");
        let name = if kind == BoardKind::Stories { "stories board" } else { verb };
        for mut desk in [Desk::at_home(80, 24, "alice"), Desk::room(80, 24, "alice")] {
            desk.keys(&format!("?{name}<enter>"));
            assert_eq!(desk.model.board.as_ref().map(Board::kind), Some(kind), "{name}");
        }
    }
}

#[test]
fn words_behind_the_verb_of_a_board_narrow_it_and_other_verbs_refuse_them() {
    for verb in ["stories", "runbooks", "updates", "patterns"] {
        let mut desk = Desk::room(80, 24, "alice");
        desk.keys(&format!(":{verb} key<enter>"));
        assert_eq!(desk.model.board.as_ref().map(|b| b.filter.as_str()), Some("key"), "{verb}");
        desk.keys("q").keys(&format!(":{verb}<enter>"));
        assert_eq!(desk.model.board.as_ref().map(|b| b.filter.as_str()), Some(""), "{verb}");
    }
    for verb in ["decisions", "brief", "check", "quit", "next"] {
        let mut desk = Desk::room(80, 24, "alice");
        desk.keys(&format!(":{verb} the key<enter>"));
        let composer = &desk.model.room.as_ref().unwrap().composer;
        let said = format!(":{verb} takes no words");
        assert!(composer.problem.as_ref().is_some_and(|p| p.contains(&said)), "{:?}", composer.problem);
        assert_eq!(composer.editor.text(), format!(":{verb} the key"));
    }
}

#[test]
fn overdue_stories_come_first_and_done_ones_are_left_out() {
    let mut desk = stories();
    assert_eq!(
        ids(&desk.model),
        ["INC-2026-0040/S2", "INC-2026-0041/S1", "INC-2026-0042/S1", "INC-2026-0038/S1", "INC-2026-0037/S3"]
    );
    desk.keys("fstate:all @bob<enter>");
    assert_eq!(ids(&desk.model), ["INC-2026-0041/S1", "INC-2026-0036/S1"]);
    desk.keys("f<ctrl-u>state:lost<enter>");
    assert!(
        ask(&desk.model).unwrap().problem.as_ref().unwrap().contains("all"),
        "a word that is none is named"
    );
    desk.keys("<esc><esc>");
    assert_eq!(ids(&desk.model).len(), 5, "Esc takes the filter away");
    desk.keys("<esc>");
    assert_eq!(desk.model.screen, Screen::Home);
}

#[test]
fn the_selection_is_held_by_id_when_others_write() {
    let mut desk = stories();
    desk.keys("jj");
    assert_eq!(selected(&desk.model), "INC-2026-0042/S1");
    desk.send(Msg::BoardStale);
    desk.send(Msg::BoardStale);
    let reads = desk.effects.iter().filter(|e| matches!(e, Effect::LoadBoard(..))).count();
    assert_eq!(reads, 1, "one reading at a time");
    let Some(Effect::LoadBoard(ticket, ..)) = desk.effects.pop_front() else { panic!("no reading") };
    let BoardData::Stories(mut all) = crate::app::fixture::boards::stories() else { panic!("no stories") };
    all.insert(0, story(50, 1, "New and late", Some("2026-01-01"), StoryState::Filed, None));
    desk.send(Msg::Answer(ticket, Answer::Board(BoardData::Stories(all))));
    assert_eq!(selected(&desk.model), "INC-2026-0042/S1");
    assert_eq!(ids(&desk.model).len(), 6);
    assert!(
        desk.has_effect(|e| matches!(e, Effect::LoadBoard(..))),
        "what was written meanwhile is read too"
    );
}

#[test]
fn a_story_moves_only_with_the_words_that_it_needs() {
    let mut desk = stories();
    // INC-2026-0040/S2 is filed and nobody's.
    desk.keys("w");
    assert_eq!(ask(&desk.model).unwrap().editor.text(), "alice", "who starts it is offered");
    desk.keys("<ctrl-u>@dana<enter>");
    let sent = |desk: &Desk| -> Vec<Request> {
        let asked = desk.effects.iter().find_map(|e| match e {
            Effect::SubmitNamed { incident, asked, .. } => {
                assert_eq!(incident.number, 40);
                Some(asked.iter().map(|a| a.request.clone()).collect())
            }
            _ => None,
        });
        asked.unwrap_or_default()
    };
    let requests = sent(&desk);
    assert!(
        matches!(requests.first(), Some(Request::ChangeStory { number: 2, change }) if change.owner.as_deref() == Some("dana"))
    );
    assert!(matches!(requests.get(1), Some(Request::StartStory { number: 2 })));
    desk.effects.clear();
    desk.keys("s<enter>");
    assert!(ask(&desk.model).unwrap().problem.is_some(), "a shipped story names its change");
    desk.keys("https://git.example/1<enter>");
    assert!(
        matches!(sent(&desk).first(), Some(Request::ShipStory { link, reason, .. }) if link == "https://git.example/1" && reason.is_empty())
    );
    desk.effects.clear();
    desk.keys("x<enter>");
    assert!(ask(&desk.model).unwrap().problem.is_some(), "a dropped story says why");
    desk.keys("the service is gone<enter>");
    assert!(
        matches!(sent(&desk).first(), Some(Request::DropStory { reason, .. }) if reason == "the service is gone")
    );
    desk.keys("r");
    assert!(ask(&desk.model).is_none(), "what is open cannot be reopened");
    desk.effects.clear();
    desk.keys("v");
    assert!(
        desk.model.overlays.is_empty() && desk.effects.is_empty(),
        "what has not shipped is not verified"
    );
    assert!(desk.model.notice.as_ref().unwrap().text.contains("has not shipped"));
}

#[test]
fn a_refused_line_comes_back_with_the_reason() {
    let mut desk = stories();
    desk.keys("xgone<enter>");
    let ticket = desk.effects.iter().find_map(|e| match e {
        Effect::SubmitNamed { ticket, .. } => Some(*ticket),
        _ => None,
    });
    let answer = Answer::Refused(Trouble::new("it was dropped already", ""));
    desk.send(Msg::Answer(ticket.unwrap(), answer));
    let ask = ask(&desk.model).unwrap();
    assert_eq!((ask.editor.text(), ask.problem.as_deref()), ("gone", Some("it was dropped already")));
}

#[test]
fn enter_opens_the_incident_and_m_its_postmortem() {
    let mut desk = stories();
    desk.keys("<enter>");
    assert!(desk.has_effect(|e| matches!(e, Effect::OpenNamed(_, id) if id.number == 40)));
    desk.keys("m");
    assert!(desk.has_effect(|e| matches!(e, Effect::ReadPostmortemOf(_, id) if id.number == 40)));
}

#[test]
fn a_runbook_is_attached_from_its_board_to_the_open_room() {
    let mut desk = Desk::at_home(80, 24, "alice");
    desk.keys("?runbooks<enter>").fill_board().keys("o");
    assert!(desk.model.notice.as_ref().unwrap().text.contains("open an incident first"));
    let mut desk = Desk::room(80, 24, "alice");
    desk.keys("?runbooks<enter>").fill_board().keys("jo");
    assert!(
        desk.has_effect(|e| matches!(e, Effect::AttachRunbook { name, .. } if name == "leaked-ci-token"))
    );
    desk.keys("<enter>");
    assert!(desk.has_effect(|e| matches!(e, Effect::ReadRunbook(_, name) if name == "leaked-ci-token")));
}

#[test]
fn what_is_over_stands_first_and_enter_goes_there() {
    let mut desk = Desk::room(80, 24, "alice");
    desk.keys("?updates<enter>").fill_board();
    assert_eq!(ids(&desk.model), ["INC-2026-0042 internal", "INC-2026-0043 customers"]);
    desk.keys("<enter>");
    assert_eq!(desk.model.screen, Screen::Room, "the room of 42 is open already");
}

#[test]
fn a_cell_of_the_patterns_opens_its_incidents() {
    for mut desk in [Desk::at_home(80, 24, "alice"), Desk::room(80, 24, "alice")] {
        desk.keys("?patterns<enter>").fill_board().keys("j<enter>");
        assert_eq!(desk.model.screen, Screen::Find);
        assert_eq!(desk.model.find.editor.text(), "service:orders quarter:2026-Q2");
        assert!(desk.has_effect(|e| matches!(e, Effect::Find(..))));
        // Back to the same cell, to look at the next one.
        desk.keys("<esc>");
        assert_eq!(desk.model.screen, Screen::Board);
        assert_eq!(desk.model.board.as_ref().unwrap().pattern().unwrap().label, "2026-Q2");
        let from = if desk.model.room.is_some() { Screen::Room } else { Screen::Home };
        desk.keys("<esc>");
        assert_eq!(desk.model.screen, from);
    }
    let mut desk = Desk::room(80, 24, "alice");
    desk.keys("?patterns<enter>").fill_board().keys("/key<enter><esc>");
    assert_eq!(desk.model.screen, Screen::Board, "a search of one's own goes back as well");
}

/// The queries that patterns are read for.
fn queries(desk: &Desk) -> Vec<String> {
    let asked = desk.effects.iter().filter_map(|effect| match effect {
        Effect::LoadBoard(_, BoardKind::Patterns, query) => Some(query.clone()),
        _ => None,
    });
    asked.collect()
}

#[test]
fn the_filter_of_the_patterns_is_the_query_that_the_command_takes() {
    let mut desk = Desk::room(80, 24, "alice");
    desk.keys(":patterns severity:P1<enter>");
    assert_eq!(queries(&desk), ["severity:P1"], "read once, and for that");
    desk.fill_board();
    let shown =
        |desk: &Desk| desk.model.board.as_ref().map(|b| (b.loaded, b.shown, b.filter.clone())).unwrap();
    assert_eq!(
        shown(&desk),
        (true, 3, "severity:P1".to_owned()),
        "what was counted for it has not the words"
    );
    // Another query: what the last one found is not shown for it.
    desk.keys("f<ctrl-u>-dns service:payments<enter>");
    assert_eq!(queries(&desk), ["-dns service:payments"]);
    assert_eq!(shown(&desk), (false, 0, "-dns service:payments".to_owned()));
    desk.keys("<esc>");
    let asked = queries(&desk);
    assert_eq!(asked, ["-dns service:payments", ""], "Esc takes the filter away");
    // The answer to a query that was given up is none to the next one.
    desk.fill_board();
    assert_eq!(shown(&desk), (false, 0, String::new()));
    // What is written elsewhere is counted for the same query.
    desk.keys("q:patterns key<enter>");
    desk.effects.clear();
    let ticket = desk.model.board.as_ref().unwrap().asked.unwrap();
    let none = BoardData::none(BoardKind::Patterns);
    desk.send(Msg::Answer(ticket, Answer::Board(none)));
    desk.send(Msg::BoardStale);
    assert_eq!(queries(&desk), ["key"]);
}

#[test]
fn a_new_day_makes_other_stories_overdue() {
    let mut desk = stories();
    let late = |model: &Model| -> Vec<(Standing, usize)> {
        let lines = model.board.as_ref().unwrap().lines.iter();
        let heads = lines.filter_map(|line| match line {
            BoardLine::Heading(_, count, standing) => Some((*standing, *count)),
            _ => None,
        });
        heads.filter(|(standing, _)| *standing <= Standing::Overdue).collect()
    };
    assert_eq!(late(&desk.model), [(Standing::Overdue, 1)]);
    desk.later(4 * 24 * 3600);
    // One fell due, and the one that nobody took has waited too long.
    assert_eq!(late(&desk.model), [(Standing::Orphaned, 1), (Standing::Overdue, 1)]);
}

/// Answers the reading that is awaited with the six stories, changed.
fn read_again(desk: &mut Desk, change: impl FnOnce(&mut Vec<crate::domain::summary::StorySummary>)) {
    let ticket = desk.effects.iter().find_map(|e| match e {
        Effect::LoadBoard(ticket, ..) => Some(*ticket),
        _ => None,
    });
    let BoardData::Stories(mut all) = crate::app::fixture::boards::stories() else { panic!("no stories") };
    change(&mut all);
    desk.effects.clear();
    desk.send(Msg::Answer(ticket.unwrap(), Answer::Board(BoardData::Stories(all))));
}

#[test]
fn the_first_row_is_held_by_id_from_the_moment_it_is_shown() {
    let mut desk = stories();
    let first = selected(&desk.model);
    assert_eq!(first, "INC-2026-0040/S2");
    desk.send(Msg::BoardStale);
    read_again(&mut desk, |all| {
        all.iter_mut().for_each(|s| {
            if s.id.to_string() == first {
                s.state = StoryState::Shipped;
            }
        });
    });
    assert_ne!(ids(&desk.model)[0], first, "it stands further down");
    assert_eq!(selected(&desk.model), first);
    desk.keys("v");
    let purpose = &ask(&desk.model).unwrap().purpose;
    assert!(matches!(purpose, crate::app::model::AskFor::StoryVerify(id) if id.to_string() == first));
}

#[test]
fn a_story_that_leaves_the_list_hands_over_to_its_neighbour_and_that_is_told() {
    let mut desk = stories();
    desk.keys("j");
    let (gone, after) = (ids(&desk.model)[1].clone(), ids(&desk.model)[2].clone());
    desk.send(Msg::BoardStale);
    read_again(&mut desk, |all| all.retain(|s| s.id.to_string() != gone));
    assert_eq!(selected(&desk.model), after);
    let told = desk.model.notice.as_ref().unwrap().text.clone();
    assert_eq!(told, format!("{gone} is not listed any more; {after} is selected"));
}

#[test]
fn the_key_of_the_undo_says_where_it_acts_on_the_boards_and_at_home() {
    let said = |desk: &Desk| desk.model.notice.as_ref().map(|n| n.text.clone()).unwrap_or_default();
    for board in ["", "?stories-board<enter>", "?runbooks<enter>", "?updates<enter>", "?patterns<enter>"] {
        let mut desk = Desk::at_home(80, 24, "alice");
        if !board.is_empty() {
            desk.keys(board).fill_board();
        }
        desk.effects.clear();
        desk.keys("u");
        assert_eq!(
            said(&desk),
            "nothing is taken back here: u does that in the room of the incident",
            "{board}"
        );
        assert!(desk.effects.is_empty() && desk.model.overlays.is_empty(), "{board}");
    }
}
