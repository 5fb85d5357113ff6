//! The input of `append.sql`: the order as it is after an event, and what else the event brings.

use engine::{
    order::TransactionEnd,
    ports::{Next, Transition},
};
use serde::Serialize;
use uuid::Uuid;

use super::{
    event::{StoredEvent, VERSION},
    hex, millis,
    values::StoredPool,
};

/// A transition as the statement takes it.
#[derive(Debug, Serialize)]
pub(in super::super) struct TransitionRow<'a> {
    id: Uuid,
    token: i64,
    was: &'static str,
    status: &'static str,
    attempt: u32,
    closed: bool,
    version: i16,
    event: StoredEvent,
    lease_ms: Option<u64>,
    chosen_dex: Option<&'a str>,
    route: Option<StoredPool>,
    quoted_out: Option<String>,
    tx_hash: Option<&'a str>,
    executed_price: Option<String>,
    amount_out: Option<String>,
    failure_reason: Option<&'a str>,
    failure_code: Option<&'static str>,
    signed: Option<String>,
    last_valid_height: Option<u64>,
    min_out: Option<String>,
    ended: Option<&'static str>,
    retry_in_ms: Option<u64>,
}

impl<'a> TransitionRow<'a> {
    pub(in super::super) fn new(transition: &Transition<'a>) -> Self {
        let Transition {
            lease,
            event,
            order,
            transaction,
            next,
        } = *transition;
        let (lease_ms, retry_in_ms) = match next {
            Next::Hold(lease) => (Some(millis(lease)), None),
            Next::Retry(pause) => (None, Some(millis(pause))),
            Next::Close => (None, None),
        };
        let route = order.route.as_ref();
        Self {
            id: lease.order.0,
            token: lease.token,
            was: lease.status.name(),
            status: order.status.name(),
            attempt: order.attempt,
            closed: next == Next::Close,
            version: VERSION,
            event: event.into(),
            lease_ms,
            chosen_dex: route.map(|route| route.venue.name()),
            route: route
                .and_then(|route| route.pool.as_ref())
                .map(StoredPool::from),
            quoted_out: order.quoted_out.map(|amount| amount.to_string()),
            tx_hash: order.tx_hash.as_deref(),
            executed_price: order.fill.map(|fill| fill.price.to_string()),
            amount_out: order.fill.map(|fill| fill.amount_out.to_string()),
            failure_reason: order
                .failure
                .as_ref()
                .map(|failure| failure.reason.as_str()),
            failure_code: order.failure.as_ref().map(|failure| failure.code.name()),
            signed: transaction.map(|transaction| hex(&transaction.bytes)),
            last_valid_height: transaction.map(|transaction| transaction.last_valid_height),
            min_out: transaction.map(|transaction| transaction.min_out.to_string()),
            ended: event.settles().map(TransactionEnd::name),
            retry_in_ms,
        }
    }
}
