//! An exercise by a script.

use super::*;
use crate::app::model::Read;
use crate::domain::drill::{SHIPPED, parse};
use crate::domain::request::DrillRequest;
use crate::domain::words::IncidentKind;

/// A room in which the signing key is lost, from 14:38 on.
fn drill() -> Desk {
    let mut desk = Desk::room(80, 24, "alice");
    let kind = Some(IncidentKind::Drill);
    desk.ask("14:38", "erin", Request::SetDetails { title: None, services: None, tags: None, kind });
    let (name, text) = SHIPPED.iter().find(|(name, _)| name.starts_with("signing")).unwrap();
    let script = parse(text, name).0.started(name, String::new(), "erin".to_owned(), |_| true);
    desk.ask("14:38", "erin", Request::Drill(DrillRequest::Start(Box::new(script))));
    desk.open();
    desk
}

fn told(desk: &Desk) -> Vec<String> {
    let lines = desk.stored.timeline.stored().iter().filter(|e| e.source == "drill");
    lines.map(|e| format!("{} {}", e.occurred_at.format("%H:%M"), e.by)).collect()
}

#[test]
fn injects_come_by_themselves_while_a_room_is_open() {
    let mut desk = drill();
    desk.later(1);
    desk.serve();
    assert_eq!(told(&desk), ["14:38 erin"]);
    desk.later(5 * 60);
    desk.serve();
    desk.later(1);
    desk.serve();
    assert_eq!(told(&desk), ["14:38 erin", "14:43 erin"]);
    desk.keys(":drill inject<enter>").serve();
    assert_eq!(told(&desk).len(), 3);
    desk.keys(":drill inject 3<enter>").serve();
    assert_eq!(told(&desk).len(), 3, "once");
}

#[test]
fn the_sheet_is_read_in_the_room_and_judged_there() {
    let mut desk = drill();
    desk.keys(":drill mark 8 late by phone<enter>").serve();
    desk.keys("?drill<enter>");
    let Some(Overlay::Read(reader)) = desk.model.overlays.last() else { panic!("{:?}", desk.model.overlays) };
    let Read::Text(title, lines) = &reader.what else { panic!("{:?}", reader.what) };
    assert_eq!(title, "Score of the drill");
    assert!(
        lines.iter().any(|line| line.contains("  8 late") && line.contains("alice says so: by phone")),
        "{lines:?}"
    );
    desk.keys("<esc>:drill<enter>");
    assert!(matches!(desk.model.overlays.last(), Some(Overlay::Read(_))));
    // Where nobody plays there is none, and it is said why.
    let mut desk = Desk::room(80, 24, "alice");
    desk.keys(":drill<enter>");
    assert!(desk.model.overlays.is_empty(), "{:?}", desk.model.overlays);
}
