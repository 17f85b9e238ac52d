//! Looking: filters, lines that are crossed out, what is selected when a line goes.

use crate::app::effect::Effect;
use crate::app::fixture::{Desk, at as clock};
use crate::app::model::{Overlay, Read, Reader, RowId, Waiting};
use crate::app::msg::{Answer, Msg, Trouble};
use crate::domain::filter::Filter;
use crate::domain::ids::Seq;
use crate::domain::request::Request;
use crate::domain::time_spec::Context;
use crate::domain::zone::Tz;

fn ctx() -> Context {
    Context { now: clock("14:40"), zone: Tz::UTC }
}

/// The texts that a filter leaves, cut short, in their order.
fn check(filter: &str, expected: &[&str]) {
    let mut desk = Desk::room(80, 24, "alice");
    desk.ask(
        "14:39",
        "carol",
        Request::Note {
            text: "disk of db-7 replaced".into(),
            tags: vec!["database".into(), "disk".into()],
            starred: true,
        },
    );
    let filter = Filter::parse(filter, &ctx()).unwrap();
    let left: Vec<&str> = desk
        .stored
        .timeline
        .shown()
        .filter(|e| filter.matches(e))
        .map(|e| e.text.get(..12.min(e.text.len())).unwrap_or(&e.text))
        .collect();
    assert_eq!(left, expected, "{}", filter.text());
}

#[test]
fn terms_are_all_held() {
    check("kind:decision", &["revoke the k"]);
    check("kind:dec,hyp", &["revoke the k", "key was in a"]);
    check("KIND:Decision KMS", &["revoke the k"]);
    check("by:bob on-call", &["on-call page", "on-call ackn"]);
    check("by:carol,monitor", &["unknown sign", "disk of db-7"]);
    check("#data", &["disk of db-7"]);
    check("#nothing,disk", &["disk of db-7"]);
    check("*", &["disk of db-7"]);
    check("starred", &["disk of db-7"]);
    check("struck", &[]);
    check("kind:step step", &[]);
    check("payments:4f2e", &["unknown sign"]);
    check("since:14:38 by:carol", &["disk of db-7"]);
    check("kind:note until:14:25", &["on-call page"]);
    check("kind:note since:2026-11-20 until:2026-11-20 by:bob", &["on-call page", "on-call ackn"]);
    check("kind:note since:2026-11-20T14:26Z by:bob", &["on-call ackn"]);
}

#[test]
fn a_time_that_cannot_be_read_is_said() {
    for bad in ["since:soon", "until:", "since:2026-13-01"] {
        assert!(Filter::parse(bad, &ctx()).is_err(), "{bad} was taken");
    }
}

proptest::proptest! {
    #[test]
    fn any_text_is_a_filter_or_says_why_not(text in ".{0,40}") {
        if let Ok(filter) = Filter::parse(&text, &ctx()) {
            proptest::prop_assert_eq!(filter.is_empty(), text.split_whitespace().next().is_none());
        }
    }
}

#[test]
fn a_filter_is_said_counted_and_taken_away_by_esc() {
    let mut desk = Desk::room(80, 24, "alice");
    let all = desk.model.room.as_ref().unwrap().rows.len();
    desk.keys("fkind:decision,ask<enter>");
    let said = desk.model.notice.clone().unwrap().text;
    assert!(said.starts_with("2 of ") && said.contains("Esc"), "{said}");
    assert_eq!(desk.model.room.as_ref().unwrap().rows.len(), 2);
    desk.keys("f since:soon<enter>");
    let Some(Overlay::Ask(ask)) = desk.model.overlays.last() else { panic!("it stays to be mended") };
    assert!(ask.problem.as_ref().unwrap().contains("not a time"), "{ask:?}");
    desk.keys("<esc><esc>");
    assert_eq!(desk.model.room.as_ref().unwrap().rows.len(), all);
}

#[test]
fn a_filter_that_asks_for_lines_of_the_program_gets_all_of_them() {
    let mut desk = Desk::room(80, 24, "alice");
    desk.keys("fkind:system alice<enter>");
    let room = desk.model.room.as_ref().unwrap();
    assert!(!room.rows.is_empty(), "the roles are hidden otherwise");
}

