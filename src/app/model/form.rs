//! A form that is being filled in, as it has to survive a crash: which line, and its words. It must not know how it
//! is kept.

use serde::{Deserialize, Serialize};

use super::{Ask, AskFor, Declare, Model, Overlay};
use crate::app::editor::Editor;

/// Which line is filled in.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum FormKind {
    /// The title of a declaration.
    Declare,
    /// A line of an overlay.
    Ask(AskFor),
}

/// A form with words in it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Form {
    /// Which line.
    pub kind: FormKind,
    /// Its words.
    pub text: String,
}

impl Form {
    fn of(kind: FormKind, editor: &Editor) -> Option<Self> {
        (!editor.is_empty()).then(|| Self { kind, text: editor.text().to_owned() })
    }

    /// The form as it was left.
    #[must_use]
    pub fn resume(self) -> Overlay {
        match self.kind {
            FormKind::Declare => {
                Overlay::Declare(Declare { editor: Editor::with_text(&self.text), ..Declare::default() })
            }
            FormKind::Ask(purpose) => Overlay::Ask(Ask::new(purpose, &self.text)),
        }
    }
}

impl Model {
    /// The uppermost form with words that would be missed. What only narrows a list is none.
    #[must_use]
    pub fn form(&self) -> Option<Form> {
        self.overlays.iter().rev().find_map(|overlay| match overlay {
            Overlay::Ask(ask) => match ask.purpose {
                AskFor::Identity | AskFor::Run(_) | AskFor::Filter | AskFor::BoardFilter => None,
                _ => Form::of(FormKind::Ask(ask.purpose.clone()), &ask.editor),
            },
            Overlay::Declare(declare) => Form::of(FormKind::Declare, &declare.editor),
            _ => None,
        })
    }
}
