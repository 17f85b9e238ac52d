//! Starts the program and maps failure to an exit code. It must not hold any rule.

use std::process::ExitCode;

use warroom::cli::{self, Exit, Finish, Place};
use warroom::shell::dumps;
use warroom::shell::run::{Start, run};

fn main() -> ExitCode {
    dumps::forbid();
    // A panic message could show what people typed; this one names only the place.
    cli::quiet_panics();
    let exit = match cli::run(std::env::args_os()) {
        Finish::Exit(exit) => exit,
        Finish::Demo(demo) => {
            let result = run(&demo.session, Start::Room(demo.log), None);
            demo.leave();
            match result {
                Ok(()) => Exit::DONE,
                Err(failure) => cli::told(&failure),
            }
        }
        Finish::Screen(session, place, early) => {
            let start = match place {
                Place::Auto => Start::Guess,
                Place::Room(log) => Start::Room(log),
            };
            match run(&session, start, early) {
                Ok(()) => Exit::DONE,
                Err(failure) => cli::told(&failure),
            }
        }
    };
    ExitCode::from(exit.0)
}
