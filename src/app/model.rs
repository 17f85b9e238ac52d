//! Everything that the screen knows. Plain data: changed only by `update`, read by the views.

mod boards;
mod composer;
mod form;
mod lists;
mod overlay;
mod room;
mod rows;

use std::collections::BTreeMap;

pub use boards::{Board, BoardData, BoardKind, BoardLine};
pub use composer::{Composer, Draft, Purpose};
pub use form::{Form, FormKind};
pub use lists::{
    Find, FindRow, Hit, Home, HomeCounts, HomeList, HomeRow, HomeSection, LATE_STORIES, MEETING_WAS, Passage,
    RoomClock, RunbookChoice,
};
pub use overlay::{Ask, AskFor, ClosePath, Confirm, Declare, Item, Overlay, Pick, PickFor, Read, Reader};
pub use room::{Alarm, Calm, Gone, Pending, PendingState, Room, StepFocus, Taken};
pub use rows::{Row, RowId, Rows};

use super::action::{self, Context};
use super::colour::Colours;
use super::effect::Ticket;
use super::keymap::Keymap;
use super::layout::{self, Layout, Pane, Plan, Prefs, Size};
use crate::domain::people::People;
use crate::domain::policy::Policy;
use crate::domain::time::Utc;
use crate::domain::zone::Tz;

/// How the terminal wants things to look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Look {
    /// Colours may be used (no `NO_COLOR`).
    pub colour: bool,
    /// Borders and marks in ASCII only.
    pub ascii: bool,
    /// Which colours, where they may be used.
    pub colours: Colours,
}

/// Which screen is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Screen {
    /// The list of incidents.
    Home,
    /// A room.
    Room,
    /// Search.
    Find,
    /// A board: stories, runbooks, updates.
    Board,
}

/// How a notice is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// For information.
    Info,
    /// Something did not work.
    Error,
}

/// A line that takes the place of the hints until the next key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// How it is meant.
    pub tone: Tone,
    /// What it says.
    pub text: String,
}

/// Where a command would run, and as whom.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Place {
    /// The Unix user and the host: `alice@build-7`.
    pub host: String,
    /// The working folder.
    pub folder: String,
}

/// What an answer is awaited for.
#[derive(Debug, Clone, PartialEq)]
pub enum Waiting {
    /// A pending row of the room, or a request without a row.
    Submit(crate::domain::ids::LogId),
    /// A request with words that were typed: they come back when it is refused.
    SubmitTyped(crate::domain::ids::LogId, String),
    /// An amendment of a line, with its words: if it is refused, they come back and still amend that line.
    Amend(crate::domain::ids::LogId, crate::domain::ids::Seq, String),
    /// What an overlay with a line asked for, with its words: if it is refused, the overlay comes back with them.
    Form(crate::domain::ids::LogId, Box<AskFor>, String),
    /// A command that runs.
    Run(crate::domain::ids::LogId),
    /// A file that is hashed and becomes evidence; the words that asked for it come back when it cannot.
    Evidence(crate::domain::ids::LogId, String),
    /// A room to open.
    Open,
    /// The home list.
    Home,
    /// What the home screen shows beside it.
    Preview,
    /// Nothing depends on it; a failure is still told.
    Quiet,
    /// Suggestions for the title of a declaration.
    Suggest,
    /// Similar incidents of the room.
    Similar,
    /// How far others hold the log of a room.
    Head(crate::domain::ids::LogId),
    /// Results of the find screen.
    Find,
    /// The text of a result.
    Text,
    /// The runbooks to choose from.
    Runbooks,
    /// The runbooks, for the completion of a line.
    Library,
    /// The new text of an entry: which, and the form that was edited.
    Edit(crate::domain::ids::Seq, crate::domain::ids::Seq),
    /// The new text of the composer.
    EditLine,
    /// The words of an update: the line of the composer that they replace.
    Wording(String),
    /// A step of the closing path.
    Closing(super::effect::ClosingStep),
    /// A line that is saved outside a home that cannot be written; it comes back when it cannot be saved.
    Elsewhere(String),
    /// What a board lists.
    Board(BoardKind),
    /// Something stored from a board: what for, and the line that was typed.
    BoardSubmit(crate::domain::ids::IncidentId, Box<AskFor>, String),
    /// The postmortem of an incident, to read.
    Document(crate::domain::ids::IncidentId),
    /// The text of a runbook with this title, to read.
    RunbookText(String),
}

/// The whole state of the screen.
#[derive(Debug, Clone)]
pub struct Model {
    /// What was copied last.
    pub copied: String,
    /// The terminal.
    pub size: Size,
    /// The moment of the last message (UTC).
    pub now: Utc,
    /// Times are shown in the local zone instead of UTC.
    pub local: bool,
    /// The local zone.
    pub local_zone: Tz,
    /// The clock was set by `WARROOM_NOW`.
    pub simulated: bool,
    /// Where commands would run.
    pub place: Place,
    /// Who sits here; empty until the question is answered.
    pub me: String,
    /// Colours and signs.
    pub look: Look,
    /// What the keys do.
    pub keymap: Keymap,
    /// What the team has agreed on: severities, calendar, required roles.
    pub policy: Policy,
    /// Who can be reached how.
    pub people: People,
    /// Which screen.
    pub screen: Screen,
    /// The home screen.
    pub home: Home,
    /// The open room.
    pub room: Option<Room>,
    /// The find screen.
    pub find: Find,
    /// The board that was opened last.
    pub board: Option<Board>,
    /// What lies over the screen, the uppermost last.
    pub overlays: Vec<Overlay>,
    /// The home cannot be written: lines are saved elsewhere, if at all.
    pub read_only: bool,
    /// The form as the journal has it.
    pub form_journaled: Option<Form>,
    /// A line about what just happened.
    pub notice: Option<Notice>,
    /// The word that Tab goes through.
    pub turn: Option<crate::app::complete::Turn>,
    /// Ctrl-c was pressed in normal mode: once more leaves.
    pub leaving: bool,
    /// The last ticket that was given out.
    pub last_ticket: Ticket,
    /// How far the index of past incidents is, in per cent, while it is being built.
    pub building: Option<u8>,
    /// Effects without an answer yet.
    pub waiting: BTreeMap<Ticket, Waiting>,
}

