//! The draft journal: what people type is in the kernel before it is on the screen, and on the disk half a second
//! later. It must not know what a draft means, and it never deletes text that is not stored or taken over.
//!
//! Each running process appends to a file of its own in `drafts/` and holds a lock on it while it lives; whoever
//! starts later takes over the files of those that are gone. A record is its length and the first four bytes of its
//! SHA-256 (both little end first, 32 bits), then JSON; a torn end is dropped.

mod erase;
mod record;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rustix::fs::{FlockOperation, flock};
use serde::{Deserialize, Serialize};

use crate::domain::ids::{EventId, IncidentId};
use crate::domain::time::Utc;
pub use erase::{Holder, Left, Words, erase};
use record::{Change, Record};

/// How long typed text may be in the kernel only.
pub const SYNC_EVERY: Duration = Duration::from_millis(500);
/// The extension of journals.
const EXTENSION: &str = "journal";
/// A journal that has grown beyond this is begun anew, in bytes.
const LARGEST: u64 = 8 << 20;

/// Text that is not in the log yet, and all that is needed to go on with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Draft {
    /// What tells drafts apart: the id that the event will have (a draft whose id is in the log was stored), or
    /// the id of the log in which one is typed at a time.
    pub id: EventId,
    /// The incident; none on the home screen.
    pub incident: Option<IncidentId>,
    /// Where it is typed: `composer`, `declare`, `reason`.
    pub field: String,
    /// What kind of entry, or mode, it was begun in; the screen's own words.
    pub mode: String,
    /// The text.
    pub text: String,
    /// The cursor, in bytes of the text.
    pub cursor: usize,
    /// The fixed *occurred at*, if one was fixed.
    pub at: Option<Utc>,
    /// What else the screen needs to go on (lines handed over and not confirmed, the entry that is amended), in a
    /// form of its own.
    #[serde(default)]
    pub rest: String,
    /// Who typed it; empty while nobody was named, and in journals of older versions.
    #[serde(default)]
    pub person: String,
}

impl Draft {
    /// Somebody else typed it: their Enter stores it, and nobody's besides.
    fn is_of_another(&self, person: &str) -> bool {
        !self.person.is_empty() && !self.person.eq_ignore_ascii_case(person)
    }
}

/// A journal that cannot be written or read.
#[derive(Debug, thiserror::Error)]
#[error(
    "half-typed text is not kept ({source}) and would be lost if this program ended now: store it, or make room; {path} cannot be {verb}"
)]
pub struct DraftError {
    /// The journal or its folder.
    pub path: PathBuf,
    /// What was tried.
    pub verb: &'static str,
    /// What the host says.
    pub source: io::Error,
}

/// This process's journal.
#[derive(Debug)]
pub struct Journal {
    folder: PathBuf,
    path: PathBuf,
    file: Arc<File>,
    /// The same file, for syncers.
    syncer: Syncer,
    live: BTreeMap<EventId, Draft>,
    length: u64,
    /// When (on the clock's running time) the oldest bytes that are not synced were written.
    dirty_since: Option<Duration>,
}

/// Syncs the journal from another thread, when a signal ends the program.
#[derive(Debug, Clone)]
pub struct Syncer {
    folder: PathBuf,
    file: Arc<Mutex<Arc<File>>>,
    /// Whether the name of the file is on the disk: once for each file, not at each text.
    named: Arc<AtomicBool>,
}

impl Syncer {
    fn new(folder: &Path, file: &Arc<File>) -> Self {
        let file = Arc::new(Mutex::new(file.clone()));
        Self { folder: folder.to_owned(), file, named: Arc::new(AtomicBool::new(false)) }
    }

    /// Another file has the name now.
    fn replace(&self, file: &Arc<File>) {
        *self.file.lock().unwrap_or_else(PoisonError::into_inner) = file.clone();
        self.named.store(false, Ordering::Release);
    }

    /// Waits until all that was written is on the disk.
    pub fn sync(&self) {
        // The text is in the kernel; there is nothing else to do for it now.
        let _ = self.try_sync();
    }

    fn try_sync(&self) -> io::Result<()> {
        let file = self.file.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let name_is_new = !self.named.swap(true, Ordering::AcqRel);
        rustix::fs::fdatasync(&*file)?;
        if name_is_new && let Err(error) = File::open(&self.folder).and_then(|folder| folder.sync_all()) {
            self.named.store(false, Ordering::Release);
            return Err(error);
        }
        Ok(())
    }
}

