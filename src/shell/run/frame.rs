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
        self.ahead.clear();
        let model = &self.model;
        let before = self.drawn.replace(model.now);
        if let Some(before) = before.filter(|_| dirty == Dirty::Clock) {
            let drawn = self.terminal.draw_parts(|buffer| ui::draw_clocks(model, before, buffer).map(rects));
            if drawn.map_err(gone)? {
                self.make_ahead();
                return Ok(());
            }
        }
        self.terminal.draw(|buffer| ui::draw(model, buffer)).map_err(gone)
    }
}

pub(super) fn rects(areas: Vec<Area>) -> Vec<Rect> {
    areas.into_iter().map(rect).collect()
}

const fn rect(area: Area) -> Rect {
    Rect { x: area.x, y: area.y, width: area.w, height: area.h }
}
