//! The event log of one order, and the row that goes with it.

use engine::{
    account::Actor,
    order::{EventRecord, FailureCode, NewOrder, Order, OrderEvent, Status, TokenAmount},
    policy::Policy,
};

use super::broken;
use crate::{
    ports::fair_out,
    store::Row,
    time::{ms, since_begin},
    world::Violation,
};

const EXACT: &str = "exactly 1 try and 3 retries";
const LEGAL: &str = "status moves are legal";
const REPLAY: &str = "replaying the log gives the order";

/// A process's clock may be ahead of the store's by this much.
const SKEW: u64 = 3_000;

/// What was judged of an order already.
#[derive(Default)]
pub(super) struct Seen {
    events: usize,
    /// The earliest moment of the next event, after a retry.
    not_before: u64,
    /// The order that the log makes, from its acceptance on.
    replayed: Option<Order>,
    /// The order when it had become final.
    end: Option<Order>,
}

/// Judges what the log of an order has become since the last look.
pub(super) fn judge_log(policy: &Policy, row: &Row, seen: &mut Seen) -> Option<Violation> {
    let order = &row.order;
    if let Some(end) = &seen.end
        && !same(end, order)
    {
        let detail = format!("{end:?} became {order:?}");
        return broken("a final status never changes", detail);
    }
    while seen.events < row.events.len() {
        if let Some(violation) = judge_event(policy, row, seen.events, seen) {
            return Some(violation);
        }
        seen.events += 1;
        if !order.is_open() && seen.events == row.events.len() {
            seen.end = Some(order.clone());
        }
    }
    let last = row.events.last()?;
    if (last.status, last.seq, last.attempt) != (order.status, order.last_seq, order.attempt) {
        return broken("row and log agree", format!("{last:?} but {order:?}"));
    }
    match &seen.replayed {
        Some(replayed) if !same(replayed, order) => {
            broken(REPLAY, format!("{replayed:?} but {order:?}"))
        }
        _ => None,
    }
}

/// Whether events have made the same of both.
fn same(one: &Order, other: &Order) -> bool {
    one.status == other.status
        && one.attempt == other.attempt
        && one.last_seq == other.last_seq
        && one.route == other.route
        && one.quoted_out == other.quoted_out
        && one.tx_hash == other.tx_hash
        && one.fill == other.fill
        && one.failure == other.failure
        && (one.tries, one.triggers) == (other.tries, other.triggers)
        && one.cancel_requested == other.cancel_requested
        && one.fired == other.fired
}

fn judge_event(policy: &Policy, row: &Row, index: usize, seen: &mut Seen) -> Option<Violation> {
    let event = &row.events[index];
    if event.seq != index as u64 + 1 {
        return broken(
            "seq has no gap",
            format!("event {} is {event:?}", index + 1),
        );
    }
    let Some(before) = index.checked_sub(1).map(|before| &row.events[before]) else {
        seen.replayed = Some(accepted(&row.order));
        let first = (event.status, event.attempt) == (Status::Pending, 1)
            && event.known() == Some(&OrderEvent::Accepted);
        return if first {
            None
        } else {
            broken(LEGAL, format!("first {event:?}"))
        };
    };
    if let Some(violation) = judge_move(row, before, event) {
        return Some(violation);
    }
    let now = since_begin(event.at);
    // Past the deadline the relay does not wait any more, and a cancel never does.
    let ends_without_swap = matches!(
        event.status,
        Status::Failed | Status::Cancelled | Status::Expired
    );
    let wishes = matches!(event.known(), Some(OrderEvent::CancelRequested { .. }));
    if now < seen.not_before.min(row.deadline) && !ends_without_swap && !wishes {
        let detail = format!("{event:?} at {now} ms");
        return broken("each retry waits its back-off", detail);
    }
    let (tries, cancelled) = seen
        .replayed
        .as_ref()
        .map_or((1, false), |order| (order.tries, order.cancel_requested));
    match event.known() {
        Some(OrderEvent::AttemptFailed { .. } | OrderEvent::WaitingStarted { .. }) if cancelled => {
            return broken(
                "what is to be cancelled is not tried again",
                format!("{event:?}"),
            );
        }
        Some(OrderEvent::AttemptFailed { .. }) => {
            let pause = policy.backoff.get(tries as usize - 1).copied();
            seen.not_before = now + ms(pause.unwrap_or_default()) * 8 / 10;
        }
        Some(OrderEvent::WaitingStarted { .. } | OrderEvent::CancelRequested { .. }) => {
            seen.not_before = 0;
        }
        Some(_) | None => {}
    }
    if let Some(OrderEvent::VenueChosen { quoted_out, .. }) = event.known()
        && !plausible(&row.order, *quoted_out)
    {
        return broken("nonsense is never traded on", format!("{event:?}"));
    }
    judge_attempts(policy, row, event, tries).or_else(|| replay(seen.replayed.as_mut()?, event))
}

fn judge_move(row: &Row, before: &EventRecord, event: &EventRecord) -> Option<Violation> {
    let moved = || {
        let (from, to) = (before.status, event.status);
        format!(
            "{from} ({}) -> {to} ({}) of {}",
            before.attempt,
            event.attempt,
            row.id()
        )
    };
    if !legal(before.status, event.status) {
        return broken(LEGAL, moved());
    }
    let begins = matches!(before.status, Status::Pending | Status::Waiting);
    // A wish leaves the order where it is.
    let wishes = matches!(event.known(), Some(OrderEvent::CancelRequested { .. }));
    let retry = event.status == Status::Routing && !begins || event.status == Status::Waiting;
    if event.attempt != before.attempt + u32::from(retry && !wishes) {
        return broken(EXACT, moved());
    }
    None
}