/// What journals of processes that are gone held.
#[derive(Debug, Default)]
pub struct Recovered {
    /// The drafts, oldest file first; they are in the own journal now.
    pub drafts: Vec<Draft>,
    /// Files that hold something but could not be read to any draft; they were left where they are.
    pub unreadable: Vec<PathBuf>,
    /// What others typed; it was left where it is, for them.
    pub of_others: Vec<Draft>,
}

impl Journal {
    /// Begins the journal of this process. `name` must be its own among all that ever ran here, such as
    /// `<boot id>-<pid>-<token>`.
    ///
    /// # Errors
    /// [`DraftError`] when the folder cannot be written.
    pub fn begin(folder: &Path, name: &str) -> Result<Self, DraftError> {
        let path = folder.join(format!("{name}.{EXTENSION}"));
        let open = || -> io::Result<File> {
            let file = OpenOptions::new()
                .append(true)
                .create_new(true)
                .mode(0o600)
                .custom_flags(nofollow())
                .open(&path)?;
            flock(&file, FlockOperation::NonBlockingLockExclusive)?;
            Ok(file)
        };
        let file = open().map_err(|source| DraftError { path: path.clone(), verb: "made", source })?;
        let (folder, live, file) = (folder.to_owned(), BTreeMap::new(), Arc::new(file));
        let syncer = Syncer::new(&folder, &file);
        Ok(Self { folder, path, file, syncer, live, length: 0, dirty_since: None })
    }

    /// The file of this journal: what to name when storing fails.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The drafts that are neither stored nor dropped.
    pub fn live(&self) -> impl Iterator<Item = &Draft> {
        self.live.values()
    }

    /// What syncs this journal from another thread.
    #[must_use]
    pub fn syncer(&self) -> Syncer {
        self.syncer.clone()
    }

    /// Writes the present state of a draft: call it before the draw that shows it. Only what changed is written.
    /// `running` is the clock's running time.
    ///
    /// # Errors
    /// [`DraftError`]; the draft is kept in memory and written whole next time.
    pub fn write(&mut self, draft: &Draft, running: Duration) -> Result<(), DraftError> {
        let record = match self.live.get(&draft.id) {
            Some(before) if before == draft => return Ok(()),
            Some(before) => Change::between(before, draft).map_or(Record::Set(draft.clone()), Record::Change),
            None => Record::Set(draft.clone()),
        };
        if let Err(error) = self.append(&record, running) {
            // A record that is not there must not be built upon.
            self.live.remove(&draft.id);
            return Err(error);
        }
        self.live.insert(draft.id, draft.clone());
        // A large text is not written anew at every key.
        let live: usize = self.live.values().map(|d| d.text.len()).sum();
        if self.length > LARGEST.max(3 * live as u64) { self.begin_anew(running) } else { Ok(()) }
    }

    /// The same for a draft that holds nothing that anybody typed. What it had been before, and was stored or deleted,
    /// goes from the file with it, unless another draft needs the file.
    ///
    /// # Errors
    /// [`DraftError`].
    pub fn write_empty(&mut self, draft: &Draft, running: Duration) -> Result<(), DraftError> {
        if self.length > 0 && self.live.keys().all(|id| *id == draft.id) {
            self.file.set_len(0).map_err(|source| self.error("emptied", source))?;
            self.length = 0;
            self.live.clear();
        }
        self.write(draft, running)
    }

    /// Forgets a draft: it was stored, or dropped by the one who typed it. The file is emptied with the last one.
    ///
    /// # Errors
    /// [`DraftError`].
    pub fn done(&mut self, id: EventId, running: Duration) -> Result<(), DraftError> {
        if self.live.remove(&id).is_none() {
            return Ok(());
        }
        if !self.live.is_empty() {
            return self.append(&Record::Done(id), running);
        }
        self.file.set_len(0).map_err(|source| self.error("emptied", source))?;
        self.length = 0;
        self.dirty_since = None;
        Ok(())
    }

    /// How long until [`Journal::due`] has something to sync; none while all is on the disk.
    #[must_use]
    pub fn due_in(&self, running: Duration) -> Option<Duration> {
        self.dirty_since.map(|since| (since + SYNC_EVERY).saturating_sub(running))
    }

    /// What another thread is to sync, when the oldest unsynced text is half a second old. The screen does not wait
    /// for a disk.
    #[must_use]
    pub fn due(&mut self, running: Duration) -> Option<Syncer> {
        if !self.due_in(running).is_some_and(|left| left.is_zero()) {
            return None;
        }
        self.dirty_since = None;
        Some(self.syncer())
    }

    /// Syncs now: before the terminal is handed over, before stopping, at the end.
    ///
    /// # Errors
    /// [`DraftError`] when the disk refuses.
    pub fn sync(&mut self) -> Result<(), DraftError> {
        self.dirty_since = None;
        self.syncer.try_sync().map_err(|error| self.error("synced", error))
    }

