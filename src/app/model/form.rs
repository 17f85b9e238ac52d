//! A form that is being filled in, as it has to survive a crash: which line, and its words. It must not know how it
//! is kept.

use serde::{Deserialize, Serialize};

use super::{Ask, AskFor, Declare, Model, Overlay, PickFor};
use crate::app::editor::Editor;

/// Which line is filled in.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum FormKind {
    /// The title of a declaration.
    Declare,
    /// A line of an overlay.
    Ask(AskFor),
    /// What narrows a list to choose from.
    Pick(PickFor),
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

    /// The form as it was left; none for a list to choose from, which is filled from what is there now.
    #[must_use]
    pub fn resume(&self) -> Option<Overlay> {
        match &self.kind {
            FormKind::Declare => Some(Overlay::Declare(Declare {
                editor: Editor::with_text(&self.text),
                ..Declare::default()
            })),
            FormKind::Ask(purpose) => Some(Overlay::Ask(Ask::new(purpose.clone(), &self.text))),
            FormKind::Pick(_) => None,
        }
    }
}

impl Model {
    /// The uppermost form with words that somebody typed. Whoever sits here is asked again, a command is shown again
    /// before it runs, and the filter of a board goes with its board.
    #[must_use]
    pub fn form(&self) -> Option<Form> {
        self.overlays.iter().rev().find_map(|overlay| match overlay {
            Overlay::Ask(ask) => match ask.purpose {
                AskFor::Identity | AskFor::Run(_) | AskFor::BoardFilter => None,
                _ => Form::of(FormKind::Ask(ask.purpose.clone()), &ask.editor),
            },
            Overlay::Declare(declare) => Form::of(FormKind::Declare, &declare.editor),
            Overlay::Pick(pick) => {
                let kind = || FormKind::Pick(pick.purpose.clone());
                // The second of two steps: what was typed in the first is in the list itself.
                let goes_on = matches!(pick.purpose, PickFor::EvidenceClass(..) | PickFor::IocColour(..));
                if goes_on {
                    return Some(Form { kind: kind(), text: pick.editor.text().to_owned() });
                }
                Form::of(kind(), &pick.editor)
            }
            _ => None,
        })
    }
}