/// What the shell knows at the start.
#[derive(Debug, Clone)]
pub struct Start {
    /// The terminal.
    pub size: Size,
    /// Now (UTC).
    pub now: Utc,
    /// The local zone.
    pub local_zone: Tz,
    /// Show times in it from the start.
    pub local: bool,
    /// The clock was set by `WARROOM_NOW`.
    pub simulated: bool,
    /// Who sits here; empty asks once.
    pub me: String,
    /// Colours and signs.
    pub look: Look,
    /// What the keys do.
    pub keymap: Keymap,
    /// What the team has agreed on.
    pub policy: Policy,
    /// Who can be reached how.
    pub people: People,
}

impl Model {
    /// The home screen, empty until its list is loaded.
    #[must_use]
    pub fn new(start: Start) -> Self {
        let ask = start.me.is_empty();
        let mut model = Self {
            size: start.size,
            now: start.now,
            local: start.local,
            local_zone: start.local_zone,
            simulated: start.simulated,
            place: Place::default(),
            me: start.me,
            look: start.look,
            keymap: start.keymap,
            policy: start.policy,
            people: start.people,
            screen: Screen::Home,
            home: Home::default(),
            room: None,
            find: Find::default(),
            board: None,
            overlays: Vec::new(),
            read_only: false,
            form_journaled: None,
            notice: None,
            turn: None,
            building: None,
            leaving: false,
            copied: String::new(),
            last_ticket: Ticket(0),
            waiting: BTreeMap::new(),
        };
        if ask {
            model.overlays.push(Overlay::Ask(Ask::new(AskFor::Identity, "")));
        }
        model
    }

    /// The zone of times of day.
    #[must_use]
    pub const fn zone(&self) -> Tz {
        if self.local { self.local_zone } else { Tz::UTC }
    }

    /// Where everything stands.
    #[must_use]
    pub fn layout(&self) -> Layout {
        let alone = self.room.as_ref().is_some_and(|room| room.alone);
        let (plan, focus, zoom) = match (self.screen, &self.room) {
            (Screen::Room, Some(room)) => (Plan::Room, room.focus, room.zoom),
            (Screen::Find, _) => (Plan::Find, self.find.focus, false),
            (Screen::Board, _) => (Plan::Board, self.board.as_ref().map_or(Pane::Board, |b| b.focus), false),
            _ => (Plan::Home, self.home.focus, false),
        };
        layout::layout(self.size, Prefs { plan, focus, zoom, alone })
    }

    /// Where keys are looked up now.
    #[must_use]
    pub fn contexts(&self) -> &'static [Context] {
        match self.overlays.last() {
            Some(Overlay::Confirm(_)) => return action::CONFIRM_STACK,
            Some(Overlay::Read(_)) => return action::READER_STACK,
            Some(Overlay::Closing(_)) => return action::CLOSING_STACK,
            Some(Overlay::Declare(declare)) if declare.in_lists => return action::CONFIRM_STACK,
            Some(Overlay::Pick(_) | Overlay::Ask(_) | Overlay::Declare(_)) => return action::PICK_STACK,
            None => {}
        }
        match (self.screen, &self.room) {
            (Screen::Room, Some(room)) if room.composer.open => action::COMPOSER_STACK,
            (Screen::Room, Some(_)) => action::ROOM_STACK,
            (Screen::Find, _) => action::PICK_STACK,
            (Screen::Board, _) => match self.board.as_ref().map(Board::kind) {
                Some(BoardKind::Stories) => action::STORIES_STACK,
                Some(BoardKind::Runbooks) => action::RUNBOOKS_STACK,
                _ => action::BOARD_STACK,
            },
            _ => action::HOME_STACK,
        }
    }

    /// Panes that the focus can go to.
    #[must_use]
    pub const fn panes(&self) -> &'static [Pane] {
        match self.screen {
            Screen::Room => &layout::ROOM,
            Screen::Find => &layout::FIND,
            Screen::Board => &layout::BOARD,
            Screen::Home => &layout::HOME,
        }
    }

    /// A new ticket, awaited for something.
    pub fn ticket(&mut self, waiting: Waiting) -> Ticket {
        self.last_ticket = Ticket(self.last_ticket.0.saturating_add(1));
        self.waiting.insert(self.last_ticket, waiting);
        self.last_ticket
    }

    /// Tells something in the hint line.
    pub fn tell(&mut self, text: impl Into<String>) {
        self.notice = Some(Notice { tone: Tone::Info, text: text.into() });
    }

    /// Tells in the hint line that something did not work.
    pub fn warn(&mut self, text: impl Into<String>) {
        self.notice = Some(Notice { tone: Tone::Error, text: text.into() });
    }
}
