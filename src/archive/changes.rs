//! What changed between two trees. Folders that are the same on both sides are not looked into: git2's own comparison reads
//! them all, which takes 70 ms where a hundred thousand postmortems lie. It must not change anything.

use std::collections::BTreeMap;

use git2::{ObjectType, Oid, Tree, TreeEntry};

use super::Archive;
use super::error::ArchiveError;
use super::read::{is_file, is_markdown, object_id};
use crate::domain::archive_path::ArchivePath;

/// A difference between two trees of the archive's folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// A file is new or has other bytes.
    Put {
        /// Its path.
        path: ArchivePath,
        /// Its blob, hexadecimal.
        blob: String,
    },
    /// A file is gone.
    Removed {
        /// Its path.
        path: ArchivePath,
    },
}

/// A folder that differs: its path with a `/` behind it, and its tree on each side that has one.
type Folder = (String, Option<Oid>, Option<Oid>);

impl Archive {
    /// What changed between two trees as [`Archive::tree_id`] names them (`None` is the empty one), in the order of paths. A
    /// rename is a removal and a put.
    ///
    /// # Errors
    /// [`ArchiveError::NoObject`] when a tree is not there: then read everything anew.
    pub fn changes(&self, old: Option<&str>, new: Option<&str>) -> Result<Vec<Change>, ArchiveError> {
        let (old, new) = (old.map(object_id).transpose()?, new.map(object_id).transpose()?);
        let tree = |id: Option<Oid>| id.map(|id| self.tree(id)).transpose();
        // Whatever a repository nests, this needs no more of the stack.
        let mut left: Vec<Folder> = vec![(String::new(), old, new)];
        let mut changes = BTreeMap::new();
        while let Some((path, old, new)) = left.pop() {
            if old != new {
                compare(&path, tree(old)?.as_ref(), tree(new)?.as_ref(), &mut changes, &mut left);
            }
        }
        Ok(changes.into_values().collect())
    }
}

/// Compares two folders: files become changes, by their paths; folders that differ are left for later.
fn compare(
    path: &str,
    old: Option<&Tree<'_>>,
    new: Option<&Tree<'_>>,
    changes: &mut BTreeMap<String, Change>,
    left: &mut Vec<Folder>,
) {
    let is_folder = |entry: &TreeEntry<'_>| entry.kind() == Some(ObjectType::Tree);
    for there in new.into_iter().flat_map(Tree::iter) {
        let before = old.and_then(|old| old.get_name_bytes(there.name_bytes()));
        let is_same =
            |before: &TreeEntry<'_>| before.id() == there.id() && before.filemode() == there.filemode();
        // What has no name in UTF-8 is no postmortem, nor is anything below it.
        let Ok(name) = std::str::from_utf8(there.name_bytes()) else { continue };
        if before.as_ref().is_some_and(is_same) {
            continue;
        }
        let full = format!("{path}{name}");
        if is_folder(&there) {
            let was = before.as_ref().filter(|before| is_folder(before)).map(TreeEntry::id);
            left.push((format!("{full}/"), was, Some(there.id())));
            if before.is_some_and(|before| !is_folder(&before)) {
                removed(&full, changes);
            }
            continue;
        }
        if let Some(before) = before.filter(is_folder) {
            left.push((format!("{full}/"), Some(before.id()), None));
        }
        if !is_file(there.filemode()) {
            removed(&full, changes);
        } else if is_markdown(&full)
            && let Ok(path) = ArchivePath::new(full.as_str())
        {
            changes.insert(full, Change::Put { path, blob: there.id().to_string() });
        }
    }
    for before in old.into_iter().flat_map(Tree::iter) {
        let Ok(name) = std::str::from_utf8(before.name_bytes()) else { continue };
        if new.is_some_and(|new| new.get_name_bytes(before.name_bytes()).is_some()) {
            continue;
        }
        let full = format!("{path}{name}");
        if is_folder(&before) {
            left.push((format!("{full}/"), Some(before.id()), None));
        } else {
            removed(&full, changes);
        }
    }
}

fn removed(full: &str, changes: &mut BTreeMap<String, Change>) {
    if is_markdown(full)
        && let Ok(path) = ArchivePath::new(full)
    {
        changes.insert(full.to_owned(), Change::Removed { path });
    }
}
