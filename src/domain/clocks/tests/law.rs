//! The hours of a law: from when they run, what meets them, and how long they are owed.

use super::*;
use crate::domain::closeout;
use crate::domain::words::DispositionWord;

const REGULATOR: &str = "update:regulator";

fn law(room: &mut Room, target: &str) -> Seq {
    let (clock, reason) = (REGULATOR.to_owned(), "the law".to_owned());
    room.ask(Request::SetTarget { clock, target: target.to_owned(), reason })[0]
}

fn told(room: &mut Room, next: Option<When>) {
    room.ask(Request::SendUpdate { audience: Audience::Regulator, text: "notified".to_owned(), next });
}

/// How many hours after the declaration the regulator has to hear.
fn due(room: &Room) -> Option<i64> {
    let found = clocks(&room.incident, &room.policy, room.now);
    let clock = found.into_iter().find(|c| c.key == ClockKey::Update(Audience::Regulator))?;
    Some((clock.deadline - room.incident.declared_at).num_hours())
}

#[test]
fn they_run_from_when_it_was_known() {
    let mut room = Room::declared();
    room.wait(Span::hours(1));
    law(&mut room, "72h");
    assert_eq!(due(&room), Some(72), "not from when somebody thought of the law");
    let at = Some((room.now - Span::hours(11), false));
    room.ask(Request::Mark { milestone: Milestone::Detected, at });
    assert_eq!(due(&room), Some(62));
    // That it was said to be noticed after it was declared gives no time.
    let at = Some((room.now, false));
    room.ask(Request::Mark { milestone: Milestone::Detected, at });
    assert_eq!(due(&room), Some(72));
    // Said for a moment of the past, it was known then.
    let (clock, target) = (REGULATOR.to_owned(), "72h".to_owned());
    let request = Request::SetTarget { clock, target, reason: "they called us then".to_owned() };
    room.ask(Asked { request, at: Some((room.now - Span::hours(6), false)) });
    assert_eq!(due(&room), Some(67));
}

#[test]
fn an_update_that_goes_out_once_they_are_set_meets_them() {
    let mut room = Room::declared();
    told(&mut room, None);
    assert_eq!(due(&room), None);
    room.wait(Span::hours(1));
    let first = law(&mut room, "24h");
    assert_eq!(due(&room), Some(24), "what was told before is not what the law asks for");
    room.wait(Span::hours(19));
    told(&mut room, None);
    assert_eq!(due(&room), None);
    room.wait(Span::days(4));
    assert!(
        unrecorded_breaches(&room.incident, &room.policy, room.now).iter().all(|(key, _)| !key.is_by_law())
    );
    let running = clocks(&room.incident, &room.policy, room.now);
    assert!(undated(&room.incident, &running).is_empty(), "it is not without a deadline, it is met");
    // The notification after the early warning counts from the same moment.
    law(&mut room, "168h");
    assert_eq!(due(&room), Some(168));
    undo(&mut room);
    assert_eq!(room.incident.targets[REGULATOR].seq, first);
    assert_eq!(due(&room), None, "it was met all the time");
    // Crossed out, it never went out.
    let sent = last_told(&room.incident, Audience::Regulator).unwrap().seq;
    room.ask(Request::Strike { target: sent, reason: "the mail bounced".to_owned() });
    assert_eq!(due(&room), Some(24));
}

#[test]
fn a_promise_is_owed_beside_them_and_what_is_due_first_counts() {
    let mut room = Room::declared();
    room.wait(Span::hours(2));
    told(&mut room, Some(When::In(Span::hours(48))));
    law(&mut room, "24h");
    assert_eq!(due(&room), Some(24));
    room.wait(Span::hours(3));
    told(&mut room, Some(When::In(Span::hours(40))));
    assert_eq!(due(&room), Some(45));
    law(&mut room, "72h");
    assert_eq!(due(&room), Some(45));
    room.wait(Span::hours(30));
    told(&mut room, None);
    assert_eq!(due(&room), None);
}

#[test]
fn what_was_agreed_of_one_report_is_not_agreed_of_the_next() {
    let mut room = Room::declared();
    law(&mut room, "24h");
    let until = Some(room.now + Span::hours(30));
    room.wait(Span::hours(1));
    let reason = "agreed by telephone".to_owned();
    room.ask(Request::AcknowledgeClock { clock: REGULATOR.to_owned(), until, reason });
    assert_eq!(due(&room), Some(30));
    room.wait(Span::hours(26));
    told(&mut room, None);
    room.wait(Span::hours(1));
    law(&mut room, "72h");
    assert_eq!(due(&room), Some(72));
}

#[test]
fn they_are_owed_until_it_is_closed() {
    let mut room = Room::declared();
    law(&mut room, "72h");
    room.wait(Span::hours(1));
    room.ask(Request::Resolve { ended_by: String::new() });
    let running = clocks(&room.incident, &room.policy, room.now);
    assert_eq!(running.iter().map(|c| c.what.as_str()).collect::<Vec<_>>(), ["update regulator"]);
    assert_eq!(crate::domain::owed::of(&room.incident, &room.policy, room.now).len(), 1);
    assert!(crate::domain::summary::Summary::from(&room.incident).may_have_clocks());
    let brief =
        crate::domain::brief::brief(&room.incident, &room.policy, room.now, crate::domain::zone::Tz::UTC);
    assert!(brief.to_text().contains("update regulator 2d23h left"), "{}", brief.to_text());
    let warned = |room: &Room| closeout::warnings(&room.incident, &room.policy);
    let word = "update regulator is owed and was not sent, due 2026-11-23 14:20 UTC";
    assert_eq!(warned(&room)[0], word);
    room.wait(Span::hours(72));
    assert_eq!(ran_out(&mut room), ["update:regulator after 4320"]);
    let (disposition, reason) = (DispositionWord::FalseAlarm, "a test key".to_owned());
    let mut nothing = room.incident.clone();
    nothing.disposition = Some(crate::domain::incident::Disposition { word: disposition, of: None, reason });
    assert!(
        clocks(&nothing, &room.policy, room.now).is_empty()
            && closeout::owed_by_law(&nothing, &room.policy).is_empty()
    );
    room.ask(Request::Close { waive: Some("all else is in the ticket".to_owned()) });
    assert!(clocks(&room.incident, &room.policy, room.now).is_empty());
    assert_eq!(warned(&room)[0], word, "whoever closes it is told");
    room.ask(Request::Reopen { reason: "the letter has to go out".to_owned() });
    told(&mut room, None);
    room.ask(Request::Resolve { ended_by: String::new() });
    assert!(clocks(&room.incident, &room.policy, room.now).is_empty());
    assert!(!warned(&room).iter().any(|w| w.contains("regulator")));
}
