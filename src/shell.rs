//! The imperative shell: clock, ids, processes, environment, terminal, run loop, configuration. It must not decide anything about incidents.

pub mod clock;
pub mod environment;
pub mod ids;
pub mod paths;
pub mod process;
