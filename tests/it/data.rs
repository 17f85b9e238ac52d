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
    skipped(&format!("{} is not there; set WARROOM_TEST_DATA", path.display()));
    None
}

/// Says that something was not tested, and why. Not by `eprintln`, which a passing test swallows.
pub(crate) fn skipped(why: &str) {
    std::io::stderr().write_all(format!("\nSKIPPED: {why}\n").as_bytes()).unwrap();
}
