//! Connections that a bound has ended: each is counted, and the log says so now and then. A line
//! for each of them would be a crowd's next way to do harm.

use std::{
    error::Error,
    io,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use engine::observe;
use tokio::time::Instant;

/// The time between two lines.
const QUIET: Duration = Duration::from_secs(10);

/// What has not been logged yet, and when something was.
#[derive(Default)]
pub(super) struct Tally(Mutex<(u64, Option<Instant>)>);

impl Tally {
    /// A bound has ended a connection.
    pub(super) fn ended(&self, bound: &'static str) {
        observe::connection_ended(bound);
        let mut tally = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (unsaid, said) = &mut *tally;
        *unsaid += 1;
        if said.is_none_or(|said| said.elapsed() >= QUIET) {
            observe::connections_ended(bound, std::mem::take(unsaid));
            *said = Some(Instant::now());
        }
    }

    /// A connection has failed; counts it if it was given up here.
    pub(super) fn failed(&self, error: &hyper::Error) {
        if error.is_timeout() {
            self.ended("header");
        } else if timed_out(error) {
            self.ended("write");
        }
    }
}

fn timed_out(error: &hyper::Error) -> bool {
    let cause = error
        .source()
        .and_then(|cause| cause.downcast_ref::<io::Error>());
    cause.is_some_and(|cause| cause.kind() == io::ErrorKind::TimedOut)
}
