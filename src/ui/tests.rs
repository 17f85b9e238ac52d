//! Pictures of the screen, and proofs that no size and no text breaks it.

mod boards;
mod ended;
mod filled;
mod more;
mod random;
mod terminal;
mod ticking;
mod unicode;
mod waiting;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use filled::filled;

use super::draw;
use crate::app::effect::Effect;
use crate::app::fixture::Desk;
use crate::app::layout::Size;
use crate::app::model::{Hit, HomeList, HomeRow, Model, Passage, RoomClock, RunbookChoice, Waiting};
use crate::app::msg::{Answer, Msg, Suggestions};
use crate::domain::ids::LogId;
use crate::domain::request::{Request, Review};
use crate::domain::words::{IncidentKind, State, Visibility};
use crate::domain::zone::Tz;

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
/// An update of many lines, as a template gives it.
const UPDATE: &str = "> internal: Incident: Signing key leaked (INC-2026-0042)\nSeverity: P1\nStatus: Contained\nStarted: 14:23 UTC\nCommander: alice\nKnown impact: none confirmed yet\nNot confirmed:\n- prod images cannot be trusted\nCurrent actions:\n- carol: disable the key in the KMS\n- bob: list builds since 13:00, 2m left, and say which of them were published anywhere outside\nNext update: [fill in: when]";

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
        ("board", ":decisions<enter>"),
        ("step menu", "3v"),
        ("entry", "kkk<enter>"),
        ("step", "3<enter>"),
        ("find", "/key"),
        ("zoomed", "z"),
        ("plain", "YY"),
    ];
    for (name, script) in keys {
        let mut desk = Desk::room(w, h, "alice");
        desk.keys(script);
        out.push((name, desk));
    }
    let mut desk = Desk::room(w, h, "alice");
    desk.keys("?close<enter>");
    out.push(("closing", desk));
    let mut desk = Desk::room(w, h, "alice");
    desk.keys("i").send(Msg::Paste(UPDATE.to_owned()));
    out.push(("update", desk));
    let mut desk = Desk::at_home(w, h, "alice");
    out.push(("home", Desk::at_home(w, h, "alice")));
    desk.keys("nkey leaked");
    out.push(("declare", desk));
    for (name, script) in [
        ("stories board", "?stories board<enter>"),
        ("runbooks board", "?runbooks<enter>"),
        ("updates board", "?updates<enter>"),
    ] {
        let mut desk = Desk::room(w, h, "alice");
        desk.keys(script).fill_board();
        out.push((name, desk));
    }
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
                room.relist(Tz::UTC);
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
fn the_header_says_how_far_others_hold_the_log() {
    let mut desk = Desk::room(120, 40, "alice");
    assert!(!picture(&desk.model).contains("head published"));
    let log = desk.stored.log;
    let head = desk.model.room.as_ref().unwrap().incident.head;
    let told = |desk: &mut Desk, held| {
        let ticket = desk.model.ticket(Waiting::Head(log));
        desk.send(Msg::Answer(ticket, crate::app::msg::Answer::Held(held)));
        picture(&desk.model)
    };
    let shown = told(&mut desk, Some(head));
    assert!(shown.contains(&format!("head published #{head}  ")), "{shown}");
    // What a person types into an update is no head of ours until somebody has looked.
    let text = format!("Status: contained\nLog: 3:{}\nNext update: in 30m", "ab".repeat(32));
    let audience = crate::domain::audience::Audience::Internal;
    let sent = [Request::SendUpdate { audience, text, next: None }.into()];
    let events = desk.store(desk.model.now, "alice", &sent).unwrap();
    desk.send(Msg::Refreshed(log, events));
    assert!(desk.has_effect(|e| matches!(e, Effect::LookForHead(_, of) if *of == log)));
    // The tail that nobody else holds is told.
    let now = desk.model.room.as_ref().unwrap().incident.head;
    assert!(now > head);
    let shown = picture(&desk.model);
    assert!(shown.contains(&format!("head published #{head} of {now}  ")), "{shown}");
    assert!(!told(&mut desk, None).contains("head published"));
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
fn the_header_of_a_restricted_room_says_its_code_name() {
    let mut desk = Desk::room(120, 40, "bob");
    desk.ask("15:00", "alice", Request::SetCodeName { code_name: "Blue Heron".into() });
    let first = |desk: &Desk| picture(&desk.model).lines().next().unwrap_or_default().to_owned();
    desk.open();
    assert!(first(&desk).contains("INC-2026-0042 Signing key leaked"), "{}", first(&desk));
    desk.ask("15:01", "alice", Request::SetVisibility { visibility: Visibility::Restricted });
    desk.open();
    assert!(first(&desk).starts_with("INC-2026-0042 Blue Heron  P1"), "{}", first(&desk));
    desk.keys("b");
    assert!(picture(&desk.model).contains("Signing key leaked"), "its own brief keeps the title");
}

#[test]
fn a_review_meeting_that_went_by_is_the_first_thing_of_the_attention_line() {
    let mut desk = Desk::room(120, 40, "bob");
    desk.ask("15:00", "alice", Request::Resolve { ended_by: String::new() });
    desk.ask("15:01", "alice", Request::Review(Review::Meeting("2026-11-19".parse().ok())));
    desk.open();
    let line = |desk: &Desk| picture(&desk.model).lines().nth(1).unwrap_or_default().to_owned();
    assert!(
        line(&desk).starts_with("NEXT review meeting was 2026-11-19, postmortem not begun"),
        "{}",
        line(&desk)
    );
    desk.ask("15:02", "alice", Request::Review(Review::Meeting("2099-01-01".parse().ok())));
    desk.open();
    assert!(line(&desk).starts_with("NEXT resolved"), "{}", line(&desk));
    assert!(line(&desk).contains("review meeting 2099-01-01"), "{}", line(&desk));
    // Where there will be no postmortem, nobody meets over it.
    desk.ask("15:03", "alice", Request::WaivePostmortem { reason: "a test of the pager".to_owned() });
    desk.open();
    assert!(!line(&desk).contains("meeting"), "{}", line(&desk));
}

#[test]
fn the_frame_at_eighty_by_twenty_four_is_the_specified_one() {
    let shown = picture(&Desk::room(80, 24, "alice").model);
    let rows: Vec<&str> = shown.lines().collect();
    assert!(rows[0].starts_with("INC-2026-0042 Signing key leaked  P1  CONTAIN 4m left of 15m  42m"));
    assert!(rows[1].starts_with("NEXT ask @bob over 1m, no ack · "));
    assert!(rows[2].starts_with("┌ 1 Timeline ─") && rows[2].ends_with("┬ 2 Roster ── 1 more unfilled ─┐"));
    assert_eq!(rows[3], "│ ★ note impact: prod images cannot be trusted  │IC     alice    42m           │");
    assert!(rows[7].ends_with("├ 3 Runbook signing-key 1/11 ──┤"));
    assert!(rows[12].ends_with("├ 4 Decisions ─────────────────┤"));
    assert_eq!(rows[20], "├───────────────────────────────────────────────┴──────────────────────────────┤");
    assert_eq!(rows[22], "└──────────────────────────────────────────────────────────────────────────────┘");
}

#[test]
fn times_of_another_day_have_its_date_at_the_head_however_far_the_day_began() {
    for (w, h, row) in [(120, 40, 2), (80, 24, 2), (60, 20, 2)] {
        let mut desk = Desk::room(w, h, "alice");
        let head = |desk: &Desk| picture(&desk.model).lines().nth(row).unwrap_or_default().to_owned();
        assert!(!head(&desk).contains("2026-11"), "{}", head(&desk));
        desk.later(4 * 86_400);
        assert!(head(&desk).contains(" 2026-11-20 UTC"), "{}", head(&desk));
        // The zone of the screen says which day it is.
        desk.later(-4 * 86_400 + 9 * 3_600);
        assert!(!head(&desk).contains("2026-11"), "{}", head(&desk));
        desk.keys("t");
        assert!(head(&desk).contains(" 2026-11-20 CET"), "{}", head(&desk));
        // Where a day begins on the screen, its row names it.
        for n in 0..60 {
            desk.keys(&format!("i{n} today<enter>")).serve();
        }
        assert!(!head(&desk).contains("2026-11"), "{}", head(&desk));
        desk.keys("g");
        assert!(head(&desk).contains(" 2026-11-20 CET"), "{}", head(&desk));
    }
}

#[test]
fn what_is_done_to_a_line_names_the_line() {
    for (keys, words) in [
        ("kkx", "Cross out: why? · internal: investigating"),
        ("kkkv", "Where the hypothesis stands: key was in a CI variable"),
        ("kkkv<down><enter>", "By which facts? · key was in a CI variable"),
        ("4v", "What came of the decision: revoke the key at the KMS now"),
        ("4v<enter>", "How do you know? · revoke the key at the KMS now"),
        ("3x", "Skip the step: why? · Stop builds with the key"),
    ] {
        let mut desk = Desk::room(80, 24, "alice");
        desk.keys(keys);
        let shown = picture(&desk.model);
        assert!(shown.contains(words), "{keys}:\n{shown}");
    }
}

#[test]
fn enter_is_not_offered_where_the_hit_is_read_already() {
    let mut desk = filled(120, 40).into_iter().find(|(name, _)| *name == "find").unwrap().1;
    let hints = |desk: &Desk| picture(&desk.model).lines().last().unwrap_or_default().to_owned();
    assert!(hints(&desk).contains("Enter open"), "{}", hints(&desk));
    desk.model.find.focus = crate::app::layout::Pane::Text;
    assert!(!hints(&desk).contains("Enter"), "{}", hints(&desk));
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

#[test]
fn pictures_of_filled_screens() {
    for (w, h) in [(80, 24), (120, 40), (60, 20)] {
        for (name, desk) in filled(w, h) {
            insta::assert_snapshot!(format!("filled_{name}_{w}x{h}"), picture(&desk.model));
        }
    }
}

#[test]
fn in_ascii_the_frame_needs_no_other_character() {
    let mut desk = Desk::room(120, 40, "bob");
    desk.keys("hello<enter>").serve();
    desk.model.look.ascii = true;
    desk.model.look.colour = false;
    let shown = picture(&desk.model);
    let strange: Vec<char> = shown.chars().filter(|c| !c.is_ascii() && !"…·—".contains(*c)).collect();
    assert!(strange.is_empty(), "{strange:?}\n{shown}");
}

#[test]
fn a_long_text_is_read_to_its_end_and_back() {
    let mut desk = Desk::room(80, 24, "alice");
    let text: Vec<String> = (0..100).map(|n| format!("line {n}")).collect();
    desk.keys("i");
    desk.send(Msg::Paste(text.join("\n")));
    desk.keys("<enter>").serve();
    desk.keys("<enter>");
    assert!(picture(&desk.model).contains("line 3"));
    desk.keys("G");
    assert!(picture(&desk.model).contains("recorded"), "{}", picture(&desk.model));
    desk.keys("G<pgdn>k");
    let before = picture(&desk.model);
    desk.keys("k");
    assert_ne!(picture(&desk.model), before, "one press up moves");
}

#[test]
fn the_key_table_of_the_documents_is_the_one_of_the_program() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/keys.md");
    let table = format!(
        "# Keys\n\nWritten by a test from the table in `src/app/action/table.rs`. Every action can be given other keys under `[keys]` in `warroom.toml`, by its name.\n\n{}",
        crate::app::keymap::keys_markdown()
    );
    let now = std::fs::read_to_string(path).unwrap_or_default();
    if now != table {
        std::fs::create_dir_all(concat!(env!("CARGO_MANIFEST_DIR"), "/docs")).unwrap();
        std::fs::write(path, table).unwrap();
        panic!("docs/keys.md was out of date and is written anew: look at the difference and commit it");
    }
}

/// Whoever has given an action another key is told that key, and of an action without a key where it is.
#[test]
fn the_keys_that_are_named_are_those_of_the_team() {
    let keys = |key: &str| vec![key.parse().unwrap()];
    let own = [
        ("note".to_owned(), keys("Q")),
        ("declare".to_owned(), keys("D")),
        ("decision".to_owned(), Vec::new()),
    ];
    let keymap = crate::app::keymap::Keymap::new(&own).unwrap();
    let mut desk = Desk::at_home(80, 24, "alice");
    desk.model.keymap = keymap.clone();
    let shown = picture(&desk.model);
    assert!(shown.contains("D declares an incident") && !shown.contains("n declares"), "{shown}");
    let mut desk = Desk::room(80, 24, "alice");
    desk.model.keymap = keymap;
    let shown = picture(&desk.model);
    assert!(shown.contains("Q writes a note") && !shown.contains("i writes"), "{shown}");
    desk.model.room.as_mut().unwrap().incident.talk.decisions.clear();
    assert!(picture(&desk.model).contains("? decision"), "{}", picture(&desk.model));
    desk.keys("Qhalf<esc>");
    let notice = desk.model.notice.as_ref().unwrap().text.clone();
    assert_eq!(notice, "the draft stays: Q goes on with it");
}

#[test]
fn why_a_filter_is_none_is_read_to_its_end() {
    for (w, h) in [(120, 40), (80, 24)] {
        let mut desk = Desk::room(w, h, "alice");
        desk.keys("fkind:bogus<enter>");
        let shown = picture(&desk.model);
        let Some(crate::app::model::Overlay::Ask(ask)) = desk.model.overlays.last() else { panic!() };
        let problem = ask.problem.clone().unwrap();
        for word in problem.split_whitespace() {
            assert!(shown.contains(word), "{word:?} of {problem:?} is not on\n{shown}");
        }
        assert!(shown.lines().any(|row| row.contains("kind:bogus")), "{shown}");
    }
}

#[test]
fn a_filter_that_hides_every_line_says_so() {
    let mut desk = Desk::room(80, 24, "alice");
    desk.model.room.as_mut().unwrap().incident.impact = None;
    desk.keys("fnosuchword<enter>");
    let shown = picture(&desk.model);
    assert!(shown.contains("No line is like that. Esc takes the filter"), "{shown}");
    assert!(!shown.contains("Nothing yet"), "{shown}");
}

#[test]
fn the_count_of_a_runbook_stands_whole_beside_the_keys_of_the_other_one() {
    let mut desk = Desk::room(80, 24, "alice");
    let runbook = crate::domain::request::RunbookText {
        name: "a-runbook-with-a-long-name".to_owned(),
        title: "Another".to_owned(),
        text: "# Another\n\n## Containment\n\n1. Look\n2. Act\n".to_owned(),
    };
    desk.ask("14:40", "bob", Request::AttachRunbook(runbook));
    desk.open();
    for _ in 0..2 {
        desk.keys("3]");
        let shown = picture(&desk.model);
        let title = shown.lines().find(|row| row.contains("3 Runbook")).unwrap();
        assert!(title.contains("[ ]") && (title.contains(" 1/11 ") || title.contains(" 0/2 ")), "{title}");
    }
}

#[test]
fn a_line_that_would_be_taken_for_what_is_so_says_that_it_is_not() {
    let mut desk = Desk::room(120, 40, "alice");
    let text = "we may have leaked cards".to_owned();
    let audience = crate::domain::audience::Audience::Customers;
    desk.ask("14:40", "bob", Request::DraftUpdate { audience, text, next: None });
    desk.open();
    let shown = picture(&desk.model);
    assert!(shown.contains("updt  draft for customers: we may have leaked"), "{shown}");
    desk.keys("1G<enter>");
    let shown = picture(&desk.model);
    assert_eq!(
        shown.matches("│draft for customers: we may have leaked cards").count(),
        1,
        "in the entry itself too: {shown}"
    );
}
