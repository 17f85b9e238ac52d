//! Tests of the wording of updates.

use super::*;
use crate::domain::incident::tests::Room;
use crate::domain::promise;
use crate::domain::request::{Request, When};
use crate::domain::time::Span;
use crate::domain::time_spec::Context;
use crate::domain::words::{Certainty, Flag, HypothesisState, IncidentKind, Milestone, Phase};
use crate::domain::zone::Tz;

fn note(text: &str, tags: &[&str], starred: bool) -> Request {
    let tags = tags.iter().map(|t| (*t).to_owned()).collect();
    Request::Note { text: text.to_owned(), tags, starred }
}

fn impact(text: &str, certainty: Certainty, customer_data: Flag) -> Request {
    Request::StateImpact {
        text: Some(text.to_owned()),
        certainty: Some(certainty),
        customer_data: Some(customer_data),
        production: None,
        privileged_access: None,
    }
}

fn decide(text: &str) -> Request {
    Request::Decide {
        text: text.to_owned(),
        decided_by: None,
        executor: Some("carol".to_owned()),
        check: None,
        objections: Vec::new(),
        tags: Vec::new(),
    }
}

/// A room in which everything was said that an update may hold, and more that it must not.
fn room() -> Room {
    let mut room = Room::declared();
    room.ask(Request::EnterPhase { phase: Phase::Contain });
    room.ask(impact("images cannot\nbe trusted", Certainty::Suspected, Flag::Unknown));
    room.ask(Request::Propose { text: "the key was in a CI variable".to_owned(), tags: Vec::new() });
    let supported =
        room.ask(Request::Propose { text: "signed by a stranger".to_owned(), tags: Vec::new() })[0];
    let state = HypothesisState::Supported;
    room.ask(Request::SetHypothesis { target: supported, state, why: "log".to_owned(), person: None });
    room.ask(decide("revoke the key, ask @dana #kms"));
    room.ask(Request::Ask {
        text: "list builds".to_owned(),
        person: Some("bob".to_owned()),
        time_box: Some(Span::minutes(3)),
        tags: Vec::new(),
    });
    room.ask(note("pipeline is off", &[], true));
    room.ask(note("counsel says hold", &["privileged"], true));
    let struck = room.ask(note("it was mallory", &[], true))[0];
    room.ask(Request::Strike { target: struck, reason: "wrong".to_owned() });
    let gone = room.ask(decide("blame mallory"))[0];
    room.ask(Request::Strike { target: gone, reason: "wrong".to_owned() });
    room
}

fn text(room: &Room, audience: Audience) -> String {
    let facts = facts(&room.incident, &room.policy, audience, None, room.now, Tz::UTC);
    write(&facts, shipped(audience)).unwrap()
}

#[test]
fn an_internal_update_has_the_eight_fields_and_keeps_facts_apart() {
    let room = room();
    let text = text(&room, Audience::Internal);
    let fields: Vec<&str> = text
        .lines()
        .filter_map(|l| l.split_once(':').map(|(name, _)| name))
        .filter(|name| name.starts_with(char::is_uppercase))
        .collect();
    assert_eq!(
        fields,
        [
            "Incident",
            "Severity",
            "Status",
            "Started",
            "Commander",
            "Known impact",
            "Confirmed",
            "Not confirmed",
            "Current actions",
            "Next update"
        ]
    );
    let (sure, guessed) = text.split_once("Not confirmed:").unwrap();
    assert!(sure.contains("- pipeline is off"), "{text}");
    assert!(sure.contains("Known impact: none confirmed yet"), "{text}");
    assert!(!sure.contains("CI variable") && !sure.contains("stranger"), "{text}");
    for line in [
        "impact, suspected: images cannot be trusted",
        "supported: signed",
        "open: the key was",
        "@bob: list builds, by 14:23 UTC",
        "@carol: revoke the key",
    ] {
        assert!(guessed.contains(line), "{line} is missing in {text}");
    }
    for secret in ["counsel", "mallory"] {
        assert!(!text.contains(secret), "{text}");
    }
    assert!(text.contains(" UTC\n"), "{text}");
    let ctx = Context { now: room.now, zone: Tz::UTC };
    let promised = promise::stated(&text, &ctx).unwrap().unwrap().from(room.now);
    assert!(
        (promised - room.now - Span::minutes(30)).num_seconds().abs() < 60,
        "the cadence of a P1: {text}"
    );
}

