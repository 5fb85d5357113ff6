//! The database's clock, as far as it can be known from here. Deadlines are written and judged by
//! that one clock; this machine's own may be wrong by any amount.

use std::{
    error::Error,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use engine::observe;
use jiff::{SignedDuration, Timestamp};
use tokio_postgres::types::{IsNull, ToSql, Type, private::BytesMut, to_sql_checked};

use super::{ANSWER, Param};

/// The newest reading. Cheap to clone. It is counted on by this machine's monotonic clock, which
/// nobody sets.
#[derive(Clone, Debug, Default)]
pub(super) struct DatabaseClock(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    reading: Option<Reading>,
    /// How far ahead the database's clock was when that was last worth a word.
    told: SignedDuration,
}

#[derive(Clone, Copy, Debug)]
struct Reading {
    database: Timestamp,
    /// When it had arrived: the database's clock was at least this far then.
    arrived: Instant,
}

/// A difference between two clocks that is worth a word.
const REMARKABLE: Duration = Duration::from_secs(1);

impl DatabaseClock {
    /// Notes what the database's clock said in an answer that has arrived now.
    pub(super) fn note(&self, database: Timestamp) {
        self.lock().reading = Some(Reading {
            database,
            arrived: Instant::now(),
        });
    }

    /// The same, and holds this machine's clock against it.
    pub(super) fn compare(&self, database: Timestamp) {
        self.note(database);
        let ahead = Timestamp::now().duration_until(database);
        let mut state = self.lock();
        let changed = (ahead - state.told).unsigned_abs() > REMARKABLE;
        if changed {
            state.told = ahead;
        }
        drop(state);
        observe::clock_skew(ahead, changed);
    }

    /// The database's time now; this machine's before the first reading.
    pub(super) fn now(&self) -> Timestamp {
        self.reached_after(Duration::ZERO)
            .unwrap_or_else(Timestamp::now)
    }

    /// A moment that the database's clock will have reached when `pause` is over, whatever the way
    /// there takes. `None` before the first reading.
    pub(super) fn reached_after(&self, pause: Duration) -> Option<Timestamp> {
        let reading = self.lock().reading?;
        let since = SignedDuration::try_from(reading.arrived.elapsed() + pause).ok()?;
        reading.database.checked_add(since).ok()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // No code panics while it holds the lock.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A parameter: the moment at which this statement will have been given up, by the database's
/// clock. What arrives later must not be executed any more, for its sender has been told so. Null
/// as long as that clock was never read.
#[derive(Clone, Debug)]
pub(crate) struct GivenUpAt(pub(super) DatabaseClock);

impl ToSql for GivenUpAt {
    /// Called when the statement is sent, and again when it is repeated.
    fn to_sql(
        &self,
        sql_type: &Type,
        out: &mut BytesMut,
    ) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        self.0.reached_after(ANSWER).to_sql(sql_type, out)
    }

    fn accepts(sql_type: &Type) -> bool {
        <Timestamp as ToSql>::accepts(sql_type)
    }

    to_sql_checked!();
}

impl Param for GivenUpAt {
    fn sql_type(&self) -> Type {
        Type::TIMESTAMPTZ
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reading_is_counted_on_and_never_too_far() {
        let clock = DatabaseClock::default();
        assert_eq!(clock.reached_after(Duration::ZERO), None);
        let database: Timestamp = "2001-02-03T04:05:06Z".parse().expect("a time");
        let before = Instant::now();
        clock.note(database);
        let pause = Duration::from_secs(4);
        let reached = clock.reached_after(pause).expect("it was read");
        let counted = reached.duration_since(database).unsigned_abs();
        assert!(counted >= pause && counted <= pause + before.elapsed());
    }
}
