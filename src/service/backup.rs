//! A copy of a home in a folder: database, postmortems and files, each of one moment, with the SHA-256 of every
//! file, checked after writing. It must not touch the home.

use std::io::Read;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use serde::Serialize;
use sha2::{Digest as _, Sha256};

use super::files::reason;
use super::incidents::HeadOf;
use super::repair::hold;
use super::{Failure, FailureKind, Service};
use crate::archive::Archive;
use crate::domain::log::Digest;
use crate::store::{EventStore, OpenMode, SqliteStore};

/// The folders of a home that are copied as they are.
pub const COPIED_FOLDERS: &[&str] = &["runbooks", "drills", "templates", "drafts", "evidence"];

/// How deep a folder is copied.
const DEPTH: usize = 16;

/// The file that names every other with its SHA-256, in the form that `sha256sum -c` reads.
const MANIFEST: &str = "MANIFEST";

/// The file that names each log's head.
const HEADS: &str = "HEADS";

/// How the folder begins in which a backup is made.
const UNFINISHED: &str = ".warroom-backup-";

/// What a backup holds; the fields are those of `backup --json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BackupReport {
    /// The folder.
    pub path: String,
    /// How many files it holds, the manifest left out.
    pub files: usize,
    /// Their size in bytes.
    pub bytes: u64,
    /// How many events were checked in the copy.
    pub events: u64,
    /// How many incidents it holds.
    pub incidents: usize,
    /// How many postmortems it holds; absent when the archive is another repository's and was not copied.
    pub postmortems: Option<usize>,
    /// What was left out, in a sentence each.
    pub left_out: Vec<String>,
}

impl Service {
    /// Copies a home into a new folder: the database and the archive through store and git, `files` (paths below
    /// `home`, files or folders) as they are. The folder appears whole, or not at all; `begun` is told where it is made
    /// until then. What somebody left beside it who was killed at that is taken away.
    ///
    /// # Errors
    /// When the folder is there already, something cannot be read or written, or the copy does not hold together.
    pub async fn backup(
        &self,
        home: &Path,
        files: &[&str],
        to: &Path,
        begun: impl FnOnce(&Path),
    ) -> Result<BackupReport, Failure> {
        let shown = to.display();
        if std::fs::symlink_metadata(to).is_ok() {
            return Err(Failure::new(FailureKind::Conflict, format!("{shown} is there already"))
                .hint("a backup is a new folder; name another"));
        }
        let failed = |e: &std::io::Error| Failure::no(format!("{shown} cannot be written: {}", reason(e)));
        let parent = match to.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent,
            _ => Path::new("."),
        };
        let partial =
            tempfile::Builder::new().prefix(UNFINISHED).tempdir_in(parent).map_err(|e| failed(&e))?;
        begun(partial.path());
        // Where it cannot be held, nobody takes another's away either.
        let held = hold(partial.path()).ok();
        take_away_left(parent, partial.path(), files);

        let database = partial.path().join("warroom.db");
        self.inner.store.backup(&database).await?;
        let mut left_out = Vec::new();
        let postmortems = self.mirror(partial.path(), &mut left_out).await?;
        for name in files {
            copy(&home.join(name), &partial.path().join(name), DEPTH, &mut left_out)?;
        }
        let (events, heads) = check(&database).await?;
        // Before its digest is taken, which whoever looks at the copy must not change.
        SqliteStore::settle_copy(&database).await?;
        let lines: String = heads.iter().map(|h| format!("{} {}:{}\n", h.incident, h.seq, h.head)).collect();
        std::fs::write(partial.path().join(HEADS), lines).map_err(|e| failed(&e))?;
        let (count, bytes) = manifest(partial.path())?;

        share_like(home, partial.path(), &mut left_out);

