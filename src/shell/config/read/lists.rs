//! Readers of the settings by which lists and clocks say what is late.

use super::{Bad, Draft, Value, optional, text};
use crate::domain::time::{Span, parse_span};

/// Whole days of a duration.
fn days(value: Value<'_, '_>) -> Result<i64, Bad> {
    let text = text(value)?;
    let span = parse_span(&text).map_err(|error| Bad::new(error.to_string()))?;
    if span < Span::days(1) {
        return Err(Bad::new(format!("{text} is less than a day; write a duration such as 7d or 26w")));
    }
    Ok(span.num_days())
}

pub(in crate::shell::config) fn remind_before(
    draft: &mut Draft,
    _: &str,
    value: Value<'_, '_>,
) -> Result<(), Bad> {
    draft.config.lists.remind_days = days(value)?;
    Ok(())
}

pub(in crate::shell::config) fn assign_within(
    draft: &mut Draft,
    _: &str,
    value: Value<'_, '_>,
) -> Result<(), Bad> {
    draft.config.lists.assign_days = if text(value)? == "none" { None } else { Some(days(value)?) };
    Ok(())
}

pub(in crate::shell::config) fn manager(draft: &mut Draft, _: &str, value: Value<'_, '_>) -> Result<(), Bad> {
    draft.config.lists.manager = match optional(value)? {
        None => None,
        Some(name) => {
            Some(crate::shell::identity::person(&name).map_err(|error| Bad::new(error.to_string()))?)
        }
    };
    Ok(())
}

pub(in crate::shell::config) fn stale_after(
    draft: &mut Draft,
    _: &str,
    value: Value<'_, '_>,
) -> Result<(), Bad> {
    draft.config.lists.stale_days = days(value)?;
    Ok(())
}

/// `80%`: the share of a target that has passed when its clock begins to warn.
pub(in crate::shell::config) fn warn_at(draft: &mut Draft, _: &str, value: Value<'_, '_>) -> Result<(), Bad> {
    let text = text(value)?;
    let percent = text.trim().strip_suffix('%').and_then(|n| n.trim().parse::<i64>().ok());
    match percent.filter(|n| (1..100).contains(n)) {
        Some(percent) => {
            draft.config.lists.warn_percent = percent;
            Ok(())
        }
        None => Err(Bad::new(format!("{text:?} is no share; write \"75%\", from 1% to 99%"))),
    }
}
