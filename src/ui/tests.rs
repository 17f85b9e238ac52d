//! Pictures of the screen, and proofs that no size and no text breaks it.

mod random;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::draw;
use crate::app::fixture::Desk;
use crate::app::layout::Size;
use crate::app::model::Model;

/// The screen as text, one line a row, trailing blanks cut.
fn picture(model: &Model) -> String {
    let mut buf = Buffer::empty(Rect::new(0, 0, model.size.w, model.size.h));
    let _ = draw(model, &mut buf);
    let mut out = String::new();
    for y in 0..model.size.h {
        let mut row = String::new();
        for x in 0..model.size.w {
            row.push_str(buf[(x, y)].symbol());
        }
        out.push_str(row.trim_end());
        out.push('\n');
    }
    out
}

/// Text that terminals, widths and cutters stumble over.
const HOSTILE: &[&str] = &[
    "\u{1b}[2J\u{1b}]0;owned\u{7} red \u{1b}[31m",
    "日本語の長い行がここにあります 👩‍👩‍👧‍👦 🇩🇪🇫🇷 e\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}",
    "\u{202e}desrever\u{202c} \u{200b}\u{feff}\u{2066}",
    "tab\there\nnew line\r\nand\u{85}another\u{2028}one",
    "\u{0}\u{1}\u{7f}\u{9b}31m",
];

/// Sizes around every border of the layout.
const WIDTHS: &[u16] = &[1, 2, 9, 39, 40, 79, 80, 119, 120, 250];
const HEIGHTS: &[u16] = &[1, 3, 9, 10, 23, 24, 80];

/// Screens to draw: the room in several states, the home screen, find, every overlay.
fn screens(w: u16, h: u16) -> Vec<(&'static str, Desk)> {
    let mut out = vec![("room", Desk::room(w, h, "alice"))];
    let keys = [
        ("composing", "i-4m on-call acknowledged"),
        ("scribe", "I:nonsense"),
        ("selected", "kkk"),
        ("runbook", "3"),
        ("brief", "b"),
        ("brief pane", "5"),
        ("asks", "6"),
        ("actions", "?"),
        ("severity", "s"),
        ("role", "r"),
        ("strike", "kkkkx"),
        ("undo", "u"),
        ("entry", "kkk<enter>"),
        ("step", "3<enter>"),
        ("find", "/key"),
        ("zoomed", "z"),
    ];
    for (name, script) in keys {
        let mut desk = Desk::room(w, h, "alice");
        desk.keys(script);
        out.push((name, desk));
    }
    let mut desk = Desk::room(w, h, "alice");
    desk.keys("?close<enter>");
    out.push(("closing", desk));
    let mut desk = Desk::at_home(w, h, "alice");
    out.push(("home", Desk::at_home(w, h, "alice")));
    desk.keys("nkey leaked");
    out.push(("declare", desk));
    out.push(("who", Desk::at_home(w, h, "")));
    out
}

#[test]
fn no_size_and_no_text_breaks_any_screen() {
    for text in HOSTILE {
        for (name, mut desk) in screens(80, 24).into_iter().filter(|(_, d)| d.stored.is_declared()) {
            desk.ask(
                "14:39",
                "mallory",
                crate::domain::request::Request::Note {
                    text: (*text).to_owned(),
                    tags: vec![],
                    starred: true,
                },
            );
            desk.ask(
                "14:39",
                "mallory",
                crate::domain::request::Request::SetDetails {
                    title: Some(format!("t {text}")),
                    services: None,
                    tags: None,
                    kind: None,
                },
            );
            let stored = desk.stored.clone();
            if let Some(room) = &mut desk.model.room {
                room.incident = stored;
                room.relist(chrono_tz::Tz::UTC);
            }
            desk.send(crate::app::msg::Msg::Paste((*text).to_owned()));
            for (w, h) in WIDTHS.iter().flat_map(|w| HEIGHTS.iter().map(move |h| (*w, *h))) {
                desk.model.size = Size { w, h };
                let shown = picture(&desk.model);
                assert!(
                    !shown.chars().any(|c| c != '\n' && (c.is_control() || c == '\u{202e}')),
                    "{name} at {w}x{h}"
                );
            }
        }
    }
}

#[test]
fn small_sizes_one_by_one() {
    for (name, mut desk) in screens(80, 24) {
        for w in 1..=90 {
            for h in (1..=12).chain([23, 24, 25]) {
                desk.model.size = Size { w, h };
                let shown = picture(&desk.model);
                assert_eq!(shown.lines().count(), usize::from(h), "{name} at {w}x{h}");
            }
        }
    }
}

#[test]
fn drawing_changes_nothing_and_is_the_same_twice() {
    for (name, desk) in screens(120, 40) {
        assert_eq!(picture(&desk.model), picture(&desk.model), "{name}");
    }
}

#[test]
fn severity_phase_expiry_and_marks_are_never_dropped() {
    for (w, h) in [(200, 60), (120, 40), (80, 24), (60, 20), (40, 12), (40, 10)] {
        let mut desk = Desk::room(w, h, "bob");
        let kind = Some(crate::domain::words::IncidentKind::Drill);
        let details =
            crate::domain::request::Request::SetDetails { title: None, services: None, tags: None, kind };
        desk.ask("14:38", "alice", details);
        desk.open();
        let shown = picture(&desk.model);
        for word in ["P1", "CONTAIN", "DRILL", "ask @bob over", "scribe"] {
            assert!(shown.contains(word), "{word} at {w}x{h}:\n{shown}");
        }
    }
}

#[test]
fn the_frame_at_eighty_by_twenty_four_is_the_specified_one() {
    let shown = picture(&Desk::room(80, 24, "alice").model);
    let rows: Vec<&str> = shown.lines().collect();
    assert!(rows[0].starts_with("INC-2026-0042 Signing key leaked  P1  CONTAIN 4m left of 15m  42m"));
    assert!(rows[1].starts_with("NEXT ask @bob over 1m · "));
    assert!(rows[2].starts_with("┌ 1 Timeline ─") && rows[2].ends_with("┬ 2 Roster ────────────────────┐"));
    assert_eq!(rows[3], "│ ★ note impact: prod images cannot be trusted  │IC     alice    42m           │");
    assert!(rows[7].ends_with("├ 3 Runbook signing-key 1/11 ──┤"));
    assert!(rows[12].ends_with("├ 4 Decisions ─────────────────┤"));
    assert_eq!(rows[20], "├───────────────────────────────────────────────┴──────────────────────────────┤");
    assert_eq!(rows[22], "└──────────────────────────────────────────────────────────────────────────────┘");
}

#[test]
fn pictures() {
    for (w, h) in [(80, 24), (120, 40), (200, 60), (60, 20), (40, 12)] {
        insta::assert_snapshot!(format!("room_{w}x{h}"), picture(&Desk::room(w, h, "alice").model));
    }
    for (name, desk) in screens(80, 24) {
        insta::assert_snapshot!(format!("screen_{}", name.replace(' ', "_")), picture(&desk.model));
    }
}
