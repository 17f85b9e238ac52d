//! A plain copy of each log beside the database, one file an incident, written after the commit and before the answer:
//! what puts a damaged database together again. It must never be read for anything else, and a failure to write it
//! must not turn a stored event into one that was not.
//!
//! A file is a sequence of records, in whatever order several processes wrote them; one may be there twice:
//!
//! ```text
//! wrm1 <bytes of the header> <bytes of the payload, or ->
//! <header><32 bytes of salt><payload>
//! ```
//!
//! A record is judged by its digests, so a damaged one is passed over and the next is looked for.

use std::collections::{HashMap, HashSet};
use std::fs::{File, OpenOptions};
use std::io::{Read, Seek, SeekFrom, Write};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use super::Sealed;
use crate::domain::ids::{LogId, Seq};
use crate::domain::log::{Digest, Header, MAX_HEADER_BYTES, RawEvent, digest};

/// How a record begins.
const MAGIC: &[u8] = b"wrm1 ";

/// The ending of a file.
const ENDING: &str = "wrm";

/// Bytes of a salt.
const SALT: usize = 32;

/// How much of a file's end is looked at to see how far it has come, in bytes.
const TAIL: u64 = 64 << 10;

/// More files than a process keeps open.
const MOST_OPEN: usize = 16;

/// The mirror of one database.
#[derive(Debug)]
pub(super) struct Mirror {
    folder: PathBuf,
    open: HashMap<LogId, File>,
    /// Logs whose file was seen to have all that was stored.
    known: HashMap<LogId, Known>,
}

/// That the mirror could not be written. What is stored stays so, and whoever stored it has to hear of it.
#[derive(Debug, Default)]
pub(super) struct Trouble(Mutex<Told>);

/// Whether it is known already.
#[derive(Debug, Default)]
enum Told {
    /// It could be written.
    #[default]
    Well,
    /// It could not, for that reason.
    Not(String),
    /// And somebody was told.
    Already,
}

impl Trouble {
    /// It could be written, or not.
    pub(super) fn saw(&self, done: Result<(), &dyn std::fmt::Display>) {
        let mut told = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match (done, &*told) {
            (Ok(()), _) => *told = Told::Well,
            (Err(why), Told::Well) => *told = Told::Not(why.to_string()),
            (Err(_), _) => {}
        }
    }

    /// Why not, when that was not asked since.
    pub(super) fn take(&self) -> Option<String> {
        let mut told = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match std::mem::take(&mut *told) {
            Told::Well => None,
            Told::Not(why) => {
                *told = Told::Already;
                Some(why)
            }
            Told::Already => {
                *told = Told::Already;
                None
            }
        }
    }
}

/// How far the file of a log was seen to have everything.
#[derive(Debug, Clone, Copy)]
struct Known {
    /// The last position.
    seq: Seq,
    /// The file; another one takes its place when words are erased.
    inode: u64,
    /// How long the file was before that was looked at: what others add later lies behind this place.
    from: u64,
}

impl Mirror {
    /// The mirror of a database; none where nobody made a place for it.
    pub(super) fn beside(database: &Path) -> Option<Self> {
        let folder = folder(database);
        folder.is_dir().then(|| Self { folder, open: HashMap::new(), known: HashMap::new() })
    }

    /// What stands where the mirror of a database should, and is no folder.
    pub(super) fn in_the_way(database: &Path) -> Option<PathBuf> {
        let folder = folder(database);
        (folder.symlink_metadata().is_ok() && !folder.is_dir()).then_some(folder)
    }

    /// Takes nothing for known any more: the database is perhaps not what it was when it was looked at.
    pub(super) fn look_again(&mut self) {
        self.known.clear();
    }

    /// Whether the file of a log was seen to have all that was stored.
    pub(super) fn is_known(&self, log: LogId) -> bool {
        self.known.contains_key(&log)
    }

