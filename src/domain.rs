//! The pure core: what an incident is, what may happen to it, and what follows from what happened.
//! It must not do I/O, read a clock, mint an id or be async.

pub mod archive_path;
pub mod audience;
pub mod brief;
pub mod calendar;
pub mod clocks;
pub mod closeout;
pub mod decide;
pub mod drill;
pub mod event;
pub mod export;
pub mod ids;
pub mod incident;
pub mod log;
pub mod owed;
pub mod policy;
pub mod postmortem;
pub mod promise;
pub mod quick_entry;
pub mod refusal;
pub mod request;
pub mod role;
pub mod runbook;
pub mod safe;
pub mod secret;
pub mod severity;
pub mod similar;
pub mod stats;
pub mod stories;
pub mod summary;
pub mod time;
pub mod time_spec;
pub mod verb;
pub mod wire;
pub mod wording;
pub mod words;