        let folder = partial.keep();
        if let Err(error) = std::fs::rename(&folder, to) {
            let _ = std::fs::remove_dir_all(&folder);
            return Err(failed(&error));
        }
        drop(held);
        sync(parent)?;
        Ok(BackupReport {
            path: shown.to_string(),
            files: count,
            bytes,
            events,
            incidents: heads.len(),
            postmortems,
            left_out,
        })
    }

    /// Copies the home's own archive; another repository has its own way to be kept safe.
    async fn mirror(&self, to: &Path, left_out: &mut Vec<String>) -> Result<Option<usize>, Failure> {
        let place = &self.inner.places.archive;
        if !place.own {
            left_out.push(format!(
                "postmortems are in {}, a repository of their own, and are not copied",
                place.repository.display()
            ));
            return Ok(None);
        }
        // The rest is to be kept all the more where that was lost; nothing is made in its place.
        match self.refuse_lost("so this backup has none").await {
            Err(lost) if lost.kind == FailureKind::Conflict => {
                left_out.push(lost.message);
                return Ok(None);
            }
            seen => seen?,
        }
        let to = to.join("postmortems");
        self.blocking(move |inner| {
            inner.archive()?.mirror(&to)?;
            Ok(Some(Archive::open(&to, &inner.places.archive.folder)?.list()?.entries.len()))
        })
        .await
    }
}

/// Whether a folder is one in which a backup of those `files` was being made, by its name and by what is in it: another may
/// begin as ours do.
fn is_unfinished(path: &Path, files: &[&str]) -> bool {
    let letters =
        path.file_name().and_then(|name| name.to_str()).and_then(|name| name.strip_prefix(UNFINISHED));
    let is_named =
        letters.is_some_and(|rest| rest.len() == 6 && rest.chars().all(|c| c.is_ascii_alphanumeric()));
    let is_made = |name: &str| {
        name.starts_with("warroom.db")
            || ["postmortems", HEADS, MANIFEST].contains(&name)
            || files.contains(&name)
    };
    let all_made = || {
        std::fs::read_dir(path).is_ok_and(|mut there| {
            there.all(|entry| entry.is_ok_and(|entry| entry.file_name().to_str().is_some_and(is_made)))
        })
    };
    is_named && all_made()
}

/// Gives a copy of a home that a group shares to that group, as far as this account may: it can be used as one.
fn share_like(home: &Path, copy: &Path, left_out: &mut Vec<String>) {
    let Ok(root) = std::fs::metadata(home) else { return };
    if root.mode() & 0o2020 != 0o2020 {
        return;
    }
    if let Err(error) = share(copy, root.gid()) {
        left_out.push(format!("the copy is not its group's as the home is: {}", reason(&error)));
    }
}

/// Gives all of a folder to a group, with the rights that its owner has.
fn share(path: &Path, group: u32) -> std::io::Result<()> {
    let found = std::fs::symlink_metadata(path)?;
    if found.is_symlink() {
        return Ok(());
    }
    if found.gid() != group {
        std::os::unix::fs::chown(path, None, Some(group))?;
    }
    let owner = found.mode() & 0o700;
    let folder = if found.is_dir() { 0o2000 } else { 0 };
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(folder | owner | owner >> 3))?;
    if found.is_dir() {
        for entry in std::fs::read_dir(path)? {
            share(&entry?.path(), group)?;
        }
    }
    Ok(())
}

/// Takes away what those left in a folder who were killed while they made a backup there: ours, and held by nobody.
fn take_away_left(parent: &Path, own: &Path, files: &[&str]) {
    let owner =
        |path: &Path| std::fs::symlink_metadata(path).ok().filter(std::fs::Metadata::is_dir).map(|m| m.uid());
    let me = owner(own);
    for entry in std::fs::read_dir(parent).into_iter().flatten().flatten() {
        let path = entry.path();
        let is_left = path.file_name() != own.file_name() && is_unfinished(&path, files);
        if is_left && owner(&path) == me && hold(&path).is_ok() {
            // It takes room and does no other harm.
            if let Err(error) = std::fs::remove_dir_all(&path) {
                tracing::info!(path = %path.display(), %error, "an unfinished backup stays");
            }
        }
    }
}

/// Opens the copy of the database and checks every chain in it.
async fn check(database: &Path) -> Result<(u64, Vec<HeadOf>), Failure> {
    let store = SqliteStore::open(database, OpenMode::ReadOnly).await?;
    let (_, damage) = store.inspect().await?;
    let report = super::incidents::verify_store(&store, None, None, &[]).await;
    store.close().await?;
    let report = report?;
    let broken = report.first_broken.map(|b| format!("{} at {}: {}", b.incident, b.seq, b.reason));
    match broken.or_else(|| damage.into_iter().next()) {
        None => Ok((report.checked, report.heads)),
        Some(what) => {
            Err(Failure::new(FailureKind::Integrity, format!("the copy does not hold together: {what}"))
                .hint("nothing was kept of it; look at the home itself: warroom verify, warroom doctor"))
        }
    }
}

