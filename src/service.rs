//! Use cases over store, archive and index: the same for the screen and the command line. It must not touch the
//! terminal, read the environment or start a process; what only the shell can do comes in through [`Mint`] and
//! [`Sealing`].

mod audit;
mod backup;
mod boards;
mod breaches;
mod committer;
mod demo;
mod doubt;
mod drafting;
mod drills;
mod erase;
mod evidence;
mod failure;
mod files;
mod first;
mod guard;
mod held;
mod import;
mod incidents;
mod links;
mod memory;
mod merge;
mod mirrored;
mod numbering;
mod patterns;
mod publish;
mod record;
mod remnants;
mod repair;
mod room;
mod rows;
mod runbooks;
mod snapshots;
mod stale;
mod standing;
mod steps;
mod updates;

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;

use tokio::sync::Mutex;

pub use crate::archive::{
    GitConfig, HookPaths, Hooks, Identity, RefreshWarning, Signer, SigningFormat, SigningRequest,
};
pub use crate::index::{
    Fragment, Opening as IndexOpening, Parts, Snippet, guard as index_guard, thesaurus_problems,
};
#[cfg(target_os = "linux")]
pub use crate::store::ChangeWatch;
pub use crate::store::{
    EventStore, LaterStore, MemoryStore, OpenMode, SqliteStore, StoreError, eager, may_write,
};

pub use audit::{Former, Written};
pub use backup::{BackupReport, COPIED_FOLDERS};
pub use demo::EVIDENCE;
pub use drafting::{Beside, DraftFile};
pub use drills::{DrillFile, DrillRunRow, read_drill};
pub use erase::{Overwritten, Unerased};
pub use evidence::{Rehashed, keep_output, read_evidence, rehash};
pub use failure::{Cause, Failure, FailureKind};
use files::unnamed_in_home;
pub use files::{read_at_most, write_folder, write_into_home, write_new};
pub use first::not_emptied;
pub use import::{ImportReport, NotRead};
pub use incidents::{Arrears, Counts, IncidentFilter, StoryQuery, VerifyReport};
pub use links::Linked;
pub use memory::{ALARM_SHARE, Answered, ArchiveState, FindQuery, LeftOut, Past, Similar};
pub use merge::{MergeReport, Merged};
pub use mirrored::{begin_mirror, behind_mirror, copies_behind};
pub use patterns::PatternQuery;
pub use publish::PublishReport;
pub use record::Said;
pub use remnants::{Remnant, words_of};
pub use repair::{Names, Repaired, damage, gone, repair};
pub use room::{Loaded, Submitted};
pub use runbooks::{RunbookChoice, RunbookFile, RunbookUpdate, read_file as read_runbook};
pub use snapshots::{EVERY as SNAPSHOT_EVERY, list as list_snapshots};
pub use stale::{Stale, Twice};
pub use updates::Wording;

use crate::domain::ids::{EventId, LogId};
use crate::domain::incident::Incident;
use crate::domain::policy::Policy;
use crate::domain::secret::Tagger;
use crate::domain::time::{Stamp, Utc};

/// What only the shell may read: ids, salts, the day, and the time that passes. It mints what must not repeat.
pub trait Mint: Send + Sync {
    /// The day that it is (UTC); for telling what is yet to come.
    fn today(&self) -> chrono::NaiveDate;
    /// How long the program runs, by a clock that no one sets; for measuring.
    fn running(&self) -> std::time::Duration;
    /// An event id whose time is `at`.
    fn event(&self, at: Utc) -> EventId;
    /// A log id whose time is `at`.
    fn log(&self, at: Utc) -> LogId;
    /// A salt.
    fn salt(&self) -> [u8; 32];
    /// What marks the secrets of this home, so that one is known again without being told.
    fn tagger(&self) -> &Tagger;
    /// The event id of a thing that two writers must name alike.
    fn shared_event(&self, log: LogId, thing: &str) -> EventId;
}

/// Signs commits and runs hooks. The shell implements it, because both start processes.
pub trait Sealing: Send + Sync {
    /// A signer for what the repository asks for.
    ///
    /// # Errors
    /// Why it cannot be honoured, in a sentence.
    fn signer(&self, request: &SigningRequest) -> Result<Box<dyn Signer>, String>;
    /// What runs the repository's hooks; `None` when there are none.
    fn hooks(&self, paths: &HookPaths) -> Option<Box<dyn Hooks>>;
}

