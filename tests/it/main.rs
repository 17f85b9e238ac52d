//! The integration tests: one binary, because each test binary links everything.

mod archive;
mod data;
mod index;
mod postmortems;
mod runbooks;
mod shell;
mod store;
mod timelines;
mod wire;
