//! The home screen and the find screen with something in them, and a declaration with what matches.

use super::*;

pub(super) fn home_row(number: u32, title: &str, state: State, owes: &[&str]) -> HomeRow {
    HomeRow {
        log: LogId(uuid::Uuid::from_u128(u128::from(number))),
        id: format!("INC-2026-{number:04}"),
        title: title.to_owned(),
        severity: "P1".to_owned(),
        kind: if number == 41 { IncidentKind::Drill } else { IncidentKind::Real },
        state,
        phase: "contain".to_owned(),
        commander: "alice".to_owned(),
        restricted: false,
        declared_at: crate::app::fixture::at("13:56")
            - crate::domain::time::Span::days(i64::from(42 - number)),
        updated_at: crate::app::fixture::at("14:38"),
        owes: owes.iter().map(|o| (*o).to_owned()).collect(),
    }
}

/// The home screen and the find screen with something in them, a declaration with what matches.
pub(super) fn filled(w: u16, h: u16) -> Vec<(&'static str, Desk)> {
    let hit = Hit {
        id: "INC-2025-0007".into(),
        title: "Signing key in a build log".into(),
        severity: "P1".into(),
        date: "2025-03-02".into(),
        path: "2025/03/2025-03-02-signing-key-in-a-build-log-inc-2025-0007.md".into(),
        why: vec!["signing".into(), "key".into(), "service payments".into()],
        ended: "the key was revoked and every image signed again".into(),
        took: "8h28m".into(),
        unshipped: vec!["S2 keep keys out of CI variables".into()],
        ..Hit::default()
    };
    let mut home = Desk::at_home(w, h, "alice");
    let clock = |what: &str, at: &str| RoomClock {
        id: "INC-2026-0042".into(),
        what: what.into(),
        at: crate::app::fixture::at(at),
    };
    let list = HomeList {
        open: vec![
            home_row(42, "Signing key leaked", State::Open, &[]),
            home_row(41, "Registry is gone", State::Open, &[]),
        ],
        owed: vec![home_row(
            39,
            "Payments slow",
            State::Resolved,
            &["postmortem due 2026-11-24", "1 story overdue"],
        )],
        recent: vec![home_row(30, "Token in a public fork", State::Closed, &[])],
        counts: crate::app::model::HomeCounts {
            open: 2,
            owed: 1,
            recent: 9_812,
            overdue_stories: 14,
            over: 2,
        },
        next: None,
        over: vec![clock("update internal", "14:30"), clock("ask @bob", "14:36")],
        soonest: Some(clock("update customers", "14:59")),
    };
    home.send(Msg::HomeRefreshed(list));
    // A narrow screen shows one pane, and has nothing read for the other.
    let asked = home.model.waiting.iter().find(|(_, w)| **w == Waiting::Preview).map(|(t, _)| *t);
    if let Some(ticket) = asked {
        let preview = Desk::room(w, h, "alice").stored;
        home.send(Msg::Answer(ticket, Answer::Preview(Box::new(preview))));
    }
    let mut find = Desk::room(w, h, "alice");
    find.keys("/key");
    let facet = |value: &str, count| crate::domain::facets::Facet { value: value.into(), count };
    let facets = crate::domain::facets::Facets {
        severity: vec![facet("P1", 12), facet("P2", 7), facet("P3", 2)],
        service: vec![
            facet("payments", 9),
            facet("build", 7),
            facet("registry", 4),
            facet("identity", 2),
            facet("web", 1),
            facet("object-storage", 1),
        ],
        year: vec![facet("2026", 14), facet("2025", 6), facet("2024", 1)],
    };
    find.model.find.picked.severity = Some("P1".into());
    let asked = find.model.find.asked.unwrap();
    find.send(Msg::Answer(asked, Answer::Found(vec![hit.clone()], facets.clone(), vec![])));
    let newest = find.model.find.asked.unwrap();
    find.send(Msg::Answer(newest, Answer::Found(vec![hit.clone()], facets.clone(), vec![])));
    find.keys("<down><down><down><down><down><down>");
    let text = Passage {
        path: hit.path.clone(),
        lines: vec!["# Summary".into(), String::new(), "The signing key was in a log.".into()],
        marks: vec![(2, 12, 15)],
    };
    let ticket = find.model.waiting.iter().find(|(_, w)| **w == Waiting::Text).map(|(t, _)| *t).unwrap();
    find.send(Msg::Answer(ticket, Answer::Text(text)));
    let mut declare = Desk::at_home(w, h, "alice");
    declare.keys("nkey leaked");
    let awaited = |w: &&crate::app::model::Waiting| matches!(w, crate::app::model::Waiting::Suggest);
    let asked = *declare.model.waiting.iter().find(|(_, w)| awaited(w)).unwrap().0;
    let runbook = RunbookChoice {
        name: "signing-key".into(),
        title: "Signing key compromised".into(),
        why: "key".into(),
        stale: "never tested".into(),
    };
    let found = Suggestions {
        runbooks: vec![runbook],
        similar: vec![hit.clone()],
        services: vec!["payments".into()],
        failed: None,
    };
    declare.send(Msg::Answer(asked, Answer::Suggested(found)));
    declare.keys("<tab>1");
    let mut alarm = Desk::room(w, h, "alice");
    let ticket = alarm.model.ticket(Waiting::Similar);
    alarm.send(Msg::Answer(ticket, Answer::Similar(vec![hit])));
    let mut lost = Desk::room(w, h, "bob");
    lost.keys("first line<enter>second");
    let ticket = lost.model.room.as_ref().unwrap().pending[0].ticket;
    let full = crate::app::msg::Trouble::new("the disk is full", "free some space");
    lost.send(Msg::Answer(ticket, Answer::NotStored(full)));
    for n in 0..20 {
        lost.others("carol", &format!("line {n}"));
    }
    vec![("home", home), ("find", find), ("declare", declare), ("alarm", alarm), ("not_stored", lost)]
}
