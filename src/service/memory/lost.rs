//! A past that was lost, which must not read as one in which nothing happened: what the log says of it where there is no
//! index to say so. It must not make anything in its place.

use std::sync::atomic::{AtomicBool, Ordering};

use super::follow::lost_past;
use crate::service::{Failure, Inner, Service};

/// What the row of an incident with a published postmortem has in it; in a title its quotes would be escaped.
const PUBLISHED: &str = "\"postmortem\":\"";

/// That a question found neither a commit to answer from nor an index. Only the log tells then whether that is a past which
/// was lost, and it is not read where the question is answered.
#[derive(Default)]
pub(in crate::service) struct Unborn {
    /// It did.
    pub(super) asked: AtomicBool,
    /// The log was looked at: nothing was published yet.
    new: AtomicBool,
}

impl Service {
    /// Refuses to write into an archive that was lost: what is there would be taken for all that ever was.
    pub(in crate::service) async fn refuse_lost_archive(&self) -> Result<(), Failure> {
        self.refuse_lost("so nothing was committed").await
    }

    /// Refuses where the archive was lost; `so` tells what does not come about.
    pub(in crate::service) async fn refuse_lost(&self, so: &'static str) -> Result<(), Failure> {
        if !self.blocking(Inner::has_no_commit).await? {
            return Ok(());
        }
        let published = self.has_published().await?;
        self.blocking(move |inner| inner.refuse_lost(published, so)).await
    }

    /// Whether the log has a postmortem as published.
    async fn has_published(&self) -> Result<bool, Failure> {
        Ok(self.store().has(PUBLISHED).await?)
    }

    /// Refuses the answer to a question that found nothing to answer from, where that was lost.
    pub(super) async fn refuse_lost_answer(&self) -> Result<(), Failure> {
        let unborn = &self.inner.unborn;
        if !unborn.asked.swap(false, Ordering::Relaxed) || unborn.new.load(Ordering::Relaxed) {
            return Ok(());
        }
        // Without the log nothing says that there was a past.
        let Ok(published) = self.has_published().await else { return Ok(()) };
        if !published {
            unborn.new.store(true, Ordering::Relaxed);
            // Nothing can be lost: it is there for whoever sets git up in it. Where that fails, publishing says why.
            return self.blocking(|inner| Ok(_ = inner.archive())).await;
        }
        self.blocking(|inner| {
            // It had no commit when it was asked.
            if inner.had_past(true) { Err(lost_past(&inner.places.archive.repository)) } else { Ok(()) }
        })
        .await
    }

    /// Whether there is nothing that a search could find, since nothing is filed in the archive. Asked where nothing
    /// was found, which does not say that something was looked at.
    ///
    /// # Errors
    /// When the archive cannot be read, or has lost what was published there.
    pub async fn has_no_past(&self) -> Result<bool, Failure> {
        if !self.blocking(|inner| inner.has_no_past(false)).await? {
            return Ok(false);
        }
        let published = self.has_published().await?;
        self.blocking(move |inner| inner.has_no_past(published)).await
    }
}
