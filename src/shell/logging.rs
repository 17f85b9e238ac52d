//! The program's own log, for finding faults: a file in `log/`, never the screen or standard error. What people
//! type is never logged: events are named by id, kind and length.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tracing_subscriber::EnvFilter;

/// What is logged unless `WARROOM_LOG` says otherwise.
const DEFAULT_FILTER: &str = "warn,warroom=info";
/// A log that has grown beyond this is put aside at the next start, in bytes.
const LARGEST: u64 = 4 << 20;

/// A log that cannot be kept; the program runs without it.
#[derive(Debug, thiserror::Error)]
pub enum LoggingError {
    /// The file cannot be opened.
    #[error("{path} cannot be opened: {source}; this run has no log of its own")]
    Open {
        /// The file.
        path: PathBuf,
        /// What the host says.
        source: io::Error,
    },
    /// `WARROOM_LOG` is no filter: a usage error.
    #[error("WARROOM_LOG is {value:?}, which is no filter ({reason}); write one like info or warroom=debug")]
    Filter {
        /// The value.
        value: String,
        /// What is wrong with it.
        reason: String,
    },
}

/// Begins to log to `warroom.log` in the folder (0600), keeping one older file. A second call changes nothing.
///
/// # Errors
/// [`LoggingError`].
pub fn begin(folder: &Path, filter: Option<&str>) -> Result<(), LoggingError> {
    let filter = filter_of(filter)?;
    let path = folder.join("warroom.log");
    let file = open(&path).map_err(|source| LoggingError::Open { path, source })?;
    let subscriber = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(false)
        .with_writer(Arc::new(file))
        .finish();
    // Only the first of a process is kept, which is what the tests of one binary need.
    let _ = tracing::subscriber::set_global_default(subscriber);
    Ok(())
}

fn filter_of(value: Option<&str>) -> Result<EnvFilter, LoggingError> {
    let value = value.filter(|v| !v.trim().is_empty()).unwrap_or(DEFAULT_FILTER);
    EnvFilter::try_new(value)
        .map_err(|error| LoggingError::Filter { value: value.into(), reason: error.to_string() })
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
    fn a_wrong_filter_is_named() {
        assert!(filter_of(None).is_ok() && filter_of(Some("warroom=debug")).is_ok());
        let error = filter_of(Some("warroom=loud=er")).unwrap_err().to_string();
        assert!(error.contains("WARROOM_LOG") && error.contains("warroom=loud=er"), "{error}");
    }
}
