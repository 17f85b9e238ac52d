//! Everything that the screen can ask the shell to do. Plain data; every effect but [`Effect::Quit`] is answered by
//! exactly one [`Msg::Answer`](super::msg::Msg::Answer) that carries its ticket.

use super::model::{BoardKind, Draft, Form};
use crate::domain::audience::Audience;
use crate::domain::facets::Picked;
use crate::domain::ids::{IncidentId, LogId, Seq};
use crate::domain::request::Asked;
use crate::domain::run::Command;
use crate::domain::time::Utc;
use crate::domain::zone::Tz;

/// Which effect an answer belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Ticket(pub u64);

/// What an incident is declared with. The shell adds id, runbook texts and the moment.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct NewIncident {
    /// One line that says what it is.
    pub title: String,
    /// The severity as typed; unset when absent.
    pub severity: Option<String>,
    /// Names of runbooks to attach.
    pub runbooks: Vec<String>,
    /// Services that are touched.
    pub services: Vec<String>,
}

/// What is opened in the editor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EditTarget {
    /// The text of an entry. Answer: [`Answer::Edited`](super::msg::Answer::Edited).
    Entry {
        /// The room.
        log: LogId,
        /// The entry.
        seq: Seq,
        /// Its text now.
        text: String,
    },
    /// The line of the composer. Answer: [`Answer::Edited`](super::msg::Answer::Edited).
    Line {
        /// The room.
        log: LogId,
        /// The line now.
        text: String,
    },
}

/// A step of the closing path. Answer: [`Answer::Closing`](super::msg::Answer::Closing).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ClosingStep {
    /// Write the draft from the log; never over an edited one.
    Draft,
    /// Open the draft in the editor.
    Edit,
    /// Check the draft.
    Check,
    /// Commit the draft into the archive and file its stories.
    Publish {
        /// Why open problems are waived.
        waive: Option<String>,
        /// `Name <mail>` for the commit, where git knows none.
        author: Option<String>,
    },
    /// End the obligations.
    Close {
        /// Why open points are waived.
        waive: Option<String>,
    },
}

