//! The program's own log, for finding faults: a file in `log/`, never the screen or standard error. What people
//! type is never logged: events are named by id, kind and length. What is logged is one line each, and acts on no
//! terminal that shows the file: errors name paths, and paths are from outside.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use tracing::Level;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;

use crate::domain::safe::SafeText;

/// A log that has grown beyond this is put aside at the next start, in bytes.
const LARGEST: u64 = 4 << 20;

/// A log that cannot be kept.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum LoggingError {
    /// `WARROOM_LOG` is no filter: a usage error.
    #[error("WARROOM_LOG is {value:?}, which is no filter ({reason}); write one like info or warroom=debug")]
    Filter {
        /// The value.
        value: String,
        /// What is wrong with it.
        reason: String,
    },
}

/// Begins to log to `warroom.log` in the folder (0600), keeping one older file: warnings, unless a filter says what. The
/// file is made with the first line; where that fails, there is no log. A second call changes nothing.
///
/// # Errors
/// [`LoggingError`].
pub fn begin(folder: &Path, filter: Option<&str>) -> Result<(), LoggingError> {
    let lines = Lines { path: folder.join("warroom.log"), file: OnceLock::new() };
    let subscriber = tracing_subscriber::fmt().with_ansi(false).log_internal_errors(false).with_writer(lines);
    // Only the first of a process is kept, which is what the tests of one binary need.
    let _ = match filter_of(filter)? {
        Some(filter) => tracing::subscriber::set_global_default(subscriber.with_env_filter(filter).finish()),
        None => tracing::subscriber::set_global_default(subscriber.with_max_level(Level::WARN).finish()),
    };
    Ok(())
}

fn filter_of(value: Option<&str>) -> Result<Option<EnvFilter>, LoggingError> {
    let Some(value) = value.filter(|v| !v.trim().is_empty()) else { return Ok(None) };
    let filter = EnvFilter::try_new(value)
        .map_err(|error| LoggingError::Filter { value: value.into(), reason: error.to_string() })?;
    Ok(Some(filter))
}

/// The log file, which is not there before something is written.
struct Lines {
    path: PathBuf,
    file: OnceLock<Option<File>>,
}

/// One line of it.
struct Line<'a>(Option<&'a File>);

impl<'a> MakeWriter<'a> for Lines {
    type Writer = Line<'a>;

    fn make_writer(&'a self) -> Line<'a> {
        // A log that cannot be written must not stop what is logged.
        Line(self.file.get_or_init(|| open(&self.path).ok()).as_ref())
    }
}

impl io::Write for Line<'_> {
    /// What is logged comes whole.
    fn write(&mut self, logged: &[u8]) -> io::Result<usize> {
        if let Some(mut file) = self.0 {
            let text = String::from_utf8_lossy(logged);
            // What a full disk does not take is lost: told as an error it would be printed over the screen.
            let _ = file.write_all(format!("{}\n", SafeText::line(text.trim_end_matches('\n'))).as_bytes());
        }
        Ok(logged.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn open(path: &Path) -> io::Result<File> {
    if fs::metadata(path).is_ok_and(|m| m.len() > LARGEST) {
        fs::rename(path, path.with_extension("log.1"))?;
    }
    let nofollow = i32::try_from(rustix::fs::OFlags::NOFOLLOW.bits()).unwrap_or(0);
    OpenOptions::new().append(true).create(true).mode(0o600).custom_flags(nofollow).open(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_that_has_grown_is_put_aside() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("warroom.log");
        open(&path).unwrap().set_len(LARGEST + 1).unwrap();
        assert_eq!(open(&path).unwrap().metadata().unwrap().len(), 0);
        assert!(folder.path().join("warroom.log.1").exists());
    }

    #[test]
    fn what_is_logged_is_one_line_and_acts_on_no_terminal() {
        let folder = tempfile::tempdir().unwrap();
        let lines = Lines { path: folder.path().join("warroom.log"), file: OnceLock::new() };
        let subscriber =
            tracing_subscriber::fmt().with_ansi(false).log_internal_errors(false).with_writer(lines);
        tracing::subscriber::with_default(subscriber.finish(), || {
            let error =
                "/home/\u{1b}[2J\u{202e}x\u{0}\u{9b}31m\r\n2026-11-20T14:00:00Z  WARN warroom: forged";
            tracing::warn!(%error, path = ?error, "\u{1b}]0;title\u{7} it failed");
        });
        let text = fs::read_to_string(folder.path().join("warroom.log")).unwrap();
        assert_eq!(text.lines().count(), 1, "{text}");
        assert!(text.contains("it failed") && text.contains("forged"), "{text}");
        let acts = |c: char| (c.is_control() && c != '\n') || c == '\u{202e}';
        assert!(!text.contains(acts), "{text:?}");
    }

    #[test]
    fn a_wrong_filter_is_named() {
        assert!(filter_of(None).unwrap().is_none() && filter_of(Some("warroom=debug")).unwrap().is_some());
        let error = filter_of(Some("warroom=loud=er")).unwrap_err().to_string();
        assert!(error.contains("WARROOM_LOG") && error.contains("warroom=loud=er"), "{error}");
    }
}
