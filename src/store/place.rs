//! Whether a folder can hold the database: on a local file system, and writable. It must not create anything.

use std::path::{Path, PathBuf};

use super::StoreError;

/// File systems on which SQLite's shared memory and locks cannot be trusted between machines, by the magic number
/// of `statfs` (linux/magic.h and the file systems' own headers).
const NETWORK: &[(u32, &str)] = &[
    (0x0000_6969, "NFS"),
    (0x0000_517b, "SMB"),
    (0xff53_4d42, "CIFS"),
    (0xfe53_4d42, "SMB"),
    (0x0102_1997, "9p"),
    (0x5346_414f, "AFS"),
    (0x7375_7245, "Coda"),
    (0x0000_564c, "NCP"),
    (0x00c3_6400, "Ceph"),
    (0x0bd0_0bd0, "Lustre"),
    (0x4750_4653, "GPFS"),
    (0x7461_636f, "OCFS2"),
    (0x0116_1970, "GFS2"),
    (0x786f_4256, "VirtualBox shared folder"),
];

/// FUSE: local and remote ones share this number; the mount table tells them apart.
const FUSE: u32 = 0x6573_5546;

/// Subtypes of FUSE that are remote.
const REMOTE_FUSE: &[&str] = &[
    "sshfs",
    "glusterfs",
    "s3fs",
    "rclone",
    "gcsfuse",
    "davfs",
    "curlftpfs",
    "cephfs",
    "moosefs",
    "seaweedfs",
    "juicefs",
    "goofys",
    "blobfuse",
    "vmhgfs-fuse",
    "smbnetfs",
];

/// The write-ahead log of a database.
pub(super) fn log_of(database: &Path) -> PathBuf {
    let mut log = database.as_os_str().to_owned();
    log.push("-wal");
    log.into()
}

/// Whether a folder's disk has twice the room that a database takes; true where that cannot be told.
pub(super) fn has_room(folder: &Path, database: &Path) -> bool {
    let Ok(found) = rustix::fs::statvfs(folder) else { return true };
    let size = |path: &Path| std::fs::metadata(path).map_or(0, |m| m.len());
    let needed = size(database).saturating_add(size(&log_of(database))).saturating_mul(2);
    found.f_bavail.saturating_mul(found.f_frsize) >= needed
}

/// The other processes that have a file open, as far as this account may see them; empty where `/proc` does not tell.
#[must_use]
pub fn users_of(file: &Path) -> Vec<u32> {
    let Ok(file) = file.canonicalize() else { return Vec::new() };
    let own = std::process::id();
    let Ok(processes) = std::fs::read_dir("/proc") else { return Vec::new() };
    let ids = processes.flatten().filter_map(|e| e.file_name().to_str()?.parse::<u32>().ok());
    let has = |id: &u32| {
        let Ok(open) = std::fs::read_dir(format!("/proc/{id}/fd")) else { return false };
        open.flatten().any(|fd| std::fs::read_link(fd.path()).is_ok_and(|target| target == file))
    };
    ids.filter(|id| *id != own).filter(has).collect()
}

/// Refuses a network file system.
#[cfg(target_os = "linux")]
pub(super) fn check_local(folder: &Path, file: &Path) -> Result<(), StoreError> {
    let Ok(found) = rustix::fs::statfs(folder) else { return Ok(()) };
    // The number is 32 bits wide, in a type that differs between machines.
    let magic = u32::try_from(i128::from(found.f_type) & 0xffff_ffff).unwrap_or_default();
    let mounts = || std::fs::read_to_string("/proc/self/mountinfo").unwrap_or_default();
    match network_kind(magic, folder, mounts) {
        Some(kind) => Err(StoreError::NetworkFileSystem { file: file.to_owned(), kind }),
        None => Ok(()),
    }
}

/// Elsewhere nothing is known about the file system.
#[cfg(not(target_os = "linux"))]
pub(super) fn check_local(_folder: &Path, _file: &Path) -> Result<(), StoreError> {
    Ok(())
}

/// The name of a network file system, or none for a local one. `mounts` reads the text of `/proc/self/mountinfo`.
fn network_kind(magic: u32, folder: &Path, mounts: impl FnOnce() -> String) -> Option<String> {
    if magic == FUSE {
        let kind = mounted_as(&mounts(), &folder.canonicalize().unwrap_or_else(|_| folder.to_owned()))?;
        let subtype = kind.strip_prefix("fuse.").unwrap_or(&kind);
        return REMOTE_FUSE.contains(&subtype).then_some(kind);
    }
    NETWORK.iter().find(|(number, _)| *number == magic).map(|(_, name)| (*name).to_owned())
}

/// The type of the file system that a folder lies on: that of the longest mount point above it, the last such.
fn mounted_as(mountinfo: &str, folder: &Path) -> Option<String> {
    let entry = |line: &str| {
        let (left, right) = line.split_once(" - ")?;
        // Spaces in a mount point are written as \040.
        let point = left.split(' ').nth(4)?.replace("\\040", " ");
        let kind = right.split(' ').next()?.to_owned();
        folder.starts_with(&point).then_some((point.len(), kind))
    };
    mountinfo.lines().filter_map(entry).max_by_key(|(length, _)| *length).map(|(_, kind)| kind)
}

/// Whether the folder, and the file if it is there, can be written by this process.
pub(super) fn check_writable(folder: &Path, file: &Path) -> Result<(), StoreError> {
    use rustix::fs::{Access, access};
    let refused = |why: std::io::Error| StoreError::ReadOnly { file: file.to_owned(), why: why.to_string() };
    may_write(folder).map_err(refused)?;
    match access(file, Access::WRITE_OK) {
        Err(rustix::io::Errno::NOENT) | Ok(()) => Ok(()),
        Err(why) => Err(refused(why.into())),
    }
}

/// Whether files may be made in a folder.
///
/// # Errors
/// What the system says.
pub fn may_write(folder: &Path) -> std::io::Result<()> {
    use rustix::fs::{Access, access};
    Ok(access(folder, Access::WRITE_OK | Access::EXEC_OK)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    const MOUNTS: &str = "22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw\n\
        40 22 0:35 / /home/alice/far\\040away rw - fuse.sshfs alice@host:/ rw\n\
        41 22 0:36 / /home/alice/box rw - fuse.gocryptfs /x rw\n\
        42 22 0:37 / /home rw - ext4 /dev/sdb1 rw\n";

    #[test]
    fn network_file_systems_are_told_from_local_ones() {
        let kind = |magic, folder: &str| network_kind(magic, Path::new(folder), || MOUNTS.to_owned());
        assert_eq!(kind(0x6969, "/x").as_deref(), Some("NFS"));
        assert_eq!(kind(0xff53_4d42, "/x").as_deref(), Some("CIFS"));
        assert_eq!(kind(0x0102_1997, "/x").as_deref(), Some("9p"));
        assert_eq!(kind(0xef53, "/x"), None, "ext4");
        assert_eq!(kind(0x9123_683e, "/x"), None, "btrfs");
        assert_eq!(kind(FUSE, "/home/alice/far away/home").as_deref(), Some("fuse.sshfs"));
        assert_eq!(kind(FUSE, "/home/alice/box/home"), None);
        assert_eq!(kind(FUSE, "/srv"), None);
    }

    #[test]
    fn a_folder_on_a_local_disk_is_taken() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("warroom.db");
        check_local(folder.path(), &file).unwrap();
        check_writable(folder.path(), &file).unwrap();
        let missing = folder.path().join("missing");
        assert!(matches!(check_writable(&missing, &file), Err(StoreError::ReadOnly { .. })));
    }
}
