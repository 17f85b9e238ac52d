//! Targets of a team's own levels by which nothing is counted. It must not refuse any: a period may have any name.

use super::Value;
use crate::domain::severity::Target;

/// The settings of a level that say by when.
const TARGETS: [&str; 4] = ["response", "resolution", "story-due", "postmortem-due"];

/// The targets of a level that are named periods, each with what that means and where it stands: a mistyped one has no
/// clock, which nobody sees before the incident.
pub(super) fn undated(level: Value<'_, '_>) -> Vec<(String, usize)> {
    let Some(table) = level.get_ref().as_table() else { return Vec::new() };
    let name = table.get("name").and_then(|name| name.get_ref().as_str()).unwrap_or_default();
    let told = |key: &str| {
        let value = table.get(key)?;
        let Ok(Target::Named(period)) = value.get_ref().as_str()?.parse() else { return None };
        let what =
            if key.ends_with("-due") { "nothing is ever due by it" } else { "no clock counts down to it" };
        let message = format!(
            "{name}.{key}: {period:?} is a period that you date yourselves: {what}; if that is not meant, write a \
             duration (15m, 4h), immediate, or business days"
        );
        Some((message, value.span().start))
    };
    let mut found: Vec<(String, usize)> = TARGETS.into_iter().filter_map(told).collect();
    found.sort_by_key(|(_, at)| *at);
    found
}