#[test]
fn a_struck_line_goes_its_neighbour_is_next_and_it_can_be_had_back() {
    let mut desk = Desk::room(80, 24, "alice");
    let rows = |d: &Desk| d.model.room.as_ref().unwrap().rows.len();
    let all = rows(&desk);
    desk.keys("kkkk");
    let Some(RowId::Entry(seq)) = desk.model.room.as_ref().unwrap().selected else { panic!() };
    let before = desk.model.room.as_ref().unwrap().rows.all().iter().position(|r| r.id == RowId::Entry(seq));
    desk.keys("xwrong room<enter>").serve();
    assert!(desk.stored.timeline.get(seq).unwrap().struck.is_some());
    assert_eq!(rows(&desk), all - 1);
    let now = desk.model.room.as_ref().unwrap().selected.unwrap();
    let place = desk.model.room.as_ref().unwrap().rows.place(now).unwrap();
    assert!(place.abs_diff(before.unwrap()) <= 1, "the selection stays where it was");
    desk.keys("?struck lines<enter>");
    assert_eq!(rows(&desk), all);
    desk.keys("?struck lines<enter>");
    assert_eq!(rows(&desk), all - 1);
    desk.keys("fstruck<enter>");
    assert_eq!(rows(&desk), 1);
    desk.keys("kx<enter>").serve();
    assert!(desk.stored.timeline.get(seq).unwrap().struck.is_none(), "x brings it back");
}

#[test]
fn how_far_others_hold_the_log_is_asked_now_and_then_one_question_at_a_time() {
    let mut desk = Desk::room(80, 24, "alice");
    let asked = |desk: &mut Desk| {
        let found = desk.effects.iter().filter(|e| matches!(e, Effect::LookForHead(..))).count();
        desk.serve();
        found
    };
    desk.serve();
    desk.later(31);
    assert_eq!(asked(&mut desk), 1);
    for (seconds, wanted) in [(1, 0), (28, 0), (1, 1), (-3600, 1), (29, 0)] {
        desk.later(seconds);
        assert_eq!(asked(&mut desk), wanted, "{seconds} s later");
    }
    // While an answer is awaited nothing more is asked.
    desk.later(60);
    desk.later(60);
    assert_eq!(asked(&mut desk), 1);
    // A repository that cannot be read takes no mark away and says nothing.
    let log = desk.stored.log;
    for (answer, wanted) in [
        (Answer::Held(Some(Seq(3))), Some(Seq(3))),
        (Answer::Failed(Trouble::new("no repository", "")), Some(Seq(3))),
        (Answer::Held(None), None),
    ] {
        let ticket = desk.model.ticket(Waiting::Head(log));
        desk.send(Msg::Answer(ticket, answer));
        assert_eq!(desk.model.room.as_ref().unwrap().held, wanted);
        assert_eq!(desk.model.notice, None);
    }
    // The answer about a room that is not open any more is not one about this.
    let other = crate::domain::ids::LogId(uuid::Uuid::nil());
    let ticket = desk.model.ticket(Waiting::Head(other));
    desk.send(Msg::Answer(ticket, Answer::Held(Some(Seq(9)))));
    assert_eq!(desk.model.room.as_ref().unwrap().held, None);
}

