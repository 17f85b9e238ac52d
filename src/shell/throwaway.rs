//! A folder that is of no use to anybody once the program has ended: a signal takes it away as well. For commands; the
//! screen listens to signals by itself. It must not outlive what it is for.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::iterator::{Handle, Signals};
use signal_hook::low_level::emulate_default_handler;

/// Takes a folder away when a signal ends the program, until it is dropped.
#[derive(Debug)]
pub struct Throwaway {
    folder: Arc<Mutex<Option<PathBuf>>>,
    /// None where the host refuses: then whoever is killed leaves it behind.
    listening: Option<Handle>,
}

impl Throwaway {
    /// Begins to listen: before there is a folder.
    #[must_use]
    pub fn listen() -> Self {
        let folder = Arc::new(Mutex::new(None));
        let listening = begin(Arc::clone(&folder));
        Self { folder, listening }
    }

    /// That is the folder.
    pub fn is(&self, folder: &Path) {
        *self.folder.lock().unwrap_or_else(PoisonError::into_inner) = Some(folder.to_owned());
    }
}

impl Drop for Throwaway {
    fn drop(&mut self) {
        // Once a signal is being carried out, what fails for want of the folder is told to nobody: this waits for the end.
        drop(self.folder.lock());
        if let Some(listening) = &self.listening {
            listening.close();
        }
    }
}

fn begin(folder: Arc<Mutex<Option<PathBuf>>>) -> Option<Handle> {
    let mut signals = Signals::new([SIGINT, SIGTERM]).ok()?;
    if !is_ignored(SIGHUP) {
        signals.add_signal(SIGHUP).ok()?;
    }
    let handle = signals.handle();
    let run = move || {
        for signal in signals.forever() {
            // Held until the program has ended.
            let mut folder = folder.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(folder) = folder.take() {
                delete(&folder);
            }
            let _ = emulate_default_handler(signal);
        }
    };
    std::thread::Builder::new().name("signals".into()).spawn(run).ok()?;
    Some(handle)
}

/// Whether whoever started the program has it ignore a signal, as `nohup` does when the terminal goes away.
fn is_ignored(signal: i32) -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let mask = mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or_default();
    // Signals are counted from one, and the lowest bit is the first.
    let bit = u32::try_from(signal.saturating_sub(1)).ok().and_then(|at| 1_u64.checked_shl(at));
    bit.is_some_and(|bit| mask & bit != 0)
}

/// Deletes a folder; again where something was written into it meanwhile.
pub fn delete(folder: &Path) {
    const TRIES: usize = 5;
    for _ in 0..TRIES {
        match std::fs::remove_dir_all(folder) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {}
            _ => return,
        }
    }
}
