//! The tabs of a small screen, one for each pane: how they are labelled and which one is under a cell. Pure, so that the
//! mouse points at what the views draw. It must not draw.

use super::layout::{Layout, Pane, Shape};
use super::model::Model;

/// The name of a pane.
#[must_use]
pub const fn name(pane: Pane) -> &'static str {
    match pane {
        Pane::Timeline => "Timeline",
        Pane::Roster => "Roster",
        Pane::Runbook => "Runbook",
        Pane::Decisions => "Decisions",
        Pane::Brief => "Brief",
        Pane::Asks => "Asks",
        Pane::Similar => "Similar",
        Pane::Incidents => "Incidents",
        Pane::Preview => "Preview",
        Pane::Board => "List",
        Pane::Results => "Results",
        Pane::Text => "Text",
        Pane::Facets => "Narrow",
    }
}

/// A tab.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tab {
    /// Of which pane.
    pub pane: Pane,
    /// What it says, in characters of one cell.
    pub label: String,
    /// Its pane is shown.
    pub here: bool,
}

/// The tabs from left to right: the focused pane in full, the others by number and as much name as fits.
#[must_use]
pub fn tabs(model: &Model, layout: &Layout) -> Vec<Tab> {
    let shown = layout.panes.first().map(|p| p.pane);
    let panes = model.panes();
    let whole: usize = panes.iter().map(|p| name(*p).len().saturating_add(4)).sum();
    let fits = whole <= usize::from(layout.tabs.w);
    let tab = |(number, pane): (usize, &Pane)| {
        let here = Some(*pane) == shown;
        let label = match (here, fits) {
            (true, _) => format!("[{number} {}]", name(*pane)),
            (false, true) => format!(" {number} {} ", name(*pane)),
            (false, false) => format!(" {number} "),
        };
        Tab { pane: *pane, label, here }
    };
    (1..).zip(panes).map(tab).collect()
}

/// The pane whose tab is under a cell.
#[must_use]
pub fn tab_at(model: &Model, column: u16, row: u16) -> Option<Pane> {
    let layout = model.layout();
    if layout.shape != Shape::Tabs || row != layout.tabs.y || column >= layout.tabs.right() {
        return None;
    }
    let mut end = usize::from(layout.tabs.x);
    let under = |tab: &Tab| {
        end = end.saturating_add(tab.label.len());
        usize::from(column) < end
    };
    tabs(model, &layout).into_iter().find(under).map(|tab| tab.pane)
}
