//! The records of a draft journal: how they are written and read. It must not touch the folder.

use std::fs::File;
use std::io::{self, Read};
use std::ops::Range;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::Draft;
use crate::domain::ids::EventId;

/// The most that is read of a journal, in bytes.
const LARGEST_JOURNAL: u64 = 256 << 20;

/// One line of the journal.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Record {
    /// The whole draft.
    Set(Draft),
    /// What changed since the record before of the same draft.
    Change(Change),
    /// The draft is over.
    Done(EventId),
}

/// A part of the text replaced by another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Change {
    id: EventId,
    /// Where, in bytes.
    at: usize,
    /// How many bytes go.
    gone: usize,
    /// What comes instead.
    new: String,
    cursor: usize,
}

impl Change {
    /// The change from one state to the next; none when more than text and cursor differ.
    pub(super) fn between(before: &Draft, after: &Draft) -> Option<Self> {
        let same_but_text = before.id == after.id
            && before.incident == after.incident
            && before.field == after.field
            && before.mode == after.mode
            && before.at == after.at
            && before.rest == after.rest
            && before.person == after.person;
        if !same_but_text {
            return None;
        }
        let (old, new) = (before.text.as_str(), after.text.as_str());
        let mut at = common(old.bytes(), new.bytes());
        while !(old.is_char_boundary(at) && new.is_char_boundary(at)) {
            at -= 1;
        }
        let (old_rest, new_rest) = (old.get(at..)?, new.get(at..)?);
        let mut tail = common(old_rest.bytes().rev(), new_rest.bytes().rev());
        while !(old_rest.is_char_boundary(old_rest.len() - tail)
            && new_rest.is_char_boundary(new_rest.len() - tail))
        {
            tail -= 1;
        }
        let new = new_rest.get(..new_rest.len() - tail)?.to_owned();
        Some(Self { id: after.id, at, gone: old_rest.len() - tail, new, cursor: after.cursor })
    }

    /// Applies the change; false when it does not fit.
    pub(super) fn apply(&self, draft: &mut Draft) -> bool {
        let Some(end) = self.at.checked_add(self.gone) else { return false };
        if draft.text.get(self.at..end).is_none() {
            return false;
        }
        draft.text.replace_range(self.at..end, &self.new);
        draft.cursor = self.cursor;
        true
    }
}

fn common(one: impl Iterator<Item = u8>, two: impl Iterator<Item = u8>) -> usize {
    one.zip(two).take_while(|(a, b)| a == b).count()
}

impl Record {
    /// Length, check, JSON.
    pub(super) fn encode(&self) -> io::Result<Vec<u8>> {
        let json = serde_json::to_vec(self)?;
        let length = u32::try_from(json.len()).map_err(|_| io::Error::from(io::ErrorKind::FileTooLarge))?;
        let mut bytes = Vec::with_capacity(json.len() + 8);
        bytes.extend(length.to_le_bytes());
        bytes.extend(check(&json));
        bytes.extend(json);
        Ok(bytes)
    }
}

fn check(json: &[u8]) -> [u8; 4] {
    let [a, b, c, d, ..]: [u8; 32] = Sha256::digest(json).into();
    [a, b, c, d]
}

/// All that is in a journal.
pub(super) fn bytes(file: &File) -> Vec<u8> {
    let mut bytes = Vec::new();
    // What was read before an error is still text of somebody.
    let _ = file.take(LARGEST_JOURNAL).read_to_end(&mut bytes);
    bytes
}

/// Reads the last state of every draft up to the first record that is torn or wrong, in the order in which they were
/// begun; false when the file has bytes but not one good record.
pub(super) fn read(bytes: &[u8]) -> (Vec<Draft>, bool) {
    replay(bytes, |_, _| ())
}

/// The same, showing each state that a draft had, with the place in its text that is new; the whole of it at first.
pub(super) fn replay(bytes: &[u8], mut seen: impl FnMut(&Draft, Range<usize>)) -> (Vec<Draft>, bool) {
    let mut drafts: Vec<Draft> = Vec::new();
    let mut rest = bytes;
    let mut good = 0;
    while let Some((record, after)) = next(rest) {
        match record {
            Record::Set(draft) => {
                seen(&draft, 0..draft.text.len());
                match drafts.iter_mut().find(|d| d.id == draft.id) {
                    Some(known) => *known = draft,
                    None => drafts.push(draft),
                }
            }
            Record::Change(change) => {
                let Some(draft) = drafts.iter_mut().find(|d| d.id == change.id) else { break };
                if !change.apply(draft) {
                    break;
                }
                seen(draft, change.at..change.at + change.new.len());
            }
            Record::Done(id) => drafts.retain(|d| d.id != id),
        }
        good += 1;
        rest = after;
    }
    (drafts, good > 0 || bytes.is_empty())
}

fn next(bytes: &[u8]) -> Option<(Record, &[u8])> {
    let (length, rest) = bytes.split_first_chunk::<4>()?;
    let (sum, rest) = rest.split_first_chunk::<4>()?;
    let (json, after) = rest.split_at_checked(usize::try_from(u32::from_le_bytes(*length)).ok()?)?;
    if check(json) != *sum {
        return None;
    }
    Some((serde_json::from_slice(json).ok()?, after))
}
