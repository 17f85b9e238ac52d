//! What lets other accounts into a home: its modes, owners, links and the folders above it, and what is to be done.
//! It must not change any of it: the person who made a home open may have meant it.

use std::fs::{self, Metadata};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::Path;

use super::{Home, HomeError, HomeSource};

/// Whoever a user namespace or a network mount cannot name: it says nothing about who may write.
const NOBODY: u32 = 65534;

/// What this program alone writes: behind a link it would lie in another place than the home says.
const OWN: &[&str] = &[
    "warroom.db",
    "warroom.db-wal",
    "secret-tags.key",
    "index",
    "drafts",
    "mirror",
    "snapshots",
    "log",
    "evidence",
];

/// What people write, and may keep elsewhere behind a link.
const THEIRS: &[&str] = &["warroom.toml", "people.toml", "runbooks", "drills", "templates", "postmortems"];

impl Home {
    /// What lets other accounts read or change the home, each with what is to be done; empty where all is well, or
    /// where there is no home yet.
    #[must_use]
    pub fn exposed(&self) -> Vec<String> {
        let Ok(root) = fs::metadata(&self.root) else { return Vec::new() };
        let shared = self.shared();
        let mut said = Vec::new();
        self.check_owner(&root, shared, &mut said);
        self.check_root(&root, shared, &mut said);
        self.check_parts(&root, shared, &mut said);
        self.check_above(&mut said);
        said
    }

    /// What accounts that share a home keep from each other without wanting to: an older version wrote drafts of postmortems
    /// for one account. None where all is well.
    #[must_use]
    pub fn withheld(&self) -> Option<String> {
        let drafts = fs::read_dir(self.drafts()).ok().filter(|_| self.shared())?;
        let is_draft = |path: &Path| path.extension().is_some_and(|ending| ending == "md");
        let is_closed = |path: &Path| {
            fs::symlink_metadata(path).is_ok_and(|m| m.is_file() && m.permissions().mode() & 0o060 != 0o060)
        };
        let closed =
            drafts.flatten().map(|entry| entry.path()).filter(|path| is_draft(path) && is_closed(path));
        let mut closed: Vec<String> = closed.map(|path| quoted(&path)).collect();
        closed.sort();
        (!closed.is_empty()).then(|| {
            format!(
                "others of the group cannot go on with drafts that were written for one account: chmod 660 {}",
                closed.join(" ")
            )
        })
    }

    /// Refuses a home that nobody named and that another account made: its settings name programs that would run with
    /// the rights of this one.
    ///
    /// # Errors
    /// [`HomeError::Foreign`].
    pub fn trust(&self) -> Result<(), HomeError> {
        if self.source != HomeSource::Ancestor {
            return Ok(());
        }
        let ours = |path: &Path| {
            fs::metadata(path).is_ok_and(|m| is_mine_or_root(m.uid()) || (self.shared() && in_group(m.gid())))
        };
        if ours(&self.root) && ours(&self.config()) {
            return Ok(());
        }
        let owner = fs::metadata(self.config()).map_or(NOBODY, |m| m.uid());
        Err(HomeError::Foreign { root: self.root.clone(), owner: user_name(owner) })
    }

    fn check_owner(&self, root: &Metadata, shared: bool, said: &mut Vec<String>) {
        let me = rustix::process::geteuid().as_raw();
        if shared || root.uid() == me || root.uid() == NOBODY {
            return;
        }
        let owner = user_name(root.uid());
        said.push(format!(
            "{} belongs to {owner}, and what {} writes there {owner} may not be able to read: act as {owner}, or share a home with warroom init --group",
            self.root.display(),
            user_name(me)
        ));
    }

    fn check_root(&self, root: &Metadata, shared: bool, said: &mut Vec<String>) {
        let mode = root.permissions().mode();
        let (forbidden, right) = if shared { (0o007, "2770") } else { (0o077, "700") };
        if mode & forbidden == 0 {
            return;
        }
        let may = if mode & forbidden & 0o022 == 0 { "look into" } else { "change" };
        said.push(format!(
            "other accounts can {may} {}: chmod {right} {}",
            self.root.display(),
            quoted(&self.root)
        ));
    }

