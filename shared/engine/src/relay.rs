//! Relay: send what should have been sent, take up what is stuck, end what is out of time, clean
//! up.
//!
//! Runs every second on one machine and every minute on AWS. Two relays at once are harmless.

use std::{sync::Arc, time::Duration};

use futures::{
    FutureExt,
    stream::{self, StreamExt},
};

use crate::{
    audit::Audit,
    execute::{Execute, Shutdown},
    observe,
    policy::Policy,
    ports::{ExecuteOrder, Grace, Outbox, Queue, StoreError},
    retention::Retention,
    stream::OrderStream,
    trace,
};

/// The use case behind the timer.
#[derive(Clone)]
pub struct Relay {
    /// What is unsent, stuck or out of time.
    pub outbox: Arc<dyn Outbox>,
    /// Where messages go.
    pub queue: Arc<dyn Queue>,
    /// Holds the order book against what must be true of it.
    pub audit: Audit,
    /// Deletes what ended long ago; `None` where everything is kept.
    pub retention: Option<Retention>,
    /// Ends orders that are out of time.
    pub execute: Execute,
    /// Completes what subscribers did not get.
    pub stream: OrderStream,
    /// The protocol's numbers.
    pub policy: Arc<Policy>,
}

/// How many rows one round takes at a time.
const BATCH: u32 = 500;
/// How many batches one round sends at the most; the rest is the next round's.
const BATCHES: u32 = 20;
/// How many overdue orders are settled at once.
const SETTLING: usize = 10;
/// How many of them are read at a time: as many as are settled in some seconds at the worst.
const ENDED: u32 = 30;
/// How long a round ends overdue orders, so that sending is not kept waiting.
const ENDING: Duration = Duration::from_secs(5);
/// How many rows one step deletes, and how many steps a round takes.
const PURGED: u32 = 2_000;
const PURGES: u32 = 20;

impl Relay {
    /// One round. What does not succeed is logged and left to the next round; the parts do not
    /// depend on each other.
    pub async fn run(&self, shutdown: &Shutdown) {
        self.run_with_grace(self.policy.relay_grace, shutdown).await;
    }

    /// The round at a start with an empty queue: no message of before can be on its way any more,
    /// so nothing is given time, and what has to wait waits in the queue again.
    pub async fn run_at_start(&self, shutdown: &Shutdown) {
        noted("delayed", self.send_delayed().await);
        self.run_with_grace(Duration::ZERO, shutdown).await;
    }

    /// Their rows stay unsent: should the queue lose them, a later round sends them.
    async fn send_delayed(&self) -> Result<(), StoreError> {
        let delayed = self.outbox.delayed(BATCH * BATCHES).await?;
        self.queue.send(&delayed).await?;
        Ok(())
    }

    async fn run_with_grace(&self, grace: Duration, shutdown: &Shutdown) {
        let grace = self.grace(grace).await;
        let requeued = noted("requeue", self.outbox.requeue_stuck(grace).await);
        let sent = noted("send", self.send_due(grace).await);
        let overdue = noted("deadline", self.end_overdue(shutdown).await);
        noted("subscriptions", self.stream.complete_undelivered().await);
        noted("keys", self.stream.close_unwelcome().await);
        noted("audit", self.audit.run().await);
        noted("purge", self.purge().await);
        if let Some(retention) = &self.retention {
            noted("retention", retention.run().await);
        }
        if let Some(stats) = noted("stats", self.outbox.stats().await) {
            observe::outbox_stats(stats);
        }
        observe::relayed(
            requeued.unwrap_or(0),
            sent.unwrap_or(0),
            overdue.unwrap_or(0),
        );
    }

    /// What waits in a healthy queue is not sent again: that would only make it longer. When the
    /// queue does not say, nothing can be sent either.
    async fn grace(&self, time: Duration) -> Grace {
        match self.queue.waiting().await {
            Ok(1..) => Grace::Overtaken(time),
            Ok(0) | Err(_) => Grace::Of(time),
        }
    }

    /// Marks only what the queue accepted: a crash in between makes a duplicate, the other way
    /// round it would lose one.
    async fn send_due(&self, grace: Grace) -> Result<usize, StoreError> {
        let mut sent = 0;
        for _ in 0..BATCHES {
            let due = self.outbox.due(grace, BATCH).await?;
            if due.is_empty() {
                break;
            }
            let spans: Vec<_> = due
                .iter()
                .map(|due| trace::sent_again(due, "relay"))
                .collect();
            let accepted = self.queue.send(&due).await?;
            drop(spans);
            let accepted: Vec<ExecuteOrder> = due
                .iter()
                .zip(&accepted)
                .filter(|(_, yes)| **yes)
                .map(|(envelope, _)| envelope.message)
                .collect();
            self.outbox.mark_sent(&accepted).await?;
            sent += accepted.len();
            if accepted.len() < due.len() {
                break; // the queue is in trouble; the next round tries again
            }
        }
        Ok(sent)
    }

    /// An order out of time is executed right here: that settles a transaction that may still land
    /// before it fails. All of them, one batch after the other, as long as the round's time lasts.
    async fn end_overdue(&self, shutdown: &Shutdown) -> Result<usize, StoreError> {
        let begin = self.execute.clock.now();
        let (mut after, mut ended) = (None, 0);
        loop {
            let overdue = self.outbox.overdue(after, ENDED).await?;
            stream::iter(&overdue)
                .for_each_concurrent(SETTLING, async |message| {
                    noted("deadline", self.execute.execute(message, shutdown).await);
                })
                .await;
            ended += overdue.len();
            after = overdue.last().map(|message| message.id);
            let spent = self
                .execute
                .clock
                .now()
                .duration_since(begin)
                .unsigned_abs();
            if after.is_none() || spent > ENDING || shutdown.clone().now_or_never().is_some() {
                return Ok(ended);
            }
        }
    }

    /// In steps of which each is soon done, whatever has piled up; the rest is the next round's.
    async fn purge(&self) -> Result<(), StoreError> {
        for _ in 0..PURGES {
            if !self.outbox.purge(PURGED, self.policy.audit_kept).await? {
                break;
            }
        }
        Ok(())
    }
}

fn noted<T, E: std::error::Error>(part: &'static str, result: Result<T, E>) -> Option<T> {
    result
        .inspect_err(|error| observe::relay_failed(part, error))
        .ok()
}
