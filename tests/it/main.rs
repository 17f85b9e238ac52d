//! The integration tests: one binary, because each test binary links everything.

mod data;
mod index;
mod shell;
mod timelines;