#[test]
fn the_keys_that_act_are_listed_where_a_question_mark_is_a_letter() {
    let listed = |desk: &Desk| match desk.model.overlays.last() {
        Some(Overlay::Read(Reader { what: Read::Text(title, lines), .. })) if title.starts_with("Keys") => {
            lines.join("\n")
        }
        other => panic!("{other:?}"),
    };
    let mut desk = Desk::room(80, 24, "alice");
    desk.keys("ihalf a line?<f1>");
    let lines = listed(&desk);
    for key in ["Enter", "Esc", "Ctrl-a", "Ctrl-o", "F1", "Ctrl-l"] {
        assert!(lines.lines().any(|line| line.split(' ').any(|word| word == key)), "{key}: {lines}");
    }
    assert!(lines.starts_with("Enter"), "what is particular to the place comes first: {lines}");
    assert!(!lines.contains("Declare"), "only what acts: {lines}");
    desk.keys("<f1>");
    assert!(desk.model.overlays.is_empty(), "the same key takes it away");
    desk.keys("<f1><esc> goes on");
    let composer = &desk.model.room.as_ref().unwrap().composer;
    assert_eq!((composer.open, composer.editor.text()), (true, "half a line? goes on"));
    // On the find screen, over a list, over a question, and in normal mode.
    for script in ["/key", "s", "u", "", "3v", ":stories board<enter>"] {
        let mut desk = Desk::room(80, 24, "alice");
        desk.keys("ix<enter>").serve().keys(script);
        let before = desk.model.overlays.len();
        desk.keys("<f1>");
        assert!(listed(&desk).lines().count() > 2, "{script}");
        desk.keys("<esc>");
        assert_eq!(desk.model.overlays.len(), before, "{script}");
    }
}

#[test]
fn the_brief_turns_to_its_shorter_forms_and_back() {
    let mut desk = Desk::room(80, 24, "alice");
    let title = |desk: &Desk| match desk.model.overlays.last() {
        Some(Overlay::Read(Reader { what: Read::Brief, .. })) => "brief".to_owned(),
        Some(Overlay::Read(Reader { what: Read::Text(title, lines), .. })) => {
            assert!(lines.len() > 3, "{lines:?}");
            title.clone()
        }
        other => panic!("{other:?}"),
    };
    desk.keys("b");
    let mut seen = vec![title(&desk)];
    for _ in 0..3 {
        desk.keys("<tab>");
        seen.push(title(&desk));
    }
    assert_eq!(seen, ["brief", "Conditions, actions, needs", "Summary for those who lead", "brief"]);
    desk.keys("<esc><tab>");
    assert!(desk.model.overlays.is_empty(), "elsewhere Tab goes to the next pane");
}

#[test]
fn a_long_decision_takes_two_rows_of_the_brief_and_its_end_is_one_of_them() {
    use crate::app::reading::{brief_lines, lines};
    let mut desk = Desk::room(80, 24, "alice");
    let long = format!("I! fail over {}@dave check 20m<enter><esc>", "to the other region ".repeat(30));
    desk.keys(&long).serve();
    desk.later(30 * 60);
    let tail = "(alice, @dave executes) — check overdue since 14:58";
    let (_, whole) = lines(&desk.model, &Read::Brief, 76);
    let joined = |rows: &[(String, _)]| rows.iter().map(|(row, _)| row.trim()).collect::<Vec<_>>().join(" ");
    let room = desk.model.room.as_ref().unwrap();
    let pane = brief_lines(&desk.model, room, 76, usize::MAX);
    for rows in [&whole, &pane] {
        assert!(joined(rows).contains("fail over to the other region to the"), "{rows:?}");
        assert!(joined(rows).contains(" … ") && joined(rows).contains(tail), "{rows:?}");
        let place = rows.iter().position(|(row, _)| row == "Decided").unwrap();
        assert!(rows[place + 3].0.starts_with("  14:"), "it takes two rows: {rows:?}");
    }
    // What is copied has all of it.
    let copied =
        crate::domain::brief::brief(&room.incident, &desk.model.policy, desk.model.now, desk.model.zone())
            .to_text();
    assert!(copied.contains(&"to the other region ".repeat(29)) && copied.contains(tail), "{copied}");
}

