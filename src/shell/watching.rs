//! Waiting until somebody may have written to the log, for a command that follows it. It must not read the log, and
//! it must not spin: where there is nothing to watch it sleeps.

use std::path::Path;
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};

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

    /// Waits for a hint that something was written, at most so long. Blocks the thread. Says no when nobody reads our
    /// output any more.
    #[must_use]
    pub fn wait(&mut self, at_most: Duration) -> bool {
        let output = std::io::stdout();
        // That a reader has gone is told without being asked for.
        let read = PollFd::new(&output, PollFlags::empty());
        #[cfg(target_os = "linux")]
        if let Some(watch) = &mut self.watch {
            let mut both = [read, PollFd::new(&*watch, PollFlags::IN)];
            // An interruption ends the wait early, which does no harm.
            let _ = poll(&mut both, Some(&timespec(at_most)));
            let [read, _] = both;
            let is_read = !is_gone(&read);
            watch.drain();
            return is_read;
        }
        let mut read = [read];
        let _ = poll(&mut read, Some(&timespec(at_most.min(BLIND))));
        !read.iter().any(is_gone)
    }
}

fn timespec(span: Duration) -> Timespec {
    Timespec {
        tv_sec: i64::try_from(span.as_secs()).unwrap_or(i64::MAX),
        tv_nsec: i64::from(span.subsec_nanos()),
    }
}

fn is_gone(output: &PollFd<'_>) -> bool {
    output.revents().intersects(PollFlags::ERR | PollFlags::HUP)
}
