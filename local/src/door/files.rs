//! How many files the process may have open: every connection is one, and so is everything that
//! the database needs.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// Files kept for whatever is no connection of a client: the database's connections, logs, the
/// system.
const RESERVE: u64 = 128;
/// So many connections there are even where the system allows next to no files.
const FEWEST: usize = 16;

/// Raises the soft limit to the hard one. Answers how many of `wanted` connections fit below it,
/// the reserve left free.
pub(crate) fn room_for(wanted: usize) -> usize {
    let limit = getrlimit(Resource::Nofile);
    let raised = Rlimit {
        current: limit.maximum,
        maximum: limit.maximum,
    };
    let reached = match setrlimit(Resource::Nofile, raised) {
        Ok(()) => limit.maximum,
        Err(_) => limit.current, // some systems say "unlimited" and refuse to be taken at their word
    };
    let Some(files) = reached else {
        return wanted; // unlimited
    };
    let room = usize::try_from(files.saturating_sub(RESERVE)).unwrap_or(usize::MAX);
    wanted.min(room).max(FEWEST)
}
