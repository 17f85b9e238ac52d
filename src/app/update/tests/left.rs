//! Forms and lists that were open when a program ended: kept as they are typed, and opened again.

use crate::app::effect::Effect;
use crate::app::fixture::Desk;
use crate::app::model::{Form, FormKind, Overlay, Pick, PickFor};
use crate::app::msg::Msg;
use crate::domain::event::StepRef;
use crate::domain::ids::Seq;

/// Types into a list that these keys open, and gives what a journal would hold of it.
fn left(keys: &str, typed: &str) -> String {
    let mut desk = Desk::room(120, 40, "alice");
    desk.keys(keys);
    assert!(matches!(desk.model.overlays.last(), Some(Overlay::Pick(_))), "{keys} opens a list");
    desk.effects.clear();
    desk.keys(typed);
    let last = desk.effects.iter().rev().find_map(|e| match e {
        Effect::JournalForm(_, Some(_), form) => form.clone(),
        _ => None,
    });
    let form = last.unwrap_or_else(|| panic!("{keys}: nothing is kept"));
    assert_eq!(form.text, typed, "{keys}");
    serde_json::to_string(&form).unwrap()
}

#[test]
fn what_narrows_a_list_is_kept_and_narrows_it_again() {
    let lists = [
        ("?", "verif"),
        ("s", "p2"),
        ("p", "recov"),
        ("m", "conta"),
        ("r", "leg"),
        ("r<enter>", "frank"),
        ("o", "leaked"),
        ("?clock<enter>", "upd"),
        ("?steps<enter>", "re"),
        ("?register<enter>", "re"),
    ];
    for (keys, typed) in lists {
        let mut before = Desk::room(120, 40, "alice");
        before.keys(keys).keys(typed);
        let kept = left(keys, typed);
        let mut again = Desk::room(120, 40, "alice");
        again.send(Msg::FormLeft(serde_json::from_str(&kept).unwrap()));
        let (Some(Overlay::Pick(old)), Some(Overlay::Pick(new))) =
            (before.model.overlays.last(), again.model.overlays.last())
        else {
            panic!("{keys}: {:?}", again.model.overlays);
        };
        assert_eq!((old.purpose.clone(), &old.title), (new.purpose.clone(), &new.title), "{keys}");
        assert_eq!(new.editor.text(), typed);
        let shown = |pick: &Pick| pick.visible().iter().map(|item| item.id.clone()).collect::<Vec<_>>();
        assert_eq!(shown(old), shown(new), "{keys}");
        assert_eq!(old.place(&old.visible()), new.place(&new.visible()), "{keys}");
        // It is offered once: whoever leaves it has seen it.
        again.effects.clear();
        again.keys("<esc>");
        assert!(again.has_effect(|e| matches!(e, Effect::JournalForm(_, _, None))), "{keys}");
    }
}

#[test]
fn a_list_below_what_is_open_waits_and_one_without_a_thing_is_told() {
    let mut desk = Desk::room(120, 40, "alice");
    desk.keys("Srotate");
    let form = |purpose: PickFor, text: &str| Form { kind: FormKind::Pick(purpose), text: text.to_owned() };
    desk.send(Msg::FormLeft(form(PickFor::Severity, "p2")));
    assert!(
        matches!(&desk.model.overlays[..], [Overlay::Pick(_), Overlay::Ask(ask)] if ask.editor.text() == "rotate")
    );
    desk.keys("<esc><esc>");
    assert!(desk.model.overlays.is_empty());
    // The step is gone with its runbook, the line was never there: the words are not dropped in silence.
    let step = StepRef { runbook: Seq(900), step: 1 };
    for purpose in [PickFor::Step(step), PickFor::Ask(Seq(900)), PickFor::Ioc("10.0.0.1".to_owned())] {
        desk.send(Msg::FormLeft(form(purpose, "tak")));
        assert!(desk.model.overlays.is_empty());
        assert!(desk.model.notice.as_ref().unwrap().text.ends_with(": tak"), "{:?}", desk.model.notice);
    }
    // What was typed in the first of two steps is not lost in the second.
    desk.keys("V/tmp/core.1<enter>");
    let kept = desk.model.form().unwrap();
    assert!(
        matches!(&kept.kind, FormKind::Pick(PickFor::EvidenceClass(path, None)) if path == "/tmp/core.1")
    );
    let mut again = Desk::room(120, 40, "alice");
    again.send(Msg::FormLeft(kept.clone()));
    assert_eq!(again.model.form(), Some(kept));
    // A filter is typed as every other line.
    again.keys("<esc>fdeploy");
    assert_eq!(again.model.form().unwrap().text, "deploy");
}
