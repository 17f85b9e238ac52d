//! Update, as state, keys as typed, state.

mod clocks;
mod closing;
mod coming_back;
mod completing;
mod composing;
mod declaring;
mod drilling;
mod finding;
mod holding;
mod jumping;
mod left;
mod looking;
mod people;
mod pointing;
mod saying;

use crate::app::effect::Effect;
use crate::app::fixture::{Desk, at};
use crate::app::layout::Pane;
use crate::app::model::{Overlay, PendingState, RowId, Screen};
use crate::app::msg::{Answer, Msg, Suggestions, Trouble};
use crate::app::update::compose::preview;
use crate::domain::facets::{Facet, Facets};
use crate::domain::request::Request;
use crate::domain::time::Span;
use crate::domain::words::{EntryKind, Milestone, Phase, StepState};

#[test]
fn a_line_is_pending_then_stored_and_carries_the_mark() {
    let mut desk = Desk::room(80, 24, "alice");
    desk.keys("ikey rotated<enter>");
    let room = desk.model.room.as_ref().unwrap();
    assert_eq!(room.pending.len(), 1);
    assert!(!room.composer.open, "i closes after Enter");
    desk.serve();
    let room = desk.model.room.as_ref().unwrap();
    assert!(room.pending.is_empty());
    assert_eq!(desk.last().text, "key rotated");
    assert!(room.own.contains(&desk.last().seq));
}

#[test]
fn i_fixes_the_time_at_its_press_and_scribe_mode_at_the_first_character() {
    let mut desk = Desk::room(80, 24, "alice");
    desk.keys("i");
    desk.later(20);
    desk.keys("seen late<enter>").serve();
    assert_eq!(desk.last().occurred_at, at("14:38"));
    desk.keys("I");
    desk.later(20);
    desk.keys("x");
    let first = desk.model.now;
    desk.later(30);
    desk.keys("y<enter>").serve();
    assert_eq!(desk.last().occurred_at, first);
    assert!(desk.model.room.as_ref().unwrap().composer.open, "scribe mode stays");
    desk.later(10);
    desk.keys("z<enter>").serve();
    assert_eq!(desk.last().occurred_at, desk.model.now);
}

#[test]
fn whoever_holds_scribe_opens_in_scribe_mode() {
    let desk = Desk::room(80, 24, "bob");
    let composer = &desk.model.room.as_ref().unwrap().composer;
    assert!(composer.open && composer.scribe);
}

#[test]
fn the_grammar_makes_the_kinds() {
    for (line, kind, text) in [
        ("plain", EntryKind::Note, "plain"),
        ("! @bob stop the builds check 15m", EntryKind::Decision, "stop the builds"),
        ("? the cache is stale", EntryKind::Hypothesis, "the cache is stale"),
        ("+ @bob 3m look at web", EntryKind::Ask, "look at web"),
        ("14 nodes down", EntryKind::Note, "14 nodes down"),
    ] {
        let mut desk = Desk::room(80, 24, "alice");
        desk.keys("i").keys(line).keys("<enter>").serve();
        assert_eq!(desk.last().kind, kind, "{line}");
        assert!(desk.last().text.contains(text), "{line}: {}", desk.last().text);
    }
}

#[test]
fn letters_act_in_normal_mode_and_never_while_typing() {
    let mut desk = Desk::room(80, 24, "alice");
    desk.keys("isqpr*");
    assert!(desk.model.overlays.is_empty());
    assert_eq!(desk.model.room.as_ref().unwrap().composer.editor.text(), "sqpr*");
    desk.keys("<esc>s");
    assert!(matches!(desk.model.overlays.last(), Some(Overlay::Pick(_))));
}

