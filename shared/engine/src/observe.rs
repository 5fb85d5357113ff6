//! One function for each thing worth a log line or a metric. Nothing else in the rules logs or
//! counts.

use std::time::Duration;

use metrics::{counter, gauge, histogram};
use tracing::{debug, error, info, warn};

use crate::{
    order::{Failure, InvalidTransition, Order, OrderId},
    ports::{ConnectionId, Corrupt, OutboxStats, PushError, StoreError, Unavailable},
    quote::Rejection,
    venue::VenueId,
};

/// An order was stored and is promised an end.
pub fn accepted(id: OrderId) {
    counter!("orders_accepted_total").increment(1);
    info!(order = %id, "order accepted");
}

/// A key came again with the same request.
pub fn replayed(id: OrderId) {
    counter!("orders_replayed_total").increment(1);
    info!(order = %id, "idempotency key repeated, the first answer was given again");
}

/// An event was committed.
pub fn moved(order: &Order) {
    info!(order = %order.id, status = %order.status, attempt = order.attempt, seq = order.last_seq, "order moved");
    if order.status.is_final() {
        let code = order
            .failure
            .as_ref()
            // An empty value is no dimension to CloudWatch.
            .map_or("none", |failure| failure.code.name());
        counter!("orders_final_total", "status" => order.status.name(), "code" => code)
            .increment(1);
        let life = Duration::try_from(order.updated_at.duration_since(order.created_at))
            .unwrap_or_default();
        histogram!("order_seconds_to_final").record(life);
    }
}

/// The program asked for a move that the table of transitions does not have.
pub fn invalid_transition(order: &Order, invalid: InvalidTransition) {
    counter!("invalid_transitions_total").increment(1);
    error!(order = %order.id, %invalid, "defect: there is no such transition");
}

/// A stored order, or a part of one, cannot be read.
pub fn corrupt(corrupt: &Corrupt) {
    counter!("orders_unreadable_total").increment(1);
    error!(order = %corrupt.id, what = corrupt.what, "defect: a stored order cannot be read");
}

/// An attempt ended without a swap.
pub fn attempt_failed(order: &Order, failure: &Failure) {
    counter!("order_attempts_failed_total", "code" => failure.code.name()).increment(1);
    warn!(order = %order.id, attempt = order.attempt, %failure, "attempt failed");
}

/// A worker begins an attempt, or goes on with it.
pub fn attempt_taken(order: &Order, abandoned: bool) {
    counter!("order_attempts_total").increment(1);
    if abandoned {
        counter!("orders_taken_over_total").increment(1);
        warn!(order = %order.id, status = %order.status, "taken over from a holder that ended without a word");
    }
}

/// A venue dropped out of a routing decision.
pub fn venue_dropped(venue: &VenueId, rejection: &Rejection) {
    counter!("venue_dropped_total", "dex" => venue.name().to_owned()).increment(1);
    debug!(%venue, %rejection, "venue dropped out");
}

/// A transaction could not be sent; settling will tell whether it landed.
pub fn send_failed(id: OrderId, error: &Unavailable) {
    counter!("transactions_send_failed_total").increment(1);
    warn!(order = %id, %error, "sending the transaction failed, its fate is unknown");
}

/// The chain could not be asked.
pub fn chain_unavailable(id: OrderId, error: &Unavailable) {
    debug!(order = %id, %error, "the chain did not answer");
}

/// The queue did not take a message; the outbox has it.
pub fn queue_refused(id: OrderId, error: &str) {
    counter!("queue_refused_total").increment(1);
    warn!(order = %id, error, "the queue did not take the message, the relay will send it");
}

/// A worker gave an order back before it was final.
pub fn parked(id: OrderId, pause: Duration) {
    debug!(order = %id, ?pause, "slot given free, the order comes back");
}

/// Another worker holds the order.
pub fn fenced(id: OrderId) {
    counter!("orders_fenced_total").increment(1);
    info!(order = %id, "another worker holds the order, stopping here");
}

/// A push did not arrive. The log has the event.
pub fn push_failed(connection: &ConnectionId, error: &PushError) {
    counter!("pushes_failed_total").increment(1);
    debug!(connection = %connection.0, %error, "push failed");
}

/// The store did not answer while a subscription was being kept.
pub fn subscription_unkept(error: &StoreError) {
    warn!(%error, "a subscription could not be kept up to date, the relay will clear it");
}

/// The relay found something to do.
pub fn relayed(requeued: u64, sent: usize, overdue: usize) {
    if requeued > 0 || sent > 0 || overdue > 0 {
        info!(
            requeued,
            sent, overdue, "relay sent what was unsent and took up what was stuck"
        );
    }
}

/// A part of the relay's round did not succeed; the next round tries again.
pub fn relay_failed(part: &'static str, error: &impl std::error::Error) {
    counter!("relay_failed_total").increment(1);
    warn!(part, %error, "relay could not do its part");
}

/// The operator's figures, at each round of the relay.
pub fn outbox_stats(stats: OutboxStats) {
    #[expect(
        clippy::cast_precision_loss,
        reason = "a gauge is a float; counts stay far below 2^52"
    )]
    let set = |name: &'static str, value: u64| gauge!(name).set(value as f64);
    set("outbox_unsent", stats.unsent);
    set("outbox_oldest_seconds", stats.oldest_seconds);
    set("orders_stuck", stats.stuck_orders);
}

/// A bound of the door has ended a connection: `header`, `write`, `made_room`, `no_room`.
pub fn connection_ended(bound: &'static str) {
    counter!("connections_ended_total", "bound" => bound).increment(1);
}

/// The door's line about connections that its bounds have ended since its last one.
pub fn connections_ended(bound: &'static str, count: u64) {
    warn!(
        bound,
        count, "connections were ended that kept the engine waiting, or found no room"
    );
}

/// The system gave no connection.
pub fn connection_not_accepted(error: &std::io::Error) {
    counter!("connections_not_accepted_total").increment(1);
    warn!(%error, "a connection could not be accepted");
}
