//! What the screen begins with before its settings are read: the threads it will work with, and the database being
//! opened on them. It must not make a home, nor look into one that is not trusted.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};
use std::{fmt, io};

use tokio::runtime::Runtime;
use tokio::task::JoinHandle;

use super::paths::{Home, narrow_umask};
use crate::service::{OpenMode, SqliteStore, StoreError};

/// A database that is being opened.
pub type OpeningStore = JoinHandle<Result<SqliteStore, StoreError>>;

/// See the module.
pub struct Early {
    /// The threads of the screen.
    pub runtime: Runtime,
    /// The database; it is opened on those.
    pub store: OpeningStore,
}

impl fmt::Debug for Early {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Early").finish_non_exhaustive()
    }
}

impl Early {
    /// Begins. None where there is no database yet, or no thread: then all waits for its turn, which says why.
    #[must_use]
    pub fn begin(home: &Home) -> Option<Self> {
        let database = home.database();
        // One of no byte may have to be refused; opening it to write would make it one of ours.
        if std::fs::metadata(&database).map_or(0, |found| found.len()) == 0 {
            return None;
        }
        narrow_umask(home);
        // SQLite's own thread is at work by the time that the others are there.
        let store = Begun::of(async move { SqliteStore::open(&database, OpenMode::ReadWrite).await });
        let runtime = threads().ok()?;
        let store = runtime.spawn(store.finish());
        Some(Self { runtime, store })
    }
}

/// What has taken its first step already, on the thread that began it, and goes on wherever it is waited for.
pub struct Begun<F: Future> {
    future: Pin<Box<F>>,
    answer: Option<F::Output>,
}

impl<F: Future> Begun<F> {
    /// Takes the first step.
    pub fn of(future: F) -> Self {
        let mut future = Box::pin(future);
        // Whoever waits for the rest looks again by itself.
        let answer = match future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(answer) => Some(answer),
            Poll::Pending => None,
        };
        Self { future, answer }
    }

    /// Takes the others.
    pub async fn finish(self) -> F::Output {
        match self.answer {
            Some(answer) => answer,
            None => self.future.await,
        }
    }
}

/// The threads of the screen.
///
/// # Errors
/// What the system says.
pub fn threads() -> io::Result<Runtime> {
    tokio::runtime::Builder::new_multi_thread()
        // One does all that waits: a second would have to be woken, and has memory of its own.
        .worker_threads(1)
        .enable_time()
        .thread_name("warroom")
        .build()
}
