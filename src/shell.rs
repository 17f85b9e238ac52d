//! The imperative shell: clock, ids, processes, environment, terminal, run loop, configuration. It must not decide anything about incidents.
