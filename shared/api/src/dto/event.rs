//! One event of an order: the same on the socket, in `/events` and in an order's details.

use engine::order::{EventRecord, LoggedEvent, OrderEvent};
use serde::Serialize;
use serde_json::{Map, Value, json};
use utoipa::ToSchema;

use super::{OfferDto, condition::TriggerDto, time_text};

/// An event of an order.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Update)]
pub(crate) struct EventDto {
    /// The order.
    #[schema(format = Uuid)]
    order_id: String,
    /// Its number within the order: 1, 2, 3 … without a gap.
    seq: u64,
    /// The status that the order went into.
    #[schema(value_type = String, example = "building")]
    status: &'static str,
    /// The attempt it belongs to.
    attempt: u32,
    /// When it was committed.
    #[schema(format = DateTime)]
    at: String,
    /// What happened; its fields depend on the status.
    #[schema(value_type = Object)]
    payload: Value,
}

impl From<&EventRecord> for EventDto {
    fn from(record: &EventRecord) -> Self {
        Self {
            order_id: record.order_id.to_string(),
            seq: record.seq,
            status: record.status.name(),
            attempt: record.attempt,
            at: time_text(record.at),
            payload: match &record.event {
                LoggedEvent::Known(event) => payload(event),
                LoggedEvent::Unreadable => json!({ "unreadable": true }),
            },
        }
    }
}

/// The event as clients get it, on every way: the encoder of the engine's use cases.
pub fn event_json(record: &EventRecord) -> String {
    // Plain data with string keys always serializes.
    serde_json::to_string(&EventDto::from(record)).unwrap_or_default()
}

/// A client gets a payload's fields in the order of their names, as it always has: events were once
/// stored as JSON, and read back so.
fn payload(event: &OrderEvent) -> Value {
    match event {
        OrderEvent::Accepted | OrderEvent::RoutingStarted { fired: None } => json!({}),
        OrderEvent::RoutingStarted { fired: Some(fired) } => {
            json!({ "trigger": TriggerDto::from(fired) })
        }
        OrderEvent::WaitingStarted { unmet, pool, .. } => {
            let mut told = Map::new();
            told.insert("reason".into(), unmet.reason.name().into());
            if let Some(best) = &unmet.best {
                let price = best.price.normalize().to_string();
                told.insert("bestPrice".into(), price.into());
                told.insert("bestDex".into(), best.venue.name().into());
            }
            if let Some(seen) = pool {
                told.insert("pool".into(), seen.pool.as_str().into());
                told.insert("opensAt".into(), time_text(seen.opens_at).into());
            }
            Value::Object(told)
        }
        OrderEvent::VenueChosen {
            route,
            offers,
            reason,
            ..
        } => json!({
            "chosenDex": route.venue.name(),
            "quotes": offers.iter().map(OfferDto::from).collect::<Vec<_>>(),
            "reason": reason,
            "txHash": null,
        }),
        OrderEvent::Submitted { signature } => json!({ "txHash": signature }),
        OrderEvent::Confirmed { signature, fill } => json!({
            "txHash": signature,
            "executedPrice": fill.price.normalize().to_string(),
            "amountOut": fill.amount_out.to_string(),
        }),
        OrderEvent::AttemptFailed { failure, .. } => {
            json!({ "reason": failure.reason, "code": failure.code.name() })
        }
        OrderEvent::Failed { failure, .. } => {
            json!({ "failureReason": failure.reason, "code": failure.code.name() })
        }
        OrderEvent::CancelRequested { by } => {
            json!({ "cancelRequested": true, "by": by.name() })
        }
        OrderEvent::Cancelled { by, .. } => json!({ "by": by.name() }),
        OrderEvent::Expired { failure, .. } => {
            json!({ "reason": failure.reason, "code": failure.code.name() })
        }
    }
}
