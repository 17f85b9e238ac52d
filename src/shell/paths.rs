//! Where the home is and what lies in it; `make` makes it. It must not read what the files mean.

mod exposed;
mod make;

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::{fs, io};

pub use make::narrow_umask;

use crate::shell::environment::Environment;

/// The file that makes a folder a home.
pub const CONFIG_FILE: &str = "warroom.toml";

/// The team's own rows for the thesaurus in the home.
pub const THESAURUS_FILE: &str = "thesaurus.tsv";

/// The folders of a home, all made with it.
const FOLDERS: &[&str] =
    &["runbooks", "drills", "templates", "postmortems", "index", "drafts", "mirror", "snapshots", "log"];

/// What named the home.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HomeSource {
    /// `--home`.
    Flag,
    /// `WARROOM_HOME`.
    Variable,
    /// The nearest folder above the working folder that holds `warroom.toml`.
    Ancestor,
    /// `$XDG_DATA_HOME/warroom` or `~/.local/share/warroom`.
    Default,
}

impl std::fmt::Display for HomeSource {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Flag => "--home",
            Self::Variable => "WARROOM_HOME",
            Self::Ancestor => "the nearest folder above with a warroom.toml",
            Self::Default => "default",
        })
    }
}

/// Who may read and write a home.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Access {
    /// One account: folders 0700, files 0600.
    Private,
    /// The accounts of this Unix group: folders 2770, files 0660.
    Group(String),
}

/// What a new home is filled with.
#[derive(Debug, Clone, Copy, Default)]
pub struct Shipped<'a> {
    /// The commented `warroom.toml`.
    pub config: &'a str,
    /// The commented `people.toml`.
    pub people: &'a str,
    /// File name and text of each runbook.
    pub runbooks: &'a [(&'a str, &'a str)],
    /// File name and text of each drill.
    pub drills: &'a [(&'a str, &'a str)],
    /// File name and text of each template.
    pub templates: &'a [(&'a str, &'a str)],
}

/// The folder that holds everything; it may not exist yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Home {
    root: PathBuf,
    source: HomeSource,
}

/// A home that cannot be found or made.
#[derive(Debug, thiserror::Error)]
pub enum HomeError {
    /// Nothing names a home.
    #[error("there is no place for a home: HOME is not set; name a folder with --home DIR or WARROOM_HOME")]
    Nowhere,
    /// A file lies where the folder should be.
    #[error("{0} is a file, not a folder; name another home with --home DIR, or move the file away")]
    NotFolder(PathBuf),
    /// The folder above is missing.
    #[error(
        "{parent} does not exist, so the home {root} cannot be made in it; make it first: mkdir -p {parent}"
    )]
    NoParent {
        /// The home.
        root: PathBuf,
        /// The missing folder.
        parent: PathBuf,
    },
    /// The home cannot be written.
    #[error(
        "{path} cannot be written: {source}; check who owns it and whether the disk is full or read-only, or name another home with --home DIR"
    )]
    Unwritable {
        /// What could not be made or written.
        path: PathBuf,
        /// What the host says.
        source: io::Error,
    },
    /// The group of `init --group` does not exist.
    #[error("there is no group {0:?} on this host; `getent group` lists those there are")]
    NoGroup(String),
    /// Another account made it, and nobody named it.
    #[error(
        "{root} was found above this folder, but it belongs to {owner}: its settings name programs that would run with your rights; name it with --home DIR if you trust it"
    )]
    Foreign {
        /// The home.
        root: PathBuf,
        /// Whose it is.
        owner: String,
    },
    /// The home exists already and is not shared.
    #[error(
        "{0} exists and belongs to one account; a shared home must be a new folder: name one with --home DIR"
    )]
    AlreadyPrivate(PathBuf),
}

impl Home {
    /// Finds the home: `--home`, `WARROOM_HOME`, the nearest folder above the working folder that holds
    /// `warroom.toml`, else the user's data folder. It need not exist.
    ///
    /// # Errors
    /// [`HomeError::Nowhere`] when none of these names one.
    pub fn find(flag: Option<&Path>, environment: &Environment) -> Result<Self, HomeError> {
        let folder = environment.working_folder.as_deref();
        let absolute = |path: &Path| folder.map_or_else(|| path.to_owned(), |folder| folder.join(path));
        if let Some(path) = flag {
            return Ok(Self { root: absolute(path), source: HomeSource::Flag });
        }
        if let Some(path) = &environment.home {
            return Ok(Self { root: absolute(path), source: HomeSource::Variable });
        }
        let above = folder.into_iter().flat_map(Path::ancestors).find(|dir| dir.join(CONFIG_FILE).is_file());
        if let Some(dir) = above {
            return Ok(Self { root: dir.to_owned(), source: HomeSource::Ancestor });
        }
        let root = environment.default_home().ok_or(HomeError::Nowhere)?;
        Ok(Self { root, source: HomeSource::Default })
    }

    /// The home at this folder, as if named by `--home`.
    #[must_use]
    pub fn at(root: &Path) -> Self {
        Self { root: root.to_owned(), source: HomeSource::Flag }
    }

    /// The folder itself.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// What named this home.
    #[must_use]
    pub fn source(&self) -> HomeSource {
        self.source
    }

    /// Whether the home was made: its `warroom.toml`, which is written last, is there.
    #[must_use]
    pub fn exists(&self) -> bool {
        self.config().is_file()
    }

