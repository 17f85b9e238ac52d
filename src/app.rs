//! The pure state machine of the screen: model, messages, effects. It must not do I/O, read a clock or mint an id.

pub mod key;
pub mod editor;
pub mod layout;
