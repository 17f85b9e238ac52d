//! Reading a file as evidence: its size and SHA-256, streamed, never its content. It must not copy or move it.

use std::io::Read;
use std::path::Path;

use sha2::{Digest, Sha256};

use super::{Failure, FailureKind};
use crate::domain::request::NewEvidence;

/// Measures a file as an item of evidence.
///
/// # Errors
/// When it is not there, is no file, or cannot be read.
pub fn read_evidence(path: &Path, class: &str, source: &str) -> Result<NewEvidence, Failure> {
    let shown = path.display();
    let failed = |e: std::io::Error| match e.kind() {
        std::io::ErrorKind::NotFound => Failure::new(FailureKind::NotFound, format!("{shown} is not there")),
        _ => Failure::no(format!("{shown} cannot be read: {e}")),
    };
    let location = path.canonicalize().map_err(failed)?;
    let mut file = std::fs::File::open(path).map_err(failed)?;
    if !file.metadata().map_err(failed)?.is_file() {
        return Err(Failure::no(format!("{shown} is not a file")).hint("pack a folder into one file first"));
    }
    let mut hash = Sha256::new();
    let mut size = 0_u64;
    let mut buffer = vec![0_u8; 1 << 16];
    loop {
        let n = file.read(&mut buffer).map_err(failed)?;
        let Some(part) = buffer.get(..n).filter(|p| !p.is_empty()) else { break };
        hash.update(part);
        size = size.saturating_add(u64::try_from(n).unwrap_or(0));
    }
    let mut hex = String::with_capacity(64);
    for byte in hash.finalize() {
        hex.push_str(&format!("{byte:02x}"));
    }
    Ok(NewEvidence {
        name: path.file_name().map_or_else(|| shown.to_string(), |n| n.to_string_lossy().into_owned()),
        class: class.to_owned(),
        source: source.to_owned(),
        acquired_by: None,
        location: location.display().to_string(),
        size: Some(size),
        sha256: Some(hex),
    })
}
