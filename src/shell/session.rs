//! A session: home, configuration, clock, ids and who acts, put together once, and the service over them. Used by
//! every subcommand and by the screen. It must not hold rules of its own.

mod erasing;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

pub use erasing::Erased;

use crate::domain::audience::Audience;
use crate::domain::drill;
use crate::domain::ids::{EventId, LogId};
use crate::domain::log::sanitise_actor;
use crate::domain::people::People;
use crate::domain::policy::Policy;
use crate::domain::runbook::shipped;
use crate::domain::secret::Tagger;
use crate::domain::time::Utc;
use crate::domain::wording;
use crate::service::{
    ArchivePlace, By, EventStore, Failure, FailureKind, IndexOpening, LaterStore, MemoryStore, Mint,
    OpenMode, Places, Service, SqliteStore, StoreError, begin_mirror, gone, not_emptied,
};
use crate::shell::clock::Clock;
use crate::shell::config::{Config, ConfigProblem, default_file, people_file};
pub use crate::shell::early::Early;
use crate::shell::early::OpeningStore;
use crate::shell::environment::Environment;
use crate::shell::identity::Identity;
use crate::shell::ids::{Ids, shared_event};
use crate::shell::logging;
use crate::shell::paths::{Access, Home, HomeError, Shipped, narrow_umask};
use crate::shell::seals::Seals;

/// What the command line says about the session.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Flags {
    /// `--home`.
    pub home: Option<PathBuf>,
    /// `--as`.
    pub as_person: Option<String>,
}

/// How the home is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Opening {
    /// Made when it is not there.
    Write,
    /// Never made; a home that is not there reads as an empty one.
    Read,
    /// As [`Opening::Read`], for what asks the memory first: the database is opened when an answer needs it.
    Recall,
}

/// Home, configuration, clock and identity; nothing is opened yet.
#[derive(Debug, Clone)]
pub struct Session {
    /// What the process was started with.
    pub environment: Environment,
    /// The folder that holds it all.
    pub home: Home,
    /// The settings.
    pub config: Config,
    /// The one clock.
    pub clock: Clock,
    /// The one mint.
    pub ids: Ids,
    /// Who acts.
    pub identity: Identity,
    /// A home that is for this once: it is deleted also when a signal ends the program.
    pub throwaway: Option<PathBuf>,
}

impl Session {
    /// Finds home, configuration and identity.
    ///
    /// # Errors
    /// A usage failure for a bad configuration, `WARROOM_NOW` or person; the message names file and line.
    pub fn begin(flags: &Flags) -> Result<Self, Failure> {
        Self::begin_with(flags, true, |_, _| {})
    }

    /// The same for what opens the screen where there is a terminal: the database is opened while the settings are read.
    ///
    /// # Errors
    /// As [`Session::begin`].
    pub fn begin_screen(flags: &Flags) -> Result<(Self, Option<Early>), Failure> {
        let mut early = None;
        let begin = |environment: &Environment, home: &Home| {
            if environment.is_terminal() {
                early = Early::begin(home);
            }
        };
        let session = Self::begin_with(flags, true, begin)?;
        Ok((session, early))
    }

    /// The same for what asks the memory: the index is opened while the settings are read.
    ///
    /// # Errors
    /// As [`Session::begin`].
    pub fn begin_asking(flags: &Flags) -> Result<(Self, Option<IndexOpening>), Failure> {
        let mut opening = None;
        let begin =
            |_: &Environment, home: &Home| opening = IndexOpening::begin(home.index(), home.thesaurus());
        let session = Self::begin_with(flags, true, begin)?;
        Ok((session, opening))
    }

    /// The same without the user's own settings: for a home that must look alike for everybody.
    ///
    /// # Errors
    /// As [`Session::begin`].
    pub fn begin_alone(flags: &Flags) -> Result<Self, Failure> {
        Self::begin_with(flags, false, |_, _| {})
    }

    /// `trusted` is called with the home as soon as it is known to be one's own, and with what the process was given.
    fn begin_with(
        flags: &Flags,
        own_settings: bool,
        trusted: impl FnOnce(&Environment, &Home),
    ) -> Result<Self, Failure> {
        let environment = Environment::of_process();
        let usage = |message: String| Failure::new(FailureKind::Usage, message);
        let home = Home::find(flags.home.as_deref(), &environment).map_err(|e| Failure::no(e.to_string()))?;
        if home.root().is_file() {
            // Said before a file in it is missed.
            return Err(Failure::no(HomeError::NotFolder(home.root().to_owned()).to_string()));
        }
        home.trust().map_err(|e| Failure::no(e.to_string()))?;
        trusted(&environment, &home);
        let clock = Clock::from_env(environment.now.as_deref()).map_err(|e| usage(e.to_string()))?;
        let environment = environment.completed();
        let user_file = environment.config_folder().map(|folder| folder.join("config.toml"));
        let user_file = user_file.filter(|_| own_settings);
        let home_file = home.config();
        let config =
            Config::load(Some(&home_file), user_file.as_deref()).map_err(|e| usage(e.to_string()))?;
        let identity = Identity::find(flags.as_person.as_deref(), &environment, &config)
            .map_err(|e| usage(e.to_string()))?;
        let ids = Ids::new().map_err(|e| Failure::no(e.to_string()))?;
        Ok(Self { environment, home, config, clock, ids, identity, throwaway: None })
    }

