//! Use cases over store, archive and index; the same for the screen and the command line. It must not touch the terminal.
