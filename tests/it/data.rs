//! Where real input for whole-corpus tests lies: `WARROOM_TEST_DATA`, else `../shared/data` beside the repository.

use std::io::Write;
use std::path::PathBuf;

/// The path of a file or folder of the test data; none, said loudly, when it is not there.
#[expect(clippy::disallowed_methods, reason = "a test asks its own environment")]
pub(crate) fn test_data(name: &str) -> Option<PathBuf> {
    let folder = std::env::var("WARROOM_TEST_DATA").map(PathBuf::from);
    let folder =
        folder.unwrap_or_else(|_| PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/data")));
    let path = folder.join(name);
    if path.exists() {
        return Some(path);
    }
    // Not `eprintln`, which a passing test swallows: what was not tested is said aloud.
    let said = format!("\nSKIPPED: {} is not there; set WARROOM_TEST_DATA\n", path.display());
    std::io::stderr().write_all(said.as_bytes()).unwrap();
    None
}
