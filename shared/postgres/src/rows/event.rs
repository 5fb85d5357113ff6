//! Rows of `order_events`: the stored form of an event, version 2. It is the domain's event and no
//! client's: what clients see is made when an event is sent.

use std::fmt::Debug;

use engine::{
    order::{
        EventRecord, ExecutablePrice, Failure, Fill, Fired, LoggedEvent, OrderEvent, OrderId,
        TokenAmount, TransactionEnd, UnknownName, Unmet,
    },
    ports::Corrupt,
    routing::{Offer, OfferedQuote, QuoteTerms, Rejection, Route, VenueId},
};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio_postgres::{Row, types::Json};

use super::{
    super::error::StatementError,
    event_v1, get, natural,
    values::{StoredAmount, StoredFired, StoredPool, StoredPrice, StoredSeenPool},
};

/// The version that this build writes.
pub(super) const VERSION: i16 = 2;

/// What [`event_record`] reads, of `order_events e` and its order `o`: an event of version 1 has
/// its amounts in whole tokens and is read by the order's decimals.
pub(in super::super) const EVENT_COLUMNS: &str = "e.order_id, e.seq, e.status, e.attempt, e.version, e.payload, e.at, \
    o.decimals_in, o.decimals_out, o.created_at";

/// Reads an event. One whose content cannot be read keeps its place in the log.
pub(in super::super) fn event_record(row: &Row) -> Result<EventRecord, StatementError> {
    let order_id = OrderId(get(row, "order_id")?);
    let seq = natural(get::<i64>(row, "seq")?, "seq")?;
    let status: &str = get(row, "status")?;
    let status = status.parse().map_err(|error: UnknownName| {
        StatementError::Unreadable(format!("column status: {error}"))
    })?;
    let (version, payload): (i16, Value) = (get(row, "version")?, get(row, "payload")?);
    let event = match version {
        1 => event_v1::read(
            status,
            payload,
            natural(get::<i16>(row, "decimals_in")?, "decimals_in")?,
            natural(get::<i16>(row, "decimals_out")?, "decimals_out")?,
        ),
        VERSION => serde_json::from_value::<StoredEvent>(payload)
            .ok()
            .and_then(|stored| OrderEvent::try_from(stored).ok()),
        _ => None,
    };
    let event = event.map_or_else(
        || {
            engine::observe::corrupt(&Corrupt {
                id: order_id,
                created_at: row.try_get("created_at").unwrap_or_default(),
                what: format!("event {seq} of version {version}"),
            });
            LoggedEvent::Unreadable
        },
        LoggedEvent::Known,
    );
    Ok(EventRecord {
        order_id,
        seq,
        status,
        attempt: natural(get::<i32>(row, "attempt")?, "attempt")?,
        at: get(row, "at")?,
        event,
    })
}

/// An event as this build stores it: version and payload.
pub(in super::super) fn stored(
    event: &OrderEvent,
) -> (i16, Json<impl Serialize + Debug + Sync + use<>>) {
    (VERSION, Json(StoredEvent::from(event)))
}