#[test]
fn esc_keeps_the_draft_never_leaves_and_the_journal_has_it() {
    let mut desk = Desk::room(80, 24, "alice");
    desk.keys("ihalf a li");
    let kept = |e: &Effect| matches!(e, Effect::Journal(_, _, Some(d)) if d.text == "half a li" && d.open);
    assert!(desk.has_effect(kept));
    desk.keys("<esc><esc><esc><esc>");
    assert_eq!(desk.model.screen, Screen::Room);
    assert!(!desk.has_effect(|e| *e == Effect::Quit));
    desk.keys("i");
    assert_eq!(desk.model.room.as_ref().unwrap().composer.editor.text(), "half a li");
}

#[test]
fn a_draft_comes_back_after_a_crash_with_mode_and_time() {
    let mut desk = Desk::room(80, 24, "alice");
    desk.keys("Ihalf");
    let draft = desk.model.room.as_ref().unwrap().journaled.clone().unwrap();
    let fixed = desk.model.now;
    let mut again = Desk::room(80, 24, "alice");
    again.later(600);
    let ticket = again.model.ticket(crate::app::model::Waiting::Open);
    let incident = Box::new(again.stored.clone());
    again.send(Msg::Answer(ticket, Answer::Opened(incident, Some(draft))));
    let composer = &again.model.room.as_ref().unwrap().composer;
    assert!(composer.open && composer.scribe);
    assert_eq!((composer.editor.text(), composer.fixed_at), ("half", Some(fixed)));
}

#[test]
fn verbs_do_what_the_command_line_does() {
    let mut desk = Desk::room(80, 24, "alice");
    desk.keys("i-4m :m contained<enter>").serve();
    assert_eq!(desk.stored.milestone(Milestone::Contained), Some(at("14:34")));
    desk.keys(":tick 2 @carol<enter>").serve();
    assert_eq!(desk.stored.checklist.numbered(2).unwrap().state, StepState::Done);
    desk.keys(":r comms @dana<enter>").serve();
    assert_eq!(desk.stored.roster.holder("comms"), Some("dana"));
    desk.keys(":resolve key revoked<enter>").serve();
    assert_eq!(desk.stored.ended_by, "key revoked");
}

#[test]
fn a_milestone_is_offered_and_tab_takes_it() {
    let mut desk = Desk::room(80, 24, "alice");
    desk.keys("i-2m on-call acknowledged it");
    assert_eq!(preview(&desk.model).offer, Some(Milestone::Acknowledged));
    desk.keys("<tab>").serve();
    assert_eq!(desk.stored.milestone(Milestone::Acknowledged), Some(at("14:36")));
    assert!(desk.texts().iter().any(|t| t.contains("acknowledged it")));
}

#[test]
fn the_preview_names_kind_time_and_age() {
    let mut desk = Desk::room(80, 24, "alice");
    desk.keys("i-4m on-call paged again");
    assert_eq!(
        (preview(&desk.model).text.as_str(), preview(&desk.model).age.as_str()),
        ("note 14:34Z", "4m ago")
    );
    desk.keys("<ctrl-u>! stop");
    assert_eq!(preview(&desk.model).text, "decn 14:38Z");
    // What a verb takes is said until it is there: then its time and age are.
    for (line, text, age) in [
        (":m", "milestone NAME", ""),
        ("-4m :m", "milestone NAME 14:34Z", "4m ago"),
        ("-4m :m contained", "milestone 14:34Z", "4m ago"),
    ] {
        desk.keys(&format!("<ctrl-u>{line}"));
        let shown = preview(&desk.model);
        assert_eq!((shown.text.as_str(), shown.age.as_str()), (text, age), "{line}");
    }
}

#[test]
fn others_move_neither_selection_nor_scroll_and_are_counted() {
    let mut desk = Desk::room(80, 24, "alice");
    for n in 0..40 {
        desk.others("carol", &format!("line {n}"));
    }
    desk.keys("kkkkk");
    let (before, top) = {
        let room = desk.model.room.as_ref().unwrap();
        (room.selected, room.top)
    };
    desk.others("carol", "new one");
    desk.others("carol", "new two");
    desk.others("carol", "-30m found in the logs later");
    let room = desk.model.room.as_ref().unwrap();
    assert_eq!((room.selected, room.top), (before, top));
    assert_eq!(room.unseen.len(), 3);
    desk.keys("G");
    let room = desk.model.room.as_ref().unwrap();
    assert_eq!(room.selected, None);
    assert_eq!(room.unseen.len(), 1, "the late one is still above");
}