/// Who acts, from where, at what moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct By {
    /// The person.
    pub person: String,
    /// Unix user, host and terminal, as a header takes them.
    pub actor: String,
    /// The moment.
    pub stamp: Stamp,
}

/// Where the archive is.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ArchivePlace {
    /// The repository.
    pub repository: PathBuf,
    /// The folder inside it; empty: its root.
    pub folder: PathBuf,
    /// It is the home's own: made when missing.
    pub own: bool,
    /// The author of the configuration, where git names none.
    pub author: Option<String>,
    /// The branch that must be checked out to publish or import; any when absent.
    pub branch: Option<String>,
    /// The files by which git is configured.
    pub config: GitConfig,
}

/// The folders that the service reads and writes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Places {
    /// The database that the store was opened on; only its mirror is read, beside it.
    pub database: PathBuf,
    /// Postmortems.
    pub archive: ArchivePlace,
    /// The search index.
    pub index: PathBuf,
    /// Drafts of postmortems.
    pub drafts: PathBuf,
    /// The team's runbooks.
    pub runbooks: PathBuf,
    /// The team's templates.
    pub templates: PathBuf,
    /// Copies of the database from hour to hour.
    pub snapshots: PathBuf,
}

impl Places {
    /// The team's own rows for the thesaurus of the search; beside the index, need not exist.
    #[must_use]
    pub fn thesaurus(&self) -> PathBuf {
        self.index.with_file_name("thesaurus.tsv")
    }
}

/// The use cases. Cheap to clone; all clones are one.
#[derive(Clone)]
pub struct Service {
    inner: Arc<Inner>,
}

struct Inner {
    store: Arc<dyn EventStore>,
    policy: Policy,
    places: Places,
    mint: Arc<dyn Mint>,
    sealing: Arc<dyn Sealing>,
    /// Folds of the incidents that this process works on.
    rooms: Mutex<HashMap<LogId, Arc<Mutex<Option<Incident>>>>>,
    memory: std::sync::Mutex<memory::Memory>,
    following: memory::Following,
    unborn: memory::Unborn,
    building: memory::Building,
    hidden: memory::Hidden,
    doubts: doubt::Doubts,
    walked: held::Walked,
}

impl std::fmt::Debug for Service {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Service").field("places", &self.inner.places).finish_non_exhaustive()
    }
}

impl Service {
    /// A service over an open store.
    #[must_use]
    pub fn new(
        store: Arc<dyn EventStore>,
        policy: Policy,
        places: Places,
        mint: Arc<dyn Mint>,
        sealing: Arc<dyn Sealing>,
    ) -> Self {
        let inner = Inner {
            store,
            policy,
            places,
            mint,
            sealing,
            rooms: Mutex::new(HashMap::new()),
            memory: std::sync::Mutex::new(memory::Memory::default()),
            following: memory::Following::default(),
            unborn: memory::Unborn::default(),
            building: memory::Building::default(),
            hidden: memory::Hidden::default(),
            doubts: doubt::Doubts::default(),
            walked: held::Walked::default(),
        };
        Self { inner: Arc::new(inner) }
    }

    /// What the team has agreed on.
    #[must_use]
    pub fn policy(&self) -> &Policy {
        &self.inner.policy
    }

    /// The folders.
    #[must_use]
    pub fn places(&self) -> &Places {
        &self.inner.places
    }

    /// The event log.
    #[must_use]
    pub fn store(&self) -> &dyn EventStore {
        &*self.inner.store
    }

    /// Opens what reading beside the writer needs; called after the first frame.
    ///
    /// # Errors
    /// What the store says.
    pub async fn warm(&self) -> Result<(), Failure> {
        // The table of secrets is read now and not at the first key.
        let _ = crate::domain::secret::find("");
        Ok(self.inner.store.warm().await?)
    }

    /// Finishes what is under way and lets go of the files.
    ///
    /// # Errors
    /// What the store says.
    pub async fn close(&self) -> Result<(), Failure> {
        self.index_followed().await;
        self.let_go_of_index();
        Ok(self.inner.store.close().await?)
    }

    /// Runs git or index work away from the async workers.
    async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Inner) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, Failure> {
        let inner = Arc::clone(&self.inner);
        tokio::task::spawn_blocking(move || work(&inner))
            .await
            .unwrap_or_else(|_| Err(Failure::no("the work broke off; nothing of it was taken over")))
    }
}