/// An event as it is stored.
#[derive(Debug, Serialize, Deserialize)]
#[serde(
    tag = "event",
    rename_all = "snake_case",
    rename_all_fields = "camelCase"
)]
pub(super) enum StoredEvent {
    Accepted,
    RoutingStarted {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        fired: Option<StoredFired>,
    },
    WaitingStarted {
        reason: String,
        best: Option<StoredPrice>,
        #[serde(flatten)]
        pool: Option<StoredSeenPool>,
        settled: Option<String>,
    },
    VenueChosen {
        venue: String,
        pool: Option<StoredPool>,
        quoted_out: StoredAmount,
        offers: Vec<StoredOffer>,
        reason: String,
    },
    Submitted {
        signature: String,
    },
    Confirmed {
        signature: String,
        amount_out: StoredAmount,
        price: Decimal,
    },
    AttemptFailed {
        code: String,
        reason: String,
        settled: Option<String>,
    },
    Failed {
        code: String,
        reason: String,
        settled: Option<String>,
    },
    CancelRequested {
        by: String,
    },
    Cancelled {
        by: String,
        settled: Option<String>,
    },
    Expired {
        code: String,
        reason: String,
        settled: Option<String>,
    },
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct StoredOffer {
    venue: String,
    chosen: bool,
    #[serde(flatten)]
    answer: StoredAnswer,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) enum StoredAnswer {
    #[serde(rename_all = "camelCase")]
    Quote {
        pool: String,
        amount_in: StoredAmount,
        amount_out: StoredAmount,
        fee: StoredAmount,
        price_impact_bps: u32,
        network_fee: StoredAmount,
        network_fee_out: StoredAmount,
        min_out: StoredAmount,
    },
    NoLiquidity(String),
    Unavailable(String),
    Late(u64),
    Implausible(String),
}

impl From<&OrderEvent> for StoredEvent {
    fn from(event: &OrderEvent) -> Self {
        let ended = |settled: &Option<TransactionEnd>| settled.map(|end| end.name().to_owned());
        match event {
            OrderEvent::Accepted => Self::Accepted,
            OrderEvent::RoutingStarted { fired } => Self::RoutingStarted {
                fired: fired.as_ref().map(StoredFired::from),
            },
            OrderEvent::WaitingStarted {
                unmet,
                pool,
                settled,
            } => Self::WaitingStarted {
                reason: unmet.reason.name().to_owned(),
                best: unmet.best.as_ref().map(StoredPrice::from),
                pool: pool.as_ref().map(StoredSeenPool::from),
                settled: ended(settled),
            },
            OrderEvent::VenueChosen {
                route,
                quoted_out,
                offers,
                reason,
            } => Self::VenueChosen {
                venue: route.venue.name().to_owned(),
                pool: route.pool.as_ref().map(StoredPool::from),
                quoted_out: (*quoted_out).into(),
                offers: offers.iter().map(StoredOffer::from).collect(),
                reason: reason.clone(),
            },
            OrderEvent::Submitted { signature } => Self::Submitted {
                signature: signature.clone(),
            },
            OrderEvent::Confirmed { signature, fill } => Self::Confirmed {
                signature: signature.clone(),
                amount_out: fill.amount_out.into(),
                price: fill.price,
            },
            OrderEvent::AttemptFailed { failure, settled } => Self::AttemptFailed {
                code: failure.code.name().to_owned(),
                reason: failure.reason.clone(),
                settled: ended(settled),
            },
            OrderEvent::Failed { failure, settled } => Self::Failed {
                code: failure.code.name().to_owned(),
                reason: failure.reason.clone(),
                settled: ended(settled),
            },
            OrderEvent::CancelRequested { by } => Self::CancelRequested {
                by: by.name().to_owned(),
            },
            OrderEvent::Cancelled { by, settled } => Self::Cancelled {
                by: by.name().to_owned(),
                settled: ended(settled),
            },
            OrderEvent::Expired { failure, settled } => Self::Expired {
                code: failure.code.name().to_owned(),
                reason: failure.reason.clone(),
                settled: ended(settled),
            },
        }
    }
}

impl TryFrom<StoredEvent> for OrderEvent {
    type Error = UnknownName;

