//! Virtual time: milliseconds since the world began.

use std::time::Duration;

use jiff::Timestamp;

/// The world begins here, in milliseconds since the Unix epoch: 2026-01-01.
const BEGIN: i64 = 1_767_225_600_000;

/// That moment as the engine reads it.
pub(crate) fn at(ms: u64) -> Timestamp {
    let ms = i64::try_from(ms).unwrap_or(i64::MAX).saturating_add(BEGIN);
    Timestamp::from_millisecond(ms).unwrap_or(Timestamp::MAX)
}

/// The milliseconds of a moment that [`at`] made.
pub(crate) fn since_begin(moment: Timestamp) -> u64 {
    u64::try_from(moment.as_millisecond() - BEGIN).unwrap_or(0)
}

/// The milliseconds of a pause.
pub(crate) fn ms(pause: Duration) -> u64 {
    u64::try_from(pause.as_millis()).unwrap_or(u64::MAX)
}
