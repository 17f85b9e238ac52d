//! Seconds of a room at rest, drawn some at once and each shown when it is there. Whoever wakes after a second finds the
//! processor's memory full of others' work, and drawing takes ten times as long as in one go with the second before. It
//! must not show a second in which anything else could happen.

use std::collections::VecDeque;

use chrono::SubsecRound as _;

use super::frame::rects;
use super::{Failure, Loop, gone};
use crate::domain::time::{Span, Utc};
use crate::shell::terminal::Later;
use crate::ui;

/// How many seconds are drawn at once. So much later, at most, it is seen that somebody set the clock, or that a hint at
/// the writing of others was lost.
const AHEAD: i32 = 4;

/// Pictures of the seconds to come.
pub(super) type Ahead = VecDeque<(Utc, Later)>;

impl Loop<'_> {
    /// Draws the seconds that follow the one that is shown, as far as nothing but the time can change in them.
    pub(super) fn make_ahead(&mut self) {
        let shown = self.model.now;
        let whole = shown.trunc_subsecs(0);
        let mut before = shown;
        for n in 1..=AHEAD {
            let at = whole + Span::seconds(n.into());
            let Some(room) = &self.model.room else { break };
            if !room.calm.is_some_and(|calm| calm.lasts(room.incident.head, at)) {
                break;
            }
            self.model.now = at;
            let model = &self.model;
            let Some(later) = self.terminal.make(|buffer| ui::draw_clocks(model, before, buffer).map(rects))
            else {
                break;
            };
            self.ahead.push_back((at, later));
            before = at;
        }
        self.model.now = shown;
        self.terminal.take_back(self.ahead.iter().map(|(_, later)| later));
    }

    /// Shows the second that it is, where it was drawn ahead. Gives false, and does nothing, where it was not.
    pub(super) fn show_ahead(&mut self) -> Result<bool, Failure> {
        let now = self.session.clock.now();
        let is_now = |at: Utc| now >= at && now - at < Span::seconds(1);
        match self.ahead.pop_front() {
            Some((at, later)) if is_now(at) => {
                self.model.now = at;
                self.drawn = Some(at);
                self.terminal.show(later).map_err(gone)?;
                Ok(true)
            }
            _ => {
                self.ahead.clear();
                Ok(false)
            }
        }
    }
}