    fn try_from(stored: StoredEvent) -> Result<Self, UnknownName> {
        let ended = |settled: Option<String>| settled.map(|end| end.parse()).transpose();
        Ok(match stored {
            StoredEvent::Accepted => Self::Accepted,
            StoredEvent::RoutingStarted { fired } => Self::RoutingStarted {
                fired: fired.map(Fired::from),
            },
            StoredEvent::WaitingStarted {
                reason,
                best,
                pool,
                settled,
            } => Self::WaitingStarted {
                unmet: Unmet {
                    reason: reason.parse()?,
                    best: best.map(ExecutablePrice::from),
                },
                pool: pool.map(Into::into),
                settled: ended(settled)?,
            },
            StoredEvent::VenueChosen {
                venue,
                pool,
                quoted_out,
                offers,
                reason,
            } => Self::VenueChosen {
                route: Route {
                    venue: VenueId::new(venue),
                    pool: pool.map(Into::into),
                },
                quoted_out: quoted_out.into(),
                offers: offers.into_iter().map(Offer::from).collect(),
                reason,
            },
            StoredEvent::Submitted { signature } => Self::Submitted { signature },
            StoredEvent::Confirmed {
                signature,
                amount_out,
                price,
            } => Self::Confirmed {
                signature,
                fill: Fill {
                    amount_out: amount_out.into(),
                    price,
                },
            },
            StoredEvent::AttemptFailed {
                code,
                reason,
                settled,
            } => Self::AttemptFailed {
                failure: Failure::new(code.parse()?, reason),
                settled: ended(settled)?,
            },
            StoredEvent::Failed {
                code,
                reason,
                settled,
            } => Self::Failed {
                failure: Failure::new(code.parse()?, reason),
                settled: ended(settled)?,
            },
            StoredEvent::CancelRequested { by } => Self::CancelRequested { by: by.parse()? },
            StoredEvent::Cancelled { by, settled } => Self::Cancelled {
                by: by.parse()?,
                settled: ended(settled)?,
            },
            StoredEvent::Expired {
                code,
                reason,
                settled,
            } => Self::Expired {
                failure: Failure::new(code.parse()?, reason),
                settled: ended(settled)?,
            },
        })
    }
}

impl From<&Offer> for StoredOffer {
    fn from(offer: &Offer) -> Self {
        let answer = match &offer.quote {
            Ok(OfferedQuote {
                pool,
                terms,
                min_out,
            }) => StoredAnswer::Quote {
                pool: pool.clone(),
                amount_in: terms.amount_in.into(),
                amount_out: terms.amount_out.into(),
                fee: terms.fee.into(),
                price_impact_bps: terms.price_impact_bps,
                network_fee: terms.network_fee.into(),
                network_fee_out: terms.network_fee_out.into(),
                min_out: (*min_out).into(),
            },
            Err(Rejection::NoLiquidity(why)) => StoredAnswer::NoLiquidity(why.clone()),
            Err(Rejection::Unavailable(why)) => StoredAnswer::Unavailable(why.clone()),
            Err(Rejection::Late(ms)) => StoredAnswer::Late(*ms),
            Err(Rejection::Implausible(why)) => StoredAnswer::Implausible(why.clone()),
        };
        Self {
            venue: offer.venue.name().to_owned(),
            chosen: offer.chosen,
            answer,
        }
    }
}

impl From<StoredOffer> for Offer {
    fn from(stored: StoredOffer) -> Self {
        let quote = match stored.answer {
            StoredAnswer::Quote {
                pool,
                amount_in,
                amount_out,
                fee,
                price_impact_bps,
                network_fee,
                network_fee_out,
                min_out,
            } => Ok(OfferedQuote {
                pool,
                terms: QuoteTerms {
                    amount_in: amount_in.into(),
                    amount_out: amount_out.into(),
                    fee: fee.into(),
                    price_impact_bps,
                    network_fee: network_fee.into(),
                    network_fee_out: network_fee_out.into(),
                },
                min_out: TokenAmount::from(min_out),
            }),
            StoredAnswer::NoLiquidity(why) => Err(Rejection::NoLiquidity(why)),
            StoredAnswer::Unavailable(why) => Err(Rejection::Unavailable(why)),
            StoredAnswer::Late(ms) => Err(Rejection::Late(ms)),
            StoredAnswer::Implausible(why) => Err(Rejection::Implausible(why)),
        };
        Self {
            venue: VenueId::new(stored.venue),
            quote,
            chosen: stored.chosen,
        }
    }
}
