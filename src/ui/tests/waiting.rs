//! What stands where an answer is awaited: how far the index is, while one is built for it.

use super::picture;
use crate::app::fixture::Desk;
use crate::app::msg::{Answer, Msg};
use crate::domain::facets::Facets;

#[test]
fn who_waits_for_an_index_sees_how_far_it_is() {
    for (w, h) in [(80, 24), (120, 40), (200, 60)] {
        let mut desk = Desk::room(w, h, "alice");
        desk.keys("/");
        let ticket = desk.model.find.asked.unwrap();
        assert!(picture(&desk.model).contains("searching"));
        desk.send(Msg::Building(Some(42)));
        let shown = picture(&desk.model);
        assert!(
            shown.contains("building the index, 42 %") && shown.contains("The index of past incidents is"),
            "{shown}"
        );
        desk.keys("key");
        assert!(
            picture(&desk.model).contains("building the index, 42 %"),
            "what is in the room is listed beside it"
        );
        desk.send(Msg::Building(None));
        desk.send(Msg::Answer(ticket, Answer::Found(Vec::new(), Facets::default(), Vec::new())));
        assert!(!picture(&desk.model).contains("building"));
    }
    let mut desk = Desk::at_home(120, 40, "alice");
    desk.keys("nkey leaked").send(Msg::Building(Some(7)));
    let shown = picture(&desk.model);
    assert!(shown.contains("building the index, 7 %"), "{shown}");
    desk.keys("<esc>?patterns<enter>");
    let shown = picture(&desk.model);
    assert!(shown.contains("Building the index of past incidents, 7 %"), "{shown}");
}

#[test]
fn what_is_counted_of_the_listed_rows_only_is_said_so() {
    use crate::app::model::{HomeCounts, HomeList};
    use crate::domain::words::{IncidentKind, State};
    let mut desk = Desk::at_home(80, 24, "alice");
    let mut row = super::filled::home_row(42, "Signing key leaked", State::Open, &[]);
    row.kind = IncidentKind::Drill;
    let counts = HomeCounts { open: 1, ..HomeCounts::default() };
    desk.send(Msg::HomeRefreshed(HomeList { open: vec![row.clone()], counts, ..HomeList::default() }));
    assert!(picture(&desk.model).contains("1 open (1 drill or test)"));
    let counts = HomeCounts { open: 9_000, ..HomeCounts::default() };
    desk.send(Msg::HomeRefreshed(HomeList { open: vec![row], counts, ..HomeList::default() }));
    let shown = picture(&desk.model);
    assert!(shown.contains("9000 open (at least 1 drill or test)"), "{shown}");
    assert!(shown.contains("Open (9000, 1 listed)"), "{shown}");
}

#[test]
fn a_refusal_that_is_longer_than_the_row_is_shown_to_its_end() {
    let mut desk = Desk::room(80, 24, "alice");
    desk.keys(":m nope<enter>");
    let shown = picture(&desk.model);
    for said in ["Not stored", "\"nope\" is not a milestone", "started, detected", "mitigated", "resolved"] {
        assert!(shown.contains(said), "{said}: {shown}");
    }
    desk.keys("x");
    assert!(!picture(&desk.model).contains("is not a milestone"), "typed on, it is not said any more");
    // What fits stays in the row of hints.
    desk.keys("<ctrl-u>:tick<enter>");
    let shown = picture(&desk.model);
    assert!(
        !shown.contains("Not stored ") && shown.lines().last().unwrap().contains(":tick does not fit"),
        "{shown}"
    );
}

#[test]
fn what_expires_next_is_seen_beside_a_row_of_breaches() {
    for (w, h, over) in [(80, 24, 1), (120, 40, 3)] {
        let mut desk = Desk::room(w, h, "alice");
        for host in ["one", "two", "three"] {
            desk.line("14:38", "alice", &format!("! stop host {host} check 5m"));
        }
        desk.open();
        desk.later(360);
        let shown = picture(&desk.model);
        let next = shown.lines().nth(1).unwrap();
        assert_eq!(next.matches(" over ").count(), over, "{next}");
        assert!(next.contains("check decision in 4m") && next.contains(" · +"), "{next}");
    }
}

#[test]
fn how_long_ago_a_line_was_is_said_at_eighty_columns() {
    let mut desk = Desk::room(80, 24, "alice");
    let row = |desk: &Desk| picture(&desk.model).lines().rev().nth(2).unwrap().to_owned();
    for line in
        ["23:59 late one", "-20m > customers: we look next 30m", "-2d the first alert of that queue, unseen"]
    {
        desk.keys("i").keys(line);
        let shown = row(&desk);
        assert!(shown.contains(" ago)") || shown.contains("m)") || shown.contains("h)"), "{shown}");
        desk.keys("<ctrl-u><esc>");
    }
    desk.keys("i-2d ").keys(&"words that leave no room for it ".repeat(3));
    let shown = row(&desk);
    assert!(shown.contains("note") && shown.trim_start().starts_with("│›"), "{shown}");
}