#[test]
fn outside_there_are_only_confirmed_facts_and_the_five_things() {
    let mut room = room();
    for audience in [Audience::Customers, Audience::Public, Audience::Regulator] {
        let text = text(&room, audience);
        for secret in [
            "CI variable",
            "stranger",
            "cannot be trusted",
            "counsel",
            "mallory",
            "bob",
            "carol",
            "dana",
            "@",
            "#",
            "pipeline is off",
        ] {
            assert!(!text.contains(secret), "{secret} reached {audience}: {text}");
        }
        for thing in
            ["What happened:", "What data is affected:", "What we are doing:", "should do:", "contact:"]
        {
            assert!(text.contains(thing), "{thing} is missing for {audience}: {text}");
        }
        assert!(unfilled(&text).len() >= 4, "{text}");
    }
    assert!(text(&room, Audience::Customers).contains("- revoke the key, ask our team"));
    room.ask(impact("some images cannot be trusted", Certainty::Confirmed, Flag::No));
    let text = text(&room, Audience::Public);
    assert!(text.contains("What happened: some images cannot be trusted"), "{text}");
    assert!(text.contains("No customer data is affected."), "{text}");
    assert_eq!(unfilled(&text).len(), 3, "{text}");
}

#[test]
fn the_status_follows_the_phase() {
    let mut room = Room::declared();
    assert_eq!(status(&room.incident), "Investigating");
    for (phase, word) in [
        (Phase::Contain, "Containing"),
        (Phase::Eradicate, "Contained"),
        (Phase::Recover, "Recovering"),
        (Phase::Learn, "Recovered"),
        (Phase::Contain, "Containing"),
    ] {
        room.ask(Request::EnterPhase { phase });
        assert_eq!(status(&room.incident), word);
    }
    room.ask(Request::Mark { milestone: Milestone::Contained, at: None });
    assert_eq!(status(&room.incident), "Contained");
    room.ask(Request::Resolve { ended_by: String::new() });
    assert_eq!(status(&room.incident), "Resolved");
    assert!(text(&room, Audience::Internal).ends_with("Next update: none, unless something changes"));
}

#[test]
fn an_incident_that_was_opened_again_is_not_contained_by_what_did_not_hold() {
    let mut room = Room::declared();
    room.ask(Request::EnterPhase { phase: Phase::Eradicate });
    room.ask(Request::Mark { milestone: Milestone::Contained, at: None });
    assert!(text(&room, Audience::Customers).contains("It can do no more harm"));
    room.wait(Span::minutes(5));
    room.ask(Request::Resolve { ended_by: String::new() });
    room.wait(Span::minutes(5));
    room.ask(Request::Reopen { reason: "came back".to_owned() });
    assert_eq!(status(&room.incident), "Investigating");
    let said = text(&room, Audience::Customers) + &text(&room, Audience::Internal);
    assert!(!said.contains("no more harm") && !said.contains("contained 20"), "{said}");
    room.wait(Span::minutes(5));
    room.ask(Request::EnterPhase { phase: Phase::Contain });
    assert_eq!(status(&room.incident), "Containing");
    room.ask(Request::Mark { milestone: Milestone::Contained, at: None });
    assert_eq!(status(&room.incident), "Contained");
}

#[test]
fn the_phase_of_before_a_reopening_is_said_again_once() {
    let mut room = Room::declared();
    let recover = Request::EnterPhase { phase: Phase::Recover };
    room.ask(recover.clone());
    assert!(room.try_ask(recover.clone()).is_err());
    room.ask(Request::Mark { milestone: Milestone::Contained, at: None });
    room.wait(Span::minutes(5));
    room.ask(Request::Resolve { ended_by: String::new() });
    room.ask(Request::Reopen { reason: "came back".to_owned() });
    room.wait(Span::minutes(5));
    assert!(room.incident.starts_over());
    room.ask(recover.clone());
    assert!(!room.incident.starts_over());
    let entered = room.incident.phases.last().unwrap();
    assert_eq!((entered.phase, entered.since), (Phase::Recover, room.now));
    assert!(!status(&room.incident).contains("Investigating"), "{}", status(&room.incident));
    assert!(room.try_ask(recover).is_err());
}

