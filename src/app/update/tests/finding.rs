//! Finding, and what is said of past incidents.

use super::*;
use crate::app::model::FindRow;

#[test]
fn what_is_picked_of_the_facets_narrows_the_search_and_esc_gives_it_back() {
    let mut desk = Desk::room(80, 24, "alice");
    desk.keys("/");
    let facet = |value: &str, count| Facet { value: value.into(), count };
    let facets = Facets {
        severity: vec![facet("P1", 3), facet("P2", 1)],
        service: vec![facet("payments", 2)],
        year: vec![facet("2026", 4)],
    };
    let answer = |desk: &mut Desk| {
        let asked = desk.model.find.asked.unwrap();
        desk.effects.clear();
        desk.send(Msg::Answer(asked, Answer::Found(vec![], facets.clone(), vec![])));
    };
    let last = |desk: &Desk| match desk.effects.back() {
        Some(Effect::Find(_, query, picked)) => (query.clone(), picked.words()),
        other => panic!("{other:?}"),
    };
    answer(&mut desk);
    desk.keys("<tab><down><right><enter>");
    assert_eq!(last(&desk), (String::new(), "payments".into()), "arrows go from one to the next");
    answer(&mut desk);
    desk.keys("<up><up><enter>");
    assert_eq!(last(&desk).1, "P1, payments", "one of each kind");
    answer(&mut desk);
    desk.keys("<enter>");
    assert_eq!(last(&desk).1, "payments", "the same again takes it back");
    answer(&mut desk);
    desk.keys("paged");
    assert_eq!(last(&desk), ("p".into(), "payments".into()), "typing goes to the words");
    assert_eq!(desk.model.find.rows.len(), 0, "the room has no facets");
    answer(&mut desk);
    answer(&mut desk);
    desk.keys("<esc>");
    assert_eq!((last(&desk).1.as_str(), desk.model.screen), ("", Screen::Find));
    assert_eq!(desk.model.find.rows.len(), 1, "the room is listed again");
    desk.keys("<esc>");
    assert_eq!(desk.model.screen, Screen::Room);
}

#[test]
fn the_blank_behind_a_field_says_that_it_is_typed_to_its_end() {
    let mut desk = Desk::room(80, 24, "alice");
    desk.keys("/").keys(" severity:P9 ");
    let asked = desk.model.find.asked.unwrap();
    desk.send(Msg::Answer(asked, Answer::Found(vec![], Facets::default(), vec![])));
    assert!(desk.has_effect(|e| matches!(e, Effect::Find(_, q, _) if q == "severity:P9 ")));
}

#[test]
fn find_lists_the_room_first_and_goes_there() {
    let mut desk = Desk::room(80, 24, "alice");
    desk.keys("/paged");
    assert_eq!(desk.model.screen, Screen::Find);
    assert!(desk.has_effect(|e| matches!(e, Effect::Find(_, q, _) if q.is_empty())), "the newest are listed");
    let asked = desk.model.find.asked.unwrap();
    desk.send(Msg::Answer(asked, Answer::Found(vec![], Facets::default(), vec![])));
    assert!(
        desk.has_effect(|e| matches!(e, Effect::Find(_, q, _) if q == "paged")),
        "then what was typed meanwhile"
    );
    assert_eq!(desk.model.find.rows.len(), 1);
    desk.keys("<enter>");
    assert_eq!(desk.model.screen, Screen::Room);
    let room = desk.model.room.as_ref().unwrap();
    let Some(RowId::Entry(seq)) = room.selected else { panic!("nothing selected") };
    assert_eq!(room.incident.timeline.get(seq).unwrap().text, "on-call paged");
}

#[test]
fn v_on_a_similar_incident_says_whether_it_is_the_same_failure() {
    let mut desk = Desk::room(200, 60, "alice");
    let hit = crate::app::model::Hit {
        id: "INC-2025-0007".into(),
        path: "a.md".into(),
        same: vec!["same runbook disk-full".into()],
        ..Default::default()
    };
    assert!(crate::app::reading::about(&hit)[0].contains("the same failure? same runbook disk-full"));
    let ticket = desk.model.ticket(crate::app::model::Waiting::Similar);
    desk.send(Msg::Answer(ticket, Answer::Similar(vec![hit])));
    desk.model.room.as_mut().unwrap().focus = Pane::Similar;
    for (keys, said) in [("v<enter>", "recurrence"), ("v<down><enter>", "different")] {
        desk.effects.clear();
        desk.keys(keys);
        let asked = desk.effects.iter().find_map(|e| match e {
            Effect::Submit { asked, .. } => asked.first().map(|a| a.request.clone()),
            _ => None,
        });
        let wanted = Request::Relate { incident: "INC-2025-0007".into(), relation: said.into() };
        assert_eq!(asked, Some(wanted), "{keys}");
    }
}