    /// Modes and owners of what lies in the home. They say something only where others get through its folder.
    fn check_parts(&self, root: &Metadata, shared: bool, said: &mut Vec<String>) {
        let mode = root.permissions().mode();
        let open = mode & if shared { 0o001 } else { 0o011 } != 0;
        let forbidden = if shared { 0o007 } else { 0o077 };
        let (mut loose_folders, mut loose_files) = (Vec::new(), Vec::new());
        for name in OWN.iter().chain(THEIRS) {
            let path = self.root.join(name);
            let (Ok(link), Ok(part)) = (fs::symlink_metadata(&path), fs::metadata(&path)) else { continue };
            let foreign = |uid: u32| !is_mine_or_root(uid) && uid != root.uid() && uid != NOBODY;
            if link.is_symlink() && OWN.contains(name) {
                let target = fs::canonicalize(&path).unwrap_or_else(|_| path.clone());
                said.push(format!(
                    "{} is a symbolic link to {}: what is said in the rooms lies outside the home; while no warroom runs, put the real one in its place",
                    path.display(),
                    target.display()
                ));
            } else if !shared && (foreign(part.uid()) || foreign(link.uid())) {
                let owner = user_name(if foreign(part.uid()) { part.uid() } else { link.uid() });
                said.push(format!(
                    "{} belongs to {owner}, who can change it: move it away, or take it over with chown",
                    path.display()
                ));
            }
            if (open || link.is_symlink()) && part.permissions().mode() & forbidden != 0 {
                if part.is_dir() { &mut loose_folders } else { &mut loose_files }.push(path);
            }
        }
        let (folder, file) = if shared { ("2770", "660") } else { ("700", "600") };
        for (paths, right) in [(loose_folders, folder), (loose_files, file)] {
            let all: Vec<String> = paths.iter().map(|p| quoted(p)).collect();
            if !all.is_empty() {
                let what = if all.len() == 1 { "a part" } else { "parts" };
                said.push(format!(
                    "other accounts can get at {what} of the home: chmod {right} {}",
                    all.join(" ")
                ));
            }
        }
    }

    /// Whoever can write to a folder above can put another home in place of this one.
    fn check_above(&self, said: &mut Vec<String>) {
        let Ok(real) = fs::canonicalize(&self.root) else { return };
        for folder in real.ancestors().skip(1) {
            let Ok(above) = fs::metadata(folder) else { continue };
            let mode = above.permissions().mode();
            let sticky = mode & 0o1000 != 0;
            let by_group = mode & 0o020 != 0 && !is_own_group(above.gid(), above.uid());
            if !sticky && (mode & 0o002 != 0 || by_group) {
                let who = if mode & 0o002 != 0 { "o-w" } else { "g-w" };
                said.push(format!(
                    "other accounts can put another home in place of this one: chmod {who} {}",
                    quoted(folder)
                ));
            }
        }
    }
}

fn is_mine_or_root(uid: u32) -> bool {
    uid == 0 || uid == rustix::process::geteuid().as_raw()
}

/// Whether this process acts for a group.
fn in_group(gid: u32) -> bool {
    rustix::process::getegid().as_raw() == gid
        || rustix::process::getgroups().is_ok_and(|all| all.iter().any(|group| group.as_raw() == gid))
}

/// Whether it is the group that many systems make for each account: named alike, with nobody else in it; or root's.
fn is_own_group(gid: u32, uid: u32) -> bool {
    let group = nix::unistd::Group::from_gid(nix::unistd::Gid::from_raw(gid)).ok().flatten();
    let user = nix::unistd::User::from_uid(nix::unistd::Uid::from_raw(uid)).ok().flatten();
    gid == 0 || group.zip(user).is_some_and(|(group, user)| group.name == user.name && group.mem.is_empty())
}

fn user_name(uid: u32) -> String {
    let user = nix::unistd::User::from_uid(nix::unistd::Uid::from_raw(uid)).ok().flatten();
    user.map_or_else(|| format!("the account {uid}"), |user| user.name)
}

/// A path as it can be pasted into a shell.
fn quoted(path: &Path) -> String {
    shell_words::quote(&path.display().to_string()).into_owned()
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::super::FOLDERS;
    use super::*;

    #[test]
    fn every_folder_of_a_home_is_looked_at() {
        for name in FOLDERS {
            assert!(OWN.contains(name) || THEIRS.contains(name), "{name}");
        }
        let own: Vec<PathBuf> = OWN.iter().map(PathBuf::from).collect();
        let home = Home::at(Path::new(""));
        for path in [home.database(), home.tag_key(), home.evidence()] {
            assert!(own.contains(&path), "{}", path.display());
        }
    }
}
