//! Update, as state, keys as typed, state.
