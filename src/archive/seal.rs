//! Who commits, whether the commit has to be signed, and which hooks stand before it. libgit2 neither signs nor runs
//! hooks: the shell does, through the traits here. This module must not start a process.

use std::fmt;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use git2::{Config, ErrorCode, Index, Oid, Repository};

use super::Archive;
use super::error::ArchiveError;

/// A person as git writes one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// The name, not empty.
    pub name: String,
    /// The address, not empty.
    pub email: String,
}

impl FromStr for Identity {
    type Err = ArchiveError;

    /// Reads `Name <name@example.org>`.
    fn from_str(text: &str) -> Result<Self, ArchiveError> {
        let bad = || ArchiveError::BadIdentity { text: text.escape_debug().take(200).collect() };
        let (name, rest) = text.trim().split_once('<').ok_or_else(bad)?;
        let email = rest.strip_suffix('>').ok_or_else(bad)?;
        let (name, email) = (name.trim(), email.trim());
        let odd =
            |part: &str| part.is_empty() || part.contains(['<', '>']) || part.chars().any(char::is_control);
        if odd(name) || odd(email) || email.contains(char::is_whitespace) {
            return Err(bad());
        }
        Ok(Self { name: name.to_owned(), email: email.to_owned() })
    }
}

impl fmt::Display for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} <{}>", self.name, self.email)
    }
}

/// The form of a signature (`gpg.format`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SigningFormat {
    /// GnuPG, git's default: `PROGRAM --status-fd=2 -bsau KEY`.
    OpenPgp,
    /// OpenSSH: `PROGRAM -Y sign -n git -f KEY`.
    Ssh,
    /// S/MIME, with `gpgsm`.
    X509,
}

/// What the repository's configuration says about signing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SigningRequest {
    /// The form of the signature.
    pub format: SigningFormat,
    /// `user.signingkey`: a key id, a file, or `key::…`; `None` leaves the choice to the program.
    pub key: Option<String>,
    /// The program: `gpg.<format>.program`, `gpg.program`, or git's default.
    pub program: String,
}

/// Signs the bytes of a commit. The shell implements it with the program that the repository names.
pub trait Signer: Send {
    /// Returns the armoured signature of the payload.
    ///
    /// # Errors
    /// What went wrong, in words; nothing is committed then.
    fn sign(&self, payload: &[u8]) -> Result<String, String>;
}

/// Runs the hooks of the repository. The shell implements it; a hook that is not there counts as passed.
pub trait Hooks {
    /// Runs `pre-commit` with `GIT_INDEX_FILE` set to the given file, which holds the tree that would be committed.
    ///
    /// # Errors
    /// What the hook printed when it refused.
    fn pre_commit(&self, index_file: &Path) -> Result<(), String>;

    /// Runs `commit-msg` over the message and returns what the hook made of it.
    ///
    /// # Errors
    /// What the hook printed when it refused.
    fn commit_msg(&self, message: &str) -> Result<String, String>;
}

/// What a commit needs from outside: a signer and a runner of hooks.
#[derive(Clone, Copy, Default)]
pub struct Seals<'a> {
    /// Signs when `commit.gpgsign` is set; without one such a repository is refused.
    pub signer: Option<&'a dyn Signer>,
    /// Runs hooks; without one a repository that has hooks is refused.
    pub hooks: Option<&'a dyn Hooks>,
}

impl fmt::Debug for Seals<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Seals")
            .field("signer", &self.signer.is_some())
            .field("hooks", &self.hooks.is_some())
            .finish()
    }
}

/// The hooks that stand before a commit, and where to run them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HookPaths {
    /// An executable `pre-commit`.
    pub pre_commit: Option<PathBuf>,
    /// An executable `commit-msg`.
    pub commit_msg: Option<PathBuf>,
    /// The folder in which git runs them: the top of the work tree, or the repository when it is bare.
    pub run_in: PathBuf,
    /// The value of `GIT_DIR` for them.
    pub git_dir: PathBuf,
}

impl Archive {
    /// The author from the environment and git's configuration; `None` when neither names one: then ask, never invent.
    ///
    /// # Errors
    /// [`ArchiveError::Git`] when the configuration cannot be read.
    pub fn identity(&self) -> Result<Option<Identity>, ArchiveError> {
        let found = self.repo.author_from_env();
        identity_of(found).map_err(|e| self.git(e))
    }

    /// The committer from the environment and git's configuration.
    pub(super) fn committer(&self) -> Result<Option<Identity>, ArchiveError> {
        identity_of(self.repo.committer_from_env()).map_err(|e| self.git(e))
    }