    /// How far the file of a log has come, by its end; it counts as whole when that is the given position.
    pub(super) fn look(&mut self, log: LogId, upto: Seq) -> Seq {
        let path = path(&self.folder, log);
        let before = std::fs::metadata(&path);
        let last = last_of(&path);
        if let Ok(file) = before
            && last == upto
        {
            self.known.insert(log, Known { seq: upto, inode: file.ino(), from: file.len() });
        }
        last
    }

    /// Whether the file of a log has another event in a place than the one of that digest, and not that one as well.
    pub(super) fn goes_on_otherwise(&self, log: LogId, seq: Seq, hash: Digest) -> bool {
        let events = read_mirror(&path(&self.folder, log));
        let here = events.iter().filter(|event| {
            Header::parse(&event.header)
                .is_ok_and(|header| header.log == log && header.seq == seq && event.keeps_to(&header))
        });
        let there: Vec<Digest> = here.map(|event| digest(&event.header)).collect();
        !there.is_empty() && !there.contains(&hash)
    }

    /// Whether the file of a log has everything up to a position. Whoever was killed between a commit and its copy left
    /// a gap, so what others added is looked at.
    pub(super) fn has_all(&mut self, log: LogId, upto: Seq) -> bool {
        let Some(known) = self.known.get_mut(&log) else { return self.look(log, upto) >= upto };
        if known.seq >= upto {
            return true;
        }
        let Ok(added) = added_since(&path(&self.folder, log), known) else { return false };
        let all = (known.seq.0.saturating_add(1)..=upto.0).all(|seq| added.contains(&Seq(seq)));
        if all {
            known.seq = upto;
        }
        all
    }

    /// Adds events that were just stored after a position up to which the file has everything. Says no when it turns out
    /// to be another file, or a shorter one, than the one that had everything: then it has to be completed.
    pub(super) fn add(&mut self, log: LogId, events: &[Sealed]) -> std::io::Result<bool> {
        let mut bytes = Vec::new();
        for event in events {
            record(
                &mut bytes,
                &event.header,
                Some((&event.salt, event.event.body.as_deref().unwrap_or_default())),
            );
        }
        // Until it is written, nobody knows what the file has.
        let known = self.known.remove(&log);
        let (inode, from) = self.write(log, &bytes)?;
        let (Some(known), Some(last)) = (known, events.last()) else { return Ok(true) };
        if known.inode != inode || from < known.from {
            return Ok(false);
        }
        self.known.insert(log, Known { seq: last.event.seq, inode, from });
        Ok(true)
    }

    /// The events that the file of a log has whole, by the digests of their headers.
    pub(super) fn headers(&self, log: LogId) -> HashSet<Digest> {
        let events = read_mirror(&path(&self.folder, log));
        events.iter().filter(|event| is_whole(event)).map(|event| digest(&event.header)).collect()
    }

    /// Adds, of some events that are stored one after another, those that the file of their log does not have yet.
    /// Answers how many that were.
    pub(super) fn complete(
        &mut self,
        log: LogId,
        events: &[RawEvent],
        there: &HashSet<Digest>,
    ) -> std::io::Result<usize> {
        let (mut bytes, mut added) = (Vec::new(), 0);
        for event in events.iter().filter(|e| !there.contains(&digest(&e.header))) {
            record(&mut bytes, &event.header, words(event));
            added += 1;
        }
        self.known.remove(&log);
        let (inode, from) = self.write(log, &bytes)?;
        if let Some(last) = events.last().and_then(|event| Header::parse(&event.header).ok()) {
            self.known.insert(log, Known { seq: last.seq, inode, from });
        }
        Ok(added)
    }

