//! Waits for SQLite without going to sleep at once: for what is opened or read, before the first frame above all. Not
//! for commits, which wait for the disk, while the screen needs the processor to show the line that is on its way.
//! It must not know what is waited for.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::task::Poll;
use std::thread;

/// How often it looks before it sleeps: a few hundred microseconds; a short read takes far less.
const LOOKS: u32 = 400;

/// Runs a future, looking again and again for a moment before the thread goes to sleep. sqlx works on a thread of
/// its own and wakes us for each row: going to sleep and being woken costs more than most answers. Others on the
/// processor go first.
pub(super) async fn eager<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    poll_fn(|context| {
        for _ in 0..LOOKS {
            if let Poll::Ready(answer) = future.as_mut().poll(context) {
                return Poll::Ready(answer);
            }
            thread::yield_now();
        }
        future.as_mut().poll(context)
    })
    .await
}
