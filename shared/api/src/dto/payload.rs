//! What happened in an event: a shape for each status that an order goes into.

use engine::order::{LoggedEvent, OrderEvent};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::{
    OfferDto,
    condition::TriggerDto,
    time_text,
    words::{CancellerDto, FailureCodeDto, WaitingReasonDto},
};

/// It was accepted.
#[derive(Serialize, ToSchema)]
#[schema(as = PendingPayload)]
pub(super) struct PendingDto {}

/// Its condition is not met.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = WaitingPayload)]
pub(super) struct WaitingDto {
    /// Why.
    #[schema(value_type = WaitingReasonDto)]
    reason: &'static str,
    /// The best price that there was for all of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "79.098311")]
    best_price: Option<String>,
    /// Who would have paid that.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "Meteora")]
    best_dex: Option<String>,
    /// The pool that a sniper order looked at.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pool: Option<String>,
    /// When that pool opens.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, format = DateTime)]
    opens_at: Option<String>,
}

/// The venues are asked: for the first time, because the condition is met, or because an attempt
/// failed.
#[derive(Default, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = RoutingPayload)]
pub(super) struct RoutingDto {
    /// What met its condition.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    trigger: Option<TriggerDto>,
    /// Why the attempt before failed, in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    reason: Option<String>,
    /// The stable name of that.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, value_type = FailureCodeDto, required = false)]
    code: Option<&'static str>,
}

/// A venue was chosen.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = BuildingPayload)]
pub(super) struct BuildingDto {
    /// Which.
    #[schema(example = "Meteora")]
    chosen_dex: String,
    /// What each venue offered.
    quotes: Vec<OfferDto>,
    /// Why that one, in words.
    reason: String,
    /// Always null: nothing is signed yet.
    #[schema(required)]
    tx_hash: Option<String>,
}

/// Its transaction is signed and stored.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = SubmittedPayload)]
pub(super) struct SubmittedDto {
    /// The transaction's signature.
    tx_hash: String,
}

/// It is to be cancelled, and stays where it is until it is known whether a transaction of it has
/// landed.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = CancelRequestedPayload)]
pub(super) struct CancelRequestedDto {
    /// Always `true`.
    cancel_requested: bool,
    /// Who asked for it.
    #[schema(value_type = CancellerDto)]
    by: &'static str,
}

/// The swap landed.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ConfirmedPayload)]
pub(super) struct ConfirmedDto {
    /// The transaction's signature.
    tx_hash: String,
    /// `tokenOut` received per `tokenIn` sent, an exact decimal.
    #[schema(example = "79.098311")]
    executed_price: String,
    /// `tokenOut` received, an exact decimal.
    #[schema(example = "790.98311")]
    amount_out: String,
}

/// No swap happened and none will.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = FailedPayload)]
pub(super) struct FailedDto {
    /// Why, in words.
    failure_reason: String,
    /// The stable name of that.
    #[schema(value_type = FailureCodeDto)]
    code: &'static str,
}

/// It was cancelled: no swap happened and none will.
#[derive(Serialize, ToSchema)]
#[schema(as = CancelledPayload)]
pub(super) struct CancelledDto {
    /// Who cancelled it.
    #[schema(value_type = CancellerDto)]
    by: &'static str,
}

/// Its time ended: no swap happened and none will.
#[derive(Serialize, ToSchema)]
#[schema(as = ExpiredPayload)]
pub(super) struct ExpiredDto {
    /// Why, in words.
    reason: String,
    /// The stable name of that.
    #[schema(value_type = FailureCodeDto)]
    code: &'static str,
}

/// A stored event that this build cannot read.
#[derive(Serialize)]
struct UnreadableDto {
    unreadable: bool,
}

/// A client gets a payload's fields in the order of their names, as it always has: events were once
/// stored as JSON, and read back so.
pub(super) fn payload(event: &LoggedEvent) -> Value {
    let LoggedEvent::Known(event) = event else {
        return value(UnreadableDto { unreadable: true });
    };
    match event {
        OrderEvent::Accepted => value(PendingDto {}),
        OrderEvent::RoutingStarted { fired } => value(RoutingDto {
            trigger: fired.as_ref().map(TriggerDto::from),
            ..RoutingDto::default()
        }),
        OrderEvent::AttemptFailed { failure, .. } => value(RoutingDto {
            reason: Some(failure.reason.to_string()),
            code: Some(failure.code.name()),
            ..RoutingDto::default()
        }),
        OrderEvent::WaitingStarted { unmet, pool, .. } => value(WaitingDto {
            reason: unmet.reason.name(),
            best_price: unmet
                .best
                .as_ref()
                .map(|best| best.price.normalize().to_string()),
            best_dex: unmet.best.as_ref().map(|best| best.venue.name().to_owned()),
            pool: pool.as_ref().map(|seen| seen.pool.clone()),
            opens_at: pool.as_ref().map(|seen| time_text(seen.opens_at)),
        }),
        OrderEvent::VenueChosen {
            route,
            offers,
            reason,
            ..
        } => value(BuildingDto {
            chosen_dex: route.venue.name().to_owned(),
            quotes: offers.iter().map(OfferDto::from).collect(),
            reason: reason.clone(),
            tx_hash: None,
        }),
        OrderEvent::Submitted { signature } => value(SubmittedDto {
            tx_hash: signature.to_string(),
        }),
        OrderEvent::CancelRequested { by } => value(CancelRequestedDto {
            cancel_requested: true,
            by: by.name(),
        }),
        OrderEvent::Confirmed { signature, fill } => value(ConfirmedDto {
            tx_hash: signature.to_string(),
            executed_price: fill.price.normalize().to_string(),
            amount_out: fill.amount_out.to_string(),
        }),
        OrderEvent::Failed { failure, .. } => value(FailedDto {
            failure_reason: failure.reason.to_string(),
            code: failure.code.name(),
        }),
        OrderEvent::Cancelled { by, .. } => value(CancelledDto { by: by.name() }),
        OrderEvent::Expired { failure, .. } => value(ExpiredDto {
            reason: failure.reason.to_string(),
            code: failure.code.name(),
        }),
    }
}

/// Plain data with string keys always serializes.
fn value(payload: impl Serialize) -> Value {
    serde_json::to_value(payload).unwrap_or_default()
}
