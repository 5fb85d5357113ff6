//! How long messages wait for a worker.

use std::time::Duration;

use engine::ports::StoreError;

use super::{
    Database,
    error::StatementError,
    rows::{get, natural},
};

/// How long ago the newest message was due that a worker holds, which is what it takes from being
/// sent to being taken up; when none holds any, for how long the oldest waits.
///
/// # Errors
/// [`StoreError`] when the database does not say.
pub async fn delay(database: &Database) -> Result<Duration, StoreError> {
    const DELAY: &str = "SELECT coalesce(ceil(1000 * extract(epoch FROM now() - \
            coalesce(max(due) FILTER (WHERE held), min(due)))), 0)::bigint AS delay_ms \
        FROM (SELECT coalesce(b.sent_at, b.available_at) AS due, o.lease_until >= now() AS held \
              FROM outbox b JOIN orders o ON o.id = b.order_id) AS open \
        WHERE due <= now()";
    let found = database.run_repeatable(DELAY, &[]).await?;
    let row = found
        .first()
        .ok_or_else(|| StatementError::Unreadable("no row of figures".into()))?;
    let millis = natural(get::<i64>(row, "delay_ms")?.max(0), "delay_ms")?;
    Ok(Duration::from_millis(millis))
}
