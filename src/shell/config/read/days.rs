//! Which days and hours count in the configuration: zone, weekend, holidays, the end of a day. It must not count any.

use chrono::{NaiveDate, NaiveTime, Weekday};

use super::{Bad, Draft, Value, list, text};
use crate::domain::calendar;

pub(in super::super) fn zone(draft: &mut Draft, _: &str, value: Value<'_, '_>) -> Result<(), Bad> {
    draft.zone = Some(calendar::zone(&text(value)?).map_err(|error| Bad::new(error.to_string()))?);
    Ok(())
}

pub(in super::super) fn weekend(draft: &mut Draft, _: &str, value: Value<'_, '_>) -> Result<(), Bad> {
    let day = |value: Value<'_, '_>| {
        let name = text(value)?;
        name.parse::<Weekday>().map_err(|_| {
            Bad::at(format!("{name:?} is not a weekday; write Mon, Tue, Wed, Thu, Fri, Sat or Sun"), value)
        })
    };
    draft.weekend = Some((list(value, day)?, draft.here.clone()));
    Ok(())
}

pub(in super::super) fn holidays(draft: &mut Draft, _: &str, value: Value<'_, '_>) -> Result<(), Bad> {
    let date = |value: Value<'_, '_>| {
        // TOML has dates of its own; both forms are welcome.
        let name = value.get_ref().as_datetime().map_or_else(|| text(value), |date| Ok(date.to_string()))?;
        NaiveDate::parse_from_str(&name, "%Y-%m-%d")
            .map_err(|_| Bad::at(format!("{name:?} is not a date; write it like 2026-12-25"), value))
    };
    draft.holidays = list(value, date)?.into_iter().collect();
    Ok(())
}

pub(in super::super) fn work_day_end(draft: &mut Draft, _: &str, value: Value<'_, '_>) -> Result<(), Bad> {
    let name = value.get_ref().as_datetime().map_or_else(|| text(value), |time| Ok(time.to_string()))?;
    let time =
        NaiveTime::parse_from_str(&name, "%H:%M").or_else(|_| NaiveTime::parse_from_str(&name, "%H:%M:%S"));
    draft.work_day_end =
        Some(time.map_err(|_| Bad::new(format!("{name:?} is not a time of day; write 18:00")))?);
    Ok(())
}
