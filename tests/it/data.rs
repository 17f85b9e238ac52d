//! Where real input for whole-corpus tests lies: `WARROOM_TEST_DATA`, else `../shared/data` beside the repository.

use std::path::PathBuf;

/// The path of a file or folder of the test data; none, said loudly, when it is not there.
#[expect(
    clippy::disallowed_methods,
    clippy::print_stderr,
    reason = "a test asks its own environment and reports"
)]
pub(crate) fn test_data(name: &str) -> Option<PathBuf> {
    let folder = std::env::var("WARROOM_TEST_DATA").map(PathBuf::from);
    let folder =
        folder.unwrap_or_else(|_| PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/data")));
    let path = folder.join(name);
    if path.exists() {
        return Some(path);
    }
    eprintln!("SKIPPED: {} is not there; set WARROOM_TEST_DATA", path.display());
    None
}
