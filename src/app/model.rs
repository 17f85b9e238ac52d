//! Everything that the screen knows. Plain data: changed only by `update`, read by the views.

/// How the terminal wants things to look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Look {
    /// Colours may be used (no `NO_COLOR`).
    pub colour: bool,
    /// Borders and marks in ASCII only.
    pub ascii: bool,
}
