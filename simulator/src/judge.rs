//! The promises, as they are checked at every step, from the store's rows, the chain's record and the clients' eyes alone.

use std::collections::BTreeMap;

use engine::{
    failure::FailureCode, lifecycle::Status, order::OrderId, policy::Policy, ports::ExecuteOrder,
    update::Update,
};

use crate::{
    gateway::Arrived, ports::fair_out, queue::Receipt, store::Row, time::since_begin, wire::ms,
    world::World,
};

const EXACT: &str = "exactly 1 try and 3 retries";

/// A process's clock may be ahead of the store's by so much.
const SKEW: u64 = 3_000;

/// Looks at a world after each step.
pub(crate) struct Judge {
    policy: Policy,
    seen: BTreeMap<OrderId, Seen>,
}

/// What was judged of an order already.
#[derive(Default)]
struct Seen {
    events: usize,
    /// The earliest moment of the next event, after a retry.
    not_before: u64,
    ended_as: Option<String>,
}

type Complaint = (&'static str, String);

impl Judge {
    pub(crate) fn new(policy: &Policy) -> Self {
        Self {
            policy: policy.clone(),
            seen: BTreeMap::new(),
        }
    }

    /// Checks everything that the last step may have changed.
    pub(crate) fn inspect(&mut self, world: &mut World) {
        let mut complaint = None;
        for row in world.store.rows.values() {
            let seen = self.seen.entry(row.id()).or_default();
            complaint = complaint
                .or_else(|| judge_log(&self.policy, row, seen))
                .or_else(|| judge_swaps(row, world));
        }
        if let Some((invariant, detail)) = complaint {
            world.violated(invariant, || detail);
        }
    }

    /// Checks, once nothing can go wrong any more and time is up, that nothing was left undone.
    pub(crate) fn conclude(&self, world: &mut World) {
        let open = world
            .store
            .rows
            .values()
            .find(|row| !row.order.status.is_final());
        let open = open.map(|row| format!("order {} is {}", row.id(), row.order.status));
        if let Some(detail) = open {
            world.violated("every accepted order becomes final", || detail);
        }
        let waiting = world
            .gateway
            .watchers
            .iter()
            .find(|watcher| !watcher.complete);
        let waiting =
            waiting.map(|watcher| format!("order {}: seen up to {}", watcher.order, watcher.seen));
        if let Some(detail) = waiting {
            world.violated("every watcher sees all of it", || detail);
        }
    }
}

fn judge_log(policy: &Policy, row: &Row, seen: &mut Seen) -> Option<Complaint> {
    let order = &row.order;
    if let Some(before) = &seen.ended_as
        && *before != format!("{order:?}")
    {
        return Some((
            "a final status never changes",
            format!("{before} became {order:?}"),
        ));
    }
    while seen.events < row.events.len() {
        if let Some(complaint) = judge_event(policy, row, seen.events, seen) {
            return Some(complaint);
        }
        seen.events += 1;
        if order.status.is_final() && seen.events == row.events.len() {
            seen.ended_as = Some(format!("{order:?}"));
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
    let now = since_begin(event.at);
    // Past the deadline the relay does not wait any more.
    if now < seen.not_before.min(row.deadline) && event.status != Status::Failed {
        return Some((
            "each retry waits its back-off",
            format!("{event:?} at {now} ms"),
        ));
    }
    if retry {
        let pause = policy.back_off.get(before.attempt as usize - 1).copied();
        seen.not_before = now + ms(pause.unwrap_or_default()) * 8 / 10;
    }
    if event.status == Status::Building && !plausible(row) {
        return Some(("nonsense is never traded on", format!("{:?}", row.order)));
    }
    judge_attempts(policy, row, event)
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

/// Holds the row against the chain's record.
fn judge_swaps(row: &Row, world: &World) -> Option<Complaint> {
    let (id, order) = (row.id(), &row.order);
    let mut landed = world.chain.landed(id, world.now);
    let first = landed.next();
    if let Some(second) = landed.next() {
        let both = format!("order {id}: {first:?} and {second:?}");
        return Some(("at most one swap lands", both));
    }
    match (order.status, first) {
        (Status::Failed, Some(swap)) => {
            Some(("never failed but executed", format!("order {id}: {swap:?}")))
        }
        (Status::Confirmed, swap) => {
            let as_told = swap.is_some_and(|swap| {
                Some(&swap.signature) == order.tx_hash.as_ref()
                    && Some(swap.amount_out) == order.amount_out
            });
            (!as_told).then(|| ("never confirmed but absent", format!("{order:?}")))
        }
        _ => None,
    }
}

impl World {
    /// A relay notes messages as sent: the queue must have taken each since the relay was given it.
    pub(crate) fn judge_marks(&mut self, messages: &[ExecuteOrder]) {
        for message in messages {
            let outbox = self
                .store
                .rows
                .get(&message.id)
                .and_then(|row| row.outbox.as_ref());
            let given = outbox
                .filter(|outbox| outbox.attempt == message.attempt && outbox.sent_at.is_none())
                .and_then(|outbox| outbox.given_at_step);
            let key = (message.id.0, message.attempt);
            let taken = self.queue.accepted_at_step.get(&key).copied();
            if given.is_some_and(|given| taken.is_none_or(|taken| taken < given)) {
                self.violated("marked as sent only what the queue took", || {
                    format!("{message:?}")
                });
            }
        }
    }

    /// A message leaves the queue: somebody must have asked for its order since, or the attempt must be over.
    pub(crate) fn judge_acknowledgement(&mut self, receipt: &Receipt) {
        let message = receipt.message;
        let served = self.store.rows.get(&message.id).is_none_or(|row| {
            row.order.status.is_final()
                || row.order.attempt > message.attempt
                || row.asked_at_step >= receipt.at_step
        });
        if !served {
            self.violated("acknowledged only what was served", || {
                format!("{message:?}")
            });
        }
    }

    /// Something arrived at a client: it must be in the log, and nothing before it may be missing without a reason.
    pub(crate) fn judge_arrival(&mut self, arrived: Option<Arrived>, text: &str) {
        let Some(arrived) = arrived else { return };
        let order = self.gateway.watchers[arrived.watcher].order;
        let index = usize::try_from(arrived.seq)
            .ok()
            .and_then(|seq| seq.checked_sub(1));
        let logged = self
            .store
            .rows
            .get(&order)
            .zip(index)
            .and_then(|(row, index)| row.events.get(index))
            .is_some_and(|event| event.to_text() == text);
        self.note(|| format!("watcher {} gets event {}", arrived.watcher, arrived.seq));
        if !logged {
            self.violated("nothing is pushed that is not in the log", || {
                text.to_owned()
            });
        }
        if arrived.gap && !self.disturbed {
            self.violated("an undisturbed stream has no gap", || text.to_owned());
        }
    }
}
