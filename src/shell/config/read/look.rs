//! Reads how the screen looks: theme and colours.

use super::{Bad, Draft, Value, did_you_mean, text};
use crate::app::colour::{Colour, NAMES};
use crate::shell::config::THEMES;

pub(in crate::shell::config) fn theme(draft: &mut Draft, _: &str, value: Value<'_, '_>) -> Result<(), Bad> {
    let name = text(value)?.to_lowercase();
    if !THEMES.contains(&name.as_str()) {
        let near = did_you_mean(&name, THEMES.iter().copied());
        return Err(Bad::new(format!("there is no theme {name:?}{near}; there are {}", THEMES.join(", "))));
    }
    draft.config.ui.theme = name;
    Ok(())
}

pub(in crate::shell::config) fn colour(
    draft: &mut Draft,
    part: &str,
    value: Value<'_, '_>,
) -> Result<(), Bad> {
    let name = text(value)?;
    let colours = &mut draft.config.ui.colours;
    if name.eq_ignore_ascii_case("default") {
        // The theme's own, whatever a file below this one says.
        colours.remove(part);
        return Ok(());
    }
    let colour = name.parse::<Colour>().map_err(|error| {
        let near = did_you_mean(&name, NAMES);
        Bad::new(format!("{error}, or default{near}"))
    })?;
    colours.insert(part.to_owned(), colour);
    Ok(())
}
