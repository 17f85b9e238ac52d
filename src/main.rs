//! Starts the program and maps failure to an exit code. It must not hold any rule.

fn main() {}
