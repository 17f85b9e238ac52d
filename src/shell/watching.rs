//! Waiting until somebody may have written to the log, for a command that follows it. It must not read the log, and
//! it must not spin: where there is nothing to watch it sleeps.

use std::path::Path;
use std::time::Duration;

/// How long it sleeps where nothing can be watched.
const BLIND: Duration = Duration::from_secs(1);

/// A wait for changes of a database.
pub struct Watching {
    #[cfg(target_os = "linux")]
    watch: Option<crate::service::ChangeWatch>,
}

impl Watching {
    /// Watches the database at `file`, where the system lets it.
    #[must_use]
    pub fn new(file: &Path) -> Self {
        #[cfg(not(target_os = "linux"))]
        let _ = file;
        Self {
            #[cfg(target_os = "linux")]
            watch: crate::service::ChangeWatch::new(file).ok(),
        }
    }

    /// Waits for a hint that something was written, at most so long. Blocks the thread.
    pub fn wait(&mut self, at_most: Duration) {
        #[cfg(target_os = "linux")]
        if let Some(watch) = &mut self.watch {
            use rustix::event::{PollFd, PollFlags, Timespec, poll};
            let limit = Timespec {
                tv_sec: i64::try_from(at_most.as_secs()).unwrap_or(i64::MAX),
                tv_nsec: i64::from(at_most.subsec_nanos()),
            };
            // An interruption ends the wait early, which does no harm.
            let _ = poll(&mut [PollFd::new(&*watch, PollFlags::IN)], Some(&limit));
            watch.drain();
            return;
        }
        std::thread::sleep(at_most.min(BLIND));
    }
}
