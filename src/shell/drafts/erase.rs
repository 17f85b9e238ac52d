//! Takes words that were erased from a log out of half-typed texts as well. It must not touch the journal of a process
//! that lives: that one is named instead.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::ops::Range;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use rustix::fs::{FlockOperation, flock};

use super::record::{self, Record};
use super::{Draft, EXTENSION, nofollow};
use crate::domain::ids::IncidentId;

/// What stands where the words were.
const ERASED: &str = "[erased]";

/// Words that are to go, the longest first: one may be a part of another.
#[derive(Debug, Clone, Default)]
pub struct Words(Vec<String>);

impl Words {
    /// The words that are not empty.
    #[must_use]
    pub fn new(mut words: Vec<String>) -> Self {
        words.retain(|word| !word.is_empty());
        words.sort_by_key(|word| std::cmp::Reverse(word.len()));
        Self(words)
    }

    fn are_in(&self, text: &str) -> bool {
        self.0.iter().any(|word| text.contains(word.as_str()))
    }

    /// Whether a part of a text, or what it makes with what stands around it, holds one.
    fn are_around(&self, text: &str, part: Range<usize>) -> bool {
        let longest = self.0.first().map_or(0, String::len);
        let mut from = part.start.saturating_sub(longest);
        let mut to = part.end.saturating_add(longest).min(text.len());
        while !text.is_char_boundary(from) {
            from -= 1;
        }
        while !text.is_char_boundary(to) {
            to += 1;
        }
        text.get(from..to).is_some_and(|part| self.are_in(part))
    }

    fn without(&self, text: &str) -> String {
        self.0.iter().fold(text.to_owned(), |text, word| text.replace(word.as_str(), ERASED))
    }

    /// The same in every text of a JSON document; what is none is taken as a text.
    fn without_in(&self, rest: &str) -> String {
        match serde_json::from_str(rest) {
            Ok(mut value) => {
                self.take_out(&mut value);
                value.to_string()
            }
            Err(_) => self.without(rest),
        }
    }

    fn take_out(&self, value: &mut serde_json::Value) {
        match value {
            serde_json::Value::String(text) => *text = self.without(text),
            serde_json::Value::Array(all) => all.iter_mut().for_each(|one| self.take_out(one)),
            serde_json::Value::Object(all) => all.values_mut().for_each(|one| self.take_out(one)),
            _ => {}
        }
    }
}

/// A journal that held such words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holder {
    /// Its file.
    pub path: PathBuf,
    /// The incidents in whose rooms they were typed; none for the home screen.
    pub incidents: Vec<IncidentId>,
    /// What became of them.
    pub left: Left,
}

/// What became of words in a journal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Left {
    /// They are gone.
    Nothing,
    /// A process lives that has the journal, this one.
    Held(Option<u32>),
    /// Why they are still there, or why nobody knows.
    Failed(String),
}

/// Takes words out of every journal whose process is gone. Answers those that held them, and those that cannot be
/// looked into; one that was deleted while it was typed counts, for its keys are in the file.
///
/// # Errors
/// When the folder cannot be listed.
pub fn erase(folder: &Path, words: &Words) -> io::Result<Vec<Holder>> {
    let mut holders = Vec::new();
    let mut paths = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|e| e == EXTENSION) && path.symlink_metadata()?.is_file() {
            paths.push(path);
        }
    }
    paths.sort();
    for path in paths {
        let options = || OpenOptions::new().read(true).custom_flags(nofollow()).clone();
        let file = match options().write(true).open(&path) {
            Ok(file) => file,
            // Its process has ended meanwhile, and another one has taken it over.
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            Err(error) => {
                let left = Left::Failed(format!("it cannot be looked into: {error}"));
                holders.push(Holder { path, incidents: Vec::new(), left });
                continue;
            }
        };
        let lives = flock(&file, FlockOperation::NonBlockingLockExclusive).is_err();
        let bytes = record::bytes(&file);
        let Seen { found, incidents, drafts } = look(&bytes, words);
        if !found {
            continue;
        }
        let left = if lives {
            Left::Held(pid(&path))
        } else {
            match drafts.map(|drafts| put_back(&path, &drafts, words)) {
                Some(Ok(())) => Left::Nothing,
                Some(Err(error)) => Left::Failed(format!("it cannot be written anew: {error}")),
                None => Left::Failed("it is no journal that can be read: remove it".to_owned()),
            }
        };
        holders.push(Holder { path, incidents, left });
    }
    Ok(holders)
}

/// What a journal says of words.
struct Seen {
    /// One was in it at some moment.
    found: bool,
    /// The incidents of the texts that held one.
    incidents: Vec<IncidentId>,
    /// The texts as they are now; none where they cannot be read.
    drafts: Option<Vec<Draft>>,
}

fn look(bytes: &[u8], words: &Words) -> Seen {
    let mut incidents = Vec::new();
    let mut found = words.are_in(&String::from_utf8_lossy(bytes));
    let (drafts, readable) = record::replay(bytes, |draft, part| {
        // Only a whole draft brings another rest along. It is JSON, so what it escapes is read first.
        let whole = part == (0..draft.text.len());
        let beside = || {
            words.are_in(&draft.mode)
                || words.without_in(&draft.rest) != Words::default().without_in(&draft.rest)
        };
        if words.are_around(&draft.text, part) || (whole && beside()) {
            found = true;
            incidents.extend(draft.incident);
        }
    });
    incidents.sort();
    incidents.dedup();
    Seen { found, incidents, drafts: readable.then_some(drafts) }
}

/// The process that a journal is of, by its name.
fn pid(path: &Path) -> Option<u32> {
    path.file_stem()?.to_str()?.split('-').next()?.parse().ok()
}

/// Writes a journal anew, without the words and without what it had been before.
fn put_back(path: &Path, drafts: &[Draft], words: &Words) -> io::Result<()> {
    if drafts.is_empty() {
        return std::fs::remove_file(path);
    }
    // Not a journal by its name until it takes the place of the old one: nobody is to offer both.
    let fresh = path.with_extension("erasing");
    match std::fs::remove_file(&fresh) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut options = OpenOptions::new();
    let mut file = options.write(true).create_new(true).mode(0o600).custom_flags(nofollow()).open(&fresh)?;
    for draft in drafts {
        let text = words.without(&draft.text);
        let cursor = if text == draft.text { draft.cursor } else { text.len() };
        let draft = Draft {
            text,
            cursor,
            rest: words.without_in(&draft.rest),
            mode: words.without(&draft.mode),
            ..draft.clone()
        };
        file.write_all(&Record::Set(draft).encode()?)?;
    }
    file.sync_all()?;
    std::fs::rename(&fresh, path)?;
    path.parent().map_or(Ok(()), |folder| File::open(folder)?.sync_all())
}
