//! What an order waits for, and what met it.

use engine::order::{Cause, Fired, LimitPrice, Waiting};
use rust_decimal::Decimal;
use serde::Serialize;
use utoipa::ToSchema;

use super::{time_text, words::WaitingReasonDto};

/// How an order waits.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Waiting)]
pub(crate) struct WaitingDto {
    /// Why its condition is not met.
    #[schema(value_type = WaitingReasonDto)]
    reason: &'static str,
    /// The best price there was for all of it, fees and impact inside.
    #[schema(required, example = "79.098311")]
    best_price: Option<String>,
    /// Who would pay that.
    #[schema(required, example = "Meteora")]
    best_dex: Option<String>,
    /// By how much that has to rise to meet the limit, in basis points, rounded up.
    #[schema(required)]
    distance_bps: Option<i64>,
    /// When it was looked at last.
    #[schema(format = DateTime)]
    checked_at: String,
    /// How often it was looked at since it began to wait.
    checks: u32,
}

impl WaitingDto {
    pub(super) fn new(waiting: &Waiting, limit: Option<LimitPrice>) -> Self {
        let best = waiting.unmet.best.as_ref();
        Self {
            reason: waiting.unmet.reason.name(),
            best_price: best.map(|best| best.price.normalize().to_string()),
            best_dex: best.map(|best| best.venue.name().to_owned()),
            distance_bps: best
                .zip(limit)
                .and_then(|(best, limit)| distance_bps(best.price, limit.value())),
            checked_at: time_text(waiting.checked_at),
            checks: waiting.checks,
        }
    }
}

/// ceil((limit − best) / best × 10⁴); `None` when that is no number to tell.
fn distance_bps(best: Decimal, limit: Decimal) -> Option<i64> {
    let short = limit.checked_sub(best)?.checked_div(best)?;
    i64::try_from(short.checked_mul(10_000.into())?.ceil()).ok()
}

/// What met an order's condition: a price, or a pool.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Trigger)]
pub(crate) struct TriggerDto {
    /// When it was seen.
    #[schema(format = DateTime)]
    at: String,
    /// The price for all of the order that met the limit.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "82.51")]
    price: Option<String>,
    /// Who would pay that price, or where that pool is.
    #[schema(example = "Meteora")]
    venue: String,
    /// The address of the pool that misses nothing of a sniper order's terms.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pool: Option<String>,
    /// The slot in which that was created.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    slot: Option<u64>,
    /// From when on it can be swapped in.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, format = DateTime)]
    opens_at: Option<String>,
}

impl From<&Fired> for TriggerDto {
    fn from(fired: &Fired) -> Self {
        let at = time_text(fired.at);
        match &fired.by {
            Cause::Price(by) => Self {
                at,
                price: Some(by.price.normalize().to_string()),
                venue: by.venue.name().to_owned(),
                pool: None,
                slot: None,
                opens_at: None,
            },
            Cause::Pool(by) => Self {
                at,
                price: None,
                venue: by.venue.name().to_owned(),
                pool: Some(by.pool.clone()),
                slot: Some(by.slot),
                opens_at: Some(time_text(by.opens_at)),
            },
        }
    }
}