#[test]
fn what_words_find_says_what_the_room_knows_of_it() {
    use crate::app::model::{FindRow, Hit, Waiting};
    let hit = |same: &[&str]| Hit {
        path: "a.md".into(),
        same: same.iter().map(|s| (*s).to_owned()).collect(),
        ..Default::default()
    };
    let shown = |desk: &Desk| match &desk.model.find.rows[0] {
        FindRow::Document(hit) => crate::app::reading::same(hit),
        row => panic!("{row:?}"),
    };
    for from_room in [true, false] {
        let mut desk = Desk::room(120, 40, "alice");
        let ticket = desk.model.ticket(Waiting::Similar);
        desk.send(Msg::Answer(ticket, Answer::Similar(vec![hit(&["same runbook disk-full"])])));
        if !from_room {
            desk.keys("q").serve();
        }
        desk.keys("/disk");
        let asked = desk.model.find.asked.unwrap();
        desk.send(Msg::Answer(asked, Answer::Found(vec![hit(&[])], Default::default(), vec![])));
        let expected: &[&str] = if from_room { &["the same failure? same runbook disk-full"] } else { &[] };
        assert_eq!(shown(&desk), expected);
    }
}

#[test]
fn the_alarm_takes_the_hints_until_it_is_dismissed() {
    let mut desk = Desk::room(80, 24, "alice");
    let hit = crate::app::model::Hit {
        path: "a.md".into(),
        unshipped: vec!["rotate".into()],
        ..Default::default()
    };
    let ticket = desk.model.ticket(crate::app::model::Waiting::Similar);
    desk.send(Msg::Answer(ticket, Answer::Similar(vec![hit.clone()])));
    let alarm = &desk.model.room.as_ref().unwrap().alarm;
    assert_eq!((alarm.similar, alarm.unshipped, alarm.dismissed), (1, 1, false));
    desk.keys("/");
    assert_eq!(desk.model.find.rows.len(), 1);
    desk.keys("<esc>");
    assert!(desk.model.room.as_ref().unwrap().alarm.dismissed);
    let ticket = desk.model.ticket(crate::app::model::Waiting::Similar);
    desk.send(Msg::Answer(ticket, Answer::Similar(vec![hit.clone(), hit])));
    assert!(!desk.model.room.as_ref().unwrap().alarm.dismissed, "more of it raises it again");
}

#[test]
fn enter_on_a_hit_reads_it_and_esc_leads_back_to_the_list() {
    let mut desk = Desk::room(80, 24, "alice");
    desk.keys("/disk");
    let facet = Facet { value: "P1".into(), count: 1 };
    let facets = Facets { severity: vec![facet], ..Facets::default() };
    let hit = crate::app::model::Hit { path: "a.md".into(), ..Default::default() };
    let asked = desk.model.find.asked.unwrap();
    desk.send(Msg::Answer(asked, Answer::Found(vec![hit], facets, vec![])));
    for _ in 0..2 {
        desk.keys("<enter>");
        assert_eq!(desk.model.find.focus, Pane::Text, "what is common to all hits is not in the way");
        assert!(desk.model.find.picked.is_empty());
    }
    // Who reads goes through the text with the keys of reading; what else is typed goes to the words.
    let ticket = desk.model.ticket(crate::app::model::Waiting::Text);
    let lines = vec!["a line".to_owned(); 40];
    let text = crate::app::model::Passage { path: "a.md".into(), lines, ..Default::default() };
    desk.send(Msg::Answer(ticket, Answer::Text(text)));
    desk.keys("jjk");
    assert_eq!((desk.model.find.scroll, desk.model.find.editor.text()), (1, "disk"));
    desk.keys("G");
    assert_eq!((desk.model.find.scroll, desk.model.find.focus), (39, Pane::Text));
    desk.keys("<esc>");
    assert_eq!((desk.model.screen, desk.model.find.focus), (Screen::Find, Pane::Results));
    desk.keys("<tab>");
    assert_eq!(desk.model.find.focus, Pane::Facets);
    desk.keys("<esc><esc>");
    assert_eq!(desk.model.screen, Screen::Room);
}

