//! Targets of one incident only.

use super::*;

#[test]
fn a_target_of_this_incident_only_wins() {
    let mut room = Room::declared();
    room.ask(Request::SetTarget {
        clock: "resolution".to_owned(),
        target: "8h".to_owned(),
        reason: "agreed with the customer".to_owned(),
    });
    let found = clocks(&room.incident, &room.policy, room.now);
    let clock = found.iter().find(|c| c.key == ClockKey::Resolution).unwrap();
    assert_eq!(clock.deadline - room.now, Span::hours(8));
}

#[test]
fn another_target_is_undone_and_taken_back_by_name() {
    let mut room = Room::declared();
    let target = |target: &str| Request::SetTarget {
        clock: "resolution".to_owned(),
        target: target.to_owned(),
        reason: "agreed".to_owned(),
    };
    let rule = resolution(&room).deadline;
    room.ask(target("8h"));
    room.ask(target("9h"));
    assert!(resolution(&room).moved);
    undo(&mut room);
    assert_eq!(resolution(&room).deadline - rule, Span::hours(4));
    undo(&mut room);
    assert_eq!((resolution(&room).deadline, resolution(&room).moved), (rule, false));
    assert!(room.incident.targets.is_empty());
    room.ask(target("8h"));
    room.ask(target("default"));
    assert_eq!(resolution(&room).deadline, rule);
}

#[test]
fn a_target_in_words_is_said_and_an_update_has_none() {
    let mut room = Room::declared();
    let target = |clock: &str, target: &str| Request::SetTarget {
        clock: clock.to_owned(),
        target: target.to_owned(),
        reason: "agreed".to_owned(),
    };
    for clock in ["update", "update:customers"] {
        let refusal = room.try_ask(target(clock, "soonish")).unwrap_err();
        assert_eq!(refusal.kind, crate::domain::refusal::RefusalKind::Usage);
        assert!(
            refusal.message.contains("\"soonish\" is no time") && refusal.hint.contains("30m"),
            "{refusal:?}"
        );
        room.ask(target(clock, "2h"));
    }
    room.ask(target("resolution", "whenever"));
    room.ask(target("update", "none"));
    room.ask(target("phase:recover", "none"));
    let running = clocks(&room.incident, &room.policy, room.now);
    let said: Vec<String> = undated(&room.incident, &running).iter().map(ToString::to_string).collect();
    assert_eq!(said, ["resolve: whenever, no deadline", "update internal: none, no deadline"]);
    let brief =
        crate::domain::brief::brief(&room.incident, &room.policy, room.now, crate::domain::zone::Tz::UTC);
    assert!(brief.to_text().contains("resolve: whenever, no deadline"), "{brief:?}");
    // An old log may hold words for an update; it says them too.
    room.say(crate::domain::event::TargetChanged {
        clock: "update:customers".into(),
        target: "soonish".into(),
        reason: "x".into(),
        person: None,
    });
    let running = clocks(&room.incident, &room.policy, room.now);
    assert!(undated(&room.incident, &running).iter().any(|u| u.target == "soonish"));
    room.ask(Request::Resolve { ended_by: String::new() });
    assert!(undated(&room.incident, &[]).is_empty());
}