    /// Takes salt and payload of an event out of the file of a log.
    pub(super) fn erase(&mut self, log: LogId, seq: Seq) -> std::io::Result<()> {
        self.open.remove(&log);
        let path = path(&self.folder, log);
        let old = match File::open(&path) {
            Ok(old) => old,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(error),
        };
        // Whoever adds meanwhile waits, and sees then that the file is another one.
        old.lock()?;
        let mut bytes = Vec::new();
        for event in read_mirror(&path) {
            let erased = Header::parse(&event.header).is_ok_and(|h| h.seq == seq);
            // Words that are not its own may be the ones to go, swallowed by a record that was cut off.
            record(&mut bytes, &event.header, words(&event).filter(|_| !erased && is_whole(&event)));
        }
        // Whoever was killed here left one behind, which may have the words that go now.
        let begins = format!(".{log}-");
        for entry in std::fs::read_dir(&self.folder)?.flatten() {
            if entry.file_name().to_str().is_some_and(|name| name.starts_with(&begins)) {
                std::fs::remove_file(entry.path())?;
            }
        }
        let mut fresh = tempfile::Builder::new().prefix(&begins).tempfile_in(&self.folder)?;
        fresh.as_file().set_permissions(old.metadata()?.permissions())?;
        fresh.write_all(&bytes)?;
        fresh.as_file().sync_all()?;
        fresh.persist(&path).map_err(|e| e.error)?;
        File::open(&self.folder)?.sync_all()
    }

    /// Opens the file of a log to add to it. Somebody may have taken the folder away meanwhile.
    fn opened(&self, path: &Path) -> std::io::Result<File> {
        let open = || OpenOptions::new().create(true).append(true).open(path);
        match open() {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                std::fs::create_dir(&self.folder)?;
                open()
            }
            opened => opened,
        }
    }

    /// Writes at the end of the file of a log. Tells which file that is, and how long it was before.
    fn write(&mut self, log: LogId, bytes: &[u8]) -> std::io::Result<(u64, u64)> {
        let path = path(&self.folder, log);
        if self.open.len() >= MOST_OPEN {
            self.open.clear();
        }
        loop {
            let mut file = match self.open.remove(&log) {
                Some(file) => file,
                None => self.opened(&path)?,
            };
            file.lock_shared()?;
            // Somebody may have put another file in its place to erase words.
            let before = file.metadata()?;
            if std::fs::metadata(&path).is_ok_and(|now| now.ino() == before.ino()) {
                let written = file.write_all(bytes);
                file.unlock()?;
                self.open.insert(log, file);
                return written.map(|()| (before.ino(), before.len()));
            }
        }
    }
}

/// Where the mirror of a database lies.
fn folder(database: &Path) -> PathBuf {
    database.with_file_name("mirror")
}

fn path(folder: &Path, log: LogId) -> PathBuf {
    folder.join(format!("{log}.{ENDING}"))
}

fn words(event: &RawEvent) -> Option<(&[u8], &[u8])> {
    Some((event.salt.as_deref()?, event.body.as_deref()?))
}

fn record(bytes: &mut Vec<u8>, header: &[u8], words: Option<(&[u8], &[u8])>) {
    let size = words.map_or_else(|| "-".to_owned(), |(_, body)| body.len().to_string());
    bytes.extend_from_slice(MAGIC);
    bytes.extend_from_slice(format!("{} {size}\n", header.len()).as_bytes());
    bytes.extend_from_slice(header);
    if let Some((salt, body)) = words {
        bytes.extend_from_slice(salt);
        bytes.extend_from_slice(body);
    }
    bytes.push(b'\n');
}

/// The files of the mirror of a database.
#[must_use]
pub fn mirrors(database: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(folder(database)) else { return Vec::new() };
    entries.flatten().map(|e| e.path()).filter(|p| p.extension().is_some_and(|e| e == ENDING)).collect()
}

/// Every event of a file of a mirror that can be read; what cannot is passed over.
#[must_use]
pub fn read_mirror(file: &Path) -> Vec<RawEvent> {
    let bytes = std::fs::read(file).unwrap_or_default();
    records(&bytes).collect()
}

/// Where a file ends in the middle of a record: the header of the last whole one before. Something was written after it
/// that is not all there.
#[must_use]
pub fn torn_after(file: &Path) -> Option<Vec<u8>> {
    let bytes = std::fs::read(file).unwrap_or_default();
    let last = records(&bytes).last()?;
    let mut whole = Vec::new();
    record(&mut whole, &last.header, words(&last));
    (!bytes.ends_with(&whole)).then_some(last.header)
}

