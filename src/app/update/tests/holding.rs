//! What others do moves no selection, chosen or only shown.

use super::*;
use crate::app::model::{HomeList, HomeRow, Model};
use crate::domain::ids::{LogId, Seq};
use crate::domain::request::{RunbookText, StepMove, StepPick};
use crate::domain::words::{IncidentKind, State};

/// Others do something; the screen hears of it.
fn hears(desk: &mut Desk, by: &str, request: Request) {
    let from = desk.events.len();
    desk.ask("14:39", by, request);
    let (log, events) = (desk.stored.log, desk.events[from..].to_vec());
    desk.send(Msg::Refreshed(log, events));
}

fn tick(step: &str) -> Request {
    let step = StepPick::Named(step.into());
    Request::MoveStep { step, change: StepMove::Tick, person: None, reason: String::new() }
}

fn step(model: &Model) -> u32 {
    model.room.as_ref().unwrap().current_step().unwrap().number
}

#[test]
fn a_step_that_was_only_shown_stays_selected_when_another_ticks_it() {
    let mut desk = Desk::room(120, 40, "alice");
    desk.keys("3");
    assert_eq!(step(&desk.model), 2);
    hears(&mut desk, "bob", tick("2"));
    assert_eq!(step(&desk.model), 2);
    // What another one did is not taken back without a word.
    let head = desk.stored.head;
    desk.keys(" ").serve();
    let Some(Overlay::Confirm(confirm)) = desk.model.overlays.last() else { panic!("no question") };
    assert_eq!(confirm.question, "Step 2 was done by bob: to do again? Stop builds with the key");
    desk.keys("<esc>").serve();
    assert_eq!(desk.stored.head, head);
    desk.keys(" <enter>").serve();
    assert_eq!(desk.stored.checklist.numbered(2).unwrap().state, StepState::Todo);
    // Whoever comes back without having chosen anything is shown what is next.
    let mut desk = Desk::room(120, 40, "alice");
    desk.keys("3");
    hears(&mut desk, "bob", tick("2"));
    desk.keys("13");
    assert_eq!(step(&desk.model), 3);
    desk.keys("j13");
    assert_eq!(step(&desk.model), 4, "what was chosen stays");
}

#[test]
fn a_runbook_that_another_one_attaches_does_not_take_the_pane_away() {
    let text = || RunbookText {
        name: "disk-full".into(),
        title: "Disk full".into(),
        text: "# Disk full\n\n## Containment\n\n- Stop the writer\n".into(),
    };
    let mut desk = Desk::room(120, 40, "alice");
    desk.keys("3");
    hears(&mut desk, "bob", Request::AttachRunbook(text()));
    assert_eq!(step(&desk.model), 2);
    desk.keys("13");
    assert_eq!(desk.model.room.as_ref().unwrap().shown_runbook().unwrap().name, "disk-full");
    // One's own is shown at once.
    let mut desk = Desk::room(120, 40, "alice");
    desk.keys("3");
    let asked = vec![Request::AttachRunbook(text()).into()];
    let log = desk.stored.log;
    let ticket = desk.model.ticket(crate::app::model::Waiting::Submit(log));
    let events = desk.store(at("14:39"), "alice", &asked).unwrap();
    desk.send(Msg::Answer(ticket, Answer::Stored(events)));
    assert_eq!(desk.model.room.as_ref().unwrap().shown_runbook().unwrap().name, "disk-full");
}

#[test]
fn a_decision_and_an_ask_that_were_only_shown_stay_selected() {
    for (open, line) in [
        ("4", "! @bob stop the builds check 5m"),
        (":decisions<enter>", "! @bob stop the builds check 5m"),
        ("6", "-10m + @carol 1m who signed it"),
        (":asks<enter>", "-10m + @carol 1m who signed it"),
    ] {
        let mut desk = Desk::room(120, 40, "alice");
        desk.keys(open);
        let selected = |desk: &Desk| match desk.model.overlays.last() {
            Some(Overlay::Pick(pick)) => pick.visible()[pick.place(&pick.visible())].id.clone(),
            _ => desk.model.room.as_ref().unwrap().current_entry().unwrap_or(Seq::NONE).to_string(),
        };
        let before = selected(&desk);
        desk.others("bob", line);
        assert_eq!(selected(&desk), before, "{open}");
    }
}