#[test]
fn a_change_of_the_clocks_is_marked_like_a_day() {
    for (w, h) in [(80, 24), (60, 20)] {
        let mut desk = Desk::room(w, h, "alice");
        desk.model.local_zone = crate::domain::zone::Tz::named("Europe/Berlin").unwrap();
        for line in ["2026-10-25 00:30Z before it", "2026-10-25 01:30Z after it"] {
            desk.keys("i").keys(line).keys("<enter>").serve();
        }
        desk.keys("gg");
        let shown = picture(&desk.model);
        assert!(!shown.contains("UTC 2026") && shown.contains("2026-10-25 UTC"), "{shown}");
        desk.keys("t");
        let shown = picture(&desk.model);
        let place = |text: &str| shown.find(text).unwrap_or_else(|| panic!("{text}: {shown}"));
        // Both happened at 02:30, an hour apart.
        assert!(place("2026-10-25 CEST") < place("02:30 note  before it"), "{shown}");
        assert!(place("before it") < place("Sun 2026-10-25 CET"), "{shown}");
        assert!(place("Sun 2026-10-25 CET") < place("02:30 note  after it"), "{shown}");
        assert!(place("after it") < place("Fri 2026-11-20 CET"), "{shown}");
    }
}

#[test]
fn the_home_screen_tells_what_is_over_in_which_room_and_what_expires_next() {
    use crate::app::fixture::at;
    use crate::app::model::{HomeCounts, HomeList, RoomClock};
    use crate::domain::words::State;
    let clock =
        |id: &str, what: &str, time: &str| RoomClock { id: id.into(), what: what.into(), at: at(time) };
    let next = |desk: &Desk| picture(&desk.model).lines().nth(1).unwrap().trim_end().to_owned();
    let mut desk = Desk::at_home(80, 24, "alice");
    let late = super::filled::home_row(1, "the old one", State::Resolved, &["1 story overdue"]);
    let counts = HomeCounts { open: 1, owed: 1, overdue_stories: 1, ..HomeCounts::default() };
    let soonest = Some(clock("INC-2026-0002", "ask @bob", "14:40"));
    let list = HomeList { owed: vec![late], counts, soonest, ..HomeList::default() };
    desk.send(Msg::HomeRefreshed(list.clone()));
    assert_eq!(next(&desk), "NEXT INC-2026-0002 ask @bob in 2m · INC-2026-0001 1 story overdue");
    // Stories of other incidents are told beside those of the one that is named.
    let counts = HomeCounts { overdue_stories: 3, ..counts };
    desk.send(Msg::HomeRefreshed(HomeList { counts, ..list.clone() }));
    assert!(next(&desk).contains(" · +1"), "{}", next(&desk));
    // What ran out is told with its room, and does not hide what runs out next.
    let over = vec![
        clock("INC-2026-0002", "ask @bob", "14:37"),
        clock("INC-2026-0002", "check decision", "14:37"),
        clock("INC-2026-0003", "update internal", "13:38"),
    ];
    let counts = HomeCounts { over: 23, ..list.counts };
    let soonest = Some(clock("INC-2026-0003", "resolve", "15:38"));
    desk.send(Msg::HomeRefreshed(HomeList { counts, over, soonest, ..list }));
    assert_eq!(next(&desk), "NEXT INC-2026-0002 ask @bob over 1m · INC-2026-0003 resolve in 1h · +23");
    let mut wide = Desk::at_home(200, 60, "alice");
    wide.send(Msg::HomeRefreshed(desk.model.home.list.clone()));
    let wide = next(&wide);
    assert!(wide.contains("ask @bob over 1m · check decision over 1m · INC-2026-0003 update"), "{wide}");
    // In one incident alone, its name is not said twice.
    let mut one = desk.model.home.list.clone();
    one.over.truncate(2);
    one.counts.over = 2;
    one.soonest = Some(clock("INC-2026-0002", "resolve", "15:38"));
    desk.send(Msg::HomeRefreshed(one));
    assert_eq!(next(&desk), "NEXT INC-2026-0002 ask @bob over 1m · resolve in 1h · +2");
    // Of one name they are told once, with the longest; another incident has its own.
    let mut many = desk.model.home.list.clone();
    many.over.insert(1, clock("INC-2026-0002", "ask @bob", "14:38"));
    many.over.push(clock("INC-2026-0002", "ask @bob", "14:38"));
    many.over.push(clock("INC-2026-0003", "ask @bob", "14:38"));
    many.counts.over = 5;
    let mut folded = Desk::at_home(200, 60, "alice");
    folded.send(Msg::HomeRefreshed(many));
    let folded = next(&folded);
    assert!(
        folded.starts_with(
            "NEXT INC-2026-0002 ask @bob x3 over 1m · check decision over 1m · INC-2026-0003 ask @bob over"
        ),
        "{folded}"
    );
    desk.later(3700);
    assert!(next(&desk).starts_with("NEXT INC-2026-0002 ask @bob over 1h"), "{}", next(&desk));
    assert!(!next(&desk).contains(" in "), "{}", next(&desk));
}

#[test]
fn breaches_of_one_name_are_told_once_so_that_the_others_are_seen() {
    let mut desk = Desk::room(200, 60, "alice");
    for n in 0..3 {
        desk.line("14:38", "alice", &format!("! stop host {n} check 10m"));
    }
    desk.line("14:38", "alice", "+ @carol 5m list the hosts");
    desk.open();
    desk.model.now = crate::app::fixture::at("16:30");
    let row = picture(&desk.model).lines().nth(1).unwrap().to_owned();
    assert_eq!(row.matches("check decision").count(), 1, "{row}");
    assert!(row.contains("check decision x4 over") && row.contains("ask @carol"), "{row}");
}
