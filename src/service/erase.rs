//! Erasing words for good: from the log, its mirror and its snapshots, and from the damaged files that a repair kept. It must
//! not look for them where they are somebody's, which `remnants` and the shell do.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::remnants::{Remnant, files, words_in};
use super::repair::{SCRATCH, hold};
use super::{Failure, Service};
use crate::domain::ids::{LogId, Seq};
use crate::domain::log::{Header, redaction};
use crate::domain::time::Utc;
use crate::store::{Erasing, overwrite};

/// What tells, beside damaged files, that they are not as they were found any more.
const NOTE: &str = "erased.txt";

/// What a log says is to be erased, and is not yet.
#[derive(Debug, Clone, Default)]
pub struct Unerased {
    seqs: Vec<Seq>,
    payloads: Vec<(Vec<u8>, Vec<u8>)>,
    /// The words of these lines.
    pub words: Vec<String>,
}

/// A damaged file that was kept, and is written over in part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Overwritten {
    /// The file.
    pub path: String,
    /// How many bytes.
    pub bytes: usize,
}

impl Service {
    /// What redactions of a log name and still has its words: those that were just stored, and what somebody who was
    /// killed did not come to.
    ///
    /// # Errors
    /// What the store says.
    pub async fn unerased(&self, log: LogId) -> Result<Unerased, Failure> {
        let events = self.inner.store.read_raw(log).await?;
        let named: BTreeSet<Seq> = events.iter().filter_map(redaction).collect();
        let mut found = Unerased::default();
        for event in events {
            let seq = Header::parse(&event.header).ok().map(|header| header.seq);
            let (Some(seq), Some(salt), Some(body)) = (seq, event.salt, event.body) else { continue };
            if named.contains(&seq) {
                let said: serde_json::Value = serde_json::from_slice(&body).unwrap_or_default();
                found.words.extend(
                    said.pointer("/data/text")
                        .and_then(|text| text.as_str())
                        .map(words_in)
                        .unwrap_or_default(),
                );
                found.seqs.push(seq);
                found.payloads.push((salt, body));
            }
        }
        Ok(found)
    }

    /// Writes over words and payloads in the files that a repair kept, and takes away what one that was killed left. Before
    /// the log is erased: what is looked for is known from there alone. What cannot be written is told.
    ///
    /// # Errors
    /// When a file cannot be read.
    pub async fn erase_kept(
        &self,
        unerased: &Unerased,
        words: &[String],
        now: Utc,
    ) -> Result<(Vec<Overwritten>, Vec<Remnant>), Failure> {
        let what = Erasing { payloads: unerased.payloads.clone(), words: words.to_vec() };
        self.blocking(move |inner| {
            let root = inner.places.index.parent().unwrap_or_else(|| Path::new("."));
            let (mut changed, mut left) = (Vec::new(), Vec::new());
            let remnant =
                |path: &Path, todo: String| Remnant { path: path.display().to_string(), commit: None, todo };
            for entry in std::fs::read_dir(root).into_iter().flatten().flatten() {
                if entry.file_name().to_str().is_some_and(|name| name.starts_with(SCRATCH)) {
                    let held = hold(&entry.path());
                    if let Err(error) = held.and_then(|_| std::fs::remove_dir_all(entry.path())) {
                        let todo = format!("a repair may work there ({error}); remove it when none does");
                        left.push(remnant(&entry.path(), todo));
                    }
                }
            }
            let mut all = Vec::new();
            files(&root.join("damaged"), &mut all);
            let mut folders: BTreeMap<PathBuf, Vec<PathBuf>> = BTreeMap::new();
            for path in all.into_iter().filter(|path| path.file_name().is_none_or(|name| name != NOTE)) {
                folders.entry(path.parent().unwrap_or(root).to_path_buf()).or_default().push(path);
            }
            for (folder, mut files) in folders {
                files.sort();
                let failed = |e: std::io::Error| {
                    Failure::no(format!("{} cannot be looked into: {e}", folder.display()))
                };
                for (path, written) in overwrite(&files, &what).map_err(failed)? {
                    match written {
                        Ok(bytes) => changed.push(Overwritten { path: path.display().to_string(), bytes }),
                        Err(error) => {
                            left.push(remnant(&path, format!("it cannot be written ({error}): remove it")));
                        }
                    }
                    note(&path, now);
                }
            }
            Ok((changed, left))
        })
        .await
    }

    /// Erases the words of redacted events from the disk: database, mirror, and the snapshots that were made before.
    ///
    /// # Errors
    /// What the store says; it refuses what the log does not redact.
    pub async fn erase(&self, log: LogId, unerased: &Unerased, now: Utc) -> Result<(), Failure> {
        for seq in &unerased.seqs {
            self.inner.store.erase_payload(log, *seq).await?;
        }
        self.renew_snapshots(now).await?;
        // The fold still holds the words.
        *self.inner.slot(log).await.lock().await = None;
        Ok(())
    }
}

/// Says beside a damaged file that it is not as it was found any more. That it cannot be said keeps no words.
fn note(path: &Path, now: Utc) {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let line =
        format!("{} {name}: erased words were written over with *\n", now.format("%Y-%m-%dT%H:%M:%SZ"));
    let note = std::fs::OpenOptions::new().create(true).append(true).open(path.with_file_name(NOTE));
    // The program says it as well.
    let _ = note.and_then(|mut note| note.write_all(line.as_bytes()));
}
