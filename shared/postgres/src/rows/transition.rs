//! The input of `append.sql`: the order as it is after a move, and what else the move brings.

use std::net::IpAddr;

use engine::{
    account::KeyId,
    order::{LogEntry, TransactionEnd, Unmet, Waiting},
    ports::{Authority, Lease, Next, Transition, Wake},
};
use serde::Serialize;
use uuid::Uuid;

use super::{
    event::{StoredEvent, VERSION},
    hex, millis,
    values::{StoredFired, StoredPool},
};

/// A transition as the statement takes it.
#[derive(Debug, Serialize)]
pub(in super::super) struct TransitionRow<'a> {
    id: Uuid,
    token: Option<i64>,
    seen: Option<u64>,
    was: &'static str,
    status: &'static str,
    attempt: u32,
    tries: u32,
    triggers: u32,
    fired: Option<StoredFired>,
    decimals_out: u8,
    cancel_requested: bool,
    closed: bool,
    waits: bool,
    wake_at_price: Option<String>,
    recheck_in_ms: Option<u64>,
    pool_after: Option<u64>,
    unmet: Option<&'static str>,
    best_price: Option<String>,
    best_venue: Option<&'a str>,
    version: i16,
    events: Vec<EventRow>,
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
    actor: Option<ActorRow<'a>>,
}

/// An event of the move, and where the order stands after it.
#[derive(Debug, Serialize)]
struct EventRow {
    status: &'static str,
    attempt: u32,
    event: StoredEvent,
}

/// Who wants a move, for the audit trail.
#[derive(Debug, Serialize)]
struct ActorRow<'a> {
    key: Option<&'a str>,
    source: Option<IpAddr>,
}

impl<'a> TransitionRow<'a> {
    pub(in super::super) fn new(transition: &Transition<'a>) -> Self {
        let Transition {
            by,
            actor,
            entries,
            order,
            transaction,
            next,
        } = *transition;
        let (lease_ms, retry_in_ms, wake) = match next {
            Next::Hold(lease) => (Some(millis(lease)), None, Wake::default()),
            Next::Retry(pause) => (None, Some(millis(pause)), Wake::default()),
            Next::Wait(wake) => (None, None, wake),
            Next::Close => (None, None, Wake::default()),
        };
        let (token, seen) = match by {
            Authority::Lease(Lease { token, .. }) => (Some(token), None),
            Authority::Seen { seq, .. } => (None, Some(seq)),
        };
        let unmet: Option<&Unmet> = order.waiting.as_ref().map(|Waiting { unmet, .. }| unmet);
        let best = unmet.and_then(|unmet| unmet.best.as_ref());
        let route = order.route.as_ref();
        let ended = entries.iter().find_map(|entry| entry.event.settles());
        Self {
            id: order.id.0,
            token,
            seen,
            was: by.status().name(),
            status: order.status.name(),
            attempt: order.attempt,
            tries: order.tries,
            triggers: order.triggers,
            fired: order.fired.as_ref().map(StoredFired::from),
            decimals_out: order.swap.token_out.decimals,
            cancel_requested: order.cancel_requested,
            closed: next == Next::Close,
            waits: matches!(next, Next::Wait(_)),
            wake_at_price: wake.at_price.map(|price| price.to_string()),
            recheck_in_ms: wake.after.map(millis),
            pool_after: wake.pool_after,
            unmet: unmet.map(|unmet| unmet.reason.name()),
            best_price: best.map(|best| best.price.to_string()),
            best_venue: best.map(|best| best.venue.name()),
            version: VERSION,
            events: entries.iter().map(EventRow::from).collect(),
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
            ended: ended.map(TransactionEnd::name),
            retry_in_ms,
            actor: actor.map(|actor| ActorRow {
                key: actor.key.as_ref().map(KeyId::as_str),
                source: actor.source,
            }),
        }
    }
}

impl From<&LogEntry> for EventRow {
    fn from(entry: &LogEntry) -> Self {
        Self {
            status: entry.status.name(),
            attempt: entry.attempt,
            event: (&entry.event).into(),
        }
    }
}
