//! The integration tests: one binary, because each test binary links everything.

mod data;
mod index;
mod postmortems;
mod shell;
mod timelines;
