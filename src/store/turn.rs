//! Taking turns: processes that write to one home wait for one another, so that none is overtaken for ever. It must
//! not be needed for what is right: whoever waits too long goes on without a turn, and the store refuses what does not
//! continue a log.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use rustix::fs::{FlockOperation, flock};
use rustix::io::Errno;
use tokio::sync::{Mutex, OwnedMutexGuard, oneshot};

/// How long a turn is waited for: the one who has it may have been stopped.
const LONGEST_WAIT: Duration = Duration::from_secs(2);

/// How long one who has just had a turn lets those go first who wait: on a busy machine they need it to wake up.
const COURTESY: Duration = Duration::from_micros(500);

/// The place where the processes of a home line up: its folder, which all have, is locked. Whoever waits says so by a
/// second lock, on the folder of the mirror, so that the one who had the first does not take it again past those who
/// wait. The system wakes those in the order in which they asked; who asks in the moment of handing over may come
/// first, once.
#[derive(Clone, Debug)]
pub(super) struct Turns {
    place: Option<Arc<Place>>,
    /// In the process one after the other as well.
    own: Arc<Mutex<()>>,
    /// A thread of ours still waits for somebody who does not go on.
    stuck: Arc<AtomicBool>,
}

#[derive(Debug)]
struct Place {
    folder: PathBuf,
    /// Locked by the one whose turn it is, when nobody waited.
    turn: Arc<File>,
    /// Locked together by all who wait.
    line: Option<File>,
}

impl Place {
    /// Whether somebody waits. For the blink of an eye nobody can say that he does, which is why waiting is done with
    /// patience.
    fn is_waited_for(&self) -> bool {
        let Some(line) = &self.line else { return false };
        if flock(line, FlockOperation::NonBlockingLockExclusive).is_err() {
            return true;
        }
        let _ = flock(line, FlockOperation::Unlock);
        false
    }

    /// Waits in line as long as it takes.
    fn wait(&self) -> Option<Arc<File>> {
        // Locks belong to the open file: what another turn of this process holds is another's.
        let turn = File::open(&self.folder).ok()?;
        let line = self.line.as_ref().and_then(|_| File::open(line_of(&self.folder)).ok());
        if let Some(line) = &line {
            let _ = patiently(line, FlockOperation::LockShared);
        }
        let got = patiently(&turn, FlockOperation::LockExclusive);
        if let Some(line) = &line {
            let _ = flock(line, FlockOperation::Unlock);
        }
        got.ok().map(|()| Arc::new(turn))
    }
}

fn patiently(file: &File, operation: FlockOperation) -> Result<(), Errno> {
    loop {
        match flock(file, operation) {
            Err(Errno::INTR) => {}
            done => return done,
        }
    }
}

fn line_of(folder: &Path) -> PathBuf {
    folder.join("mirror")
}

impl Turns {
    /// A folder that cannot be opened has no turns.
    pub(super) fn in_folder(folder: &Path) -> Self {
        let place = File::open(folder).ok().map(|turn| {
            let line = File::open(line_of(folder)).ok();
            Arc::new(Place { folder: folder.to_owned(), turn: Arc::new(turn), line })
        });
        Self { place, own: Arc::default(), stuck: Arc::default() }
    }

    /// Waits for a turn, but not for ever.
    pub(super) async fn take(&self) -> Turn {
        let Some(place) = &self.place else { return Turn::default() };
        let own = Arc::clone(&self.own).lock_owned().await;
        if !place.is_waited_for() {
            match flock(&*place.turn, FlockOperation::NonBlockingLockExclusive) {
                Ok(()) => return Turn { file: Some(Arc::clone(&place.turn)), _own: Some(own) },
                Err(Errno::WOULDBLOCK | Errno::INTR) => {}
                Err(_) => return Turn::default(),
            }
        }
        let Some(told) = self.line_up(place) else { return Turn::default() };
        match tokio::time::timeout(LONGEST_WAIT, told).await {
            Ok(Ok(Some(file))) => Turn { file: Some(file), _own: Some(own) },
            _ => Turn::default(),
        }
    }