    /// The signature of a head of a log, where `[me] signing-key` names an SSH key.
    ///
    /// # Errors
    /// When the key cannot sign.
    pub fn sign_head(&self, text: &str) -> Result<Option<String>, Failure> {
        let Some(key) = self.config.signing_key.as_deref() else { return Ok(None) };
        let key = self.user_path(Path::new(key)).display().to_string();
        super::seals::sign_head(&key, text).map(Some).map_err(|why| {
            Failure::no(format!("the head cannot be signed: {why}"))
                .hint("mend [me] signing-key in your own configuration, or take it away; nothing was written")
        })
    }

    /// Makes what is missing of the home.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn create_home(&self, access: &Access) -> Result<bool, Failure> {
        let (runbooks, drills) = (file_names(shipped::SHIPPED), file_names(drill::SHIPPED));
        let runbooks: Vec<_> = runbooks.iter().map(|(name, text)| (name.as_str(), *text)).collect();
        let drills: Vec<_> = drills.iter().map(|(name, text)| (name.as_str(), *text)).collect();
        let (config, people) = (default_file(), people_file());
        let templates: Vec<_> =
            Audience::ALL.iter().map(|a| (wording::file_name(*a), wording::shipped(*a))).collect();
        let list = shipped::list(shipped::SHIPPED.iter().copied());
        let mut runbooks = runbooks;
        runbooks.push((shipped::LIST, list.as_str()));
        let shipped = Shipped {
            config: &config,
            people: &people,
            runbooks: &runbooks,
            drills: &drills,
            templates: &templates,
        };
        self.home.create(access, shipped).map_err(|e| Failure::no(e.to_string()))
    }

    /// Makes the home where there is none, and the folders that one lacks which is there.
    ///
    /// # Errors
    /// When it cannot be made. What cannot be added to one that is there stops nobody who reads; whoever writes is told
    /// by the store.
    pub fn complete_home(&self) -> Result<(), Failure> {
        if !self.home.exists() {
            self.create_home(&Access::Private)?;
        } else if self.home.database().exists() {
            let _ = self.home.make_folders();
        } else {
            // Somebody wrote the settings first.
            let _ = self.create_home(&Access::Private);
        }
        Ok(())
    }

    /// Opens the service.
    ///
    /// # Errors
    /// When the home cannot be made, read or written, lies on a network file system, or is of a newer version.
    pub async fn open(&self, opening: Opening) -> Result<Service, Failure> {
        self.open_begun(opening, None).await
    }

    /// The same, where the database to write may be on its way already.
    ///
    /// # Errors
    /// As [`Session::open`].
    pub async fn open_begun(
        &self,
        opening: Opening,
        begun: Option<OpeningStore>,
    ) -> Result<Service, Failure> {
        self.not_lost()?;
        if opening == Opening::Write {
            self.complete_home()?;
            logging::begin(&self.home.log(), self.environment.log.as_deref())
                .map_err(|error| Failure::new(FailureKind::Usage, error.to_string()))?;
        }
        narrow_umask(&self.home);
        let write = opening == Opening::Write && self.home.exists();
        let tagger = Tagger::new(self.home.read_tag_key(self.ids.salt(), write));
        let mint = Arc::new(SessionMint { ids: self.ids.clone(), clock: self.clock.clone(), tagger });
        let (policy, places) = (self.policy(), self.places());
        let database = self.home.database();
        let store: Arc<dyn EventStore> = match opening {
            Opening::Read | Opening::Recall if !database.exists() => Arc::new(MemoryStore::default()),
            Opening::Read => Arc::new(open_for_reading(&database).await?),
            Opening::Recall => Arc::new(LaterStore::new(async move { open_for_reading(&database).await })),
            Opening::Write => Arc::new(self.store_to_write(begun).await?),
        };
        Ok(Service::new(store, policy, places, mint, Arc::new(Seals)))
    }

    /// The database to write, which may be on its way already.
    async fn store_to_write(&self, begun: Option<OpeningStore>) -> Result<SqliteStore, Failure> {
        let store = match begun {
            // A screen looks for what is lost itself, and after its first frame, which ten thousand names would keep back.
            Some(opening) => opening.await.map_err(|_| Failure::no("opening the database broke off"))??,
            None => {
                let store = SqliteStore::open(&self.home.database(), OpenMode::Create).await?;
                store.lacks_no_log().await?;
                store
            }
        };
        #[cfg(debug_assertions)]
        if self.environment.unsynced {
            store.unsynced().await?;
        }
        // A home that was brought back from a backup has none, nor one whose mirror was taken away.
        if std::fs::read_dir(self.home.mirror()).is_ok_and(|mut files| files.next().is_none()) {
            begin_mirror(&store).await;
        }
        Ok(store)
    }

    /// Refuses to begin an empty database, or to read one, where the old one is missing and can be put together again: its
    /// incidents would be gone from all lists, and their names be given away once more.
    fn not_lost(&self) -> Result<(), Failure> {
        match gone(&self.home.database()) {
            None => Ok(()),
            Some(why) => Err(Failure::new(FailureKind::Integrity, why).hint(
                "warroom doctor --repair puts it together again; to begin anew, move mirror/ away first",
            )),
        }
    }

    /// Who acts, at this moment.
    #[must_use]
    pub fn by(&self) -> By {
        self.by_person(&self.identity.person)
    }

    /// Another person at this terminal, at this moment.
    #[must_use]
    pub fn by_person(&self, person: &str) -> By {
        let tty = self.environment.tty.as_deref().unwrap_or("");
        By {
            person: person.to_owned(),
            actor: sanitise_actor(&self.identity.user, &self.identity.host, tty),
            stamp: self.clock.stamp(),
        }
    }

    /// What the team has agreed on.
    #[must_use]
    pub fn policy(&self) -> Policy {
        self.config.policy()
    }

    /// The people of `people.toml`, with what is wrong in it: that stops nothing.
    #[must_use]
    pub fn people(&self) -> (People, Vec<ConfigProblem>) {
        let (people, mut problems) = self.config.people(&self.home.people());
        if let Some(message) = self.home.exposed_people() {
            problems.push(ConfigProblem { file: self.home.people(), line: None, message });
        }
        (people, problems)
    }

    /// A path of the settings: `~/` is the user's own folder.
    fn user_path(&self, path: &Path) -> PathBuf {
        match (path.strip_prefix("~"), self.environment.user_home.as_ref()) {
            (Ok(rest), Some(home)) => home.join(rest),
            _ => path.to_owned(),
        }
    }

    fn places(&self) -> Places {
        let archive = &self.config.archive;
        let own = archive.repository.is_none();
        let repository = archive
            .repository
            .as_ref()
            .map_or_else(|| self.home.postmortems(), |path| self.home.root().join(self.user_path(path)));
        // The home's own repository may be named in the configuration as well.
        let own = own || repository == self.home.postmortems();
        Places {
            database: self.home.database(),
            archive: ArchivePlace {
                repository,
                folder: PathBuf::from(&archive.folder),
                own,
                author: archive.author.clone(),
                branch: archive.branch.clone(),
                config: self.environment.git.clone(),
            },
            index: self.home.index(),
            drafts: self.home.drafts(),
            runbooks: self.home.runbooks(),
            templates: self.home.templates(),
            snapshots: self.home.snapshots(),
        }
    }
}