    /// Takes over the journals of a person's processes that are gone: their drafts are written here and synced, then
    /// their files are removed. A journal with text of somebody else waits for that one.
    ///
    /// # Errors
    /// [`DraftError`] when the own journal cannot be written; the files of the others are then left.
    pub fn take_over(&mut self, person: &str, running: Duration) -> Result<Recovered, DraftError> {
        let mut recovered = Recovered::default();
        for path in self.others()? {
            // Not ours to read (another account's in a shared home), gone meanwhile, or its process lives.
            let Some(file) = orphan(&path) else { continue };
            let (mut drafts, readable) = record::read(&record::bytes(&file));
            if !readable {
                recovered.unreadable.push(path);
                continue;
            }
            if drafts.iter().any(|draft| draft.is_of_another(person)) {
                recovered.of_others.extend(drafts);
                continue;
            }
            for draft in &mut drafts {
                // Two programs may have had a line in the same room: neither takes the place of the other.
                while self.live.contains_key(&draft.id) {
                    draft.id = EventId(uuid::Uuid::from_u128(draft.id.0.as_u128().wrapping_add(1)));
                }
                self.write(draft, running)?;
            }
            if !drafts.is_empty() {
                self.sync()?;
            }
            // One that stays is taken over again at the next start: twice is better than never.
            let _ = std::fs::remove_file(&path);
            recovered.drafts.extend(drafts);
        }
        Ok(recovered)
    }

    fn others(&self) -> Result<Vec<PathBuf>, DraftError> {
        let error = |source| DraftError { path: self.folder.clone(), verb: "read", source };
        let mut found = Vec::new();
        for entry in std::fs::read_dir(&self.folder).map_err(error)? {
            let path = entry.map_err(error)?.path();
            if path != self.path && path.extension().is_some_and(|e| e == EXTENSION) {
                let written = std::fs::symlink_metadata(&path).map(|m| (m.mtime(), m.mtime_nsec())).ok();
                found.push((written, path));
            }
        }
        found.sort();
        Ok(found.into_iter().map(|(_, path)| path).collect())
    }

    fn append(&mut self, record: &Record, running: Duration) -> Result<(), DraftError> {
        let bytes = record.encode().map_err(|source| self.error("written", source))?;
        if let Err(source) = (&*self.file).write_all(&bytes) {
            // Half a record would hide all that follow it.
            let _ = self.file.set_len(self.length);
            return Err(self.error("written", source));
        }
        self.length += bytes.len() as u64;
        self.dirty_since.get_or_insert(running);
        Ok(())
    }

    /// Writes the live drafts to a new file, which then takes the place of the old one.
    fn begin_anew(&mut self, running: Duration) -> Result<(), DraftError> {
        let old = self.path.clone();
        let stem = old.file_stem().map(|s| s.to_string_lossy().into_owned()).unwrap_or_default();
        let mut fresh = Self::begin(&self.folder, &format!("{stem}x"))?;
        for draft in self.live.values() {
            fresh.append(&Record::Set(draft.clone()), running)?;
        }
        fresh.sync()?;
        std::fs::rename(&fresh.path, &old).map_err(|source| self.error("replaced", source))?;
        self.file = fresh.file.clone();
        self.syncer.replace(&fresh.file);
        self.length = fresh.length;
        fresh.live.clear();
        fresh.path = PathBuf::new();
        Ok(())
    }

    fn error(&self, verb: &'static str, source: io::Error) -> DraftError {
        DraftError { path: self.path.clone(), verb, source }
    }
}

impl Drop for Journal {
    /// A journal without text leaves no file; one with text stays for the next start.
    fn drop(&mut self) {
        if self.path.as_os_str().is_empty() {
            return;
        }
        if self.live.is_empty() {
            let _ = std::fs::remove_file(&self.path);
        } else {
            self.syncer.sync();
        }
    }
}

/// Opens the journal of a process that is gone, with its lock.
fn orphan(path: &Path) -> Option<File> {
    let file = OpenOptions::new().read(true).write(true).custom_flags(nofollow()).open(path).ok()?;
    flock(&file, FlockOperation::NonBlockingLockExclusive).ok()?;
    // Another one may have taken it over between the two lines above.
    file.metadata().ok().filter(|m| m.is_file() && m.nlink() > 0)?;
    Some(file)
}

fn nofollow() -> i32 {
    i32::try_from(rustix::fs::OFlags::NOFOLLOW.bits()).unwrap_or(0)
}
