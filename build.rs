//! Tells the linker how the program is laid out. It must not generate code.

#[expect(clippy::disallowed_methods, reason = "cargo tells a build script by variables")]
fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    // The tables of the program hold 48,000 pointers, which a position-independent one has to correct one by one at every
    // start: half a millisecond. At a fixed address they are right as they lie on the disk. Libraries, heap and stack keep
    // their random places.
    if std::env::var("CARGO_CFG_TARGET_OS").as_deref() == Ok("linux")
        && std::env::var("CARGO_CFG_TARGET_ENV").as_deref() == Ok("gnu")
    {
        println!("cargo::rustc-link-arg-bins=-no-pie");
    }
}
