//! The imperative shell: clock, ids, processes, environment, terminal, run loop, configuration. It must not decide anything about incidents.

pub mod clock;
pub mod config;
pub mod drafts;
pub mod dumps;
pub mod early;
pub mod editor;
pub mod environment;
pub mod identity;
pub mod ids;
pub mod input;
pub mod logging;
pub mod paths;
pub mod process;
pub mod run;
pub mod seals;
pub mod session;
pub mod signals;
pub mod terminal;
pub mod throwaway;
pub mod watching;
