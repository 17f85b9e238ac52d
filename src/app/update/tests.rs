//! Update, as state, keys as typed, state.

mod completing;
mod left;
mod looking;
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
fn a_line_that_is_not_stored_stays_on_the_screen_and_comes_back() {
    let mut desk = Desk::room(80, 24, "alice");
    desk.keys("Ifirst<enter>second");
    let ticket = desk.model.room.as_ref().unwrap().pending[0].ticket;
    desk.send(Msg::Answer(ticket, Answer::NotStored(Trouble::new("the disk is full", "free some space"))));
    let room = desk.model.room.as_ref().unwrap();
    assert_eq!(room.not_stored(), 1);
    assert!(matches!(room.pending[0].state, PendingState::NotStored(_)));
    assert_eq!(room.composer.editor.text(), "second", "what is being typed is not touched");
    desk.keys("<esc>k<enter>");
    let room = desk.model.room.as_ref().unwrap();
    assert_eq!(room.composer.editor.text(), "first");
    assert_eq!(room.not_stored(), 0);
}

#[test]
fn a_refused_line_returns_to_the_composer_with_the_reason() {
    let mut desk = Desk::room(80, 24, "alice");
    desk.keys("i:s P9<enter>").serve();
    let composer = &desk.model.room.as_ref().unwrap().composer;
    assert!(composer.open && composer.problem.as_ref().unwrap().contains("P9"));
    assert_eq!(composer.editor.text(), ":s P9", "a refused verb is mended, not typed again");
    desk.keys("<ctrl-u>:o no-such-runbook<enter>").serve();
    desk.keys("<esc>i<ctrl-u>2099-01-01 10:00 not yet<enter>");
    let room = desk.model.room.as_ref().unwrap();
    assert!(room.composer.problem.as_ref().unwrap().contains("future"));
    assert!(room.composer.editor.text().contains("not yet"));
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
fn breached_clocks_become_entries_once() {
    let mut desk = Desk::room(80, 24, "alice");
    desk.later(1);
    desk.serve();
    let breaches = |d: &Desk| d.texts().iter().filter(|t| t.contains("ran out")).count();
    let first = breaches(&desk);
    assert!(first > 0, "{:?}", desk.texts());
    desk.later(1);
    desk.serve();
    assert_eq!(breaches(&desk), first);
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
fn declaring_needs_only_a_title_and_digits_pick_runbooks() {
    let mut desk = Desk::at_home(80, 24, "alice");
    desk.keys("n<enter>");
    let Some(Overlay::Declare(declare)) = desk.model.overlays.last() else { panic!("closed") };
    assert!(declare.problem.is_some());
    desk.keys("P1 key 2 leaked");
    let asked = match desk.model.overlays.last() {
        Some(Overlay::Declare(d)) => d.asked.unwrap(),
        _ => panic!("closed"),
    };
    let runbook = crate::app::model::RunbookChoice { name: "signing-key".into(), ..Default::default() };
    let services = vec!["payments".to_owned(), "checkout".to_owned()];
    let found = Suggestions { runbooks: vec![runbook], services, ..Suggestions::default() };
    desk.send(Msg::Answer(asked, Answer::Suggested(found)));
    desk.keys("<tab>13<enter>");
    assert!(desk.has_effect(|e| matches!(e, Effect::Declare(_, n)
        if n.title == "P1 key 2 leaked" && n.runbooks == ["signing-key"] && n.services == ["payments"])));
}

#[test]
fn a_declaration_says_what_could_not_be_looked_up_and_asks_again_for_the_title_as_it_is_now() {
    let mut desk = Desk::at_home(80, 24, "alice");
    desk.keys("nkey");
    let declare = |desk: &Desk| match desk.model.overlays.last() {
        Some(Overlay::Declare(d)) => d.clone(),
        _ => panic!("closed"),
    };
    let asked = declare(&desk).asked.unwrap();
    desk.keys(" leaked");
    desk.effects.clear();
    let failed = crate::app::msg::Trouble::new("the archive is locked", "");
    desk.send(Msg::Answer(asked, Answer::Failed(failed)));
    assert_eq!(declare(&desk).not_known.as_deref(), Some("the archive is locked"));
    assert!(desk.has_effect(|e| matches!(e, Effect::Suggest(_, title) if title == "key leaked")));
    assert!(declare(&desk).asked.is_some());
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
fn who_sits_here_is_asked_once_and_cannot_be_skipped() {
    let mut desk = Desk::at_home(80, 24, "");
    desk.keys("<esc>");
    assert!(!desk.model.overlays.is_empty());
    desk.keys("two words<enter>");
    assert!(desk.model.me.is_empty());
    desk.keys("<ctrl-u>@alice<enter>");
    assert_eq!(desk.model.me, "alice");
    assert!(desk.has_effect(|e| matches!(e, Effect::SetMe(_, n) if n == "alice")));
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
    let days = rows.all().iter().filter(|r| matches!(r.id, RowId::Day(_))).count();
    assert_eq!(days, 1);
    desk.keys("kkj");
    let selected = desk.model.room.as_ref().unwrap().selected;
    assert!(!matches!(selected, Some(RowId::Day(_))), "a day cannot be selected");
}

#[test]
fn closing_points_are_answered_and_steps_asked_for() {
    let mut desk = Desk::room(80, 24, "alice");
    desk.keys(":resolve done<enter>").serve();
    desk.keys("?close<enter>");
    assert!(matches!(desk.model.overlays.last(), Some(Overlay::Closing(_))));
    desk.keys(" ").serve();
    assert_eq!(desk.stored.closing.answers.len(), 1);
    desk.keys("jxno secret was there<enter>").serve();
    assert_eq!(desk.stored.closing.answers.len(), 2);
    desk.keys("Gkkkk<enter>");
    let step = |e: &Effect| match e {
        Effect::Closing { ticket, step, .. } => Some((*ticket, step.clone())),
        _ => None,
    };
    let (ticket, what) = desk.effects.iter().find_map(step).unwrap();
    assert_eq!(what, crate::app::effect::ClosingStep::Draft);
    let answer = crate::app::msg::ClosingAnswer { line: "draft written".into(), ..Default::default() };
    desk.send(Msg::Answer(ticket, Answer::Closing(answer)));
    desk.effects.clear();
    desk.keys("<enter>");
    let (_, what) = desk.effects.iter().find_map(step).unwrap();
    assert_eq!(
        what,
        crate::app::effect::ClosingStep::Edit,
        "Enter goes on, and answers no point by accident"
    );
}

#[test]
fn a_closing_verb_that_is_refused_shows_the_path_with_the_reason() {
    let mut desk = Desk::room(80, 24, "alice");
    desk.keys(":resolve done<enter>").serve();
    for verb in ["close", "publish", "check"] {
        desk.effects.clear();
        desk.keys(&format!(":{verb}<enter>"));
        let closing = desk.effects.iter().find(|e| matches!(e, Effect::Closing { .. })).unwrap();
        let ticket = closing.ticket().unwrap();
        let answer = match verb {
            "check" => Answer::Closing(crate::app::msg::ClosingAnswer {
                line: "1 problem to mend".into(),
                problems: vec![("unfilled".into(), 13, "still to fill in: the impact".into())],
                ..Default::default()
            }),
            _ => Answer::Failed(Trouble::new("nobody ever was scribe", "name who did it")),
        };
        desk.send(Msg::Answer(ticket, answer));
        let Some(Overlay::Closing(path)) = desk.model.overlays.last() else { panic!("{verb}") };
        assert!(path.line.contains("scribe") || path.problems.len() == 1, "{verb}: {path:?}");
        desk.keys("<esc>");
        assert!(desk.model.overlays.is_empty());
    }
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
fn words_of_a_refused_amendment_come_back() {
    let mut desk = Desk::room(80, 24, "alice");
    desk.keys("ifirst<enter>").serve();
    let seq = desk.last().seq;
    desk.keys("e");
    let amend = crate::domain::request::Request::Amend {
        target: seq,
        text: Some("carol was quicker".into()),
        at: None,
        seen: None,
    };
    desk.ask("14:39", "carol", amend);
    desk.keys("<ctrl-u>my better words<enter>").serve();
    assert_eq!(desk.stored.timeline.get(seq).unwrap().text, "carol was quicker");
    let composer = &desk.model.room.as_ref().unwrap().composer;
    assert_eq!(composer.editor.text(), "my better words");
    assert!(composer.problem.as_ref().unwrap().contains("carol was quicker"), "{composer:?}");
    assert!(
        matches!(composer.purpose, crate::app::model::Purpose::Amend(line, _) if line == seq),
        "{composer:?}"
    );
    let lines = desk.stored.timeline.stored().len();
    let carols = desk.events.last().unwrap().clone();
    let log = desk.stored.log;
    desk.send(Msg::Refreshed(log, vec![carols]));
    // What is there now is told before mine goes over it, and mine is an amendment, not a line of its own.
    desk.keys("<enter>").serve();
    assert_eq!(desk.stored.timeline.get(seq).unwrap().text, "carol was quicker");
    let problem = desk.model.room.as_ref().unwrap().composer.problem.clone().unwrap();
    assert!(problem.contains("carol was quicker") && problem.contains("Enter again"), "{problem}");
    desk.keys("<enter>").serve();
    let entry = desk.stored.timeline.get(seq).unwrap();
    assert_eq!(entry.text, "my better words");
    assert!(entry.edits.iter().any(|e| e.text == "carol was quicker"), "{:?}", entry.edits);
    assert_eq!(desk.stored.timeline.stored().len(), lines);
}

#[test]
fn a_refused_reason_comes_back_into_its_overlay_and_is_no_line() {
    let mut desk = Desk::room(80, 24, "alice");
    desk.keys("ifirst<enter>").serve();
    let seq = desk.last().seq;
    let lines = desk.stored.timeline.stored().len();
    desk.keys("x");
    desk.ask("14:39", "carol", Request::Strike { target: seq, reason: "hers".into() });
    desk.keys("wrong room<enter>").serve();
    let Some(Overlay::Ask(ask)) = desk.model.overlays.last() else { panic!("{:?}", desk.model.overlays) };
    assert_eq!(ask.editor.text(), "wrong room");
    assert!(ask.problem.as_ref().unwrap().contains("already"), "{ask:?}");
    desk.keys("<enter>").serve();
    assert_eq!(desk.stored.timeline.stored().len(), lines, "a reason is never a note");
    // While a line is being typed nothing takes its keys.
    desk.keys("<esc>x");
    desk.keys("again<enter>iin the middle");
    desk.serve();
    assert!(desk.model.overlays.is_empty());
    let composer = &desk.model.room.as_ref().unwrap().composer;
    assert_eq!(composer.editor.text(), "in the middle");
}

#[test]
fn a_line_that_comes_back_is_never_taken_for_an_amendment() {
    let mut desk = Desk::room(80, 24, "alice");
    desk.keys("ifirst<enter>").serve();
    let seq = desk.last().seq;
    desk.keys("isecond<enter>");
    let ticket = desk.effects.pop_front().unwrap().ticket().unwrap();
    desk.keys("k");
    desk.model.room.as_mut().unwrap().selected = Some(RowId::Entry(seq));
    desk.keys("e<ctrl-u>");
    desk.send(Msg::Answer(ticket, Answer::NotStored(Trouble::new("the disk is full", ""))));
    let room = desk.model.room.as_ref().unwrap();
    assert!(room.composer.editor.is_empty(), "{:?}", room.composer);
    assert!(room.pending.iter().any(|p| p.typed == "second"));
}

#[test]
fn an_answer_for_a_room_that_was_left_changes_nothing_here() {
    let mut desk = Desk::room(80, 24, "alice");
    desk.keys("ilast words<enter>q").serve();
    assert!(desk.model.room.is_none());
    assert_eq!(desk.last().text, "last words");
}

#[test]
fn a_clock_is_moved_from_the_list_and_by_its_verb_and_taken_back() {
    use crate::domain::clocks::{ClockKey, clocks};
    let deadline = |desk: &Desk, key: ClockKey| {
        let found = clocks(&desk.stored, &desk.model.policy, desk.model.now);
        let clock = found.into_iter().find(|c| c.key == key).unwrap();
        (clock.deadline.format("%H:%M").to_string(), clock.moved)
    };
    let mut desk = Desk::room(80, 24, "alice");
    desk.keys("?clock<enter>");
    let Some(Overlay::Pick(pick)) = desk.model.overlays.last() else { panic!("{:?}", desk.model.overlays) };
    assert!(pick.items.iter().any(|i| i.id == "resolution"), "{:?}", pick.items);
    desk.keys("resolve<enter><enter>");
    let Some(Overlay::Ask(ask)) = desk.model.overlays.last() else { panic!("an empty line is not taken") };
    assert!(ask.problem.is_some());
    desk.keys("until 20:15 the vendor works on it<enter>").serve();
    assert_eq!(deadline(&desk, ClockKey::Resolution), ("20:15".to_owned(), true));
    desk.keys("u<enter>").serve();
    assert!(!deadline(&desk, ClockKey::Resolution).1);
    desk.keys(":clock resolve 1h later<enter>").serve();
    assert_eq!(deadline(&desk, ClockKey::Resolution), ("15:38".to_owned(), true));
}

#[test]
fn a_target_is_changed_for_this_incident_with_a_reason() {
    let mut desk = Desk::room(80, 24, "alice");
    desk.keys("?target<enter>");
    desk.keys("resol<enter>");
    desk.keys("8h<enter>");
    let Some(Overlay::Ask(ask)) = desk.model.overlays.last() else { panic!("a reason is needed") };
    assert!(ask.problem.as_ref().unwrap().contains("reason"));
    desk.keys(" agreed with the customer<enter>").serve();
    assert_eq!(desk.stored.targets["resolution"], "8h");
    desk.keys(":target resolution 1 business day the law<enter>").serve();
    assert_eq!(desk.stored.targets["resolution"], "1 business day");
}

#[test]
fn people_of_the_team_come_first_for_the_role_that_they_usually_have_and_can_be_called() {
    use crate::domain::people::{People, Person};
    let mut desk = Desk::room(80, 24, "alice");
    let erin = Person {
        handle: "erin".into(),
        name: "Erin Example".into(),
        phone: "+1 555 0100".into(),
        zone: Some(chrono_tz::Tz::Europe__Berlin),
        roles: vec!["comms".into()],
        ..Person::default()
    };
    desk.model.people = People::new(vec![erin]);
    let rows = |desk: &Desk| {
        let Some(Overlay::Read(reader)) = desk.model.overlays.last() else { panic!("nothing to read") };
        let rows = crate::app::reading::lines(&desk.model, &reader.what, 70).1;
        rows.into_iter().map(|(row, _)| row).collect::<Vec<_>>().join("\n")
    };
    desk.keys(":call<enter>");
    assert!(rows(&desk).contains("erin  Erin Example  +1 555 0100  15:38 Europe/Berlin"), "{}", rows(&desk));
    desk.keys("<esc>?people<enter>");
    assert!(rows(&desk).contains("comms"), "{}", rows(&desk));
    desk.keys("<esc>rcomms<enter>");
    let Some(Overlay::Pick(pick)) = desk.model.overlays.last() else { panic!("who takes it") };
    assert_eq!((pick.items[0].id.as_str(), pick.items[0].right.as_str()), ("erin", "usually"));
    desk.keys("<enter>").serve();
    assert!(desk.stored.roster.holds("erin", "comms"));
}

#[test]
fn a_role_that_i_take_says_what_it_is_and_the_roster_keeps_its_history() {
    let mut desk = Desk::room(80, 24, "dora");
    desk.keys(":role scribe @dora<enter>").serve();
    let notice = desk.model.notice.as_ref().unwrap().text.clone();
    assert!(notice.starts_with("you are scribe: Writes the timeline"), "{notice}");
    let rows = |desk: &Desk| {
        let Some(Overlay::Read(reader)) = desk.model.overlays.last() else { panic!("nothing to read") };
        let (title, rows) = crate::app::reading::lines(&desk.model, &reader.what, 70);
        format!("{title}\n{}", rows.into_iter().map(|(row, _)| row).collect::<Vec<_>>().join("\n"))
    };
    desk.keys(":duties<enter>");
    assert!(rows(&desk).starts_with("Role scribe\nheld by dora"), "{}", rows(&desk));
    desk.keys("<esc>:roster<enter>");
    let shown = rows(&desk);
    assert!(shown.contains("bob          13:59 to 14:38") && shown.contains("14:38 to now"), "{shown}");
    assert!(shown.contains("left 14:38"), "{shown}");
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

#[test]
fn the_words_of_a_form_are_kept_before_they_are_drawn_and_come_back() {
    let mut desk = Desk::room(80, 24, "alice");
    desk.keys("Srotate the key");
    let form = desk.model.form().unwrap();
    assert_eq!(form.text, "rotate the key");
    let text = serde_json::to_string(&form).unwrap();
    let kept =
        |e: &Effect| matches!(e, Effect::JournalForm(_, Some(_), Some(f)) if f.text == "rotate the key");
    assert!(desk.has_effect(kept));
    desk.keys("<esc>");
    assert!(desk.has_effect(|e| matches!(e, Effect::JournalForm(_, _, None))));

    let mut again = Desk::room(80, 24, "alice");
    again.send(Msg::FormLeft(serde_json::from_str(&text).unwrap()));
    assert_eq!(again.model.form(), Some(form));
}
