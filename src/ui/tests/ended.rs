//! A room whose incident is over: nothing in it counts on.

use super::picture;
use crate::app::fixture::Desk;
use crate::domain::request::{Keep, Request, StepPick, When};
use crate::domain::time::Span;

#[test]
fn what_was_due_counts_no_further_in_a_resolved_room() {
    let mut desk = Desk::room(120, 40, "alice");
    let due = Some(When::In(Span::minutes(5)));
    desk.ask("14:38", "alice", Keep::StepDue { step: StepPick::Named("3".into()), due }.into());
    desk.open();
    desk.later(3_600);
    assert!(picture(&desk.model).contains(" over"), "it counts while the incident is open");
    desk.ask("14:39", "alice", Request::Resolve { ended_by: String::new() });
    desk.open();
    let shown = picture(&desk.model);
    assert!(!shown.contains(" over"), "{shown}");
    assert!(shown.contains("no verdict, check was 14:48"), "{shown}");
    assert!(shown.contains("@bob no answer"), "{shown}");
    desk.later(-3_600);
    let shown = picture(&desk.model);
    assert!(shown.contains("no verdict, check due 14:48"), "what is still to come never was: {shown}");
    desk.later(3_600);
    for (board, word) in [("decisions", "no verdict"), ("asks", "no answer")] {
        desk.keys(&format!(":{board}<enter>"));
        let shown = picture(&desk.model);
        assert!(shown.contains(word) && !shown.contains(" over"), "{shown}");
        desk.keys("<esc>");
    }
}

#[test]
fn what_stands_between_it_and_the_close_is_counted_in_words() {
    use crate::domain::request::StepMove;
    use crate::domain::words::DispositionWord;
    let step = |change, reason: &str| Request::MoveStep {
        step: StepPick::Named("2".into()),
        change,
        person: None,
        reason: reason.into(),
    };
    let mut desk = Desk::room(120, 40, "alice");
    desk.ask("14:39", "alice", step(StepMove::Block, "no access"));
    desk.ask("14:39", "alice", Request::Resolve { ended_by: String::new() });
    desk.open();
    assert!(picture(&desk.model).contains(" points stand between it and the close (? close)"));
    let (disposition, reason) = (DispositionWord::FalseAlarm, "a try".to_owned());
    desk.ask("14:40", "alice", Request::SetDisposition { disposition, of: None, reason: reason.clone() });
    desk.ask("14:40", "alice", Request::WaivePostmortem { reason });
    desk.open();
    let shown = picture(&desk.model);
    assert!(shown.contains("1 point stands between it and the close (? close)"), "{shown}");
    desk.ask("14:41", "alice", step(StepMove::Tick, ""));
    desk.open();
    let shown = picture(&desk.model);
    assert!(shown.contains("nothing stands between it and the close (? close)"), "{shown}");
}

#[test]
fn a_decision_of_another_day_says_so_and_its_pane_names_the_zone() {
    let mut desk = Desk::room(120, 40, "alice");
    desk.later(86_400);
    let shown = picture(&desk.model);
    assert!(shown.contains("│Fri 14:33 revoke"), "{shown}");
    assert!(shown.contains("│   check Fri 14:48 over 23h50m"), "{shown}");
    desk.later(6 * 86_400);
    let shown = picture(&desk.model);
    assert!(shown.contains("│2026-11-20 14:33 "), "{shown}");
    desk.keys("t");
    let shown = picture(&desk.model);
    assert!(shown.contains("├ 4 Decisions ───────────── CET ─┤"), "{shown}");
    assert!(shown.contains(" CET ─┐"), "{shown}");
    assert!(shown.contains("│2026-11-20 15:33 "), "{shown}");
}

#[test]
fn what_a_law_asks_for_is_told_in_a_resolved_room_until_it_is_closed() {
    let mut desk = Desk::room(120, 40, "alice");
    let (clock, target, reason) = ("update:regulator".to_owned(), "72h".to_owned(), "the law".to_owned());
    desk.ask("14:39", "alice", Request::SetTarget { clock, target, reason });
    desk.ask("14:40", "alice", Request::Resolve { ended_by: String::new() });
    desk.open();
    let shown = picture(&desk.model);
    assert!(shown.contains("NEXT update regulator in ") && shown.contains(" resolved 14:40"), "{shown}");
    desk.ask("14:41", "alice", Request::Close { waive: Some("a try".to_owned()) });
    desk.open();
    let shown = picture(&desk.model);
    assert!(!shown.contains("update regulator in "), "{shown}");
}