    /// Waits in line on a thread of its own. None when one of this process does already, for somebody who does not go
    /// on: two seconds were waited for him.
    fn line_up(&self, place: &Arc<Place>) -> Option<oneshot::Receiver<Option<Arc<File>>>> {
        if self.stuck.swap(true, Ordering::SeqCst) {
            return None;
        }
        let (tell, told) = oneshot::channel();
        let (place, stuck) = (Arc::clone(place), Arc::clone(&self.stuck));
        let wait = move || {
            thread::sleep(COURTESY);
            let got = place.wait();
            stuck.store(false, Ordering::SeqCst);
            if let Err(Some(nobodys)) = tell.send(got) {
                let _ = flock(&*nobodys, FlockOperation::Unlock);
            }
        };
        if thread::Builder::new().name("turn".to_owned()).spawn(wait).is_err() {
            self.stuck.store(false, Ordering::SeqCst);
        }
        Some(told)
    }
}

/// A turn; it is over when this is dropped.
#[derive(Debug, Default)]
#[must_use = "the turn is over when it is dropped"]
pub struct Turn {
    file: Option<Arc<File>>,
    /// Let go after the lock: fields are dropped when `drop` is done.
    _own: Option<OwnedMutexGuard<()>>,
}

impl Drop for Turn {
    fn drop(&mut self) {
        if let Some(file) = &self.file {
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
        assert!(first.file.is_some());
        let waiting = tokio::spawn(async move { two.take().await });
        assert!(flock(File::open(folder.path()).unwrap(), FlockOperation::NonBlockingLockExclusive).is_err());
        drop(first);
        let second = waiting.await.unwrap();
        assert!(second.file.is_some());
        // The one who has it does not come back: whoever waits goes on all the same.
        assert!(one.take().await.file.is_none());
        assert!(Turns::in_folder(Path::new("/not/there")).take().await.file.is_none());
    }

    /// How many wait for a lock on a folder, where the system tells.
    fn waiting_for(folder: &Path) -> Option<usize> {
        use std::os::unix::fs::MetadataExt as _;
        let place = format!(":{} ", std::fs::metadata(folder).ok()?.ino());
        let locks = std::fs::read_to_string("/proc/locks").ok()?;
        Some(locks.lines().filter(|lock| lock.contains("-> FLOCK") && lock.contains(&place)).count())
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn nobody_goes_past_those_who_wait_again_and_again() {
        let home = tempfile::tempdir().unwrap();
        std::fs::create_dir(line_of(home.path())).unwrap();
        let busy = Turns::in_folder(home.path());
        let first = busy.take().await;
        let order = Arc::new(std::sync::Mutex::new(Vec::new()));
        let mut waiting = Vec::new();
        for name in 0..5 {
            let (turns, order) = (Turns::in_folder(home.path()), Arc::clone(&order));
            waiting.push(tokio::spawn(async move {
                let turn = turns.take().await;
                order.lock().unwrap().push((name, turn.file.is_some()));
            }));
            // Those who ask at the same moment have no order, and who is not in line yet can be passed.
            let in_line = name + 1;
            for _ in 0..500 {
                tokio::time::sleep(Duration::from_millis(20)).await;
                if waiting_for(home.path()).is_none_or(|waiting| waiting >= in_line) {
                    break;
                }
            }
        }
        drop(first);
        // The one who had it wants it again and again, and lets the others go first: asking in the very moment in which
        // it is handed on, it may be before one of them, but not before the same one for ever.
        let mut again = 0;
        while order.lock().unwrap().len() < 5 {
            drop(busy.take().await);
            again += 1;
            assert!(again <= 40, "{:?}", order.lock().unwrap());
        }
        let order = order.lock().unwrap().clone();
        assert!(order.iter().all(|(_, had)| *had), "{order:?}");
        for task in waiting {
            task.await.unwrap();
        }
    }
}
