//! Draws a `&Model` into cells. It must not change anything, and it must not decide what a key does.

pub mod frame;
pub mod text;
pub mod theme;
