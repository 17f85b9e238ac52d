//! Warroom: a terminal war room for incident responders, and the memory that keeps the same incident from
//! happening twice. One binary, one folder, no account, no server, no network.
//!
//! This page is the architecture document. It says what does not change with every commit; each module's first lines
//! say the rest, and what the module must not do.
//!
//! # From above
//!
//! An incident **is** its log: an append-only sequence of events. Every pane, list, brief and postmortem draft is
//! a fold of it. There is no second place where the state of an incident is kept.
//!
//! ```text
//!            key, tick, answer                     Request                   NewEvent
//!  terminal ───────────────────▶ app::update ───────────────▶ domain::decide ──────────▶ store
//!     ▲                             │   ▲      (an Effect)     may refuse                  │
//!     │ cells                       │   │                                                 │ Recorded
//!     └───── ui::draw ◀── Model ◀───┘   └──────── Incident::apply ◀────────────────────────┘
//!                                                 cannot fail
//! ```
//!
//! - What can change goes `Request → decide → Event → append → apply`. `decide` holds every rule and may refuse;
//!   `apply` is total and holds none.
//! - The screen is a pure state machine, `update(&mut Model, Stamped<Msg>) -> Vec<Effect>`. Effects are plain data;
//!   the shell performs them, and each answers with exactly one message.
//! - SQL holds the truth of the room, git holds the published postmortem, the index holds nothing that cannot be
//!   rebuilt from git.
//!
//! # Where to start reading
//!
//! - What can happen: [`domain::event`] (the catalogue: `docs/events.md`); what people ask for: [`domain::request`].
//! - The rules: [`domain::decide`]; what follows: [`domain::incident`]; what runs out when: [`domain::clocks`].
//! - A typed line: [`domain::quick_entry`], then [`app::update`], [`app::effect`], [`service`], [`store`].
//! - A close: [`domain::closeout`] names the next step, [`domain::postmortem`] drafts and checks, [`archive`] commits.
//! - A key: the one table in [`app::action`] and [`app::keymap`] feeds dispatch, hints, help and the list of actions.
//! - The loop: [`shell::run`]. A use case for screen and command line alike: [`service`].
//!
//! # The layers
//!
//! | Layer | Is | May use |
//! |---|---|---|
//! | [`domain`] | pure: words, events and their wire form, requests, rules, fold, clocks, documents, the grammar | – |
//! | [`app`] | pure: model, messages, effects, keys, layout | domain |
//! | [`ui`] | `&Model` into cells, one file a pane | domain, app |
//! | [`store`] | the log on SQLite, and in memory; one conformance suite | domain |
//! | [`archive`] | postmortems in git: commit one file, read, history | domain |
//! | [`index`] | full-text search with tantivy | domain |
//! | [`service`] | use cases over the three adapters | domain, store, archive, index |
//! | [`shell`] | clock, ids, processes, environment, terminal, run loop, configuration, draft journal | domain, app, ui, service |
//! | [`cli`] | one file a subcommand; output for people and for scripts | domain, service, and the host's part of shell |
//!
//! One crate gives no help with this, so `tests/architecture.rs` reads the paths in the source and holds them to the
//! table; it also names the foreign crates of each layer (git2 is known in [`archive`] only, sqlx in [`store`] only).
//!
//! # What always holds
//!
//! Each has a test or a lint that fails when it breaks. Much of it is about what is deliberately absent:
//!
//! 1. `domain` and `app` do no I/O, are not async, read no clock, mint no id. Time comes in with every message.
//! 2. State changes only through `apply` of a stored event; what is not stored yet is shown as pending.
//! 3. Drawing takes `&Model`, changes nothing and cannot fail; layout is a function of size and preferences.
//! 4. No statement updates or deletes an event. Positions have no gaps; an append names the position that it expects,
//!    and a conflict is an answer: load, decide again, append again. The id is made before the first attempt, so a
//!    retry cannot duplicate.
//! 5. Stored bytes are hashed as they are ([`domain::log`]), never written anew. Any event ever written can be read
//!    for ever: [`domain::wire`] alone meets JSON, and golden files are only added to.
//! 6. Words can be erased, entries cannot: the chain holds a salted hash of the words.
//! 7. Typed text is in the journal before it is on the screen, and in the composer until it is in the log.
//! 8. Each closing step can be done again; what was done is in the log, so a crash resumes at the next start.
//! 9. The index can be deleted at any moment.
//! 10. No panic on any text, at any size. `unwrap`, `expect`, `panic`, indexing and slicing of text are denied.
//! 11. Text from outside becomes a [`domain::safe::SafeText`] before a screen or a terminal sees it.
//! 12. Clock, ids, processes, environment and terminal are each touched in one module of [`shell`].
//!
//! There is no global state, no thread-local context, no callback in a message, no widget that handles keys, no
//! `unsafe`, no shell command line, no network. A file has at most 500 lines, tests apart.
//!
//! # Tests
//!
//! Pure tests beside the code, as text where that reads better: state, keys as typed, state. Properties: a fold of
//! any split is the fold of the whole; no parser panics; no panes overlap. In `tests/it`: the store's conformance
//! suite on real files, the archive on real repositories, the golden files, hostile input, the program in a
//! pseudo-terminal. No sleeping, no network, none ignored. Whole corpora are read where `WARROOM_TEST_DATA` (or
//! `../shared/data`) is; a run without them says SKIPPED. `.ci/run` is all that must hold.
//!
//! # Words
//!
//! - **entry**: a line of the timeline; it has the time when it occurred and the time when it was recorded.
//! - **seq**: the position of an event in its log, from 1. **head**: the last one, with its hash.
//! - **home**: the folder that holds everything. **archive**: the git repository of postmortems. **index**: what
//!   search reads.
//! - **phase**: detect, contain, eradicate, recover, learn. **milestone**: a point from which times are computed.
//! - **resolved**: the room's clocks end. **closed**: nothing is owed any more but the stories.
//! - **ask**: a task for a person with a time box. **story**: what must change so that it cannot recur; it outlives
//!   the close until it is verified.
//! - **stamp**: what the shell reads of the clocks, once for each message.
//! - **breach**: a time ran out; it is an entry of its own, written once.

pub mod app;
pub mod archive;
pub mod cli;
pub mod domain;
pub mod index;
pub mod service;
pub mod shell;
pub mod store;
pub mod ui;