#[test]
fn the_brief_shows_the_newest_decisions_and_every_open_hypothesis() {
    use crate::app::reading::lines;
    let mut desk = Desk::room(80, 24, "alice");
    let words =
        "because the workers of the second region hold connections that nobody ever gives back to the pool";
    for n in 1..=5 {
        desk.keys(&format!("I! decision {n} {words} {words}<enter><esc>")).serve();
    }
    for n in 1..=3 {
        desk.keys(&format!("I? hypothesis {n} {words} {words}<enter><esc>")).serve();
    }
    let (_, rows) = lines(&desk.model, &Read::Brief, 76);
    let text: Vec<&str> = rows.iter().map(|(row, _)| row.as_str()).collect();
    let place = |heading: &str| text.iter().position(|row| *row == heading).unwrap();
    let (decided, suspected) = (place("Decided"), place("Suspected"));
    let section = text[decided..suspected].join("\n");
    assert!(section.contains("decision 5") && section.contains("decision 3"), "{section}");
    assert!(!section.contains("decision 2 ") && section.contains("older"), "{section}");
    assert!(suspected - decided <= 8, "{section}");
    let below = text[suspected..].join("\n");
    for n in 1..=3 {
        assert!(below.contains(&format!("open: hypothesis {n}")), "{below}");
    }
    // Its beginning says what it is; who decided stands at the end of a decision.
    assert!(below.contains("ever gives back to the pool because the workers …"), "{below}");
}

#[test]
fn an_alert_that_is_opened_says_its_name_and_where_it_came_from_and_is_found_by_either() {
    use crate::app::reading::lines;
    let mut desk = Desk::room(80, 24, "alice");
    let alert = |source: &str, name: Option<&str>| Request::Alert {
        text: "no space on db-1".to_owned(),
        source: source.to_owned(),
        alert: name.map(str::to_owned),
        tags: vec![],
    };
    let read = |desk: &mut Desk, request| {
        desk.ask("14:39", "bob", request);
        let seq = desk.last().seq;
        desk.open();
        let rows = lines(&desk.model, &Read::Entry(seq), 76).1;
        (seq, rows.into_iter().map(|(row, _)| row).collect::<Vec<_>>())
    };
    let (seq, rows) = read(&mut desk, alert("zbx", Some("DiskFull")));
    assert!(rows.contains(&"alert DiskFull from zbx".to_owned()), "{rows:?}");
    let entry = desk.stored.timeline.get(seq).unwrap();
    for word in ["diskfull", "zbx", "db-1"] {
        assert!(Filter::parse(word, &ctx()).unwrap().matches(entry), "{word}");
    }
    let (_, rows) = read(&mut desk, alert("zbx", None));
    assert!(rows.contains(&"from zbx".to_owned()), "{rows:?}");
    // Erased with the words.
    desk.ask("14:40", "bob", Request::Redact { target: seq, reason: "a name".to_owned() });
    let entry = desk.stored.timeline.get(seq).unwrap();
    assert!(entry.alert.is_empty() && entry.source.is_empty(), "{entry:?}");
}

/// Others do something; the screen hears of it.
pub(super) fn hears(desk: &mut Desk, by: &str, request: Request) {
    let from = desk.events.len();
    desk.ask("14:39", by, request);
    let (log, events) = (desk.stored.log, desk.events[from..].to_vec());
    desk.send(Msg::Refreshed(log, events));
}

