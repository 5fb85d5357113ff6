//! Relay: send what should have been sent, take up what is stuck, end what is out of time, clean up.
//!
//! Runs every second on one machine and every minute on AWS. Two relays at once are harmless.

use std::{sync::Arc, time::Duration};

use futures::stream::{self, StreamExt};

use crate::{
    execute::{Ending, Execute},
    follow::Follow,
    observe,
    policy::Policy,
    ports::{Backlog, ExecuteOrder, Queue, Unavailable},
};

/// The use case behind the timer.
#[derive(Clone)]
pub struct Relay {
    /// What is unsent, stuck or out of time.
    pub backlog: Arc<dyn Backlog>,
    /// Where messages go.
    pub queue: Arc<dyn Queue>,
    /// Ends orders that are out of time.
    pub execute: Execute,
    /// Completes what watchers did not get.
    pub follow: Follow,
    /// The protocol's numbers.
    pub policy: Arc<Policy>,
}

/// How many rows one round takes at a time.
const BATCH: u32 = 500;
/// How many batches one round sends at the most; the rest is the next round's.
const BATCHES: u32 = 20;
/// How many overdue orders are settled at once.
const SETTLING: usize = 10;

impl Relay {
    /// One round. What does not succeed is logged and left to the next round; the parts do not depend on each other.
    pub async fn run(&self, ending: &Ending) {
        self.run_with_grace(self.policy.relay_grace, ending).await;
    }

    /// The round at a start with an empty queue: no message of before can be on its way any more, so nothing is given time,
    /// and what has to wait waits in the queue again.
    pub async fn run_at_start(&self, ending: &Ending) {
        noted("delayed", self.send_delayed().await);
        self.run_with_grace(Duration::ZERO, ending).await;
    }

    /// Their rows stay unsent: should the queue lose them, a later round sends them.
    async fn send_delayed(&self) -> Result<(), Unavailable> {
        let delayed = self.backlog.delayed(BATCH * BATCHES).await?;
        self.queue.send(&delayed).await.map(drop)
    }

    async fn run_with_grace(&self, grace: Duration, ending: &Ending) {
        let revived = noted("revive", self.backlog.revive(grace).await);
        let sent = noted("send", self.send_due(grace).await);
        let overdue = noted("deadline", self.end_overdue(ending).await);
        noted("subscriptions", self.follow.complete_left_over().await);
        noted("purge", self.backlog.purge().await);
        if let Some(vitals) = noted("vitals", self.backlog.vitals().await) {
            observe::vitals(vitals);
        }
        observe::relayed(
            revived.unwrap_or(0),
            sent.unwrap_or(0),
            overdue.unwrap_or(0),
        );
    }

    /// Marks only what the queue accepted: a crash in between makes a duplicate, the other way round it would lose one.
    async fn send_due(&self, grace: Duration) -> Result<usize, Unavailable> {
        let mut sent = 0;
        for _ in 0..BATCHES {
            let due = self.backlog.due(grace, BATCH).await?;
            if due.is_empty() {
                break;
            }
            let batch: Vec<(ExecuteOrder, Duration)> = due
                .iter()
                .map(|&message| (message, Duration::ZERO))
                .collect();
            let accepted = self.queue.send(&batch).await?;
            let accepted: Vec<ExecuteOrder> = due
                .iter()
                .zip(&accepted)
                .filter(|(_, yes)| **yes)
                .map(|(message, _)| *message)
                .collect();
            self.backlog.mark_sent(&accepted).await?;
            sent += accepted.len();
            if accepted.len() < due.len() {
                break; // the queue is in trouble; the next round tries again
            }
        }
        Ok(sent)
    }

    /// An order out of time is executed right here: that settles a transaction that may still land before it fails.
    async fn end_overdue(&self, ending: &Ending) -> Result<usize, Unavailable> {
        let overdue = self.backlog.overdue(BATCH).await?;
        stream::iter(&overdue)
            .for_each_concurrent(SETTLING, async |message| {
                noted("deadline", self.execute.execute(message, ending).await);
            })
            .await;
        Ok(overdue.len())
    }
}

fn noted<T>(part: &'static str, result: Result<T, Unavailable>) -> Option<T> {
    result
        .inspect_err(|problem| observe::relay_failed(part, problem))
        .ok()
}
