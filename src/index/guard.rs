//! Turns a panic of the search engine over damaged files into an error. It must not hide a panic of our own code:
//! only calls into the engine are wrapped.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};

use super::IndexError;

thread_local! {
    static DEPTH: Cell<u32> = const { Cell::new(0) };
}

/// Whether this thread is inside a guarded call: a panic now is caught, and a panic hook need not touch the screen.
#[must_use]
pub fn is_active() -> bool {
    DEPTH.with(Cell::get) > 0
}

/// Counts down also when the work unwinds.
struct Inside;

impl Drop for Inside {
    fn drop(&mut self) {
        DEPTH.with(|depth| depth.set(depth.get().saturating_sub(1)));
    }
}

/// Runs `work`; a panic in it becomes [`IndexError::Damaged`]. What `work` borrows is only read, or thrown away by
/// the caller after an error, so nothing half-changed is looked at again.
pub(super) fn guarded<T>(work: impl FnOnce() -> Result<T, IndexError>) -> Result<T, IndexError> {
    let caught = catch_unwind(AssertUnwindSafe(|| {
        DEPTH.with(|depth| depth.set(depth.get().saturating_add(1)));
        let _inside = Inside;
        work()
    }));
    caught.unwrap_or_else(|panic| {
        let what = panic
            .downcast_ref::<&str>()
            .map(ToString::to_string)
            .or_else(|| panic.downcast_ref::<String>().cloned())
            .unwrap_or_default();
        let line = what.lines().next().unwrap_or_default();
        Err(IndexError::Damaged(format!("the search engine gave up: {line}")))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_becomes_an_error_and_the_flag_goes_down() {
        assert!(!is_active());
        let got = guarded::<()>(|| {
            assert!(is_active());
            panic!("broken\nfile")
        });
        assert_eq!(
            got.unwrap_err().to_string(),
            "the search index is damaged (the search engine gave up: broken); run `warroom reindex`"
        );
        assert!(!is_active());
    }
}
