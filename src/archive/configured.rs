//! Which files git's configuration is read from, where the environment names others than the usual ones. libgit2 looks at
//! these variables only together with those that name another repository, which are not for us. It must not read the
//! environment: the caller did.

use std::path::{Path, PathBuf};

use git2::{Config, ConfigLevel, ErrorCode};

use super::Archive;
use super::error::ArchiveError;

/// What is empty and always there.
const NOTHING: &str = "/dev/null";

/// Files that stand in for the user's and the system's configuration of git; each is read from its usual place where
/// none is named.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct GitConfig {
    /// In place of `~/.gitconfig` and `$XDG_CONFIG_HOME/git/config` (`GIT_CONFIG_GLOBAL`); an empty name: of nothing.
    pub global: Option<PathBuf>,
    /// In place of the system's (`GIT_CONFIG_SYSTEM`); an empty name: of nothing.
    pub system: Option<PathBuf>,
}

impl GitConfig {
    /// Puts the files in the place of the usual ones.
    pub(super) fn put_into(&self, config: &mut Config) -> Result<(), git2::Error> {
        let nothing = Some(Path::new(NOTHING));
        let files = [
            (ConfigLevel::System, self.system.as_deref()),
            (ConfigLevel::XDG, nothing.filter(|_| self.global.is_some())),
            (ConfigLevel::Global, self.global.as_deref()),
        ];
        for (level, file) in files {
            let Some(file) = file else { continue };
            let file = if file.as_os_str().is_empty() { Path::new(NOTHING) } else { file };
            match config.add_file(file, level, true) {
                // One that cannot be read counts as empty, as for git.
                Err(error) if error.code() == ErrorCode::NotFound => {
                    config.add_file(NOTHING.as_ref(), level, true)?;
                }
                done => done?,
            }
        }
        Ok(())
    }

    /// A setting outside of any repository.
    pub(super) fn outside(&self, name: &str) -> Option<String> {
        let mut config = Config::open_default().ok()?;
        self.put_into(&mut config).ok()?;
        config.get_string(name).ok()
    }
}

impl Archive {
    /// Goes by these files in place of the usual ones. Call it before anything is read.
    ///
    /// # Errors
    /// [`ArchiveError::Git`] when one of them is no configuration.
    pub fn with_config(self, files: &GitConfig) -> Result<Self, ArchiveError> {
        // This is the very configuration that the repository goes by, not a copy.
        let put = self.repo.config().and_then(|mut config| files.put_into(&mut config));
        put.map_err(|e| self.git(e))?;
        Ok(self)
    }
}
