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
/// something else, or to hand the rest over to another. Also when that step was enough: what follows may need the threads
/// that it is handed over to.
pub(super) async fn eager_once_begun<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    let (mut begun, mut answer) = (false, None);
    poll_fn(|context| {
        if begun {
            return answer.take().map_or_else(|| looked(future.as_mut(), context), Poll::Ready);
        }
        begun = true;
        context.waker().wake_by_ref();
        if let Poll::Ready(early) = future.as_mut().poll(context) {
            answer = Some(early);
        }
        Poll::Pending
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_done_at_the_first_step_is_handed_over_all_the_same() {
        let mut begun = pin!(eager_once_begun(async { 7 }));
        let mut context = Context::from_waker(std::task::Waker::noop());
        assert!(begun.as_mut().poll(&mut context).is_pending());
        assert_eq!(begun.as_mut().poll(&mut context), Poll::Ready(7));
    }
}