#[test]
fn a_selected_line_that_somebody_else_crosses_out_stays_until_the_eyes_leave_it() {
    let mut desk = Desk::room(80, 24, "alice");
    for text in ["line 1", "line 2", "line 2"] {
        desk.keys("i").keys(text).keys("<enter>").serve();
    }
    let all = desk.model.room.as_ref().unwrap().rows.len();
    desk.keys("kk");
    let Some(RowId::Entry(seq)) = desk.model.room.as_ref().unwrap().selected else { panic!() };
    hears(&mut desk, "bob", Request::Strike { target: seq, reason: "duplicate".into() });
    let room = desk.model.room.as_ref().unwrap();
    assert_eq!((room.selected, room.rows.len()), (Some(RowId::Entry(seq)), all));
    assert!(desk.model.notice.as_ref().unwrap().text.contains("bob crossed out"), "{:?}", desk.model.notice);
    // The same key does not strike its neighbour: it asks for the line back, by its words.
    desk.keys("x");
    let Some(Overlay::Confirm(confirm)) = desk.model.overlays.last() else {
        panic!("{:?}", desk.model.overlays)
    };
    assert!(confirm.question.ends_with("line 2"), "{confirm:?}");
    desk.keys("<esc>*").serve();
    assert!(desk.stored.timeline.get(seq).unwrap().starred, "the star goes to it as well");
    desk.keys("j");
    let room = desk.model.room.as_ref().unwrap();
    assert_eq!((room.rows.len(), room.rows.place(RowId::Entry(seq))), (all - 1, None));
    assert!(room.selected.is_some());
    // Behind a filter, the same.
    desk.keys("<esc>fline<enter>kk");
    let Some(RowId::Entry(seq)) = desk.model.room.as_ref().unwrap().selected else { panic!() };
    let amend = Request::Amend { target: seq, text: Some("other words".into()), at: None, seen: None };
    hears(&mut desk, "bob", amend);
    assert_eq!(desk.model.room.as_ref().unwrap().selected, Some(RowId::Entry(seq)));
    assert!(desk.model.notice.as_ref().unwrap().text.contains("bob changed"), "{:?}", desk.model.notice);
    // A decision in its pane.
    let mut desk = Desk::room(80, 24, "alice");
    desk.keys("4");
    let seq = desk.model.room.as_ref().unwrap().current_decision().unwrap();
    hears(&mut desk, "bob", Request::Strike { target: seq, reason: "not meant".into() });
    assert!(desk.model.notice.as_ref().unwrap().text.contains("bob crossed out"), "{:?}", desk.model.notice);
}

#[test]
fn whatever_people_type_for_it_the_palette_finds_it_or_says_which_command_does_it() {
    for (typed, wanted) in [
        ("search", "find"),
        ("look up", "find"),
        ("redact", ":redact"),
        ("erase", ":redact"),
        ("publish", "publish"),
        ("visibility", ":visibility"),
        ("restricted", ":visibility"),
        ("private", ":visibility"),
        ("merge", "warroom merge"),
        ("backup", "warroom backup"),
        ("export", "warroom export"),
        ("csv", "warroom export"),
        ("stats", "warroom stats"),
        ("import", "warroom import"),
        ("verify", "warroom verify"),
        ("undo", "undo"),
        ("log", "note"),
        ("show", "filter"),
    ] {
        let mut desk = Desk::room(80, 24, "alice");
        desk.keys(&format!("?{typed}"));
        let Some(Overlay::Pick(pick)) = desk.model.overlays.last() else { panic!("no palette") };
        let found: Vec<&str> = pick.visible().iter().map(|item| item.id.as_str()).collect();
        assert_eq!(found.first(), Some(&wanted), "{typed}: {found:?}");
    }
    let mut desk = Desk::room(80, 24, "alice");
    desk.keys("?stats<enter>");
    assert_eq!(desk.model.notice.as_ref().unwrap().text, "in a shell: warroom stats");
    assert!(desk.model.overlays.is_empty());
}

#[test]
fn a_command_among_the_verbs_is_named_as_one() {
    use crate::domain::verb::read;
    let said = |verb: &str| read(verb, "x", None).unwrap_err().to_string();
    assert!(
        said("stats").contains("that is a command: warroom stats; run it in a shell"),
        "{}",
        said("stats")
    );
    assert!(said("export").contains("that is a command: warroom export INC --format"), "{}", said("export"));
    assert!(said("decide").contains("here it is decision: ? finds it"), "{}", said("decide"));
    assert!(said("nonsense").contains("there is no verb :nonsense"), "{}", said("nonsense"));
}

#[test]
fn the_palette_ranks_what_can_be_done_before_what_cannot() {
    let first = |desk: &mut Desk| {
        desk.keys("?stories");
        let Some(Overlay::Pick(pick)) = desk.model.overlays.last() else { panic!("no palette") };
        pick.visible()[0].id.clone()
    };
    assert_eq!(first(&mut Desk::at_home(80, 24, "alice")), "stories-board");
    assert_eq!(first(&mut Desk::room(80, 24, "alice")), "stories");
}
