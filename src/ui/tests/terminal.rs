//! What a terminal gets to see: hostile text goes in at every place that others can write to, the frame is turned into
//! bytes as the real program does it, and a terminal's own parser reads them. Any sequence that is not one of ours
//! fails. `WARROOM_FAULTS=long` puts a million texts through it.

use ratatui::backend::{Backend, CrosstermBackend};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::app::fixture::Desk;
use crate::app::layout::Size;
use crate::app::msg::Msg;
use crate::domain::audience::Audience;
use crate::domain::request::Request;
use crate::domain::words::Certainty;
use crate::domain::zone::Tz;

/// How many texts go through: a few for every run, a million where that is asked for.
#[expect(clippy::disallowed_methods, reason = "a test asks its own environment")]
fn texts() -> usize {
    if std::env::var("WARROOM_FAULTS").is_ok_and(|v| v == "long") { 1_000_000 } else { 1_500 }
}

/// Pieces of what terminals obey, and of what hides or reorders.
const PIECES: &[&str] = &[
    "\u{1b}[2J",
    "\u{1b}[31m",
    "\u{1b}]0;owned\u{7}",
    "\u{1b}]52;c;AAAA\u{1b}\\",
    "\u{1b}P+q544e\u{1b}\\",
    "\u{1b}[6n",
    "\u{1b}[?1049l",
    "\u{1b}c",
    "\u{1b}[8;1;1t",
    "\u{1b}_x\u{1b}\\",
    "\u{1b}^y\u{1b}\\",
    "\u{1b}X",
    "\u{9b}31m",
    "\u{9d}0;x\u{9c}",
    "\u{90}x",
    "\u{85}",
    "\u{8d}",
    "\u{0}",
    "\u{7}",
    "\u{8}\u{8}",
    "\r",
    "\n",
    "\t",
    "\u{b}",
    "\u{c}",
    "\u{e}",
    "\u{f}",
    "\u{7f}",
    "\u{202e}",
    "\u{202d}",
    "\u{2066}",
    "\u{2067}",
    "\u{2069}",
    "\u{200e}",
    "\u{200f}",
    "\u{61c}",
    "\u{200b}",
    "\u{200c}",
    "\u{200d}",
    "\u{2060}",
    "\u{feff}",
    "\u{2028}",
    "\u{2029}",
    "\u{e0041}",
    "\u{e0001}",
    "\u{fff9}",
    "\u{301}",
    "\u{301}\u{302}\u{303}\u{304}\u{305}\u{306}\u{307}",
    "👩‍👩‍👧‍👦",
    "🏽",
    "🇩🇪",
    "漢字",
    "שלום",
    "مرحبا",
    "e\u{301}",
    "a",
    " system ",
    "declared by alice",
    "✓",
    "│",
    "─",
];

struct Dice(u64);

impl Dice {
    fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        usize::try_from((self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) % u64::try_from(n).unwrap())
            .unwrap()
    }

    fn text(&mut self) -> String {
        let pieces = 1 + self.below(9);
        (0..pieces)
            .map(|_| match self.below(12) {
                0 => char::from_u32(u32::try_from(self.below(0x11_0000)).unwrap())
                    .unwrap_or('\u{fffd}')
                    .to_string(),
                _ => PIECES[self.below(PIECES.len())].to_owned(),
            })
            .collect()
    }
}

/// Reads what the program wrote, as a terminal would.
#[derive(Default)]
struct Terminal {
    foreign: Vec<String>,
}

impl vte::Perform for Terminal {
    fn print(&mut self, c: char) {
        // The two joiners are spelling between letters of some scripts; `domain::safe` holds them to that.
        let hides = matches!(c, '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{61c}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}');
        if c.is_control() || hides {
            self.foreign.push(format!("prints {c:?}"));
        }
    }

    fn execute(&mut self, byte: u8) {
        self.foreign.push(format!("executes {byte:#04x}"));
    }

    fn csi_dispatch(&mut self, _: &vte::Params, between: &[u8], _: bool, action: char) {
        // Where to write, and in which colours.
        if !between.is_empty() || !matches!(action, 'H' | 'm') {
            self.foreign.push(format!("CSI {between:?} {action}"));
        }
    }

    fn esc_dispatch(&mut self, between: &[u8], _: bool, byte: u8) {
        self.foreign.push(format!("ESC {between:?} {byte:#04x}"));
    }

    fn osc_dispatch(&mut self, parameters: &[&[u8]], _: bool) {
        self.foreign.push(format!("OSC {parameters:?}"));
    }

