//! How a command ends: one table for all of them, so that a script asks each in the same way.

use std::process::ExitCode;

/// The table, as `--help` shows it. docs/one-machine.md says the same at more length.
pub const TABLE: &str = "Exit status, of every command:\n  \
    0   done; of an order: confirmed\n  \
    1   failed: an order was placed and ended as failed, cancelled or expired; an order was not\n      \
        cancelled; a quote found no venue; the engine did not start\n  \
    2   not done: nothing was stored or changed, and nothing will be; of an order: not placed\n  \
    3   unknown: it was asked for, and nobody said what became of it; of a running engine: a part\n      \
        of it ended for good\n  \
    4   placed, but the order's end was not seen\n  \
    64  usage: the command line or a variable is wrong, and nothing was tried";

/// How a command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum End {
    /// What was asked for is so.
    Done = 0,
    /// It was tried, and did not come about.
    Failed = 1,
    /// Nothing was stored or changed, and nothing will be.
    NotDone = 2,
    /// It may have been done.
    Unknown = 3,
    /// The order is there; how it ended was not seen.
    Unseen = 4,
    /// The command line, or a variable, is wrong.
    Usage = 64,
}

impl From<End> for ExitCode {
    fn from(end: End) -> Self {
        Self::from(end as u8)
    }
}
