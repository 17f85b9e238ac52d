//! Sessions of random keys, pastes, sizes and others' lines: nothing panics, nothing typed is lost, every effect has
//! a ticket of its own.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::picture;
use super::ticking::tick_is_drawn_in_parts;
use crate::app::effect::Effect;
use crate::app::fixture::Desk;
use crate::app::layout::Size;
use crate::app::msg::Msg;

const SCRIPTS: &[&str] = &[
    "i",
    "I",
    "d",
    "a",
    "H",
    "c",
    "s",
    "p",
    "m",
    "r",
    "o",
    "V",
    "S",
    "b",
    "Y",
    "/",
    "n",
    "N",
    "f",
    "t",
    ".",
    "?",
    ":",
    "u",
    "q",
    "x",
    "e",
    "E",
    "*",
    "v",
    "y",
    " ",
    "z",
    "[",
    "]",
    "h",
    "j",
    "k",
    "l",
    "g",
    "G",
    "1",
    "2",
    "3",
    "4",
    "5",
    "6",
    "7",
    "9",
    "<tab>",
    "<backtab>",
    "<enter>",
    "<enter>",
    "<enter>",
    "<esc>",
    "<esc>",
    "<up>",
    "<down>",
    "<pgup>",
    "<pgdn>",
    "<ctrl-d>",
    "<ctrl-u>",
    "<ctrl-a>",
    "<ctrl-k>",
    "<ctrl-w>",
    "<ctrl-y>",
    "<ctrl-7>",
    "<ctrl-c>",
    "<ctrl-l>",
    "<ctrl-z>",
    "<left>",
    "<right>",
    "<backspace>",
    "<del>",
    "P1",
    "bob",
    "-4m x",
    "i-2h was it<enter>",
    ":m contained<enter>",
    ":resolve<enter>",
    "?close<enter>",
    "?reopen<enter>",
    "日本",
    "k<enter>",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_session_panics_or_loses_a_line(
        steps in proptest::collection::vec((0usize..SCRIPTS.len() + 8, any::<bool>(), 1u16..230, 1u16..65), 1..60)
    ) {
        let mut desk = Desk::room(80, 24, "alice");
        let mut sent: Vec<String> = Vec::new();
        let mut tickets = BTreeSet::new();
        for (step, serve, w, h) in steps {
            match SCRIPTS.get(step) {
                Some(script) => { desk.keys(script); }
                None => match step - SCRIPTS.len() {
                    0 => desk.send(Msg::Resize(Size { w, h })),
                    1 => desk.others("carol", "somebody else's line"),
                    2 => desk.others("carol", "-20m a late one"),
                    3 => desk.send(Msg::Burst("burst\nof keys sq".to_owned())),
                    4 => desk.send(Msg::Paste("pasted".to_owned())),
                    5 => desk.later(61),
                    _ => desk.later(1),
                },
            }
            for effect in &desk.effects {
                if let Some(ticket) = effect.ticket() {
                    tickets.insert(ticket);
                    prop_assert!(desk.model.waiting.contains_key(&ticket), "{:?} is not awaited", effect);
                }
                if let Effect::Submit { asked, .. } = effect {
                    for one in asked {
                        if let crate::domain::request::Request::Note { text, .. } = &one.request {
                            sent.push(text.clone());
                        }
                    }
                }
            }
            if serve {
                desk.serve();
                if desk.model.room.is_none() {
                    desk.open();
                }
                // Every line that was sent is in the log, on the screen, or in the composer or its history.
                let room = desk.model.room.as_ref().unwrap();
                let log = desk.stored.timeline.stored();
                for text in sent.drain(..) {
                    let there = log.iter().any(|e| e.text == text.trim() || e.edits.iter().any(|o| o.text == text.trim()))
                        || room.pending.iter().any(|p| p.text == text)
                        || desk.stored.state != crate::domain::words::State::Open;
                    prop_assert!(there, "{:?} is lost", text);
                }
            }
            tick_is_drawn_in_parts(&desk, 1 + i64::from(h));
            let shown = picture(&desk.model);
            prop_assert_eq!(shown.lines().count(), usize::from(desk.model.size.h));
        }
    }
}