/// Copies a file or folder as it is. Links and other special files are named in `left_out`.
fn copy(from: &Path, to: &Path, depth: usize, left_out: &mut Vec<String>) -> Result<(), Failure> {
    let failed = |e: &std::io::Error| Failure::no(format!("{} cannot be copied: {e}", from.display()));
    let kind = match std::fs::symlink_metadata(from) {
        Ok(meta) => meta.file_type(),
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        Err(e) => return Err(failed(&e)),
    };
    if kind.is_file() {
        return std::fs::copy(from, to).map(drop).map_err(|e| failed(&e));
    }
    if !kind.is_dir() || depth == 0 {
        let why = if kind.is_dir() { "lies too deep" } else { "is neither file nor folder" };
        left_out.push(format!("{} {why}", from.display()));
        return Ok(());
    }
    std::fs::create_dir(to).map_err(|e| failed(&e))?;
    for entry in std::fs::read_dir(from).map_err(|e| failed(&e))? {
        let entry = entry.map_err(|e| failed(&e))?;
        copy(&entry.path(), &to.join(entry.file_name()), depth - 1, left_out)?;
    }
    Ok(())
}

/// Writes the manifest, and brings every file to the disk. Answers how many files there are, and their size.
fn manifest(folder: &Path) -> Result<(usize, u64), Failure> {
    let failed = |e: &std::io::Error| Failure::no(format!("the backup cannot be read back: {e}"));
    let mut paths = Vec::new();
    collect(folder, &mut paths).map_err(|e| failed(&e))?;
    paths.sort();
    let (mut text, mut bytes) = (String::new(), 0_u64);
    for path in &paths {
        let (digest, size) = digest(path).map_err(|e| failed(&e))?;
        let name = path.strip_prefix(folder).unwrap_or(path).to_string_lossy().into_owned();
        text.push_str(&manifest_line(&digest, &name));
        bytes = bytes.saturating_add(size);
    }
    let path = folder.join(MANIFEST);
    std::fs::write(&path, text)
        .and_then(|()| std::fs::File::open(&path)?.sync_all())
        .map_err(|e| failed(&e))?;
    Ok((paths.len(), bytes))
}

/// A line as `sha256sum` writes it: with a backslash in front where the name holds a line break or backslash.
fn manifest_line(digest: &str, name: &str) -> String {
    if name.contains(['\\', '\n', '\r']) {
        let name = name.replace('\\', "\\\\").replace('\n', "\\n").replace('\r', "\\r");
        return format!("\\{digest}  {name}\n");
    }
    format!("{digest}  {name}\n")
}

fn collect(folder: &Path, found: &mut Vec<PathBuf>) -> std::io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            collect(&entry.path(), found)?;
            sync_folder(&entry.path())?;
        } else {
            found.push(entry.path());
        }
    }
    Ok(())
}

fn digest(path: &Path) -> std::io::Result<(String, u64)> {
    let mut file = std::fs::File::open(path)?;
    let (mut hash, mut size) = (Sha256::new(), 0_u64);
    let mut buffer = vec![0_u8; 1 << 16];
    loop {
        let n = file.read(&mut buffer)?;
        let Some(part) = buffer.get(..n).filter(|p| !p.is_empty()) else { break };
        hash.update(part);
        size = size.saturating_add(part.len() as u64);
    }
    file.sync_all()?;
    let hex = Digest(hash.finalize().into()).to_string();
    Ok((hex, size))
}

fn sync_folder(folder: &Path) -> std::io::Result<()> {
    std::fs::File::open(folder)?.sync_all()
}

fn sync(folder: &Path) -> Result<(), Failure> {
    sync_folder(folder).map_err(|e| Failure::no(format!("{} cannot be synced: {e}", folder.display())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_manifest_is_read_by_sha256sum_whatever_a_file_is_called() {
        assert_eq!(manifest_line("ab", "drafts/x.md"), "ab  drafts/x.md\n");
        assert_eq!(manifest_line("ab", "a\\b\nc"), "\\ab  a\\\\b\\nc\n");
    }
}