#[test]
fn space_ticks_in_the_runbook_pane_only_and_takes_it_back() {
    let mut desk = Desk::room(80, 24, "alice");
    desk.keys(" ").serve();
    assert!(desk.model.notice.as_ref().unwrap().text.contains("runbook pane"));
    desk.keys("3 ").serve();
    assert_eq!(desk.stored.checklist.numbered(2).unwrap().state, StepState::Done);
    desk.keys(" ").serve();
    assert_eq!(desk.stored.checklist.numbered(2).unwrap().state, StepState::Todo);
}

#[test]
fn star_strike_and_amend_act_on_the_selection() {
    let mut desk = Desk::room(80, 24, "alice");
    desk.keys("ifirst word<enter>").serve();
    let seq = desk.last().seq;
    desk.keys("*").serve();
    assert!(desk.stored.timeline.get(seq).unwrap().starred);
    desk.keys("*").serve();
    assert!(!desk.stored.timeline.get(seq).unwrap().starred);
    desk.keys("e<ctrl-u>14:10 better word<enter>").serve();
    let entry = desk.stored.timeline.get(seq).unwrap();
    assert_eq!((entry.text.as_str(), entry.occurred_at), ("better word", at("14:10")));
    let place = |d: &Desk| d.model.room.as_ref().unwrap().rows.place(RowId::Entry(seq)).unwrap();
    let last = desk.model.room.as_ref().unwrap().rows.len() - 1;
    assert!(place(&desk) < last, "the row moved to its time");
    desk.keys("g");
    while desk.model.room.as_ref().unwrap().selected != Some(RowId::Entry(seq)) {
        desk.keys("j");
    }
    desk.keys("x");
    assert!(desk.stored.timeline.get(seq).unwrap().struck.is_none(), "nothing before Enter");
    desk.keys("wrong room<enter>").serve();
    assert_eq!(desk.stored.timeline.get(seq).unwrap().struck.as_ref().unwrap().reason, "wrong room");
}

#[test]
fn severity_goes_up_freely_and_down_with_a_reason() {
    let mut desk = Desk::room(80, 24, "alice");
    desk.keys("sP3<enter>");
    assert!(matches!(desk.model.overlays.last(), Some(Overlay::Ask(_))));
    desk.keys("<enter>").serve();
    assert_eq!(desk.stored.severity.as_deref(), Some("P1"), "an empty reason is not taken");
    desk.keys("one user only<enter>").serve();
    assert_eq!(desk.stored.severity.as_deref(), Some("P3"));
    desk.keys("sP1<enter>").serve();
    assert_eq!(desk.stored.severity.as_deref(), Some("P1"));
}

#[test]
fn phase_role_and_milestone_are_chosen() {
    let mut desk = Desk::room(80, 24, "alice");
    desk.keys("p<enter>").serve();
    assert_eq!(desk.stored.phase, Phase::Eradicate, "the next phase is offered");
    desk.keys("rcomms<enter>dana<enter>").serve();
    assert_eq!(desk.stored.roster.holder("comms"), Some("dana"));
    desk.keys("mcontained<enter>").serve();
    assert!(desk.stored.milestone(Milestone::Contained).is_some());
}

#[test]
fn undo_names_the_action_and_takes_it_back_by_an_entry() {
    let mut desk = Desk::room(80, 24, "alice");
    desk.keys("p<enter>").serve();
    let before = desk.stored.head;
    desk.keys("u");
    let Some(Overlay::Confirm(confirm)) = desk.model.overlays.last() else { panic!("no question") };
    assert!(confirm.question.contains("phase eradicate"), "{}", confirm.question);
    assert_eq!(desk.stored.head, before);
    desk.keys("<enter>").serve();
    assert_eq!(desk.stored.phase, Phase::Contain);
    assert!(desk.stored.head > before);
}

