//! Looks a few paths up in git's index file without building the index: its cost is that of reading the file once,
//! a tenth of what libgit2 takes for an archive of a hundred thousand files. It reads only the plain forms
//! (versions 2 and 3, whole, not sparse) and leaves every other to libgit2; it must not judge a file broken.
//! The digest at the end is not computed (that costs as much again): whoever changes the index checks it, and a look-up
//! only decides whether a path has other bytes staged.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::Path;

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

/// Looks the paths up. `None` when libgit2 has to: the form is another, or something is wrong with the file.
pub(super) fn look_up(file: &Path, paths: &[&str]) -> Option<Entries> {
    let file = File::open(file).ok()?;
    let size = file.metadata().ok()?.len();
    read(BufReader::with_capacity(64 << 10, file), size, paths).ok().flatten()
}

fn read(mut from: impl Read, size: u64, paths: &[&str]) -> io::Result<Option<Entries>> {
    let mut left = size;
    let mut take = |into: &mut [u8]| -> io::Result<()> {
        left = left.checked_sub(into.len() as u64).ok_or(io::ErrorKind::UnexpectedEof)?;
        from.read_exact(into)
    };
    let (mut sign, mut version, mut count) = ([0; 4], [0; 4], [0; 4]);
    take(&mut sign)?;
    take(&mut version)?;
    take(&mut count)?;
    if sign != *b"DIRC" || !matches!(u32::from_be_bytes(version), 2 | 3) {
        return Ok(None);
    }
    let mut found = Entries { blobs: BTreeMap::new(), unmerged: false };
    let mut tail = vec![0; LONG + 16];
    for _ in 0..u32::from_be_bytes(count) {
        let mut fixed = [0; FIXED];
        take(&mut fixed)?;
        let [.., high, low] = fixed;
        let flags = u16::from_be_bytes([high, low]);
        let mut before = FIXED;
        if flags & 0x4000 != 0 {
            take(&mut [0; 2])?;
            before += 2;
        }
        let name = usize::from(flags) & LONG;
        if name == LONG || fixed.get(24..28) == Some(&FOLDER) {
            return Ok(None);
        }
        // The name ends with one to eight zeros, so that every entry is a multiple of eight long.
        let whole = (before + name + 8) & !7;
        let Some(rest) = tail.get_mut(..whole - before) else { return Ok(None) };
        take(rest)?;
        found.unmerged |= flags & 0x3000 != 0;
        let Some(name) = rest.get(..name) else { return Ok(None) };
        if flags & 0x3000 == 0
            && let Some(path) = paths.iter().find(|path| path.as_bytes() == name)
            && let Some(Ok(blob)) = fixed.get(40..60).map(Oid::from_bytes)
        {
            found.blobs.insert((*path).to_owned(), blob);
        }
    }
    // Extensions whose sign begins with a small letter change what the entries mean.
    while left > DIGEST {
        let (mut sign, mut size) = ([0; 4], [0; 4]);
        let mut take = |into: &mut [u8]| -> io::Result<()> {
            left = left.checked_sub(into.len() as u64).ok_or(io::ErrorKind::UnexpectedEof)?;
            from.read_exact(into)
        };
        take(&mut sign)?;
        take(&mut size)?;
        if !sign.first().is_some_and(u8::is_ascii_uppercase) {
            return Ok(None);
        }
        let size = u64::from(u32::from_be_bytes(size));
        if io::copy(&mut (&mut from).take(size), &mut io::sink())? != size || left < size {
            return Ok(None);
        }
        left -= size;
    }
    Ok((left == DIGEST).then_some(found))
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
