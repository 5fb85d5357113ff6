//! What is written for people. Whoever reads may stop reading (`| head -1`): that ends neither an
//! order nor an engine, and the exit status still tells the end.

use std::{
    fmt::Display,
    io::{self, IsTerminal, Write, stderr, stdout},
};

/// A line of the result.
pub fn line(text: impl Display) {
    let _ = try_line(text);
}

/// A line of a result that may be long.
///
/// # Errors
/// When nobody reads any more.
pub(super) fn try_line(text: impl Display) -> io::Result<()> {
    writeln!(stdout(), "{text}")
}

/// A line about what is in the way.
pub fn complain(text: impl Display) {
    let _ = writeln!(stderr(), "{text}");
}

/// Whether colours are wanted: on a terminal whose reader did not say no.
pub(super) fn has_colours() -> bool {
    stdout().is_terminal() && !config::forbids_colours()
}