#[test]
fn a_row_that_leaves_a_list_hands_over_to_its_neighbour() {
    let mut desk = Desk::room(120, 40, "alice");
    desk.keys(":steps<enter><down>");
    let (selected, after) = match desk.model.overlays.last() {
        Some(Overlay::Pick(pick)) => (pick.items[1].id.clone(), pick.items[2].id.clone()),
        other => panic!("{other:?}"),
    };
    hears(&mut desk, "bob", tick(&selected));
    let Some(Overlay::Pick(pick)) = desk.model.overlays.last() else { panic!("no list") };
    assert_eq!(pick.selected, Some(after));
    assert!(desk.model.notice.as_ref().unwrap().text.contains("not listed any more"));
}

fn row(number: u128) -> HomeRow {
    HomeRow {
        log: LogId(uuid::Uuid::from_u128(number)),
        id: format!("INC-2026-{number:04}"),
        title: "Signing key leaked".into(),
        severity: "P1".into(),
        kind: IncidentKind::Real,
        state: State::Open,
        phase: "contain".into(),
        commander: "alice".into(),
        restricted: false,
        declared_at: at("13:56"),
        updated_at: at("14:38"),
        owes: Vec::new(),
    }
}

fn home(numbers: &[u128]) -> HomeList {
    HomeList { open: numbers.iter().map(|n| row(*n)).collect(), ..HomeList::default() }
}

#[test]
fn an_incident_that_another_one_declares_is_not_opened_by_the_enter_for_the_one_below() {
    let mut desk = Desk::at_home(80, 24, "alice");
    desk.send(Msg::HomeRefreshed(home(&[42])));
    desk.send(Msg::HomeRefreshed(home(&[43, 42])));
    desk.keys("<enter>");
    assert!(desk.has_effect(|e| matches!(e, Effect::Open(_, log) if *log == row(42).log)));
    // When it is not listed any more its neighbour is selected.
    desk.send(Msg::HomeRefreshed(home(&[45, 44, 43])));
    assert_eq!(desk.model.home.row().unwrap().log, row(44).log);
    desk.keys("j");
    assert_eq!(desk.model.home.row().unwrap().log, row(43).log);
    // Whoever comes out of a room finds it selected.
    let mut desk = Desk::room(80, 24, "alice");
    desk.keys("q");
    let log = desk.stored.log;
    desk.send(Msg::HomeRefreshed(home(&[50, log.0.as_u128()])));
    assert_eq!(desk.model.home.row().unwrap().log, log);
}

#[test]
fn the_selected_incident_is_read_beside_the_list_one_at_a_time() {
    let mut desk = Desk::at_home(120, 40, "alice");
    let asked = |desk: &mut Desk| {
        let asked: Vec<_> = std::mem::take(&mut desk.effects).into_iter().collect();
        let found = asked.into_iter().filter_map(|e| match e {
            Effect::Preview(ticket, log) => Some((ticket, log)),
            _ => None,
        });
        found.collect::<Vec<_>>()
    };
    let read = |log: LogId| {
        let mut incident = Desk::room(120, 40, "alice").stored;
        incident.log = log;
        Answer::Preview(Box::new(incident))
    };
    desk.send(Msg::HomeRefreshed(home(&[45, 44, 43, 42])));
    let first = asked(&mut desk);
    assert_eq!(first.iter().map(|(_, log)| *log).collect::<Vec<_>>(), [row(45).log]);
    // However fast the selection moves, nothing else is read before the answer; then the one that it is on.
    desk.keys("jj");
    desk.later(1);
    assert_eq!(asked(&mut desk), []);
    desk.send(Msg::Answer(first[0].0, read(row(45).log)));
    let next = asked(&mut desk);
    assert_eq!(next.iter().map(|(_, log)| *log).collect::<Vec<_>>(), [row(43).log]);
    desk.send(Msg::Answer(next[0].0, read(row(43).log)));
    assert_eq!(desk.model.home.preview.as_ref().map(|i| i.log), Some(row(43).log));
    desk.later(1);
    desk.send(Msg::HomeRefreshed(home(&[45, 44, 43, 42])));
    assert_eq!(asked(&mut desk), [], "nothing was stored in it since");
    let mut list = home(&[45, 44, 43, 42]);
    list.open[2].updated_at = at("14:39");
    desk.send(Msg::HomeRefreshed(list.clone()));
    assert_eq!(asked(&mut desk).len(), 1, "it goes on");
    // What is not the whole team's to read stays in its room, and on a narrow screen there is no place for it.
    let mut desk = Desk::at_home(120, 40, "alice");
    list.open[0].restricted = true;
    desk.send(Msg::HomeRefreshed(list.clone()));
    assert_eq!(asked(&mut desk), []);
    let mut desk = Desk::at_home(60, 20, "alice");
    desk.send(Msg::HomeRefreshed(home(&[42])));
    assert_eq!(asked(&mut desk), []);
}