/// What the shell does.
#[derive(Debug, Clone, PartialEq)]
pub enum Effect {
    /// Read the list of the home screen. Answer: `Home`.
    LoadHome(Ticket),
    /// Read an incident that the home screen shows beside its list. Answer: `Preview`.
    Preview(Ticket, LogId),
    /// Open a room by its log. Answer: `Opened`.
    Open(Ticket, LogId),
    /// Open a room by its name. Answer: `Opened`.
    OpenNamed(Ticket, IncidentId),
    /// Declare an incident; the declarer commands. Answer: `Declared`.
    Declare(Ticket, NewIncident),
    /// Decide and store requests, in order, all or none. Answer: `Stored`, `Refused` or `NotStored`.
    Submit {
        /// Which.
        ticket: Ticket,
        /// The room.
        log: LogId,
        /// The person who asks.
        by: String,
        /// What is asked.
        asked: Vec<Asked>,
    },
    /// Decide and store requests for an incident by its name. Answer: `Stored`, `Refused` or `NotStored`.
    SubmitNamed {
        /// Which.
        ticket: Ticket,
        /// The incident.
        incident: IncidentId,
        /// The person who asks.
        by: String,
        /// What is asked.
        asked: Vec<Asked>,
    },
    /// Read what a board lists; of what recurs, what a query finds. Answer: `Board`.
    LoadBoard(Ticket, BoardKind, String),
    /// Read the postmortem of an incident. Answer: `Text`.
    ReadPostmortemOf(Ticket, IncidentId),
    /// Read a runbook by its file name. Answer: `Text`.
    ReadRunbook(Ticket, String),
    /// Attach a runbook by its file name. Answer: `Stored` or `Failed`.
    AttachRunbook {
        /// Which.
        ticket: Ticket,
        /// The room.
        log: LogId,
        /// The person who asks.
        by: String,
        /// The file's name without its ending.
        name: String,
    },
    /// Hash a file and add it as evidence. Answer: `Stored` or `Failed`.
    AddEvidence {
        /// Which.
        ticket: Ticket,
        /// The room.
        log: LogId,
        /// The person who asks.
        by: String,
        /// The file.
        path: String,
        /// The class of evidence; unclassified when empty.
        class: String,
        /// The line that it belongs to.
        entry: Option<Seq>,
        /// When it was taken, and whether that is an estimate; now when absent.
        at: Option<(Utc, bool)>,
    },
    /// Run a command that was shown and confirmed, and keep how it ended and what it wrote. Answer: `Stored` or
    /// `Failed`.
    Run {
        /// Which.
        ticket: Ticket,
        /// The room.
        log: LogId,
        /// The person who asks.
        by: String,
        /// The command.
        command: Command,
    },
    /// Runbooks and incidents that match a title. Answer: `Suggested`.
    Suggest(Ticket, String),
    /// Similar past incidents of a room; the text is title, impact and early entries. Answer: `Similar`.
    Similar(Ticket, LogId, String),
    /// Look how far others hold the log of a room. Answer: `Held`.
    LookForHead(Ticket, LogId),
    /// Search the archive for words, within what is picked. Answer: `Found`.
    Find(Ticket, String, Picked),
    /// Read a postmortem of the archive by path, with the words of a query marked. Answer: `Text`.
    ReadPostmortem(Ticket, String, String),
    /// All runbooks, those that match the room first. Answer: `Runbooks`.
    ListRunbooks(Ticket, LogId),
    /// Hand the terminal to the editor. Answer: `Edited` or `Unchanged`.
    Edit(Ticket, EditTarget),
    /// Do a step of the closing path. Answer: `Closing`.
    Closing {
        /// Which.
        ticket: Ticket,
        /// The room.
        log: LogId,
        /// The person who asks.
        by: String,
        /// The step.
        step: ClosingStep,
    },
    /// Keep what is typed and not sent, before the next frame is drawn; `None` removes it. Answer: `Done`.
    Journal(Ticket, LogId, Option<Draft>),
    /// The same for the words of a form; the room is that in which it is open, if any. Answer: `Done`.
    JournalForm(Ticket, Option<LogId>, Option<Form>),
    /// Keep a text that is too long for a line in a file. Answer: `Kept`.
    KeepText(Ticket, String),
    /// Put text into the clipboard (OSC 52). Answer: `Done`.
    Copy(Ticket, String),
    /// Word an update of the room from the template of its audience, times in this zone. Answer: `Worded`.
    Word {
        /// Which.
        ticket: Ticket,
        /// The room.
        log: LogId,
        /// For whom.
        audience: Audience,
        /// The zone of the screen.
        zone: Tz,
    },
    /// Remember who this session is. Answer: `Done`.
    SetMe(Ticket, String),
    /// Suspend the program (Ctrl-z). Answer: `Done`, after it came back.
    Suspend(Ticket),
    /// Clear the terminal and draw everything. Answer: `Done`.
    Redraw(Ticket),
    /// Leave. No answer.
    Quit,
}

impl Effect {
    /// The ticket on the answer; `None` for [`Effect::Quit`].
    #[must_use]
    pub const fn ticket(&self) -> Option<Ticket> {
        match self {
            Self::LoadHome(t)
            | Self::Preview(t, _)
            | Self::Open(t, _)
            | Self::OpenNamed(t, _)
            | Self::Declare(t, _)
            | Self::Submit { ticket: t, .. }
            | Self::SubmitNamed { ticket: t, .. }
            | Self::LoadBoard(t, ..)
            | Self::ReadPostmortemOf(t, _)
            | Self::ReadRunbook(t, _)
            | Self::AttachRunbook { ticket: t, .. }
            | Self::AddEvidence { ticket: t, .. }
            | Self::Run { ticket: t, .. }
            | Self::Suggest(t, _)
            | Self::Similar(t, _, _)
            | Self::LookForHead(t, _)
            | Self::Find(t, _, _)
            | Self::ReadPostmortem(t, _, _)
            | Self::ListRunbooks(t, _)
            | Self::Edit(t, _)
            | Self::Closing { ticket: t, .. }
            | Self::Journal(t, _, _)
            | Self::JournalForm(t, _, _)
            | Self::KeepText(t, _)
            | Self::Copy(t, _)
            | Self::Word { ticket: t, .. }
            | Self::SetMe(t, _)
            | Self::Suspend(t)
            | Self::Redraw(t) => Some(*t),
            Self::Quit => None,
        }
    }
}