#[test]
fn verdicts_answers_and_states_are_given() {
    let mut desk = Desk::room(120, 40, "alice");
    desk.keys("4vheld<enter>build stayed down<enter>").serve();
    let decision = desk.stored.talk.decisions.values().next().unwrap();
    assert_eq!(decision.verdict.as_ref().unwrap().reason, "build stayed down");
    desk.keys("6vanswer<enter>three builds<enter>").serve();
    assert_eq!(desk.stored.talk.asks.values().next().unwrap().answer.as_ref().unwrap().text, "three builds");
    desk.keys("6vruled<enter>no variable holds it<enter>").serve();
    let state = desk.stored.talk.hypotheses.values().next().unwrap().now.state;
    assert_eq!(state, crate::domain::words::HypothesisState::RuledOut);
}

#[test]
fn a_paste_in_normal_mode_becomes_a_draft_and_none_of_it_acts() {
    let mut desk = Desk::room(80, 24, "alice");
    desk.send(Msg::Burst("squ\nrd*".to_owned()));
    assert!(desk.model.overlays.is_empty());
    let composer = &desk.model.room.as_ref().unwrap().composer;
    assert!(composer.open);
    assert_eq!(composer.editor.text(), "squ\nrd*");
    desk.keys("<enter>").serve();
    assert_eq!(desk.last().text, "squ\nrd*", "pasted newlines stay one entry");
}

#[test]
fn a_ten_megabyte_paste_is_kept_in_a_file_and_the_line_stays() {
    let mut desk = Desk::room(80, 24, "alice");
    desk.keys("ibefore ");
    desk.send(Msg::Paste("x".repeat(10 * 1024 * 1024)));
    assert_eq!(desk.model.room.as_ref().unwrap().composer.editor.text(), "before ");
    assert!(desk.has_effect(|e| matches!(e, Effect::KeepText(_, t) if t.len() == 10 * 1024 * 1024)));
}

#[test]
fn q_goes_back_one_level_and_only_leaves_from_home() {
    let mut desk = Desk::room(80, 24, "alice");
    desk.keys("bq");
    assert!(desk.model.overlays.is_empty());
    assert_eq!(desk.model.screen, Screen::Room);
    desk.keys("q");
    assert_eq!(desk.model.screen, Screen::Home);
    assert!(desk.has_effect(|e| matches!(e, Effect::LoadHome(_))));
    desk.keys("q");
    assert!(desk.has_effect(|e| *e == Effect::Quit));
}

#[test]
fn ctrl_c_is_esc_and_leaves_only_when_pressed_twice_in_normal_mode() {
    let mut desk = Desk::room(80, 24, "alice");
    desk.keys("ix<ctrl-c><ctrl-c>");
    assert!(!desk.has_effect(|e| *e == Effect::Quit));
    desk.keys("j<ctrl-c>j<ctrl-c>");
    assert!(!desk.has_effect(|e| *e == Effect::Quit), "a key between disarms it");
    desk.keys("<ctrl-c>");
    assert!(desk.has_effect(|e| *e == Effect::Quit));
}

#[test]
fn the_palette_runs_actions_and_says_why_not() {
    let mut desk = Desk::room(80, 24, "alice");
    desk.keys("?brief<enter>");
    assert!(matches!(desk.model.overlays.last(), Some(Overlay::Read(_))));
    desk.keys("<esc>?reopen<enter>");
    assert!(desk.model.notice.as_ref().unwrap().text.contains("open"));
}

