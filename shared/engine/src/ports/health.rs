//! What has to be well so that orders are stored, taken up and executed.

use std::borrow::Cow;

use async_trait::async_trait;

/// One part of the engine's health.
#[async_trait]
pub trait HealthCheck: Send + Sync {
    /// Its name, as an operator reads it; always the same.
    fn name(&self) -> &'static str;

    /// Looks. MUST try what an order needs, not what resembles it. May be given up at any await,
    /// and MUST then leave nothing half-done behind.
    async fn check(&self) -> Result<(), Unhealthy>;
}

/// What is wrong with a part.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{reason}")]
pub struct Unhealthy {
    /// For everybody: no host, no SQL, no path.
    pub reason: Cow<'static, str>,
    /// For the log.
    pub cause: Option<String>,
}

impl Unhealthy {
    /// Wrong for that reason, and there is no more to tell.
    pub fn new(reason: impl Into<Cow<'static, str>>) -> Self {
        Self {
            reason: reason.into(),
            cause: None,
        }
    }
}
