//! Small readings of Markdown that the postmortem needs: headings, lists, code, plain text, and escaping of text
//! that must not turn into markup. It must not render.

/// How a place begins that a person still has to fill in: `[fill in: who was told]`. Visible when rendered, so
/// that nobody publishes one unseen.
pub const MARK: &str = "[fill in:";