#[test]
fn the_home_screen_is_read_again_when_something_has_run_out() {
    let mut desk = Desk::at_home(80, 24, "alice");
    let reads = |desk: &mut Desk| {
        let found = desk.effects.iter().find_map(|e| match e {
            Effect::LoadHome(ticket) => Some(*ticket),
            _ => None,
        });
        desk.effects.clear();
        found
    };
    desk.send(Msg::HomeRefreshed(HomeList { next: Some(at("14:39")), ..home(&[42]) }));
    desk.later(59);
    assert_eq!(reads(&mut desk), None);
    desk.later(1);
    let ticket = reads(&mut desk).expect("the deadline passed");
    desk.later(1);
    assert_eq!(reads(&mut desk), None, "one reading at a time");
    // The next one runs out at once: not more than once a minute.
    desk.send(Msg::Answer(ticket, Answer::Home(HomeList { next: Some(at("14:39")), ..home(&[42]) })));
    desk.later(50);
    assert_eq!(reads(&mut desk), None);
    desk.later(20);
    assert!(reads(&mut desk).is_some());
    // Elsewhere nobody looks at it.
    let mut desk = Desk::room(80, 24, "alice");
    desk.model.home.list.next = Some(at("14:00"));
    desk.later(1);
    assert_eq!(reads(&mut desk), None);
}

#[test]
fn a_line_that_another_one_shows_to_be_not_so_stays_under_the_eyes_that_are_on_it() {
    use crate::app::model::RowId;
    let mut desk = Desk::room(120, 40, "alice");
    let ask = *desk.stored.talk.asks.keys().next().unwrap();
    hears(&mut desk, "bob", Request::RecordBreach { clock: format!("ask:{ask}"), deadline: at("14:37") });
    let line = RowId::Entry(desk.stored.head);
    let shows = |desk: &Desk| desk.model.room.as_ref().unwrap().rows.place(line).is_some();
    assert!(shows(&desk));
    let late = |desk: &mut Desk| {
        let request = Request::Answer { target: ask, text: "three".to_owned() };
        let answer = crate::domain::request::Asked { request, at: Some((at("14:36"), false)) };
        let (log, events) = (desk.stored.log, desk.store(at("14:40"), "bob", &[answer]).unwrap());
        desk.send(Msg::Refreshed(log, events));
    };
    desk.model.room.as_mut().unwrap().selected = Some(line);
    late(&mut desk);
    assert_eq!(desk.model.room.as_ref().unwrap().selected, Some(line));
    assert!(shows(&desk), "it stays until the eyes leave it");
    let mut desk = Desk::room(120, 40, "alice");
    hears(&mut desk, "bob", Request::RecordBreach { clock: format!("ask:{ask}"), deadline: at("14:37") });
    desk.keys("g");
    late(&mut desk);
    assert!(!shows(&desk), "elsewhere it goes, as what is crossed out");
}
