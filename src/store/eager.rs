//! Waits for SQLite without going to sleep at once: for what is opened or read, before the first frame above all. Not
//! for commits, which wait for the disk, while the screen needs the processor to show the line that is on its way.
//! It must not know what is waited for.

use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::task::{Context, Poll};
use std::thread;

/// How often it looks before it sleeps: about a millisecond; a short read takes far less.
const LOOKS: u32 = 4_000;

/// Runs a future, looking again and again for a moment before the thread goes to sleep. sqlx works on a thread of
/// its own and wakes us for each row: going to sleep and being woken costs more than most answers. Others on the
/// processor go first.
pub async fn eager<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    poll_fn(|context| looked(future.as_mut(), context)).await
}

/// The same for what a thread of its own is started for: after the first step whoever polls has its thread back once, to do
/// something else, or to hand the rest over to another.
pub(super) async fn eager_once_begun<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    let mut begun = false;
    poll_fn(|context| {
        if begun {
            return looked(future.as_mut(), context);
        }
        begun = true;
        context.waker().wake_by_ref();
        future.as_mut().poll(context)
    })
    .await
}

fn looked<F: Future>(mut future: Pin<&mut F>, context: &mut Context<'_>) -> Poll<F::Output> {
    for _ in 0..LOOKS {
        if let Poll::Ready(answer) = future.as_mut().poll(context) {
            return Poll::Ready(answer);
        }
        thread::yield_now();
    }
    future.poll(context)
}
