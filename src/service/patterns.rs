//! What recurs across the archive. It must not count (`index` does).

use std::collections::HashMap;

use super::{Failure, Service};
use crate::domain::account::Account;
use crate::domain::patterns::{Dimension, Patterns, Quarter};
use crate::index;

/// What recurs is asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PatternQuery {
    /// Only what this finds; empty: all.
    pub text: String,
    /// The day from which `since:90d` counts.
    pub today: Option<chrono::NaiveDate>,
    /// The quarters to show, the oldest first.
    pub quarters: Vec<Quarter>,
    /// By what to count.
    pub by: Vec<Dimension>,
    /// Most values of a table, and most groups.
    pub most: usize,
    /// Whether to group what is alike.
    pub clusters: bool,
}

impl Service {
    /// Counts what recurs, by quarter.
    ///
    /// # Errors
    /// When archive or index cannot be read or rebuilt.
    pub async fn patterns(&self, asked: PatternQuery) -> Result<Patterns, Failure> {
        let (accounts, unknown) = match self.accounts().await {
            Ok(accounts) => (accounts, None),
            // The archive is whole without the database.
            Err(failure) => (
                HashMap::new(),
                Some(format!("what is restricted or was a drill cannot be looked up: {failure}")),
            ),
        };
        let named = |which: fn(&Account) -> bool| -> Vec<String> {
            accounts.values().filter(|own| which(own)).map(|own| own.id.to_string()).collect()
        };
        let hidden = named(Account::is_hidden);
        let asides = named(|own| own.aside().is_some());
        let counted = named(|own| own.aside().is_none()).iter().map(|id| id.to_lowercase()).collect();
        let mut found = self
            .blocking_memory(move |inner| {
                let question = index::PatternQuery {
                    query: index::Query {
                        text: asked.text.clone(),
                        today: asked.today,
                        hidden: hidden.clone(),
                        ..index::Query::default()
                    },
                    quarters: asked.quarters.clone(),
                    by: asked.by.clone(),
                    most: asked.most,
                    clusters: asked.clusters,
                    hidden,
                    asides,
                    counted,
                };
                inner.ask(|index| index.patterns(&question))
            })
            .await?;
        found.notes.extend(unknown);
        Ok(found)
    }
}