    fn hook(&mut self, _: &vte::Params, between: &[u8], _: bool, action: char) {
        self.foreign.push(format!("DCS {between:?} {action}"));
    }
}

/// The frame as the bytes that go to the terminal.
fn bytes(desk: &Desk) -> Vec<u8> {
    let size = desk.model.size;
    let mut buf = Buffer::empty(Rect::new(0, 0, size.w, size.h));
    let _ = crate::ui::draw(&desk.model, &mut buf);
    let mut out = Vec::new();
    let cells = buf.content().iter().enumerate().map(|(n, cell)| {
        let (x, y) = buf.pos_of(n);
        (x, y, cell)
    });
    CrosstermBackend::new(&mut out).draw(cells).unwrap();
    out
}

/// Puts a text at every place that somebody else can write to.
fn tell(desk: &mut Desk, dice: &mut Dice) -> Vec<String> {
    let texts: Vec<String> = (0..10).map(|_| dice.text()).collect();
    let [title, note, tag, alert, source, decision, guess, task, update, impact] = texts.as_slice() else {
        return texts;
    };
    let requests = [
        Request::SetDetails {
            title: Some(title.clone()),
            services: Some(vec![source.clone()]),
            tags: Some(vec![tag.clone()]),
            kind: None,
        },
        Request::Note { text: note.clone(), tags: vec![tag.clone()], starred: true },
        Request::Alert {
            text: alert.clone(),
            source: source.clone(),
            alert: Some(alert.clone()),
            tags: Vec::new(),
        },
        Request::Decide {
            text: decision.clone(),
            decided_by: None,
            executor: None,
            check: None,
            objections: vec![guess.clone()],
            tags: Vec::new(),
        },
        Request::Propose { text: guess.clone(), tags: Vec::new() },
        Request::Ask { text: task.clone(), person: None, time_box: None, tags: Vec::new() },
        Request::DraftUpdate { audience: Audience::Internal, text: update.clone(), next: None },
        Request::StateImpact {
            text: Some(impact.clone()),
            certainty: Some(Certainty::Suspected),
            customer_data: None,
            production: None,
            privileged_access: None,
        },
    ];
    for request in requests {
        // Some are refused, for what they say is nothing when it is trimmed.
        let _ = desk.store(desk.model.now, "mallory", &[request.into()]);
    }
    let stored = desk.stored.clone();
    if let Some(room) = &mut desk.model.room {
        room.incident = stored;
        room.relist(Tz::UTC);
    }
    texts
}

#[test]
fn a_terminal_gets_no_sequence_that_is_not_ours() {
    let mut dice = Dice(0x7e_2319);
    let keys = [
        "",
        "kkk",
        "kkkk<enter>",
        "b",
        "z",
        "5",
        "?",
        "3",
        ":decisions<enter>",
        ":hypotheses<enter>",
        "YY",
        "t",
    ];
    let (mut seen, mut round) = (0, 0);
    while seen < texts() {
        let (w, h) = [(120, 40), (80, 24), (200, 60), (43, 15)][round % 4];
        let mut desk = Desk::room(w, h, "alice");
        // Several tellings fill the panes before the keys open what shows them.
        let mut told = Vec::new();
        for _ in 0..5 {
            told.extend(tell(&mut desk, &mut dice));
        }
        desk.keys(keys[round % keys.len()]);
        if round % 5 == 0 {
            desk.send(Msg::Paste(dice.text()));
        }
        desk.model.warn(dice.text());
        let mut parser = vte::Parser::new();
        let mut terminal = Terminal::default();
        parser.advance(&mut terminal, &bytes(&desk));
        assert!(terminal.foreign.is_empty(), "round {round}: {:?} of {told:?}", terminal.foreign);
        desk.model.size = Size { w: 30, h: 8 };
        parser.advance(&mut terminal, &bytes(&desk));
        assert!(terminal.foreign.is_empty(), "round {round}, small: {:?} of {told:?}", terminal.foreign);
        seen += told.len() + 1;
        round += 1;
    }
    assert!(seen >= texts());
    // The parser finds what it is meant to find.
    let mut terminal = Terminal::default();
    vte::Parser::new().advance(&mut terminal, "\u{1b}]0;x\u{7}\u{1b}[2J\r\u{202e}\u{1b}c".as_bytes());
    assert_eq!(terminal.foreign.len(), 5, "{:?}", terminal.foreign);
}
