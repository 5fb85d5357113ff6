//! How far workers have come with the messages that were sent to them.

use std::time::Duration;

use engine::ports::StoreError;
use jiff::Timestamp;

use super::{Database, error::StatementError, rows::get};

/// How far workers have come.
pub(crate) struct Progress {
    /// When the newest order came that a worker holds, or was sent again by the relay. (Not when
    /// its message was due: one that comes back for its swap is due anew each time.)
    pub(crate) newest_held: Option<Timestamp>,
    /// Since when the oldest message of an open order is due.
    oldest_due: Option<Timestamp>,
}

impl Progress {
    pub(crate) async fn read(database: &Database) -> Result<Self, StoreError> {
        const PROGRESS: &str = "SELECT \
            max(coalesce(b.sent_at, o.created_at)) FILTER (WHERE o.lease_until >= now()) AS newest, \
            min(coalesce(b.sent_at, b.available_at)) AS oldest \
            FROM outbox b JOIN orders o ON o.id = b.order_id";
        let found = database.run_repeatable(PROGRESS, &[]).await?;
        let row = found
            .first()
            .ok_or_else(|| StatementError::Unreadable("no row of figures".into()))?;
        Ok(Self {
            newest_held: get(row, "newest")?,
            oldest_due: get(row, "oldest")?,
        })
    }
}

/// How long ago the newest order came that a worker holds, which is what it takes from being sent
/// to being taken up; when none holds any, for how long the oldest waits.
///
/// # Errors
/// [`StoreError`] when the database does not say.
pub async fn delay(database: &Database) -> Result<Duration, StoreError> {
    let progress = Progress::read(database).await?;
    let since = progress.newest_held.or(progress.oldest_due);
    let delay = since.map(|since| database.now().duration_since(since));
    let delay = delay.and_then(|delay| Duration::try_from(delay).ok());
    Ok(delay.unwrap_or_default())
}
