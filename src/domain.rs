//! The pure core: what an incident is, what may happen to it, and what follows from what happened.
//! It must not do I/O, read a clock, mint an id or be async.

pub mod archive_path;
pub mod audience;
pub mod calendar;
pub mod event;
pub mod ids;
pub mod log;
pub mod postmortem;
pub mod quick_entry;
pub mod role;
pub mod runbook;
pub mod safe;
pub mod severity;
pub mod similar;
pub mod time;
pub mod time_spec;
pub mod wire;
pub mod words;