    /// What `commit.gpgsign` asks for; `None` when commits are not signed here.
    ///
    /// # Errors
    /// [`ArchiveError::Git`] when the configuration cannot be read, [`ArchiveError::SigningFailed`] when
    /// `gpg.format` is unknown.
    pub fn signing_required(&self) -> Result<Option<SigningRequest>, ArchiveError> {
        let config = self.config()?;
        if !lookup(config.get_bool("commit.gpgsign")).map_err(|e| self.git(e))?.unwrap_or(false) {
            return Ok(None);
        }
        let text = |name: &str| lookup(config.get_string(name)).map_err(|e| self.git(e));
        let (format, program, default) = match text("gpg.format")?.as_deref() {
            None | Some("openpgp") => {
                let own = text("gpg.openpgp.program")?;
                (SigningFormat::OpenPgp, own.or(text("gpg.program")?), "gpg")
            }
            Some("ssh") => (SigningFormat::Ssh, text("gpg.ssh.program")?, "ssh-keygen"),
            Some("x509") => (SigningFormat::X509, text("gpg.x509.program")?, "gpgsm"),
            Some(other) => {
                let reason = format!("gpg.format is `{other}`; git knows openpgp, ssh and x509");
                return Err(ArchiveError::SigningFailed { reason });
            }
        };
        let key = text("user.signingkey")?;
        Ok(Some(SigningRequest { format, key, program: program.unwrap_or_else(|| default.to_owned()) }))
    }

    /// The hooks that stand before a commit; honours `core.hooksPath`.
    ///
    /// # Errors
    /// [`ArchiveError::Git`] when the configuration cannot be read.
    pub fn hook_paths(&self) -> Result<HookPaths, ArchiveError> {
        let git_dir = self.repo.path().to_path_buf();
        let run_in = self.repo.workdir().map_or_else(|| git_dir.clone(), Path::to_path_buf);
        let configured = lookup(self.config()?.get_path("core.hooksPath")).map_err(|e| self.git(e))?;
        let folder = match configured.filter(|p| !p.as_os_str().is_empty()) {
            // git takes a relative path from where hooks run.
            Some(path) => run_in.join(path),
            None => self.repo.commondir().join("hooks"),
        };
        let hook = |name: &str| Some(folder.join(name)).filter(|p| is_executable(p));
        Ok(HookPaths { pre_commit: hook("pre-commit"), commit_msg: hook("commit-msg"), run_in, git_dir })
    }

    /// The configuration as it is now.
    fn config(&self) -> Result<Config, ArchiveError> {
        self.repo.config().and_then(|mut c| c.snapshot()).map_err(|e| self.git(e))
    }

    /// Writes an index file that holds the given tree, for a hook to read.
    pub(super) fn write_index(&self, tree: Oid, file: &Path) -> Result<(), ArchiveError> {
        write_index(&self.repo, tree, file).map_err(|e| self.git(e))
    }
}

/// Writes an index file that holds exactly the given tree.
fn write_index(repo: &Repository, tree: Oid, file: &Path) -> Result<(), git2::Error> {
    let mut index = Index::open(file)?;
    index.read_tree(&repo.find_tree(tree)?)?;
    index.write()
}

/// A signature as an identity; not found is no identity.
fn identity_of(found: Result<git2::Signature<'_>, git2::Error>) -> Result<Option<Identity>, git2::Error> {
    Ok(lookup(found)?.map(|signature| Identity {
        name: String::from_utf8_lossy(signature.name_bytes()).into_owned(),
        email: String::from_utf8_lossy(signature.email_bytes()).into_owned(),
    }))
}

/// Not found is `None`; other failures stay.
pub(super) fn lookup<T>(found: Result<T, git2::Error>) -> Result<Option<T>, git2::Error> {
    match found {
        Ok(value) => Ok(Some(value)),
        Err(error) if error.code() == ErrorCode::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Whether git would run the file as a hook.
fn is_executable(path: &Path) -> bool {
    std::fs::metadata(path).is_ok_and(|meta| meta.is_file() && meta.permissions().mode() & 0o111 != 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_author_is_a_name_and_an_address() {
        let alice: Identity = " Alice Example <alice@example.org> ".parse().unwrap();
        assert_eq!(alice.to_string(), "Alice Example <alice@example.org>");
        for bad in ["alice", "<a@b>", "Alice <>", "Alice <a b>", "A\nB <a@b>", "A <a@b> x", "A <<a@b>"] {
            assert!(bad.parse::<Identity>().is_err(), "{bad:?} was accepted");
        }
    }
}
