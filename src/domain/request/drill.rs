//! Requests of an exercise that a script runs. It must not hold rules.

use crate::domain::event::DrillStarted;
use crate::domain::words::DrillVerdict;

/// Something that somebody wants of an exercise.
#[derive(Debug, Clone, PartialEq)]
pub enum DrillRequest {
    /// Begin, by this script.
    Start(Box<DrillStarted>),
    /// Tell the players something now; the next thing that they were not told when no number is given.
    Give {
        /// Which, from 1.
        inject: Option<u32>,
    },
    /// Write down that something was due.
    Due {
        /// Which, from 1.
        inject: u32,
    },
    /// Judge an expectation.
    Judge {
        /// Which, from 1.
        expectation: u32,
        /// What came of it.
        verdict: DrillVerdict,
        /// How one knows.
        reason: String,
    },
}
