//! How many files may be open: every socket is one here, and one in the engine.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use crate::Outcome;

/// Raises the soft limit of this process, which those that it starts inherit, to the hard one.
pub(crate) fn allow_many() -> Outcome<()> {
    let limit = getrlimit(Resource::Nofile);
    let raised = Rlimit {
        current: limit.maximum,
        maximum: limit.maximum,
    };
    Ok(setrlimit(Resource::Nofile, raised)?)
}

/// That so many files may be open.
///
/// # Errors
/// When they may not: what is measured then would be a refusal.
pub(crate) fn need(files: u64) -> Outcome<()> {
    match getrlimit(Resource::Nofile).current {
        Some(allowed) if allowed < files => {
            Err(format!("{files} files have to be open, {allowed} may be (ulimit -Hn)").into())
        }
        _ => Ok(()),
    }
}
