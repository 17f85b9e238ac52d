//! When to draw, and how much: all of the screen, or what a clock changes. It must not know what is on it.

use ratatui::layout::Rect;

use super::{Failure, Loop, gone};
use crate::app::layout::Area;
use crate::ui;

/// What the screen does not show yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Dirty {
    /// It shows the model.
    No,
    /// The time went on, and nothing else happened.
    Clock,
    /// Anything.
    All,
}

impl Dirty {
    /// After a message; `time_only` says that it told the time and led to nothing.
    pub(super) fn after(&mut self, time_only: bool) {
        *self = (*self).max(if time_only { Self::Clock } else { Self::All });
    }

    pub(super) fn is_any(self) -> bool {
        self != Self::No
    }
}

impl Loop<'_> {
    /// Draws what the screen does not show yet.
    pub(super) fn draw(&mut self) -> Result<(), Failure> {
        let dirty = std::mem::replace(&mut self.dirty, Dirty::No);
        let model = &self.model;
        let before = self.drawn.replace(model.now);
        if let Some(before) = before.filter(|_| dirty == Dirty::Clock) {
            let parts = |areas: Vec<Area>| areas.into_iter().map(rect).collect();
            let drawn = self.terminal.draw_parts(|buffer| ui::draw_clocks(model, before, buffer).map(parts));
            if drawn.map_err(gone)? {
                return Ok(());
            }
        }
        self.terminal.draw(|buffer| ui::draw(model, buffer)).map_err(gone)
    }
}

const fn rect(area: Area) -> Rect {
    Rect { x: area.x, y: area.y, width: area.w, height: area.h }
}
