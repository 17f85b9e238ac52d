//! The pure state machine of the screen: model, messages, effects. It must not do I/O, read a clock or mint an id.

pub mod action;
pub mod boards;
pub mod colour;
pub mod complete;
pub mod editor;
pub mod effect;
#[cfg(test)]
pub(crate) mod fixture;
pub mod key;
pub mod keymap;
pub mod known;
pub mod layout;
pub mod model;
pub mod msg;
pub mod panes;
pub mod pointing;
pub mod reading;
pub mod sheet;
pub mod tabs;
pub mod update;
pub mod words;
pub mod wrap;
