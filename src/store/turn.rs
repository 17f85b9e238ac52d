//! Taking turns: processes that write to one home wait for one another, so that none is overtaken for ever. It must
//! not be needed for what is right: whoever waits too long goes on without a turn, and the store refuses what does not
//! continue a log.

use std::fs::File;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use rustix::fs::{FlockOperation, flock};

/// How long a turn is waited for: the one who has it may have been stopped.
const LONGEST_WAIT: Duration = Duration::from_secs(2);
/// How long until one looks again: about half as long as a commit takes.
const PAUSE: Duration = Duration::from_millis(1);

/// The place where the processes of a home line up: its folder, which all have, is locked.
#[derive(Clone, Debug)]
pub(super) struct Turns {
    file: Option<Arc<File>>,
    /// Others were in line when this process took its last turn: they go first now.
    crowded: Arc<AtomicBool>,
}

impl Turns {
    /// A folder that cannot be opened has no turns.
    pub(super) fn in_folder(folder: &Path) -> Self {
        Self { file: File::open(folder).ok().map(Arc::new), crowded: Arc::default() }
    }

    /// Waits for a turn, but not for ever.
    pub(super) async fn take(&self) -> Turn {
        let Some(file) = &self.file else { return Turn::default() };
        if self.crowded.load(Ordering::Relaxed) {
            tokio::time::sleep(2 * PAUSE).await;
        }
        let mut left = LONGEST_WAIT;
        while !left.is_zero() {
            match flock(&**file, FlockOperation::NonBlockingLockExclusive) {
                Ok(()) => {
                    self.crowded.store(left < LONGEST_WAIT, Ordering::Relaxed);
                    return Turn(Some(Arc::clone(file)));
                }
                Err(rustix::io::Errno::WOULDBLOCK | rustix::io::Errno::INTR) => {}
                Err(_) => break,
            }
            tokio::time::sleep(PAUSE).await;
            left = left.saturating_sub(PAUSE);
        }
        Turn::default()
    }
}

/// A turn; it is over when this is dropped.
#[derive(Debug, Default)]
#[must_use = "the turn is over when it is dropped"]
pub struct Turn(Option<Arc<File>>);

impl Drop for Turn {
    fn drop(&mut self) {
        if let Some(file) = &self.0 {
            // What is not unlocked now is when the process ends.
            let _ = flock(&**file, FlockOperation::Unlock);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn one_waits_for_the_other_and_not_for_ever() {
        let folder = tempfile::tempdir().unwrap();
        let (one, two) = (Turns::in_folder(folder.path()), Turns::in_folder(folder.path()));
        let first = one.take().await;
        assert!(first.0.is_some());
        let waiting = tokio::spawn(async move { two.take().await });
        assert!(flock(File::open(folder.path()).unwrap(), FlockOperation::NonBlockingLockExclusive).is_err());
        drop(first);
        let second = waiting.await.unwrap();
        assert!(second.0.is_some());
        // The one who has it does not come back: whoever waits goes on all the same.
        assert!(one.take().await.0.is_none());
        assert!(Turns::in_folder(Path::new("/not/there")).take().await.0.is_none());
    }
}