#[test]
fn the_line_goes_to_the_editor_and_back() {
    let mut desk = Desk::room(80, 24, "alice");
    desk.keys("i> internal: first<ctrl-x>");
    let ticket = desk.effects.iter().find_map(|e| match e {
        Effect::Edit(ticket, crate::app::effect::EditTarget::Line { text, .. })
            if text.ends_with("first") =>
        {
            Some(*ticket)
        }
        _ => None,
    });
    desk.send(Msg::Answer(ticket.unwrap(), Answer::Edited("> internal: first\nsecond".into())));
    desk.keys("<enter>").serve();
    assert!(desk.stored.talk.updates.values().any(|u| u.text == "first\nsecond"));
}

#[test]
fn stories_and_evidence_are_listed() {
    let mut desk = Desk::room(80, 24, "alice");
    desk.keys("Skeep keys out of CI variables @carol<enter>").serve();
    desk.keys("?stories<enter>");
    let Some(Overlay::Read(reader)) = desk.model.overlays.last() else { panic!("nothing to read") };
    let text = format!("{:?}", reader.what);
    assert!(text.contains("S1 keep keys out of CI variables (@carol"), "{text}");
    desk.keys("<esc>:evidence<enter>");
    assert!(matches!(desk.model.overlays.last(), Some(Overlay::Pick(pick)) if pick.title == "Evidence: 0"));
}

#[test]
fn a_time_that_a_verb_would_drop_is_told_before_enter() {
    let mut desk = Desk::room(80, 24, "alice");
    let told = |desk: &Desk| {
        let preview = crate::app::update::compose::preview(&desk.model);
        (preview.problem, preview.text)
    };
    desk.keys("i-4m :brief");
    assert_eq!(told(&desk), (true, ":brief takes no time".to_owned()));
    desk.keys("<ctrl-u>-4m :clock update on the phone");
    assert!(!told(&desk).0, "{:?}", told(&desk));
    desk.keys("<ctrl-u>:brief");
    assert!(!told(&desk).0);
}

#[test]
fn filter_system_lines_and_zone_change_only_the_view() {
    let mut desk = Desk::room(80, 24, "alice");
    let head = desk.stored.head;
    let rows = |d: &Desk| d.model.room.as_ref().unwrap().rows.len();
    let all = rows(&desk);
    desk.keys("fpaged<enter>");
    assert_eq!(rows(&desk), 1);
    desk.keys("<esc>");
    assert_eq!(rows(&desk), all);
    desk.keys(".");
    assert!(rows(&desk) > all);
    desk.keys(".");
    assert!(rows(&desk) < all);
    desk.keys(".t").serve();
    assert_eq!(rows(&desk), all);
    assert!(desk.model.local);
    assert_eq!(desk.stored.head, head);
}

#[test]
fn a_day_break_stands_before_the_first_entry_of_a_day() {
    let mut desk = Desk::room(80, 24, "alice");
    desk.model.now += Span::hours(12);
    desk.keys("iafter midnight<enter>").serve();
    let rows = &desk.model.room.as_ref().unwrap().rows;
    let days = rows.all().iter().filter(|r| matches!(r.id, RowId::Day(..))).count();
    assert_eq!(days, 1);
    desk.keys("kkj");
    let selected = desk.model.room.as_ref().unwrap().selected;
    assert!(!matches!(selected, Some(RowId::Day(..))), "a day cannot be selected");
}

#[test]
fn panes_are_reached_by_number_letter_and_tab() {
    let mut desk = Desk::room(80, 24, "alice");
    let focus = |d: &Desk| d.model.room.as_ref().unwrap().focus;
    desk.keys("3");
    assert_eq!(focus(&desk), Pane::Runbook);
    desk.keys("<tab>");
    assert_eq!(focus(&desk), Pane::Decisions);
    desk.keys("<tab>");
    assert_eq!(focus(&desk), Pane::Timeline);
    desk.keys("h");
    assert_eq!(focus(&desk), Pane::Timeline, "h stops at the end");
    desk.keys("7");
    assert_eq!(focus(&desk), Pane::Similar, "a pane without a place is shown alone");
}

