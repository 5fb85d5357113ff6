//! Time.

use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;

/// The time, and waiting. The rules have no clock of their own.
#[async_trait]
pub trait Clock: Send + Sync {
    /// The present moment.
    fn now(&self) -> Timestamp;
    /// MUST return after `pause` and not before.
    async fn sleep(&self, pause: Duration);
}
