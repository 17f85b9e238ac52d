//! Files as evidence: their size and SHA-256, streamed, never their content; and a command's output, kept as a file.
//! It must not move or change what is there.

use std::io::{Read, Write};
use std::path::Path;

use sha2::{Digest as _, Sha256};

use super::{Failure, FailureKind};
use crate::domain::incident::EvidenceItem;
use crate::domain::log::Digest;
use crate::domain::request::NewEvidence;

/// Measures a file as an item of evidence.
///
/// # Errors
/// When it is not there, is no file, or cannot be read.
pub fn read_evidence(path: &Path, class: &str, source: &str) -> Result<NewEvidence, Failure> {
    let shown = path.display();
    let failed = |e: std::io::Error| unreadable(path, &e);
    let location = path.canonicalize().map_err(failed)?;
    let mut file = std::fs::File::open(path).map_err(failed)?;
    if !file.metadata().map_err(failed)?.is_file() {
        return Err(Failure::no(format!("{shown} is not a file")).hint("pack a folder into one file first"));
    }
    let (size, sha256) = digest(&mut file, &mut std::io::sink()).map_err(failed)?;
    Ok(NewEvidence {
        name: path.file_name().map_or_else(|| shown.to_string(), |n| n.to_string_lossy().into_owned()),
        class: class.to_owned(),
        source: source.to_owned(),
        acquired_by: None,
        location: location.display().to_string(),
        size: Some(size),
        sha256: Some(sha256),
        entry: None,
    })
}

/// Keeps what is read, such as a command's output, as a file of a folder, and measures it. Its name begins with its
/// digest, so that the same output is kept once.
///
/// # Errors
/// When it cannot be read or written; nothing is left behind then.
pub fn keep_output(
    folder: &Path,
    name: &str,
    from: &mut dyn Read,
    class: &str,
    source: &str,
) -> Result<NewEvidence, Failure> {
    let failed = |e: std::io::Error| Failure::no(format!("the output cannot be kept: {e}"));
    std::fs::create_dir_all(folder).map_err(failed)?;
    let mut file = super::unnamed_in_home(folder).map_err(failed)?;
    let (size, sha256) = digest(from, file.as_file_mut()).map_err(failed)?;
    file.as_file().sync_all().map_err(failed)?;
    let head: String = sha256.chars().take(16).collect();
    let safe: String = name
        .chars()
        .map(|c| if c.is_alphanumeric() || matches!(c, '.' | '_') { c } else { '-' })
        .take(60)
        .collect();
    let path = folder.join(format!("{head}-{safe}"));
    // What is there under this name has the same digest.
    file.persist(&path).map_err(|e| failed(e.error))?;
    let location = path.canonicalize().unwrap_or(path);
    Ok(NewEvidence {
        name: name.to_owned(),
        class: class.to_owned(),
        source: source.to_owned(),
        acquired_by: None,
        location: location.display().to_string(),
        size: Some(size),
        sha256: Some(sha256),
        entry: None,
    })
}

/// What a file is now, beside what it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rehashed {
    /// The same.
    Same,
    /// Another: its digest now.
    Differs(String),
    /// It cannot be read: why.
    NotRead(String),
    /// It has no digest: it is no file.
    NoDigest,
}

impl Rehashed {
    /// The word for it.
    #[must_use]
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Same => "same",
            Self::Differs(_) => "differs",
            Self::NotRead(_) => "not-read",
            Self::NoDigest => "no-digest",
        }
    }

    /// The digest that was found, or why none was.
    #[must_use]
    pub fn found(&self) -> Option<&str> {
        match self {
            Self::Differs(text) | Self::NotRead(text) => Some(text),
            Self::Same | Self::NoDigest => None,
        }
    }
}

/// Hashes an item again.
#[must_use]
pub fn rehash(item: &EvidenceItem) -> Rehashed {
    let Some(was) = &item.sha256 else { return Rehashed::NoDigest };
    let path = Path::new(&item.location);
    let now = std::fs::File::open(path).and_then(|mut file| digest(&mut file, &mut std::io::sink()));
    match now {
        Ok((_, now)) if now == *was => Rehashed::Same,
        Ok((_, now)) => Rehashed::Differs(now),
        Err(error) => Rehashed::NotRead(unreadable(path, &error).message),
    }
}

fn unreadable(path: &Path, error: &std::io::Error) -> Failure {
    let shown = path.display();
    match error.kind() {
        std::io::ErrorKind::NotFound => Failure::new(FailureKind::NotFound, format!("{shown} is not there")),
        _ => Failure::no(format!("{shown} cannot be read: {error}")),
    }
}

/// Size and SHA-256 of what is read, which is written through.
fn digest(from: &mut dyn Read, to: &mut dyn Write) -> std::io::Result<(u64, String)> {
    let mut hash = Sha256::new();
    let mut size = 0_u64;
    let mut buffer = vec![0_u8; 1 << 16];
    loop {
        let n = match from.read(&mut buffer) {
            Ok(n) => n,
            Err(e) if e.kind() == std::io::ErrorKind::Interrupted => continue,
            Err(e) => return Err(e),
        };
        let Some(part) = buffer.get(..n).filter(|p| !p.is_empty()) else { break };
        hash.update(part);
        to.write_all(part)?;
        size = size.saturating_add(u64::try_from(n).unwrap_or(0));
    }
    let hex = Digest(hash.finalize().into()).to_string();
    Ok((size, hex))
}
