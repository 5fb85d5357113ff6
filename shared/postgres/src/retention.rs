//! Orders that ended long ago go.

use std::time::Duration;

use async_trait::async_trait;
use engine::{
    order::OrderId,
    ports::{Deleted, EndedOrders, StoreError},
};
use jiff::Timestamp;
use uuid::Uuid;

use super::{
    PostgresOrders,
    rows::{get, millis, natural},
};

#[async_trait]
impl EndedOrders for PostgresOrders {
    async fn delete_ended(
        &self,
        kept: Duration,
        after: Option<(Timestamp, OrderId)>,
        limit: u32,
    ) -> Result<Deleted, StoreError> {
        let kept = i64::try_from(millis(kept)).unwrap_or(i64::MAX);
        let begin = (Timestamp::UNIX_EPOCH, OrderId(Uuid::nil()));
        let (at, OrderId(id)) = after.unwrap_or(begin);
        let found = self
            .database
            .run_repeatable(
                include_str!("sql/delete_ended.sql"),
                &[&kept, &at, &id, &i64::from(limit)],
            )
            .await?;
        let Some(last) = found.first() else {
            return Ok(Deleted::default());
        };
        let count = |column| natural::<i64>(get::<i64>(last, column)?, column);
        let is_full = count("seen")? >= i64::from(limit);
        let place = (get(last, "created_at")?, OrderId(get(last, "id")?));
        Ok(Deleted {
            orders: natural(count("deleted")?, "deleted")?,
            last: is_full.then_some(place),
        })
    }
}
