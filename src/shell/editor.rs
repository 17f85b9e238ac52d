//! Text edited in the user's own editor. It must not delete a text that is not stored: the file stays until
//! [`Edited::stored`]. While the screen is up, call it inside `Terminal::suspend`.

mod alone;

use std::fs::{self, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::process::ExitStatus;

use crate::shell::environment::Environment;
use crate::shell::process::{ProcessError, Program};
pub use alone::Alone;

/// The editor where none is set, as git has it.
const FALLBACK: &str = "vi";
/// The largest text that is read back, in bytes.
const LARGEST: u64 = 16 << 20;

/// The editor and its arguments.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Editor {
    words: Vec<String>,
    /// A program reads our standard output: the editor must not print there.
    aside: bool,
}

/// A text that came back from the editor.
#[derive(Debug)]
pub struct Edited {
    /// The text.
    pub text: String,
    /// Whether it differs from what was given.
    pub changed: bool,
    /// The file, which stays until [`Edited::stored`].
    pub file: PathBuf,
}

/// A text that could not be edited. Where a file is named, the text is in it.
#[derive(Debug, thiserror::Error)]
pub enum EditorError {
    /// `VISUAL` or `EDITOR` cannot be split into words.
    #[error("{variable} is {value:?}, which has an open quotation mark; set it to a command such as vim")]
    BadCommand {
        /// The variable.
        variable: &'static str,
        /// Its value.
        value: String,
    },
    /// The editor cannot be started.
    #[error("{source}; set EDITOR to another one. The text is in {file}")]
    Start {
        /// Why.
        source: ProcessError,
        /// Where the text is.
        file: PathBuf,
    },
    /// The editor ended badly (vi: `:cq`), which means: do not take the text.
    #[error("the editor ended with {status}, so its text was not taken; it is in {file}")]
    Refused {
        /// How it ended.
        status: ExitStatus,
        /// Where the text is.
        file: PathBuf,
    },
    /// The text that came back is not UTF-8, or larger than 16 MiB.
    #[error("{file} {problem}; correct it and take it from there")]
    BadText {
        /// Where the text is.
        file: PathBuf,
        /// What is wrong with it.
        problem: &'static str,
    },
    /// The file cannot be written or read.
    #[error("{file} cannot be used: {source}")]
    Io {
        /// The file.
        file: PathBuf,
        /// What the host says.
        source: io::Error,
    },
}

impl Editor {
    /// Finds the editor: `VISUAL`, `EDITOR`, else `vi`.
    ///
    /// # Errors
    /// [`EditorError::BadCommand`].
    pub fn find(environment: &Environment) -> Result<Self, EditorError> {
        let (variable, value) = match (&environment.visual, &environment.editor) {
            (Some(value), _) => ("VISUAL", value.as_str()),
            (None, Some(value)) => ("EDITOR", value.as_str()),
            (None, None) => ("EDITOR", FALLBACK),
        };
        match shell_words::split(value) {
            Ok(words) if words.is_empty() => Ok(Self { words: vec![FALLBACK.into()], aside: false }),
            Ok(words) => Ok(Self { words, aside: false }),
            Err(_) => Err(EditorError::BadCommand { variable, value: value.into() }),
        }
    }

    /// Keeps what the editor prints out of our standard output, where the answer goes that a program reads.
    #[must_use]
    pub fn aside(self, aside: bool) -> Self {
        Self { aside, ..self }
    }

    /// Edits a text in a new file `<folder>/<name>.md` (0600). `name` must be new in the folder.
    ///
    /// # Errors
    /// [`EditorError`]; it names the file wherever there is text in it.
    pub fn edit(&self, folder: &Path, name: &str, text: &str) -> Result<Edited, EditorError> {
        let file = folder.join(format!("{name}.md"));
        let write = || -> io::Result<()> {
            let mut out = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&file)?;
            out.write_all(text.as_bytes())?;
            out.sync_data()
        };
        write().map_err(|source| EditorError::Io { file: file.clone(), source })?;
        self.edit_file(&file)
    }

    /// Edits a file that is there, such as the draft of a postmortem.
    ///
    /// # Errors
    /// [`EditorError`].
    pub fn edit_file(&self, file: &Path) -> Result<Edited, EditorError> {
        let before = read(file)?;
        let program = Program::new(&self.words).arg(file);
        let status = if self.aside { program.attached_aside() } else { program.attached() };
        let status = status.map_err(|source| EditorError::Start { source, file: file.into() })?;
        if !status.success() {
            return Err(EditorError::Refused { status, file: file.into() });
        }
        let text = read(file)?;
        Ok(Edited { changed: text != before, text, file: file.into() })
    }
}

impl Edited {
    /// Removes the file: call it once the text is stored.
    pub fn stored(self) {
        // A file that stays harms nobody; a text that is gone does.
        let _ = fs::remove_file(&self.file);
    }
}

fn read(file: &Path) -> Result<String, EditorError> {
    let io = |source| EditorError::Io { file: file.into(), source };
    let mut bytes = Vec::new();
    fs::File::open(file).map_err(io)?.take(LARGEST + 1).read_to_end(&mut bytes).map_err(io)?;
    if bytes.len() as u64 > LARGEST {
        return Err(EditorError::BadText { file: file.into(), problem: "is larger than 16 MiB" });
    }
    String::from_utf8(bytes).map_err(|_| EditorError::BadText { file: file.into(), problem: "is not UTF-8" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_editor_is_found_and_split_into_words() {
        let found = |visual: Option<&str>, editor: Option<&str>| {
            let (visual, editor) = (visual.map(Into::into), editor.map(Into::into));
            Editor::find(&Environment { visual, editor, ..Environment::default() })
        };
        assert_eq!(found(None, None).unwrap().words, ["vi"]);
        assert_eq!(found(None, Some("nano -w")).unwrap().words, ["nano", "-w"]);
        assert_eq!(found(Some("'my editor' --wait"), Some("nano")).unwrap().words, ["my editor", "--wait"]);
        assert_eq!(found(Some("  "), None).unwrap().words, ["vi"]);
        let error = found(None, Some("vim 'x")).unwrap_err().to_string();
        assert!(error.starts_with("EDITOR is \"vim 'x\""), "{error}");
    }
}
