//! The integration tests: one binary, because each test binary links everything.

mod data;
mod shell;
mod timelines;
