//! What is written for people. Whoever reads may stop reading (`| head -1`): that ends neither an
//! order nor an engine, only the command that tells of one.

use std::{
    fmt::Display,
    future::pending,
    io::{self, IsTerminal, Write, stderr, stdout},
    os::fd::AsFd,
};

use tokio::{io::Interest, net::unix::pipe};

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

/// Until nobody reads the result any more, where the system tells it: of a pipe or a terminal, on
/// Linux. A file is read for ever.
pub(super) async fn unread() {
    let closed = async || -> io::Result<()> {
        let pipe = pipe::Sender::from_owned_fd_unchecked(stdout().as_fd().try_clone_to_owned()?)?;
        pipe.ready(Interest::ERROR).await?;
        Ok(())
    };
    if closed().await.is_err() {
        pending().await
    }
}

/// A line about what is in the way.
pub fn complain(text: impl Display) {
    let _ = writeln!(stderr(), "{text}");
}

/// Whether colours are wanted: on a terminal whose reader did not say no.
pub(super) fn has_colours() -> bool {
    stdout().is_terminal() && !config::forbids_colours()
}
