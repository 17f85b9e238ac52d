//! Warroom: a terminal war room for incident responders, and the memory that keeps the same incident from
//! happening twice.
//!
//! # Architecture
//!
//! An incident **is** its log: an append-only sequence of events. Every pane, list, brief and postmortem draft is
//! a fold of it. What can change goes `Request → decide → Event → append → apply`; `decide` may refuse, `apply`
//! cannot fail. The screen is a pure state machine (`app`) whose effects are plain data that a thin `shell`
//! performs. SQL holds the truth of the room, git holds the published postmortem, the index holds nothing that
//! cannot be rebuilt.
//!
//! ```text
//! domain   pure: ids, time, severity, events and their wire form, requests, the fold, clocks, documents
//! app      pure: model, messages, effects, keys, layout
//! ui       draws a &Model into cells
//! store    the event log on SQLite (and in memory)      archive  postmortems in git
//! index    full-text search with tantivy                service  use cases over the three adapters
//! shell    clock, ids, processes, environment, terminal, run loop, configuration, draft journal
//! cli      one file a subcommand; output for people and for scripts
//! ```
//!
//! Which layer may use which is checked by `tests/architecture.rs`.

pub mod app;
pub mod archive;
pub mod cli;
pub mod domain;
pub mod index;
pub mod service;
pub mod shell;
pub mod store;
pub mod ui;