#[test]
fn every_effect_but_quit_has_a_ticket_of_its_own() {
    let mut desk = Desk::room(80, 24, "alice");
    desk.keys("ione<enter>Itwo<enter><esc>3 s<esc>o<esc>/x<esc>q");
    let mut seen = std::collections::BTreeSet::new();
    for effect in &desk.effects {
        let ticket = effect.ticket().unwrap();
        assert!(seen.insert(ticket), "{effect:?}");
        assert!(desk.model.waiting.contains_key(&ticket), "{effect:?} is awaited");
    }
}

#[test]
fn the_command_of_a_step_is_shown_whole_and_runs_only_on_the_word() {
    let mut desk = Desk::room(120, 40, "alice");
    desk.model.place = crate::app::model::Place { host: "alice@build-7".into(), folder: "/srv".into() };
    let text = "# Health\n\n## Containment\n\n- Look at it\n\n  ```sh\n  printf '%s' \"two words\"\n  ```\n\n- Talk\n";
    let runbook = crate::domain::request::RunbookText {
        name: "health".into(),
        title: "Health".into(),
        text: text.into(),
    };
    desk.ask("14:37", "alice", Request::AttachRunbook(runbook));
    desk.open();
    let number = desk.stored.checklist.steps().find(|s| s.text.contains("Look at it")).unwrap().number;
    let ran = |desk: &Desk| desk.has_effect(|e| matches!(e, Effect::Run { .. }));
    for no in ["<enter>", "<esc>", "y<enter>", "no<enter>"] {
        desk.keys(&format!(":run {number}<enter>"));
        let Some(Overlay::Ask(ask)) = desk.model.overlays.last() else { panic!("{:?}", desk.model.notice) };
        let crate::app::model::AskFor::Run(command) = &ask.purpose else { panic!("{ask:?}") };
        assert_eq!(command.words, ["printf", "%s", "two words"]);
        let rows = crate::app::update::running::shown(&desk.model, command).unwrap().join("\n");
        for part in ["printf", "'two words'", "alice@build-7", "/srv", "10m"] {
            assert!(rows.contains(part), "{part}: {rows}");
        }
        desk.keys(no);
        assert!(desk.model.overlays.is_empty() && !ran(&desk), "{no}");
    }
    desk.keys(&format!(":run {number}<enter>yes<enter>"));
    assert!(desk.model.overlays.is_empty() && ran(&desk));
    // The room goes on while it runs, and what came of it arrives as a line.
    let run = desk.effects.iter().find(|e| matches!(e, Effect::Run { .. })).unwrap();
    let ticket = run.ticket().unwrap();
    desk.keys("istill writing<enter>").serve();
    assert_eq!(desk.last().text, "still writing");
    desk.model.waiting.insert(ticket, crate::app::model::Waiting::Run(desk.stored.log));
    desk.ask(
        "14:39",
        "alice",
        Request::Note { text: "ran it".into(), tags: vec!["run".into()], starred: false },
    );
    let noted = desk.events.last().unwrap().clone();
    desk.send(Msg::Answer(ticket, Answer::Stored(vec![noted])));
    let room = desk.model.room.as_ref().unwrap();
    assert!(room.incident.timeline.stored().iter().any(|e| e.text == "ran it"));
    // A step without a command, one that is not there, and a screen too small for the whole of it.
    desk.keys(":run Talk<enter>");
    assert!(desk.model.notice.as_ref().unwrap().text.contains("carries no command"));
    desk.keys(":run 99<enter>");
    assert!(desk.model.notice.as_ref().unwrap().text.contains("no step"));
    desk.model.size = crate::app::layout::Size { w: 40, h: 10 };
    desk.keys(&format!(":run {number}<enter>"));
    assert!(desk.model.overlays.is_empty());
    assert!(desk.model.notice.as_ref().unwrap().text.contains("too small"));
}
