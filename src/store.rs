//! The event log on disk. It must not know what an event means.
