//! See `../properties/wire.rs`, where it says what must hold.
#![no_main]

#[path = "../properties/wire.rs"]
mod properties;

libfuzzer_sys::fuzz_target!(|data: &[u8]| properties::hold(data));
