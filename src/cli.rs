//! The command line: one file a subcommand. It must not hold rules of the domain.
