//! One function for each thing worth a log line or a metric. Nothing else in the rules logs or counts.

use std::time::Duration;

use jiff::Timestamp;
use metrics::{counter, gauge, histogram};
use tracing::{debug, error, info, warn};

use crate::{
    failure::Failure,
    lifecycle::IllegalMove,
    order::{Dex, Order, OrderId},
    ports::{ConnectionId, PushError, Unavailable, Vitals},
    quote::Rejection,
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

/// A change was committed.
pub fn moved(order: &Order, at: Timestamp) {
    info!(order = %order.id, status = %order.status, attempt = order.attempt, seq = order.last_seq, "order moved");
    if order.status.is_final() {
        let code = order
            .failure
            .as_ref()
            .map_or("none", |failure| failure.code.name()); // an empty value is no dimension to CloudWatch
        counter!("orders_final_total", "status" => order.status.name(), "code" => code)
            .increment(1);
        let life = Duration::try_from(at.duration_since(order.created_at)).unwrap_or_default();
        histogram!("order_seconds_to_final").record(life);
    }
}

/// The program asked for a move that the lifecycle does not have.
pub fn illegal_move(order: &Order, illegal: IllegalMove) {
    counter!("illegal_moves_total").increment(1);
    error!(order = %order.id, %illegal, "defect: the lifecycle has no such move");
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
pub fn venue_dropped(dex: Dex, rejection: &Rejection) {
    counter!("venue_dropped_total", "dex" => dex.name()).increment(1);
    debug!(%dex, %rejection, "venue dropped out");
}

/// A transaction could not be sent; settling will tell whether it landed.
pub fn send_failed(id: OrderId, problem: &Unavailable) {
    counter!("transactions_send_failed_total").increment(1);
    warn!(order = %id, %problem, "sending the transaction failed, its fate is unknown");
}

/// The chain could not be asked.
pub fn chain_unavailable(id: OrderId, problem: &Unavailable) {
    debug!(order = %id, %problem, "the chain did not answer");
}

/// The queue did not take a message; the outbox has it.
pub fn queue_refused(id: OrderId, problem: &str) {
    counter!("queue_refused_total").increment(1);
    warn!(order = %id, problem, "the queue did not take the message, the relay will send it");
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
pub fn push_failed(connection: &ConnectionId, problem: &PushError) {
    counter!("pushes_failed_total").increment(1);
    debug!(connection = %connection.0, %problem, "push failed");
}

/// The store did not answer while a subscription was being kept.
pub fn subscription_unkept(problem: &Unavailable) {
    warn!(%problem, "a subscription could not be kept up to date, the relay will clear it");
}

/// The relay found something to do.
pub fn relayed(revived: u64, sent: usize, overdue: usize) {
    if revived > 0 || sent > 0 || overdue > 0 {
        info!(
            revived,
            sent, overdue, "relay sent what was unsent and took up what was stuck"
        );
    }
}

/// A part of the relay's round did not succeed; the next round tries again.
pub fn relay_failed(part: &'static str, problem: &Unavailable) {
    counter!("relay_failed_total").increment(1);
    warn!(part, %problem, "relay could not do its part");
}

/// The operator's figures, at each round of the relay.
pub fn vitals(vitals: Vitals) {
    #[expect(
        clippy::cast_precision_loss,
        reason = "a gauge is a float; counts stay far below 2^52"
    )]
    let set = |name: &'static str, value: u64| gauge!(name).set(value as f64);
    set("outbox_unsent", vitals.outbox_unsent);
    set("outbox_oldest_seconds", vitals.outbox_oldest_seconds);
    set("orders_stuck", vitals.orders_stuck);
}
