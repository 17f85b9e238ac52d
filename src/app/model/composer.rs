//! The composer: the line that is being typed, the time that was fixed for it, and what will become of it.

use crate::app::editor::Editor;
use crate::app::model::Pending;
use crate::domain::audience::Audience;
use crate::domain::ids::Seq;
use crate::domain::time::Utc;

/// What Enter does with the line.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Purpose {
    /// A new entry, or a verb.
    #[default]
    Entry,
    /// The new text or time of an entry: which, and the event that gave it the form that was seen.
    Amend(Seq, Seq),
}

/// The composer.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Composer {
    /// It has the keys.
    pub open: bool,
    /// It stays open after Enter, and each line takes its time at its first character.
    pub scribe: bool,
    /// The line.
    pub editor: Editor,
    /// The time that the line takes when it names none.
    pub fixed_at: Option<Utc>,
    /// What Enter does.
    pub purpose: Purpose,
    /// Why the line was not taken.
    pub problem: Option<String>,
    /// A line that could not be stored and came back by itself, as long as nobody has pressed a key: the next one may be meant
    /// for the next line.
    pub returned: Option<Box<Pending>>,
    /// A verb that was left half typed, and the time that was fixed for it, while another line is written.
    pub command: Option<(String, Option<Utc>)>,
    /// An update as its template worded it, and for whom: until somebody changes it, Tab words it for others.
    pub worded: Option<(Audience, String)>,
}

/// What has to survive a crash: the line and how it was being typed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Draft {
    /// The line.
    pub text: String,
    /// The cursor, as a byte offset.
    pub cursor: usize,
    /// The time that was fixed for it (UTC).
    pub fixed_at: Option<Utc>,
    /// The composer was open.
    pub open: bool,
    /// It was in scribe mode.
    pub scribe: bool,
    /// It amends this entry, seen in this form.
    pub amends: Option<(Seq, Seq)>,
    /// A verb that was left half typed, and the time that was fixed for it.
    pub command: Option<(String, Option<Utc>)>,
    /// Lines that were handed over and not confirmed: as typed, and when they happened (UTC).
    pub unsent: Vec<(String, Utc)>,
}

impl Composer {
    /// For whom the line is an update that nobody changed yet.
    #[must_use]
    pub fn worded_for(&self) -> Option<Audience> {
        let worded = self.worded.as_ref().filter(|(_, line)| self.open && line == self.editor.text());
        worded.map(|(audience, _)| *audience)
    }

    /// What has to be kept beside the lines that are on their way; `None` when a fresh composer says as much.
    #[must_use]
    pub fn draft(&self, unsent: Vec<(String, Utc)>) -> Option<Draft> {
        let nothing = self.editor.is_empty() && self.command.is_none() && unsent.is_empty();
        if nothing && !(self.open || self.scribe) {
            return None;
        }
        Some(Draft {
            text: self.editor.text().to_owned(),
            cursor: self.editor.cursor(),
            fixed_at: self.fixed_at,
            open: self.open,
            scribe: self.scribe,
            amends: match self.purpose {
                Purpose::Entry => None,
                Purpose::Amend(seq, seen) => Some((seq, seen)),
            },
            command: self.command.clone(),
            unsent,
        })
    }

    /// The composer as it was left.
    #[must_use]
    pub fn resume(draft: &Draft) -> Self {
        Self {
            returned: None,
            // Scribe mode on a board or in a search has the keys again in the room.
            open: draft.open || draft.scribe,
            scribe: draft.scribe,
            editor: Editor::with_text(&draft.text),
            fixed_at: draft.fixed_at,
            purpose: draft.amends.map_or(Purpose::Entry, |(seq, seen)| Purpose::Amend(seq, seen)),
            problem: None,
            command: draft.command.clone(),
            worded: None,
        }
    }
}
