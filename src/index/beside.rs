//! Two parts of one work at once, on two processors. It must not know what they are.

use std::sync::{Mutex, PoisonError};
use std::thread::{self, Builder};

use super::IndexError;
use super::guard::guarded;

/// Does `other` on a thread of its own while `this` is done here, or after it where there can be no thread.
///
/// # Errors
/// That of either part; a panic in `other` is [`IndexError::Damaged`].
pub fn both<A, B: Send>(
    this: impl FnOnce() -> Result<A, IndexError>,
    other: impl FnOnce() -> Result<B, IndexError> + Send,
) -> Result<(A, B), IndexError> {
    let other = Mutex::new(Some(other));
    let taken = || match other.lock().unwrap_or_else(PoisonError::into_inner).take() {
        Some(other) => guarded(other).map(Some),
        None => Ok(None),
    };
    thread::scope(|scope| {
        let beside = Builder::new().spawn_scoped(scope, taken);
        let this = this();
        let done = match beside {
            Ok(beside) => beside.join().unwrap_or(Ok(None)),
            Err(_) => taken(),
        };
        let other = done?.ok_or_else(|| IndexError::Damaged("a part of the work broke off".into()))?;
        Ok((this?, other))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_parts_are_done_and_what_breaks_off_in_one_is_an_error() {
        assert_eq!(both(|| Ok(1), || Ok("two")).unwrap(), (1, "two"));
        let broken = both(|| Ok(1), || -> Result<(), IndexError> { panic!("broken file") });
        assert!(broken.unwrap_err().to_string().contains("broken file"));
        let busy = both(|| -> Result<(), IndexError> { Err(IndexError::Busy) }, || Ok(2));
        assert!(matches!(busy, Err(IndexError::Busy)));
    }
}
