//! No memory of this process is written to disk when it dies: it holds what people said. It must not hide the process
//! from its own account: `doctor --repair` looks whether another one has the database open.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// What of the memory a dump may hold: none of it.
const NOTHING: &str = "0";

/// Keeps core dumps away: no file is written, and where the host hands dumps to a program whatever the limit says,
/// they have no memory in them (Linux). Children inherit both; the hard limit stays, so they may ask for dumps again.
pub fn forbid() {
    let limit = Rlimit { current: Some(0), maximum: getrlimit(Resource::Core).maximum };
    // A host that refuses has its reasons, and the room is needed all the same.
    let _ = setrlimit(Resource::Core, limit);
    if cfg!(target_os = "linux") {
        let _ = std::fs::write("/proc/self/coredump_filter", NOTHING);
    }
}
