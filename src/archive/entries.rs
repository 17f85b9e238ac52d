//! Looks a few paths up in git's index file without building the index: its cost is that of reading the file once,
//! a tenth of what libgit2 takes for an archive of a hundred thousand files. It reads only the plain forms
//! (versions 2 and 3, whole, not sparse) and leaves every other to libgit2; it must not judge a file broken.
//! The digest at the end is not computed (that costs as much again): whoever changes the index checks it, and a look-up
//! only decides whether a path has other bytes staged.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::thread::{Builder, JoinHandle};

use git2::Oid;

/// What stands in front of the name of an entry.
const FIXED: usize = 62;
/// The digest at the end of the file.
const DIGEST: u64 = 20;
/// The length in the flags when the name is longer than can be said there.
const LONG: usize = 0xfff;
/// The mode of a folder: only a sparse index has such entries.
const FOLDER: [u8; 4] = [0, 0, 0x40, 0];

/// What an index holds.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Entries {
    /// The blob at each path that was asked and is there.
    pub(super) blobs: BTreeMap<String, Oid>,
    /// Some path has more than one version: a merge is not finished.
    pub(super) unmerged: bool,
}

/// How much of the file is held at once, bytes. An index of 11 MB took as long by 256 KiB, a tenth longer by 1 MiB and a third
/// longer by 16 KiB.
const WINDOW: usize = 64 << 10;

/// Looks the paths up. `None` when libgit2 has to: the form is another, or something is wrong with the file.
pub(super) fn look_up(file: &Path, paths: &[&str]) -> Option<Entries> {
    let file = File::open(file).ok()?;
    let size = file.metadata().ok()?.len();
    read(file, size, paths).ok().flatten()
}

/// The same on a thread of its own, beside what else a publication has to do: of a hundred thousand files it takes about as
/// long as that.
pub(super) struct Ahead(JoinHandle<Option<Entries>>);

impl Ahead {
    /// Begins; none where there can be no thread.
    pub(super) fn begin(file: PathBuf, paths: Vec<String>) -> Option<Self> {
        let look = move || look_up(&file, &paths.iter().map(String::as_str).collect::<Vec<_>>());
        Builder::new().spawn(look).ok().map(Self)
    }

    /// Waits for what [`look_up`] answers.
    pub(super) fn done(self) -> Option<Entries> {
        self.0.join().ok().flatten()
    }
}

/// The file, of which a window is held.
struct Window<R> {
    from: R,
    bytes: Vec<u8>,
    /// Where in the window the next byte is.
    at: usize,
    /// Up to where the window is filled.
    filled: usize,
    /// How much of the file is still to be taken.
    left: u64,
}

impl<R: Read> Window<R> {
    /// The next bytes, without taking them. There are at least as many as asked for, or it is an error.
    #[inline]
    fn peek(&mut self, least: usize) -> io::Result<&[u8]> {
        if self.filled - self.at < least {
            self.fill(least)?;
        }
        self.bytes.get(self.at..self.filled).ok_or_else(|| io::ErrorKind::UnexpectedEof.into())
    }

