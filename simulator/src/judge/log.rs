//! The event log of one order, and the row that goes with it.

use engine::{
    failure::{Failure, FailureCode},
    lifecycle::Status,
    order::Order,
    policy::Policy,
    update::Update,
};

use super::Complaint;
use crate::{ports::fair_out, store::Row, time::since_begin, wire::ms};

const EXACT: &str = "exactly 1 try and 3 retries";

/// A process's clock may be ahead of the store's by so much.
const SKEW: u64 = 3_000;

/// What was judged of an order already.
#[derive(Default)]
pub(super) struct Seen {
    events: usize,
    /// The earliest moment of the next event, after a retry.
    not_before: u64,
    end: Option<End>,
}

/// What must stay as it is once an order is final.
#[derive(Debug, PartialEq)]
struct End {
    status: Status,
    seq: u64,
    tx_hash: Option<String>,
    amount_out: Option<u64>,
    failure: Option<Failure>,
}

impl End {
    fn of(order: &Order) -> Self {
        Self {
            status: order.status,
            seq: order.last_seq,
            tx_hash: order.tx_hash.clone(),
            amount_out: order.amount_out,
            failure: order.failure.clone(),
        }
    }
}

/// Judges what the log of an order has become since the last look.
pub(super) fn judge_log(policy: &Policy, row: &Row, seen: &mut Seen) -> Option<Complaint> {
    let order = &row.order;
    if let Some(before) = &seen.end
        && *before != End::of(order)
    {
        let detail = format!("{before:?} became {order:?}");
        return Some(("a final status never changes", detail));
    }
    while seen.events < row.events.len() {
        if let Some(complaint) = judge_event(policy, row, seen.events, seen) {
            return Some(complaint);
        }
        seen.events += 1;
        if order.status.is_final() && seen.events == row.events.len() {
            seen.end = Some(End::of(order));
        }
    }
    let last = row.events.last()?;
    let same =
        (last.status, last.seq, last.attempt) == (order.status, order.last_seq, order.attempt);
    (!same).then(|| ("row and log agree", format!("{last:?} but {order:?}")))
}

fn judge_event(policy: &Policy, row: &Row, index: usize, seen: &mut Seen) -> Option<Complaint> {
    let event = &row.events[index];
    if event.seq != index as u64 + 1 {
        return Some((
            "seq has no gap",
            format!("event {} is {event:?}", index + 1),
        ));
    }
    let Some(before) = index.checked_sub(1).map(|before| &row.events[before]) else {
        let first = (event.status, event.attempt) == (Status::Pending, 1);
        return (!first).then(|| ("status moves are legal", format!("first {event:?}")));
    };
    if let Some(complaint) = judge_move(row, before, event) {
        return Some(complaint);
    }
    let now = since_begin(event.at);
    // Past the deadline the relay does not wait any more.
    if now < seen.not_before.min(row.deadline) && event.status != Status::Failed {
        return Some((
            "each retry waits its back-off",
            format!("{event:?} at {now} ms"),
        ));
    }
    if event.attempt > before.attempt {
        let pause = policy.back_off.get(before.attempt as usize - 1).copied();
        seen.not_before = now + ms(pause.unwrap_or_default()) * 8 / 10;
    }
    if event.status == Status::Building && !plausible(row) {
        return Some(("nonsense is never traded on", format!("{:?}", row.order)));
    }
    judge_attempts(policy, row, event)
}

fn judge_move(row: &Row, before: &Update, event: &Update) -> Option<Complaint> {
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
        return Some(("status moves are legal", moved()));
    }
    let retry = event.status == Status::Routing && before.status != Status::Pending;
    if event.attempt != before.attempt + u32::from(retry) {
        return Some((EXACT, moved()));
    }
    None
}

fn judge_attempts(policy: &Policy, row: &Row, event: &Update) -> Option<Complaint> {
    let most = policy.back_off.len() as u32 + 1;
    if event.attempt > most {
        return Some((EXACT, format!("{event:?}")));
    }
    if event.status != Status::Failed {
        return None;
    }
    let code = event
        .payload
        .get("code")
        .and_then(serde_json::Value::as_str);
    let code: Option<FailureCode> = code.and_then(|code| code.parse().ok());
    let retryable = code.is_some_and(FailureCode::is_retryable);
    let begun = since_begin(event.at) + SKEW + 2 * 5_000; // the clock was read before a call that may take so long
    if retryable && event.attempt < most && begun < row.deadline {
        return Some((EXACT, format!("given up at {event:?}")));
    }
    (code == Some(FailureCode::DeadlineExceeded) && begun < row.deadline)
        .then(|| ("no order fails for time that it has", format!("{event:?}")))
}

/// The table of moves, written down a second time. Back to routing is a retry.
const fn legal(from: Status, to: Status) -> bool {
    use Status::{Building, Confirmed, Failed, Pending, Routing, Submitted};
    matches!(
        (from, to),
        (Pending | Routing | Building | Submitted, Routing | Failed)
            | (Routing, Building)
            | (Building, Submitted)
            | (Submitted, Confirmed)
    )
}

/// Not more than the market pays, and not less than half.
fn plausible(row: &Row) -> bool {
    let fair = fair_out(row.order.swap.amount_in);
    row.order
        .quoted_out
        .is_some_and(|quoted| quoted <= fair * 11 / 10 && quoted >= fair / 2)
}
