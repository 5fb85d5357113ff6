//! One function for each thing worth a log line or a metric. Nothing else in the rules logs or
//! counts.

use std::time::Duration;

use jiff::SignedDuration;
use metrics::{counter, gauge, histogram};
use tracing::{debug, error, info, warn};

use crate::{
    account::Limit,
    launch::LaunchedPool,
    order::{
        Cause, EventRecord, Failure, Fired, InvalidTransition, Order, OrderId, SignedTransaction,
        Trigger,
    },
    ports::{
        Audited, ConnectionId, Corrupt, LaunchesError, OutboxStats, PushError, StoreError,
        Unavailable, Unhealthy,
    },
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

/// An order was not taken, because it would have to wait for too long.
pub fn refused_busy() {
    counter!("orders_refused_busy_total").increment(1);
}

/// An order was not taken, because it goes beyond a limit of its account or key.
pub fn refused_limit(limit: Limit) {
    counter!("orders_refused_limit_total", "limit" => limit.name()).increment(1);
}

/// How long the last of all orders that wait has to expect to.
pub fn expected_wait(wait: Duration) {
    gauge!("expected_wait_seconds").set(wait);
}

/// An event of an order was committed.
pub fn moved(order: &Order, record: &EventRecord) {
    let EventRecord {
        seq,
        status,
        attempt,
        ..
    } = record;
    info!(order = %order.id, %status, attempt, seq, "order moved");
    if status.is_final() {
        let code = order
            .failure
            .as_ref()
            // An empty value is no dimension to CloudWatch.
            .map_or("none", |failure| failure.code.name());
        counter!("orders_final_total", "status" => order.status.name(), "code" => code)
            .increment(1);
        // How long an order waits for its price is its client's wish.
        if order.kind.trigger() == Trigger::Immediately {
            let life = order.updated_at.duration_since(order.created_at);
            let life = Duration::try_from(life).unwrap_or_default();
            histogram!("order_seconds_to_final").record(life);
        }
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

/// An order's condition is met after it has waited.
pub fn triggered(order: &Order, fired: &Fired) {
    counter!("orders_triggered_total").increment(1);
    match &fired.by {
        Cause::Price(by) => {
            info!(order = %order.id, price = %by.price, venue = %by.venue, "condition met");
        }
        Cause::Pool(by) => {
            info!(order = %order.id, pool = by.pool, venue = %by.venue, slot = by.slot, "condition met");
        }
    }
}

/// The monitor has looked at everything.
pub fn watched(woken: usize) {
    counter!("monitor_ticks_total").increment(1);
    counter!("orders_woken_total").increment(u64::try_from(woken).unwrap_or(u64::MAX));
    if woken > 0 {
        debug!(woken, "orders woken");
    }
}

/// No venue tells a price of that pair, so none of its orders can be woken by it.
pub fn price_unknown(token_in: &str, token_out: &str) {
    counter!("monitor_prices_unknown_total").increment(1);
    warn!(
        token_in,
        token_out, "no venue tells a price, orders of this pair are not woken"
    );
}

/// Prices could not be noted: the candles of this minute lack them.
pub fn prices_not_noted(error: &StoreError) {
    counter!("monitor_failures_total").increment(1);
    warn!(%error, "prices could not be noted");
}

/// Pools were created, and the chain's log is read up to there.
pub fn launches_read(pools: usize, through: u64) {
    counter!("launches_read_total").increment(u64::try_from(pools).unwrap_or(u64::MAX));
    if pools > 0 {
        debug!(pools, through, "new pools are known");
    }
}

/// The chain does not tell which pools were created; the next look asks again.
pub fn launches_unknown(error: &Unavailable) {
    counter!("launches_unknown_total").increment(1);
    warn!(%error, "the chain's log of new pools could not be read");
}

/// The chain does not tell how a pool is; whoever asked looks again.
pub fn pool_unknown(pool: &str, error: &Unavailable) {
    counter!("pools_unknown_total").increment(1);
    debug!(pool, %error, "the chain does not tell how a pool is");
}

/// A pool that no order can buy from was left out: nobody's account holds such amounts.
pub fn launch_left_out(pool: &LaunchedPool) {
    counter!("launches_left_out_total").increment(1);
    warn!(
        pool = pool.pool,
        mint = pool.mint,
        "a pool of impossible decimals was left out"
    );
}

/// Slots of the chain's log are missing. Nothing is read until a person decides what to do: what
/// was created there will never be bought.
pub fn launch_gap(gap: &LaunchesError) {
    counter!("launch_gaps_total").increment(1);
    error!(%gap, "a gap in the chain's log of new pools, sniper orders are not served");
}

/// The monitor could not wake what it wanted to; the next look tries again.
pub fn watch_failed(error: &StoreError) {
    counter!("monitor_failures_total").increment(1);
    warn!(%error, "orders could not be woken, the next look tries again");
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

/// A transaction that was taken for dead has landed. Its order is settled with it.
pub fn landed_after_all(order: &Order, transaction: &SignedTransaction) {
    counter!("orders_landed_after_all_total").increment(1);
    error!(
        order = %order.id,
        signature = transaction.signature,
        "a transaction that was taken for dead has landed, the order is settled with it"
    );
}

/// The chain does not tell whether an order has landed that had a transaction. Why, the chain has
/// told once; this is at each look.
pub fn may_have_landed(id: OrderId, doubt: &Unavailable) {
    counter!("orders_in_doubt_total").increment(1);
    debug!(order = %id, %doubt, "an order may have landed, it is neither tried again nor ended");
}

/// What the markers of orders that are over held is the wallet's again, in base units of the
/// chain's own coin.
pub fn rent_reclaimed(markers: usize, lamports: u64) {
    counter!("rent_reclaimed_lamports_total").increment(lamports);
    info!(
        markers,
        lamports, "rent of orders that are over went back to the wallet"
    );
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

/// The queue does not answer. Orders are kept in the outbox meanwhile.
pub fn queue_away(error: &Unavailable) {
    error!(%error, "the queue does not answer; orders wait in the database and are sent when it does");
}

/// The queue answers again.
pub fn queue_back() {
    info!("the queue answers again");
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

/// How far the database's clock is ahead of this machine's; negative when it is behind. Deadlines
/// are the database's in any case, but the logs of the two will not fit together.
pub fn clock_skew(ahead: SignedDuration, changed: bool) {
    let seconds = ahead.as_secs_f64();
    gauge!("clock_skew_seconds").set(seconds);
    if changed {
        warn!(
            ahead_seconds = seconds,
            "the database's clock and this machine's differ"
        );
    }
}

/// Connections to the database serve no longer, and are made anew.
pub fn connections_dropped(count: usize, error: &impl std::error::Error) {
    counter!("database_connections_dropped_total").increment(count as u64);
    warn!(count, %error, "database connections are given up, new ones are made");
}

/// The first event of an order could not be read for those who follow all orders.
pub fn acceptance_unread(id: OrderId, error: &StoreError) {
    warn!(order = %id, %error, "an order's first event could not be pushed");
}

/// The store did not answer while a subscription was being kept.
pub fn subscription_unkept(error: &StoreError) {
    warn!(%error, "a subscription could not be kept up to date, the relay will clear it");
}

/// A request that was answered with an error.
pub struct Refused<'a> {
    /// As [`method`] names it.
    pub method: &'static str,
    /// The route's template; never a path, which a client may have filled with anything.
    pub route: &'a str,
    /// The HTTP status.
    pub status: u16,
    /// The problem's code, if it has one.
    pub code: Option<&'static str>,
    /// How many such lines were left out before this one.
    pub suppressed: u64,
}

/// A request was refused, or failed.
pub fn refused(refused: &Refused<'_>) {
    let Refused {
        method,
        route,
        status,
        code,
        suppressed,
    } = refused;
    info!(method, route, status, code, suppressed, "request refused");
}

/// A method by its name, if it is one that everybody has: a client may invent others.
pub fn method(name: &str) -> &'static str {
    const KNOWN: [&str; 7] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];
    KNOWN
        .into_iter()
        .find(|known| *known == name)
        .unwrap_or("OTHER")
}

/// A request was answered: its route's template, its method by [`method`], the class of its status.
pub fn answered(route: &str, method: &'static str, class: &'static str, after: Duration) {
    let route = route.to_owned();
    counter!("http_requests_total", "route" => route.clone(), "method" => method, "status" => class)
        .increment(1);
    histogram!("http_request_seconds", "route" => route).record(after);
}

/// A connection to the database was made.
pub fn connection_opened() {
    counter!("database_connections_opened_total").increment(1);
}

/// A part of the engine is not well, as somebody who asked for its health was told.
pub fn unhealthy(check: &'static str, unhealthy: &Unhealthy) {
    counter!("health_failed_total", "check" => check).increment(1);
    let cause = unhealthy.cause.as_deref().unwrap_or("none to tell");
    warn!(check, reason = %unhealthy.reason, cause, "not healthy");
}

/// The engine's own PostgreSQL ended by itself.
pub fn own_postgres_ended() {
    counter!("own_postgres_ended_total").increment(1);
    error!("the engine's PostgreSQL has ended by itself, it is started again");
}

/// The engine's own PostgreSQL runs again.
pub fn own_postgres_started_again() {
    info!("the engine's PostgreSQL runs again");
}

/// The engine's own PostgreSQL could not be started again.
pub fn own_postgres_not_started(attempt: u32, error: &impl std::error::Error) {
    error!(attempt, %error, "the engine's PostgreSQL could not be started again");
}

/// A part of the process that must not end has ended; it begins anew.
pub fn part_ended(part: &'static str, cause: &str) {
    counter!("parts_restarted_total", "part" => part).increment(1);
    error!(
        part,
        cause, "defect: a part of the process ended, it begins anew"
    );
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

/// Orders that ended long ago were deleted.
pub fn orders_deleted(orders: u64) {
    counter!("orders_deleted_total").increment(orders);
    if orders > 0 {
        info!(orders, "orders that ended long ago were deleted");
    }
}

/// A part of the relay's round did not succeed; the next round tries again.
pub fn relay_failed(part: &'static str, error: &impl std::error::Error) {
    counter!("relay_failed_total").increment(1);
    warn!(part, %error, "relay could not do its part");
}

/// The order book was held against itself.
pub fn audited(audited: &Audited) {
    for (what, count) in [
        ("row_missing", audited.rows_missing),
        ("row_of_another_attempt", audited.rows_of_another_attempt),
        ("row_left_over", audited.rows_left_over),
    ] {
        if count > 0 {
            counter!("audit_repaired_total", "what" => what).increment(count);
            error!(
                what,
                count, "defect: the outbox was not as the orders are, and was mended"
            );
        }
    }
    for (order, what) in &audited.contradictions {
        counter!("audit_violations_total").increment(1);
        error!(order = %order, what, "defect: a closed order contradicts itself");
    }
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

/// How many other engines share the order book.
pub fn other_engines(others: usize) {
    gauge!("engines_others").set(f64::from(u32::try_from(others).unwrap_or(u32::MAX)));
}

/// Engines were silent for so long that they count as dead.
pub fn engines_lost(lost: usize) {
    counter!("engines_lost_total").increment(u64::try_from(lost).unwrap_or(u64::MAX));
    warn!(
        lost,
        "an engine ended without a word, its orders are taken up here"
    );
}

/// The others took this engine for dead. Its connections are forgotten, so their clients are made
/// to connect again.
pub fn taken_for_lost() {
    counter!("engine_taken_for_lost_total").increment(1);
    warn!(
        "this engine was silent for so long that others took it for dead; its sockets are closed"
    );
}

/// This engine could not do its part among those that share the order book; it tries again.
pub fn sharing_failed(part: &'static str, error: &StoreError) {
    counter!("engine_sharing_failed_total").increment(1);
    warn!(part, %error, "sharing the order book with other engines failed");
}

/// A bound of the door has ended a connection: `header`, `write`, `unread`, `made_room`,
/// `no_room`.
pub fn connection_ended(bound: &'static str) {
    counter!("connections_ended_total", "bound" => bound).increment(1);
}

/// A socket was closed whose client reads nothing.
pub fn socket_unread() {
    connection_ended("unread");
    warn!("a socket is closed: its client does not read what it asked for");
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