fn judge_attempts(
    policy: &Policy,
    row: &Row,
    event: &EventRecord,
    tries: u32,
) -> Option<Violation> {
    let most = policy.backoff.len() as u32 + 1;
    if matches!(event.known(), Some(OrderEvent::AttemptFailed { .. })) && tries >= most {
        return broken(EXACT, format!("{event:?}"));
    }
    // The clock was read before a call that may take this long.
    let begun = since_begin(event.at) + SKEW + 2 * 5_000;
    if let Some(OrderEvent::Expired { failure, .. }) = event.known()
        && failure.code == FailureCode::DeadlineExceeded
        && begun < row.deadline
    {
        return broken("no order expires before its time", format!("{event:?}"));
    }
    if event.status != Status::Failed {
        return None;
    }
    let Some(OrderEvent::Failed { failure, .. }) = event.known() else {
        return broken(LEGAL, format!("failed without a failure: {event:?}"));
    };
    if failure.code.is_retryable() && tries < most && begun < row.deadline {
        return broken(EXACT, format!("given up at {event:?}"));
    }
    if failure.code == FailureCode::DeadlineExceeded && begun < row.deadline {
        return broken("no order fails for time that it has", format!("{event:?}"));
    }
    None
}

/// The order as it was before everything that happened to it.
fn accepted(order: &Order) -> Order {
    let new = NewOrder {
        id: order.id,
        by: Actor::of(order.account.clone()),
        swap: order.swap.clone(),
        kind: order.kind.clone(),
        idempotency: None,
        client_order_id: order.client_order_id.clone(),
    };
    Order::accepted(&new, order.created_at, order.deadline)
}

fn replay(order: &mut Order, record: &EventRecord) -> Option<Violation> {
    let Some(event) = record.known() else {
        return broken(REPLAY, format!("unreadable: {record:?}"));
    };
    let refused = order.apply(event).err()?;
    broken(REPLAY, format!("{refused}: {record:?}"))
}

/// The table of moves, written down a second time. Back to routing is a retry, or the end of
/// waiting; from a status to itself goes the wish to cancel, and from `waiting` to `building` what
/// has landed after all.
const fn legal(from: Status, to: Status) -> bool {
    use Status::{
        Building, Cancelled, Confirmed, Expired, Failed, Pending, Routing, Submitted, Waiting,
    };
    matches!(
        (from, to),
        (
            Pending | Waiting | Routing | Building | Submitted,
            Routing | Failed | Cancelled | Expired
        ) | (Pending | Waiting | Routing | Building | Submitted, Waiting)
            | (Waiting | Routing | Building, Building)
            | (Building, Submitted)
            | (Submitted, Submitted | Confirmed)
    )
}

/// Of the token bought, not more than the market pays, and not less than half.
fn plausible(order: &Order, quoted: TokenAmount) -> bool {
    let fair = fair_out(&order.swap);
    quoted.decimals() == fair.decimals()
        && quoted.units() <= fair.units() * 11 / 10
        && quoted.units() >= fair.units() / 2
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use engine::{
        account::AccountId,
        order::{
            Lifetime, LoggedEvent, Market, OrderId, OrderKind, SlippageTolerance, Swap, Token,
        },
        ports::{Claim, ExecuteOrder},
        routing::{Route, VenueId},
    };
    use uuid::Uuid;

    use super::*;
    use crate::store::Store;

    const ID: OrderId = OrderId(Uuid::from_u128(1));
    const HOUR: Duration = Duration::from_secs(3_600);

    /// A store with one order that a worker has begun with.
    fn store() -> Store {
        let token = |symbol: &str, decimals| Token {
            symbol: symbol.into(),
            decimals,
        };
        let new = NewOrder {
            id: ID,
            by: Actor::of(AccountId::local()),
            swap: Swap {
                token_in: token("SOL", 9),
                token_out: token("USDC", 6),
                amount_in: TokenAmount::from_units(1_000_000, 9),
            },
            kind: OrderKind::Market(Market {
                slippage: SlippageTolerance::DEFAULT,
                min_amount_out: None,
            }),
            idempotency: None,
            client_order_id: None,
        };
        let mut store = Store::default();
        store
            .insert(&new, Lifetime::For(HOUR), 0)
            .expect("an empty store");
        let message = ExecuteOrder { id: ID, attempt: 1 };
        let claim = store.claim(&message, HOUR, 1, 0);
        assert!(matches!(claim, Claim::Leased(_)), "{claim:?}");
        store
    }

    fn judged(store: &Store) -> Option<&'static str> {
        let mut seen = Seen::default();
        let violation = judge_log(&Policy::default(), &store.rows[&ID], &mut seen);
        violation.map(|violation| violation.invariant)
    }

    #[test]
    fn a_stored_order_that_its_log_does_not_make_is_noticed() {
        let mut store = store();
        assert_eq!(judged(&store), None);
        let row = store.rows.get_mut(&ID).expect("it is stored");
        row.order.route = Some(Route {
            venue: VenueId::new("Raydium"),
            pool: None,
        });
        assert_eq!(judged(&store), Some(REPLAY));
    }

    #[test]
    fn an_event_that_the_order_cannot_take_is_noticed() {
        let mut store = store();
        let row = store.rows.get_mut(&ID).expect("it is stored");
        let submitted = OrderEvent::Submitted {
            signature: "of nothing".into(),
        };
        row.events[1].event = LoggedEvent::Known(submitted);
        assert_eq!(judged(&store), Some(REPLAY));
    }
}
