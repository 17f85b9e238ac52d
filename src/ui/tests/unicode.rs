//! Wide, joined, combining and right-to-left text in every pane, overlay and board at any size: no cell is half
//! drawn, no text goes beyond its pane, no border is written over.

use proptest::prelude::*;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::{draw, filled, screens};
use crate::app::fixture::{Desk, at};
use crate::app::layout::Size;
use crate::app::model::{BoardData, FindRow, Model, Overlay};
use crate::app::msg::Msg;
use crate::app::wrap::cell_width;
use crate::domain::ids::Seq;
use crate::domain::request::{Keep, NewEvidence, NewIoc, NewStory, Request, RunbookText, StepMove, StepPick};
use crate::domain::words::ScopeState;
use crate::domain::zone::Tz;

/// Words whose width, joining or direction is not that of their characters.
const WORDS: &[&str] = &[
    "日本語",
    "한국어",
    "ﾊﾝｶｸ",
    "！？",
    "👩‍👩‍👧‍👦",
    "🏳️‍🌈",
    "🇩🇪🇫🇷",
    "👍🏽",
    "❤️",
    "☎︎",
    "e\u{301}\u{323}",
    "z\u{336}a\u{336}l",
    "\u{301}",
    "مرحبا",
    "שלום",
    "नमस्ते",
    "ไทย",
    "\u{202e}x\u{202c}",
    "\u{200b}",
    "\u{200d}",
    "x",
    "ab",
    " ",
];

fn words() -> impl Strategy<Value = String> {
    proptest::collection::vec(proptest::sample::select(WORDS), 1..40).prop_map(|all| all.concat())
}

/// The names, lines and steps of a room, all of them said in these words.
fn said_everywhere(desk: &mut Desk, words: &str) {
    let text = format!("x{words}");
    let name: String = text.chars().filter(|c| !c.is_whitespace() && !c.is_control()).take(30).collect();
    let step = |n: &str| StepPick::Named(n.to_owned());
    let note = |text: &str| Request::Note { text: text.to_owned(), tags: vec![], starred: true };
    let markdown =
        format!("# {text}\n\n## Containment {text}\n\n- {text}\n\n  ```sh\n  echo {text}\n  ```\n");
    let runbook = RunbookText { name: text.clone(), title: text.clone(), text: markdown };
    let skipped = StepMove::Skip;
    let evidence = NewEvidence {
        name: text.clone(),
        class: text.clone(),
        source: text.clone(),
        acquired_by: None,
        location: text.clone(),
        size: None,
        sha256: None,
        entry: None,
    };
    let story = NewStory { title: text.clone(), owner: Some(name.clone()), ..NewStory::default() };
    let ioc = NewIoc { value: text.clone(), note: text.clone(), ..NewIoc::default() };
    for request in [
        note(&text),
        note(&format!("{text}\n{text}")),
        Request::SetDetails {
            title: Some(text.clone()),
            services: Some(vec![text.clone()]),
            tags: Some(vec![text.clone()]),
            kind: None,
        },
        Request::AssignRole { role: "comms".into(), person: name.clone() },
        Request::AttachRunbook(runbook),
        Request::AssignStep { step: step("2"), person: name.clone() },
        Request::MoveStep { step: step("4"), change: skipped, person: None, reason: text.clone() },
        Request::Ask { text: text.clone(), person: Some(name.clone()), time_box: None, tags: vec![] },
        Request::Propose { text: text.clone(), tags: vec![] },
        Request::Decide {
            text: text.clone(),
            decided_by: Some(name.clone()),
            executor: Some(name),
            check: None,
            objections: vec![text.clone()],
            tags: vec![],
        },
        Request::AddLink { kind: text.clone(), url: text.clone() },
        Request::AddEvidence(evidence),
        Request::SetScope { assets: vec![text.clone()], state: ScopeState::Affected },
        Request::FileStory(story),
        Keep::AddIoc(ioc).into(),
        Request::Strike { target: Seq(8), reason: text.clone() },
    ] {
        // What a rule refuses is not on the screen.
        let _ = desk.store(at("14:39"), "mallory", &[request.into()]);
    }
    let stored = desk.stored.clone();
    if let Some(room) = &mut desk.model.room {
        room.incident = stored;
        room.relist(Tz::UTC);
    }
    for row in desk
        .model
        .home
        .list
        .open
        .iter_mut()
        .chain(&mut desk.model.home.list.owed)
        .chain(&mut desk.model.home.list.recent)
    {
        row.title.clone_from(&text);
        row.commander.clone_from(&text);
        row.phase.clone_from(&text);
        row.owes = row.owes.iter().map(|_| text.clone()).collect();
    }
    match desk.model.board.as_mut().map(|board| &mut board.data) {
        Some(BoardData::Stories(all)) => {
            for story in all {
                (story.title, story.owner, story.proof) = (text.clone(), Some(text.clone()), text.clone());
            }
        }
        Some(BoardData::Updates(all)) => {
            for update in all {
                (update.title, update.by) = (text.clone(), Some(text.clone()));
            }
        }
        Some(BoardData::Patterns(all, notes)) => {
            notes.push(text.clone());
            for line in all {
                (line.heading, line.label) = (text.clone(), text.clone());
            }
        }
        Some(BoardData::Runbooks(_, unread)) => unread.push(text.clone()),
        None => {}
    }
    for overlay in &mut desk.model.overlays {
        if let Overlay::Pick(pick) = overlay {
            for item in &mut pick.items {
                (item.label, item.detail) = (text.clone(), text.clone());
            }
        }
    }
    for row in &mut desk.model.find.rows {
        if let FindRow::Document(hit) = row {
            (hit.title, hit.ended, hit.why) = (text.clone(), text.clone(), vec![text.clone()]);
        }
    }
}

