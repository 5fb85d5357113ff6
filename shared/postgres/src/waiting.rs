//! The monitor's view of the order book.

use async_trait::async_trait;
use engine::ports::{Envelope, StoreError, WaitingOrders};
use rust_decimal::Decimal;

use super::{PostgresOrders, outbox::envelopes};

#[async_trait]
impl WaitingOrders for PostgresOrders {
    async fn wake_at(
        &self,
        token_in: &str,
        token_out: &str,
        price: Decimal,
        limit: u32,
    ) -> Result<Vec<Envelope>, StoreError> {
        let woken = self
            .database
            .run(
                include_str!("sql/wake_at.sql"),
                &[&token_in, &token_out, &price, &i64::from(limit)],
            )
            .await?;
        envelopes(&woken)
    }

    async fn wake_due(&self, limit: u32) -> Result<Vec<Envelope>, StoreError> {
        let woken = self
            .database
            .run(include_str!("sql/wake_due.sql"), &[&i64::from(limit)])
            .await?;
        envelopes(&woken)
    }

    async fn wake_launched(&self, limit: u32) -> Result<Vec<Envelope>, StoreError> {
        let woken = self
            .database
            .run(include_str!("sql/wake_launched.sql"), &[&i64::from(limit)])
            .await?;
        envelopes(&woken)
    }
}
