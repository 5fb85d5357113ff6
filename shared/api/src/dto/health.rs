//! The engine's health.

use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use super::time_text;

/// Whether the engine can take orders.
#[derive(Serialize, ToSchema)]
#[schema(as = Health)]
pub(crate) struct HealthDto {
    /// `ok`, or `degraded` when the database does not answer in time.
    #[schema(example = "ok")]
    status: &'static str,
    /// When the question was answered.
    #[schema(format = DateTime)]
    timestamp: String,
}

impl HealthDto {
    /// Whether the order book answered, and when that was known.
    pub(crate) fn new(answers: bool, at: Timestamp) -> Self {
        Self {
            status: if answers { "ok" } else { "degraded" },
            timestamp: time_text(at),
        }
    }
}