    #[cold]
    fn fill(&mut self, least: usize) -> io::Result<()> {
        self.bytes.copy_within(self.at..self.filled, 0);
        (self.at, self.filled) = (0, self.filled - self.at);
        while self.filled < least {
            let Some(room) = self.bytes.get_mut(self.filled..) else { break };
            match self.from.read(room) {
                Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
                Ok(more) => self.filled += more,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// Goes over bytes that were looked at.
    #[inline]
    fn take(&mut self, many: usize) -> io::Result<()> {
        self.left = self.left.checked_sub(many as u64).ok_or(io::ErrorKind::UnexpectedEof)?;
        self.at += many;
        Ok(())
    }

    /// Goes over bytes that nobody looks at.
    fn pass(&mut self, many: u64) -> io::Result<()> {
        self.left = self.left.checked_sub(many).ok_or(io::ErrorKind::UnexpectedEof)?;
        let here = (self.filled - self.at).min(usize::try_from(many).unwrap_or(usize::MAX));
        self.at += here;
        let rest = many - here as u64;
        let passed = io::copy(&mut (&mut self.from).take(rest), &mut io::sink())?;
        if passed == rest { Ok(()) } else { Err(io::ErrorKind::UnexpectedEof.into()) }
    }
}

/// The bytes at a place as so many.
#[inline]
fn part<const N: usize>(bytes: &[u8], at: usize) -> io::Result<[u8; N]> {
    let part = bytes.get(at..).and_then(|rest| rest.first_chunk());
    part.copied().ok_or_else(|| io::ErrorKind::UnexpectedEof.into())
}

fn read(from: impl Read, size: u64, paths: &[&str]) -> io::Result<Option<Entries>> {
    let mut window = Window { from, bytes: vec![0; WINDOW], at: 0, filled: 0, left: size };
    let head = window.peek(12)?;
    let (sign, version, count) = (part(head, 0)?, u32::from_be_bytes(part(head, 4)?), part(head, 8)?);
    window.take(12)?;
    if sign != *b"DIRC" || !matches!(version, 2 | 3) {
        return Ok(None);
    }
    let mut found = Entries { blobs: BTreeMap::new(), unmerged: false };
    for _ in 0..u32::from_be_bytes(count) {
        let entry = window.peek(FIXED)?;
        let flags = u16::from_be_bytes(part(entry, 60)?);
        let before = if flags & 0x4000 == 0 { FIXED } else { FIXED + 2 };
        let name = usize::from(flags) & LONG;
        if name == LONG || part(entry, 24)? == FOLDER {
            return Ok(None);
        }
        // The name ends with one to eight zeros, so that every entry is a multiple of eight long.
        let whole = (before + name + 8) & !7;
        let entry = window.peek(whole)?;
        if flags & 0x3000 != 0 {
            found.unmerged = true;
        } else if let Some(there) = entry.get(before..before + name)
            && let Some(path) = paths.iter().find(|path| path.as_bytes() == there)
            && let Ok(blob) = Oid::from_bytes(&part::<20>(entry, 40)?)
        {
            found.blobs.insert((*path).to_owned(), blob);
        }
        window.take(whole)?;
    }
    // Extensions whose sign begins with a small letter change what the entries mean.
    while window.left > DIGEST {
        let head = window.peek(8)?;
        let (sign, size) = (part::<4>(head, 0)?, u32::from_be_bytes(part(head, 4)?));
        if !sign.first().is_some_and(u8::is_ascii_uppercase) {
            return Ok(None);
        }
        window.take(8)?;
        window.pass(u64::from(size))?;
    }
    Ok((window.left == DIGEST).then_some(found))
}

#[cfg(test)]
mod tests {
    use git2::{IndexEntry, IndexTime, Repository};

    use super::*;

    fn entry(path: &str, blob: Oid, stage: u16) -> IndexEntry {
        let time = IndexTime::new(0, 0);
        IndexEntry {
            ctime: time,
            mtime: time,
            dev: 0,
            ino: 0,
            mode: 0o100_644,
            uid: 0,
            gid: 0,
            file_size: 0,
            id: blob,
            flags: stage << 12,
            flags_extended: 0,
            path: path.as_bytes().to_vec(),
        }
    }

    /// Names of every length modulo eight, as libgit2 writes them.
    #[test]
    fn it_finds_what_libgit2_finds() {
        let folder = tempfile::tempdir().unwrap();
        let repo = Repository::init(folder.path()).unwrap();
        let mut index = repo.index().unwrap();
        let mut names = Vec::new();
        for n in 1..60 {
            let name = format!("2026/{}.md", "x".repeat(n));
            let blob = repo.blob(name.as_bytes()).unwrap();
            index.add(&entry(&name, blob, 0)).unwrap();
            names.push((name, blob));
        }
        index.write_tree().unwrap();
        index.write().unwrap();
        let file = folder.path().join(".git/index");
        let paths: Vec<&str> = names.iter().map(|(name, _)| name.as_str()).chain(["none.md"]).collect();
        let found = look_up(&file, &paths).unwrap();
        assert_eq!(found.blobs, names.iter().cloned().collect());
        assert!(!found.unmerged);
        // An index that is cut off is left to libgit2; only behind its last entry the cut can look like an end.
        let whole = std::fs::read(&file).unwrap();
        let known = look_up(&file, &paths);
        for cut in 0..whole.len() {
            let part = read(whole.get(..cut).unwrap(), cut as u64, &paths).ok().flatten();
            assert!(part.is_none() || part == known, "cut at {cut}");
        }
        let mut other = whole.clone();
        other[7] = 4;
        assert_eq!(read(other.as_slice(), other.len() as u64, &paths).unwrap(), None, "version 4");
    }

    #[test]
    fn an_unfinished_merge_is_seen() {
        let folder = tempfile::tempdir().unwrap();
        let repo = Repository::init(folder.path()).unwrap();
        let mut index = repo.index().unwrap();
        let blob = repo.blob(b"x").unwrap();
        index.add(&entry("a.md", blob, 1)).unwrap();
        index.add(&entry("a.md", blob, 2)).unwrap();
        index.write().unwrap();
        let found = look_up(&folder.path().join(".git/index"), &["a.md"]).unwrap();
        assert!(found.unmerged && found.blobs.is_empty());
    }
}
