//! The engine's health.

use std::{borrow::Cow, collections::BTreeMap};

use engine::{health::HealthReport, ports::Unhealthy};
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use super::time_text;

/// Whether the engine can take orders and execute them.
#[derive(Serialize, ToSchema)]
#[schema(as = Health)]
pub(crate) struct HealthDto {
    /// `ok`, or `degraded` when an order cannot be stored, taken up or executed now.
    #[schema(example = "ok")]
    status: &'static str,
    /// When that was seen.
    #[schema(format = DateTime)]
    timestamp: String,
    /// Each part by its name; only when the engine is degraded.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    checks: Option<BTreeMap<&'static str, HealthCheckDto>>,
}

/// How one part is.
#[derive(Serialize, ToSchema)]
#[schema(as = HealthCheck)]
pub(crate) struct HealthCheckDto {
    /// `ok` or `failed`.
    #[schema(example = "failed")]
    status: &'static str,
    /// What is wrong, if something is.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "the database is read-only")]
    reason: Option<Cow<'static, str>>,
}

/// That the process runs.
#[derive(Serialize, ToSchema)]
#[schema(as = Liveness)]
pub(crate) struct LiveDto {
    /// Always `ok`.
    #[schema(example = "ok")]
    status: &'static str,
    /// When the question was answered.
    #[schema(format = DateTime)]
    timestamp: String,
}

impl HealthDto {
    /// What a look at every part has shown.
    pub(crate) fn new(report: &HealthReport) -> Self {
        let ok = report.is_ok();
        let parts = report.parts.iter();
        Self {
            status: if ok { "ok" } else { "degraded" },
            timestamp: time_text(report.at),
            checks: (!ok).then(|| parts.map(|(name, seen)| (*name, seen.into())).collect()),
        }
    }
}

impl From<&Result<(), Unhealthy>> for HealthCheckDto {
    fn from(seen: &Result<(), Unhealthy>) -> Self {
        Self {
            status: if seen.is_ok() { "ok" } else { "failed" },
            reason: seen.as_ref().err().map(|error| error.reason.clone()),
        }
    }
}

impl LiveDto {
    /// Runs, at that moment.
    pub(crate) fn new(at: Timestamp) -> Self {
        Self {
            status: "ok",
            timestamp: time_text(at),
        }
    }
}