/// The log of a file of a mirror, by its name.
#[must_use]
pub fn log_of_mirror(file: &Path) -> Option<LogId> {
    file.file_stem()?.to_str()?.parse().ok().map(LogId)
}

/// The last position in the mirror of a log, by its end; none where there is no file.
#[must_use]
pub fn mirror_end(database: &Path, log: LogId) -> Option<Seq> {
    let path = path(&folder(database), log);
    path.exists().then(|| last_of(&path))
}

/// The last position in the file of a log, by its end. Only what continues another record counts, so that a damaged
/// number does not; without such it is that of the only record, or none.
fn last_of(path: &Path) -> Seq {
    let Ok(bytes) = tail(path, |size| size.saturating_sub(TAIL)) else { return Seq::NONE };
    let heads: HashMap<Digest, Header> =
        records(&bytes).filter_map(|e| Some((digest(&e.header), Header::parse(&e.header).ok()?))).collect();
    let continues = |h: &&Header| match heads.get(&h.prev) {
        Some(before) => before.seq.next() == h.seq,
        None => h.seq == Seq::NONE.next() && h.prev == Digest::ZERO,
    };
    heads.values().filter(continues).map(|h| h.seq).max().unwrap_or(Seq::NONE)
}

/// The end of a file from a place on, which its size says.
fn tail(path: &Path, from: impl FnOnce(u64) -> u64) -> std::io::Result<Vec<u8>> {
    let mut file = File::open(path)?;
    let size = file.metadata()?.len();
    file.seek(SeekFrom::Start(from(size)))?;
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// The positions of the whole records that a file got since it was last looked at; none of another file.
fn added_since(path: &Path, known: &Known) -> std::io::Result<HashSet<Seq>> {
    if std::fs::metadata(path)?.ino() != known.inode {
        return Ok(HashSet::new());
    }
    let bytes = tail(path, |_| known.from)?;
    let whole = records(&bytes).filter(is_whole);
    Ok(whole.filter_map(|e| Some(Header::parse(&e.header).ok()?.seq)).collect())
}

/// The words are those that the header commits to, or were erased.
fn is_whole(event: &RawEvent) -> bool {
    words(event).is_none() || Header::parse(&event.header).is_ok_and(|header| event.keeps_to(&header))
}

/// The records of a file that are whole.
fn records(bytes: &[u8]) -> impl Iterator<Item = RawEvent> + '_ {
    let mut rest = bytes;
    std::iter::from_fn(move || {
        loop {
            let at = rest.windows(MAGIC.len()).position(|w| w == MAGIC)?;
            let from = rest.get(at..)?;
            // One that was cut off while it was written has swallowed what follows it.
            let behind = from.get(MAGIC.len()..)?;
            if let Some((event, after)) = one(from) {
                rest = if is_whole(&event) { after } else { behind };
                return Some(event);
            }
            rest = behind;
        }
    })
}

/// The record at the beginning, and what follows it.
fn one(bytes: &[u8]) -> Option<(RawEvent, &[u8])> {
    let line_end = bytes.iter().take(64).position(|b| *b == b'\n')?;
    let line = std::str::from_utf8(bytes.get(MAGIC.len()..line_end)?).ok()?;
    let (header_size, body_size) = line.split_once(' ')?;
    let header_size: usize = header_size.parse().ok().filter(|n| *n <= MAX_HEADER_BYTES)?;
    let rest = bytes.get(line_end + 1..)?;
    let (header, rest) = rest.split_at_checked(header_size)?;
    let (words, rest) = match body_size {
        "-" => (None, rest),
        size => {
            let (salt, rest) = rest.split_at_checked(SALT)?;
            let (body, rest) = rest.split_at_checked(size.parse().ok()?)?;
            (Some((salt.to_vec(), body.to_vec())), rest)
        }
    };
    let after = rest.strip_prefix(b"\n")?;
    let (salt, body) = words.unzip();
    Some((RawEvent { header: header.to_vec(), salt, body, columns: None }, after))
}
