//! Draws a `&Model` into cells. It must not change anything.
