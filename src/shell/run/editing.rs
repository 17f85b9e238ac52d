//! The terminal handed over: to the editor, or to the shell that started the program. It must not lose what was typed
//! before.

use super::work::trouble;
use super::{Loop, gone};
use crate::app::effect::EditTarget;
use crate::app::layout::Size;
use crate::app::msg::{Answer, Msg};
use crate::domain::ids::LogId;
use crate::service::Failure;
use crate::shell::editor::{Alone, Editor, EditorError};

impl Loop<'_> {
    pub(super) fn edit(&mut self, target: EditTarget) -> Answer {
        let (name, text) = match target {
            EditTarget::Entry { seq, text, .. } => (format!("line-{seq}.md"), text),
            EditTarget::Line { text, .. } => ("line.md".to_owned(), text),
        };
        let folder = self.session.home.drafts();
        let edited = self.with_editor(|editor| editor.edit(&folder, &name, &text));
        match edited {
            Ok(edited) if edited.changed => {
                let text = edited.text.trim_end_matches('\n').to_owned();
                edited.stored();
                Answer::Edited(text)
            }
            Ok(edited) => {
                edited.stored();
                Answer::Unchanged
            }
            Err(failure) => Answer::Failed(trouble(&failure)),
        }
    }

    pub(super) fn edit_draft(&mut self, log: LogId, person: &str) -> Result<(), Failure> {
        let by = self.session.by_person(person);
        let draft = self.work.wait_for(self.service.draft(log, &by, false))?;
        let _alone = Alone::take(&draft.path, person, self.session.clock.now())?;
        self.with_editor(|editor| editor.edit_file(&draft.path)).map(|_| ())
    }

    /// Hands the terminal to the editor. Keys that came before are taken in first, so that none is lost.
    fn with_editor<T>(&mut self, run: impl FnOnce(&Editor) -> Result<T, EditorError>) -> Result<T, Failure> {
        let editor = Editor::find(&self.session.environment).map_err(|e| Failure::no(e.to_string()))?;
        self.kept.sync(self.session.clock.running());
        self.input.take_in().map_err(gone)?;
        let done = self.terminal.suspend(|| run(&editor)).map_err(gone)?;
        self.resized();
        done.map_err(|e| Failure::no(e.to_string()))
    }

    pub(super) fn stop(&mut self) -> Result<(), Failure> {
        self.kept.sync(self.session.clock.running());
        self.input.take_in().map_err(gone)?;
        let stopped = self.terminal.stop().map_err(gone);
        self.resized();
        stopped
    }

    /// Asks for the size of the screen. Who is stopped, or has lent the terminal, is not told that it became another one.
    pub(super) fn resized(&mut self) {
        let size = self.terminal.resize();
        self.take(Msg::Resize(Size { w: size.width, h: size.height }));
    }
}