/// A home that may be written is opened as such also for reading, because SQLite reads a live log best that way. On a
/// full disk it is read as where nothing can be written.
async fn open_for_reading(database: &Path) -> Result<SqliteStore, StoreError> {
    let store = match SqliteStore::open(database, OpenMode::ReadWrite).await {
        Err(StoreError::ReadOnly { .. } | StoreError::Full { .. }) => {
            SqliteStore::open(database, OpenMode::ReadOnly).await
        }
        opened => opened,
    }?;
    not_emptied(&store).await?;
    Ok(store)
}

struct SessionMint {
    ids: Ids,
    clock: Clock,
    tagger: Tagger,
}

impl Mint for SessionMint {
    fn today(&self) -> chrono::NaiveDate {
        self.clock.now().date_naive()
    }

    fn running(&self) -> Duration {
        self.clock.running()
    }

    fn event(&self, at: Utc) -> EventId {
        self.ids.event(at)
    }

    fn log(&self, at: Utc) -> LogId {
        self.ids.log(at)
    }

    fn salt(&self) -> [u8; 32] {
        self.ids.salt()
    }

    fn tagger(&self) -> &Tagger {
        &self.tagger
    }

    fn shared_event(&self, log: LogId, thing: &str) -> EventId {
        shared_event(log, thing)
    }
}

/// The names of shipped texts as files of a home.
fn file_names(shipped: &[(&str, &'static str)]) -> Vec<(String, &'static str)> {
    shipped.iter().map(|(name, text)| (format!("{name}.md"), *text)).collect()
}