/// What a frame is made of.
fn is_frame(symbol: &str) -> bool {
    symbol.chars().all(|c| ('\u{2500}'..='\u{257f}').contains(&c)) && !symbol.is_empty()
}

/// What is wrong with a drawn screen, if anything.
fn wrong(model: &Model) -> Option<String> {
    let (w, h) = (model.size.w, model.size.h);
    let mut buf = Buffer::empty(Rect::new(0, 0, w, h));
    let _ = draw(model, &mut buf);
    for y in 0..h {
        let mut x = 0;
        while x < w {
            let symbol = buf[(x, y)].symbol();
            let wide = cell_width(symbol);
            let at = format!("at {x},{y}: {symbol:?}");
            if symbol.is_empty() {
                return Some(format!("{at} is the second half of nothing"));
            }
            if symbol.chars().any(|c| c.is_control() || ('\u{202a}'..='\u{202e}').contains(&c)) {
                return Some(format!("{at} reaches the terminal"));
            }
            if wide == 2 && (x + 1 >= w || !buf[(x + 1, y)].symbol().is_empty()) {
                return Some(format!("{at} is half drawn"));
            }
            x += if wide == 2 { 2 } else { 1 };
        }
    }
    // A line that grows over several rows covers the panes.
    if model.overlays.is_empty() && model.room.as_ref().is_none_or(|room| !room.composer.open) {
        for line in &model.layout().lines {
            for n in 0..line.len {
                let (x, y) = if line.vertical { (line.x, line.y + n) } else { (line.x, line.y) };
                if line.vertical && x < w && y < h && !is_frame(buf[(x, y)].symbol()) {
                    return Some(format!("at {x},{y}: {:?} is no border", buf[(x, y)].symbol()));
                }
            }
        }
    }
    // Whatever has a corner has its sides.
    for (x, y) in (0..h).flat_map(|y| (0..w).map(move |x| (x, y))) {
        if buf[(x, y)].symbol() != "┌" {
            continue;
        }
        let Some(right) = (x + 1..w).find(|x| buf[(*x, y)].symbol() == "┐") else { continue };
        for below in (y + 1..h).take_while(|below| buf[(x, *below)].symbol() != "└") {
            for side in [x, right] {
                if !is_frame(buf[(side, below)].symbol()) {
                    return Some(format!("at {side},{below}: {:?} is no side", buf[(side, below)].symbol()));
                }
            }
        }
    }
    None
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4, max_shrink_iters: 8, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_cell_is_half_drawn_and_nothing_leaves_its_pane(
        words in words(),
        sizes in proptest::collection::vec((1u16..220, 1u16..70), 6),
    ) {
        for (name, mut desk) in screens(80, 24).into_iter().chain(filled(80, 24)) {
            said_everywhere(&mut desk, &words);
            for typed in [false, true] {
                if typed {
                    desk.send(Msg::Paste(format!("x{words}")));
                }
                for (w, h) in sizes.iter().copied().chain([(80, 24), (81, 25), (40, 10)]) {
                    desk.model.size = Size { w, h };
                    let wrong = wrong(&desk.model);
                    prop_assert!(wrong.is_none(), "{} at {}x{}: {}", name, w, h, wrong.unwrap_or_default());
                }
            }
        }
    }
}
