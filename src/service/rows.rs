//! The rows of the lists that are kept beside the log: they say what the log does. It must not store them.

use super::Failure;
use crate::domain::incident::Incident;
use crate::domain::summary::{StorySummary, Summary};
use crate::store::{StoryRow, SummaryRow};

/// The row of the list of incidents.
pub(super) fn summary_row(incident: &Incident, summary: &Summary) -> Result<SummaryRow, Failure> {
    let body = serde_json::to_string(summary).map_err(|e| Failure::no(e.to_string()))?;
    Ok(SummaryRow {
        log: incident.log,
        id: summary.id,
        state: summary.state.as_str().to_owned(),
        declared_at: summary.declared_at,
        updated_at: summary.updated_at,
        head: summary.head,
        head_hash: crate::domain::log::Digest::ZERO,
        body,
    })
}

/// The rows of the list of stories.
pub(super) fn story_rows(incident: &Incident) -> Result<Vec<StoryRow>, Failure> {
    incident
        .closing
        .stories
        .values()
        .map(|story| {
            let row = StorySummary::new(incident.id, story);
            let body = serde_json::to_string(&row).map_err(|e| Failure::no(e.to_string()))?;
            Ok(StoryRow {
                id: row.id,
                state: row.state.as_str().to_owned(),
                due: row.due.map(|d| d.to_string()),
                body,
            })
        })
        .collect()
}
