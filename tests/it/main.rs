//! The integration tests: one binary, because each test binary links everything.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on must fail, in its own functions as well"
)]

mod archive;
mod bombs;
mod browser;
mod building;
mod catalogue;
mod cli;
mod data;
mod demo_archive;
mod docs;
mod faults;
mod freshness;
mod fuzzing;
mod guarding;
mod hostile;
mod index;
mod journey;
mod mouse;
mod parity;
mod pasting;
mod pictures;
mod postmortems;
mod pushed;
mod ranking;
mod readme;
mod runbooks;
mod screen;
mod scribing;
mod service;
mod shell;
mod store;
mod timelines;
mod undo;
mod wire;