    /// `warroom.toml`.
    #[must_use]
    pub fn config(&self) -> PathBuf {
        self.root.join(CONFIG_FILE)
    }

    /// `people.toml`: who can be reached how. It leaves this machine by no way of this program.
    #[must_use]
    pub fn people(&self) -> PathBuf {
        self.root.join("people.toml")
    }

    /// `warroom.db`.
    #[must_use]
    pub fn database(&self) -> PathBuf {
        self.root.join("warroom.db")
    }

    /// The team's runbooks.
    #[must_use]
    pub fn runbooks(&self) -> PathBuf {
        self.root.join("runbooks")
    }

    /// The team's drills.
    #[must_use]
    pub fn drills(&self) -> PathBuf {
        self.root.join("drills")
    }

    /// The team's templates.
    #[must_use]
    pub fn templates(&self) -> PathBuf {
        self.root.join("templates")
    }

    /// The archive where the configuration names no other.
    #[must_use]
    pub fn postmortems(&self) -> PathBuf {
        self.root.join("postmortems")
    }

    /// The team's own rows for the thesaurus of the search; need not exist.
    #[must_use]
    pub fn thesaurus(&self) -> PathBuf {
        self.root.join(THESAURUS_FILE)
    }

    /// What search reads; can be deleted at any time.
    #[must_use]
    pub fn index(&self) -> PathBuf {
        self.root.join("index")
    }

    /// Text that is not in the log yet.
    #[must_use]
    pub fn drafts(&self) -> PathBuf {
        self.root.join("drafts")
    }

    /// Plain copies of the log.
    #[must_use]
    pub fn mirror(&self) -> PathBuf {
        self.root.join("mirror")
    }

    /// Copies of the database.
    #[must_use]
    pub fn snapshots(&self) -> PathBuf {
        self.root.join("snapshots")
    }

    /// Output of commands that was kept as evidence; made when the first is kept.
    #[must_use]
    pub fn evidence(&self) -> PathBuf {
        self.root.join("evidence")
    }

    /// The program's own log files.
    #[must_use]
    pub fn log(&self) -> PathBuf {
        self.root.join("log")
    }

    /// Whether the accounts of a group share it (the setgid bit of the folder).
    #[must_use]
    pub fn shared(&self) -> bool {
        fs::metadata(&self.root).is_ok_and(|m| m.permissions().mode() & 0o2000 != 0)
    }

    /// What is to be done when others than those of the home can read `people.toml`: it holds telephone numbers.
    #[must_use]
    pub fn exposed_people(&self) -> Option<String> {
        let (forbidden, mode) = if self.shared() { (0o007, "660") } else { (0o077, "600") };
        let path = self.people();
        let open = fs::metadata(&path).is_ok_and(|m| m.permissions().mode() & forbidden != 0);
        open.then(|| {
            format!("other accounts can read the telephone numbers in it: chmod {mode} {}", path.display())
        })
    }

    /// The kind of network file system on which the home lies, if it does: SQLite's shared files and locks do not
    /// hold there.
    #[must_use]
    pub fn network(&self) -> Option<&'static str> {
        let nearest = self.root.ancestors().find(|dir| dir.exists())?;
        network_kind(u64::try_from(rustix::fs::statfs(nearest).ok()?.f_type).ok()?)
    }

    /// The key of the tags by which a masked secret is known again (32 bytes in hex).
    #[must_use]
    pub fn tag_key(&self) -> PathBuf {
        self.root.join("secret-tags.key")
    }
}

/// Magic numbers of `statfs(2)`.
fn network_kind(magic: u64) -> Option<&'static str> {
    Some(match magic & 0xFFFF_FFFF {
        0x6969 => "NFS",
        0x517B | 0xFF53_4D42 | 0xFE53_4D42 => "SMB",
        0x5346_414F | 0x6B41_4653 => "AFS",
        0x7375_7245 => "Coda",
        0x00C3_6400 => "Ceph",
        0x0BD0_0BD0 => "Lustre",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn environment(folder: &Path) -> Environment {
        Environment {
            working_folder: Some(folder.to_owned()),
            user_home: Some(folder.join("user")),
            ..Environment::default()
        }
    }

    #[test]
    fn the_home_is_found_in_the_order_that_is_documented() {
        let folder = tempfile::tempdir().unwrap();
        let deep = folder.path().join("a/b");
        fs::create_dir_all(&deep).unwrap();
        let mut env = environment(&deep);
        let found = |flag: Option<&str>, env: &Environment| {
            let home = Home::find(flag.map(Path::new), env).unwrap();
            (home.root().to_owned(), home.source())
        };
        assert_eq!(found(None, &env), (deep.join("user/.local/share/warroom"), HomeSource::Default));
        fs::write(folder.path().join(CONFIG_FILE), "").unwrap();
        assert_eq!(found(None, &env), (folder.path().to_owned(), HomeSource::Ancestor));
        env.home = Some("from-variable".into());
        assert_eq!(found(None, &env), (deep.join("from-variable"), HomeSource::Variable));
        assert_eq!(found(Some("flag"), &env), (deep.join("flag"), HomeSource::Flag));
        assert!(matches!(Home::find(None, &Environment::default()), Err(HomeError::Nowhere)));
    }

    #[test]
    fn only_network_file_systems_are_named() {
        assert_eq!(network_kind(0x6969), Some("NFS"));
        assert_eq!(network_kind(0xEF53), None);
        assert_eq!(Home::at(Path::new("/proc/no/such")).network(), None);
    }
}
