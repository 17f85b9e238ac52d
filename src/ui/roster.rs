//! The roster: who holds which role since when, and which required one nobody holds.

use std::collections::BTreeSet;

use ratatui::buffer::Buffer;

use super::frame;
use super::text::{self, Pen};
use super::theme::Theme;
use crate::app::action::Action;
use crate::app::layout::Placed;
use crate::app::model::{Model, Room};
use crate::app::update::room::{overloaded, roster_rows};
use crate::domain::role;
use crate::domain::time::{Span, format_span_coarse};

/// How many cells the name of a role has.
const NAME: u16 = 6;

/// A role in the cells that there are: as it is, or so cut that no two look alike. Where the first letters do not tell
/// it from the others, those follow at which it parts from one of them.
fn label(name: &str, names: &[&str]) -> String {
    let first = usize::from(NAME.saturating_sub(1));
    let common = |other: &str| name.chars().zip(other.chars()).take_while(|(a, b)| a == b).count();
    let others = names.iter().filter(|other| **other != name && text::width(other) > NAME);
    let parts: BTreeSet<usize> = others.map(|other| common(other)).filter(|n| *n >= first).collect();
    let Some(last) = parts.last().filter(|_| text::width(name) > NAME) else { return name.to_owned() };
    let told = name.chars().enumerate().filter(|(n, _)| n >= last || parts.contains(n)).map(|(_, c)| c);
    name.chars().take(1).chain(['…']).chain(told).take(usize::from(NAME)).collect()
}

/// Draws the pane.
pub(super) fn draw(
    model: &Model,
    room: &Room,
    placed: &Placed,
    focus: bool,
    theme: &Theme,
    buf: &mut Buffer,
) {
    let rows = roster_rows(model);
    if rows.is_empty() {
        if !placed.title.is_empty() {
            frame::title(placed, "Roster", "", focus, theme, buf);
        }
        let say = format!("Nobody yet. {} takes a role.", model.keymap.press(Action::Role));
        return super::empty(placed, &say, theme, buf);
    }
    let warning = overloaded(model);
    let selected = rows.iter().position(|r| Some(&r.role) == room.role.as_ref()).unwrap_or(0);
    let height =
        usize::from(placed.body.h).saturating_sub(usize::from(warning.is_some() && placed.body.h > 4));
    let first = super::first_row(selected, height, rows.len());
    if !placed.title.is_empty() {
        let hidden = rows.iter().take(first).chain(rows.iter().skip(first.saturating_add(height)));
        // A required role that nobody holds is missed sooner than a name.
        let open = hidden.filter(|row| row.person.is_none()).count();
        let mut more = frame::more(rows.len(), height);
        if open > 0 && open == rows.len().saturating_sub(height) {
            more.push_str(" unfilled");
        } else if open > 0 {
            more.push_str(&format!(", {open} unfilled"));
        }
        frame::title(placed, "Roster", &more, focus, theme, buf);
    }
    let profile = model.policy.profile_named(&room.incident.profile);
    let severity = room.incident.severity.clone().unwrap_or_else(|| profile.unset_label());
    let names: Vec<&str> =
        rows.iter().filter_map(|row| row.role.split('/').next()).map(role::short).collect();
    let labels: Vec<String> = names.iter().map(|name| label(name, &names)).collect();
    let mut y = 0;
    for (nth, row) in rows.iter().enumerate().skip(first).take(height) {
        let area = placed.body.row(y);
        let mut pen = Pen::new(buf, area);
        let here = focus && nth == selected;
        let pick = |style| if here { theme.selected } else { style };
        pen.field(labels.get(nth).map_or("", String::as_str), NAME, pick(theme.word));
        pen.put(" ", pick(theme.text));
        match (&row.person, row.since) {
            (Some(person), Some(since)) => {
                let cells = placed.body.w.saturating_sub(22).clamp(7, 20);
                pen.field(person, cells, pick(theme.text));
                pen.put(" ", pick(theme.text));
                pen.put(&format_span_coarse((model.now - since).max(Span::zero())), pick(theme.dim));
            }
            _ => _ = pen.put(&format!("{} required at {severity}", theme.marks.dash), pick(theme.warn)),
        }
        if here {
            pen.fill(theme.selected);
        }
        y = y.saturating_add(1);
    }
    if let Some(warning) = warning
        && y < placed.body.h
    {
        Pen::new(buf, placed.body.row(y)).put_cut(&warning, theme.warn);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| label(name, names)).collect()
    }

    #[test]
    fn no_two_roles_look_alike() {
        assert_eq!(
            labels(&["IC", "Scribe", "customer-care"]),
            ["IC", "Scribe", "customer-care"],
            "cut by the pane"
        );
        assert_eq!(labels(&["customer-liaison", "customer-care"]), ["c…liai", "c…care"]);
        assert_eq!(labels(&["custom", "customer", "customers"]), ["custom", "c…", "c…s"]);
        let many = ["field-a-1", "field-a-2", "field-b-1", "field-b-2"];
        assert_eq!(labels(&many), ["f…a1", "f…a2", "f…b1", "f…b2"]);
    }
}