#[test]
fn n_goes_where_the_search_went_each_word_by_itself() {
    let mut desk = Desk::room(80, 24, "alice");
    for text in ["the CI has another key", "CI log shows key use", "nothing of both"] {
        desk.keys("i").keys(text).keys("<enter>").serve();
    }
    desk.keys("/key ci<enter>");
    let mut seen = Vec::new();
    for _ in 0..3 {
        let room = desk.model.room.as_ref().unwrap();
        let Some(RowId::Entry(seq)) = room.selected else { panic!("{:?}", desk.model.notice) };
        seen.push(room.incident.timeline.get(seq).unwrap().text.clone());
        desk.keys("n");
    }
    seen.sort();
    assert_eq!(seen, ["CI log shows key use", "key was in a CI variable", "the CI has another key"]);
    desk.model.room.as_mut().unwrap().needle = "ci builds".into();
    desk.keys("N");
    assert!(desk.model.notice.as_ref().unwrap().text.contains("no entry with"));
}

#[test]
fn the_room_is_asked_as_the_archive_is() {
    let mut desk = Desk::room(80, 24, "alice");
    let lines = [
        "users cannot sign in at all",
        "users: login is slow, and cannot be stopped",
        "re\u{301}sume\u{301} pod",
    ];
    for text in lines {
        desk.keys("i").keys(text).keys("<enter>").serve();
    }
    let mut listed = |query: &str| -> Vec<String> {
        desk.keys("/").keys(query);
        let room = desk.model.room.as_ref().unwrap();
        let seqs = desk.model.find.rows.iter().filter_map(|row| match row {
            FindRow::Entry(seq) => Some(*seq),
            FindRow::Document(_) => None,
        });
        let found = seqs.map(|seq| room.incident.timeline.get(seq).unwrap().text.clone()).collect();
        desk.keys("<esc>");
        assert_eq!(desk.model.screen, Screen::Room, "{query}");
        found
    };
    for (query, found) in [
        ("\"cannot sign\"", &lines[..1]),
        ("\"cannot sign in\" users", &lines[..1]),
        ("\"sign cannot\"", &[]),
        ("\"cannot si", &lines[..1]),
        ("users cannot -login", &lines[..1]),
        ("users cannot -\"sign in\"", &lines[1..2]),
        ("users slow -log", &lines[1..2]),
        ("sign all severity:P1", &lines[..1]),
        ("severity:P1", &[]),
        ("-login", &[]),
        ("résumé", &lines[2..]),
        ("re\u{301}sume\u{301} po", &lines[2..]),
    ] {
        assert_eq!(listed(query), found, "{query}");
    }
    desk.keys("fRésumé<enter>");
    let room = desk.model.room.as_ref().unwrap();
    assert_eq!(room.rows.len(), 1, "the filter takes both spellings too");
}

#[test]
fn a_drill_is_marked_between_its_id_and_its_title() {
    use crate::app::model::Hit;
    let hit = |mark| Hit { id: "INC-2026-0007".into(), title: "Key leaked".into(), mark, ..Hit::default() };
    assert_eq!(hit("").name(), "INC-2026-0007 Key leaked");
    assert_eq!(hit("DRILL").name(), "INC-2026-0007 DRILL Key leaked");
}

#[test]
fn what_is_restricted_after_it_was_published_is_said_to_lie_in_the_archive() {
    let mut desk = Desk::room(80, 24, "alice");
    let told = |desk: &Desk| desk.model.notice.as_ref().map_or(String::new(), |n| n.text.clone());
    desk.keys(":visibility restricted<enter>").serve();
    assert!(!told(&desk).contains("archive"), "it is not published");
    desk.keys(":visibility team<enter>").serve();
    desk.model.room.as_mut().unwrap().incident.closing.postmortem.path = Some("2026/11/x.md".into());
    desk.keys(":visibility privileged<enter>").serve();
    let said = "the archive and its history may still have it for all: see warroom doctor";
    assert_eq!(told(&desk), said);
    assert!(said.chars().count() < 80, "it is read whole");
}
