//! Everything that can happen to the screen. Plain data, so that a session can be logged and replayed: no closure,
//! future or channel in here.

use super::effect::Ticket;
use super::key::Key;
use super::layout::Size;
use super::model::{BoardData, Draft, Form, Hit, HomeList, Passage, RunbookChoice};
use super::pointing::Mouse;
use crate::domain::event::Recorded;
use crate::domain::facets::Facets;
use crate::domain::ids::{LogId, Seq};
use crate::domain::incident::Incident;
use crate::domain::time::Utc;

/// A message and the moment at which the shell received it.
#[derive(Debug, Clone, PartialEq)]
pub struct Stamped<T> {
    /// When (UTC, cut to the millisecond).
    pub at: Utc,
    /// What.
    pub msg: T,
}

/// What happened.
#[derive(Debug, Clone, PartialEq)]
pub enum Msg {
    /// A key was pressed.
    Key(Key),
    /// Text was pasted (bracketed).
    Paste(String),
    /// Characters came faster than a person types, without brackets: a paste on an old terminal.
    Burst(String),
    /// The mouse did something, where it is asked for.
    Mouse(Mouse),
    /// The terminal has another size.
    Resize(Size),
    /// A second went by, or a deadline passed.
    Tick,
    /// The program is back from the shell or from the editor; everything has to be drawn anew.
    Resumed,
    /// The program is told to end (SIGTERM, SIGHUP, the terminal is gone).
    Terminate,
    /// A form that was being filled in when a program ended: it is opened again, below what is open already.
    FormLeft(Form),
    /// Events that others stored in the open room, in order, from the position after its head.
    Refreshed(LogId, Vec<Recorded>),
    /// Something was written that the board on the screen may list.
    BoardStale,
    /// Something that nobody waits for went wrong: what, and what to do.
    Warning(Trouble),
    /// An index is being built for a question, and so far it has come, in per cent; none: no longer.
    Building(Option<u8>),
    /// The home list changed elsewhere.
    HomeRefreshed(HomeList),
    /// The one answer to an effect.
    Answer(Ticket, Answer),
}

/// What came of an effect.
#[derive(Debug, Clone, PartialEq)]
pub enum Answer {
    /// It is done and there is nothing to say.
    Done,
    /// It failed: what is wrong, and what to do. Nothing was lost.
    Failed(Trouble),
    /// The requests were refused by a rule; nothing was stored.
    Refused(Trouble),
    /// The disk or the database did not take it; the text is still here.
    NotStored(Trouble),
    /// The requests were stored as these events. They may contain events of others that came before.
    Stored(Vec<Recorded>),
    /// The list of the home screen.
    Home(HomeList),
    /// The incident that the home screen shows beside its list.
    Preview(Box<Incident>),
    /// What a board lists.
    Board(BoardData),
    /// A room: the fold of its log, and what was typed there and not sent.
    Opened(Box<Incident>, Option<Draft>),
    /// An incident was declared; its room.
    Declared(Box<Incident>),
    /// Runbooks and incidents that match a title.
    Suggested(Suggestions),
    /// Similar past incidents, those with unshipped stories first.
    Similar(Vec<Hit>),
    /// The furthest position of the log whose digest others hold, if any.
    Held(Option<Seq>),
    /// What was found in the archive, and what it has in common.
    Found(Vec<Hit>, Facets, Vec<String>),
    /// The text of a postmortem with the found parts marked.
    Text(Passage),
    /// All runbooks, those that match the incident first.
    Runbooks(Vec<RunbookChoice>),
    /// An update in the words of its template, and why the team's own template was not used.
    Worded(String, Option<String>),
    /// The editor came back with this text.
    Edited(String),
    /// The editor came back without a change.
    Unchanged,
    /// A closing step was done; the events that it stored and a line about it.
    Closing(ClosingAnswer),
    /// A text was kept in a file instead: its path.
    Kept(String),
}

/// What fits the title of a declaration.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Suggestions {
    /// Runbooks that match, the best first.
    pub runbooks: Vec<RunbookChoice>,
    /// Similar incidents.
    pub similar: Vec<Hit>,
    /// Services that the title names.
    pub services: Vec<String>,
    /// What could not be looked up, and why.
    pub failed: Option<String>,
}

/// What came of a step of the closing path.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ClosingAnswer {
    /// Events that the step stored.
    pub events: Vec<Recorded>,
    /// One line: what was done, the path of the draft, the commit.
    pub line: String,
    /// What the check found: rule, line from 1, message. Empty when nothing.
    pub problems: Vec<(String, usize, String)>,
    /// The archive asks who the author is, because git does not know: `Name <mail>`.
    pub needs_author: bool,
}

/// A failure in words.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Trouble {
    /// What is wrong.
    pub message: String,
    /// What to do, if anything.
    pub hint: String,
    /// The words that were to be changed have another form by now: the event that gave it to them.
    pub stale: Option<Seq>,
}

impl Trouble {
    /// A failure with what to do about it.
    pub fn new(message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { message: message.into(), hint: hint.into(), stale: None }
    }
}