#[test]
fn the_time_box_of_an_ask_is_told_with_its_day_and_as_over_once_it_is() {
    let mut room = room();
    let line = |room: &Room| {
        let said = text(room, Audience::Internal);
        said.lines().find(|line| line.contains("@bob: list builds")).unwrap_or_default().trim().to_owned()
    };
    assert!(line(&room).ends_with("@bob: list builds, by 14:23 UTC"), "{}", line(&room));
    room.wait(Span::minutes(4));
    assert!(line(&room).ends_with("list builds, was due 14:23 UTC"), "{}", line(&room));
    room.wait(Span::hours(20));
    let day = room.now - Span::hours(20);
    let day = day.format("%Y-%m-%d");
    assert!(line(&room).ends_with(&format!("list builds, was due {day} 14:23 UTC")), "{}", line(&room));
}

#[test]
fn an_exercise_says_so_first_whatever_the_template_says() {
    let mut room = Room::declared();
    room.ask(Request::SetDetails {
        title: None,
        services: None,
        tags: None,
        kind: Some(IncidentKind::Drill),
    });
    let facts = facts(&room.incident, &room.policy, Audience::Public, None, room.now, Tz::UTC);
    assert!(write(&facts, "all is lost").unwrap().starts_with("DRILL: this is an exercise"));
}

#[test]
fn a_zone_stands_beside_utc_and_the_time_is_still_read() {
    let room = Room::declared();
    let zone = Tz::named("Europe/Berlin").unwrap();
    let next = room.now + Span::hours(2);
    let facts = facts(&room.incident, &room.policy, Audience::Internal, Some(next), room.now, zone);
    assert!(facts.next.contains("UTC (") && facts.next.contains("CE"), "{}", facts.next);
    let text = write(&facts, shipped(Audience::Internal)).unwrap();
    let Some(Ok(When::At(at))) = promise::stated(&text, &Context { now: room.now, zone }) else {
        panic!("{text}")
    };
    assert_eq!(at.timestamp() / 60, next.timestamp() / 60);
}

#[test]
fn a_bad_template_is_told_with_its_line() {
    let room = Room::declared();
    let facts = facts(&room.incident, &room.policy, Audience::Public, None, room.now, Tz::UTC);
    let refused = |template: &str| write(&facts, template).unwrap_err();
    assert_eq!(refused("ok\n{{ nonsense }}").line, 2);
    assert_eq!(refused("ok\n\n{% if %}").line, 3);
    assert_eq!(refused("a\n{{ title | shout }}").line, 2);
    assert!(refused("{{ title | shout }}").message.contains("shout"));
    assert!(refused("").message.contains("0 bytes"));
    assert!(refused(&"x".repeat(MAX_BYTES + 1)).message.contains("at most"));
    let endless = "{% for a in range(9999) %}{% for b in range(9999) %}x{% endfor %}{% endfor %}";
    assert!(refused(endless).message.contains("too much"));
    let doubled = format!("{{% set a = 'xxxxxxxx' %}}{}{{{{ a }}}}", "{% set a = a ~ a %}".repeat(40));
    assert!(refused(&doubled).message.contains("too much"));
    assert_eq!(
        write(&facts, "{{ title }} <&> {% include 'x' %}").unwrap_err().line,
        1,
        "nothing is read from elsewhere"
    );
    assert_eq!(write(&facts, "<b>&").unwrap(), "<b>&");
}

#[test]
fn nobody_outside_is_promised_the_cadence_of_the_team() {
    let mut room = Room::declared();
    let next =
        |room: &Room, audience| facts(&room.incident, &room.policy, audience, None, room.now, Tz::UTC).next;
    let outside = [Audience::Customers, Audience::Public, Audience::Regulator];
    for audience in outside {
        assert_eq!(next(&room, audience), "[fill in: when the next update comes]", "{audience}");
    }
    let target = |room: &mut Room, clock: &str, target: &str| {
        let (clock, target, reason) = (clock.to_owned(), target.to_owned(), "agreed".to_owned());
        room.ask(Request::SetTarget { clock, target, reason });
    };
    target(&mut room, "update", "1h");
    target(&mut room, "update:customers", "2h");
    target(&mut room, "update:regulator", "72h");
    let said: Vec<String> = outside.iter().map(|audience| next(&room, *audience)).collect();
    // The hours of a law are met by the update that is written here.
    assert_eq!(said[1..], ["[fill in: when the next update comes]", "[fill in: when the next update comes]"]);
    assert_eq!(said[0], "2026-11-20 16:20 UTC");
    assert_eq!(next(&room, Audience::Internal), "2026-11-20 15:20 UTC");
}
