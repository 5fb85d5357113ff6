//! The event source of one machine: hands batches of messages to the worker, at most a fixed number
//! at a time.

use std::{
    collections::HashSet,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use aws_lambda_events::event::sqs::{SqsEvent, SqsMessage};
use engine::{
    execute::{Execute, Shutdown},
    message,
};
use tokio::task::JoinSet;

use crate::queue::{LocalQueue, Received};

/// How many workers there are, and how much each takes.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Invocations at once.
    pub concurrency: u16,
    /// Messages of one invocation.
    pub batch_size: u16,
}

/// Counts invocations, for those who want to see that the limit holds.
#[derive(Debug, Default)]
pub struct Invocations {
    running: AtomicUsize,
    most: AtomicUsize,
}

impl Invocations {
    /// The largest number that ran at once since the start.
    pub fn most_at_once(&self) -> usize {
        self.most.load(Ordering::SeqCst)
    }

    fn begin(&self) {
        let running = self.running.fetch_add(1, Ordering::SeqCst) + 1;
        self.most.fetch_max(running, Ordering::SeqCst);
    }

    fn end(&self) {
        self.running.fetch_sub(1, Ordering::SeqCst);
    }
}

/// Starts the workers. They end when `shutdown` resolves and their batches have come to a safe
/// point.
pub fn start(
    queue: &Arc<LocalQueue>,
    execute: &Execute,
    limits: Limits,
    shutdown: &Shutdown,
    invocations: &Arc<Invocations>,
) -> JoinSet<()> {
    let mut workers = JoinSet::new();
    for _ in 0..limits.concurrency {
        let (queue, execute, shutdown) = (Arc::clone(queue), execute.clone(), shutdown.clone());
        let invocations = Arc::clone(invocations);
        workers.spawn(async move {
            loop {
                let received = tokio::select! {
                    biased;
                    () = shutdown.clone() => return,
                    received = queue.receive(limits.batch_size.into()) => received,
                };
                invocations.begin();
                invoke(&queue, &execute, received, &shutdown).await;
                invocations.end();
            }
        });
    }
    workers
}

/// One invocation, as Lambda's event source does it: what is not named as failed is deleted, the
/// rest is seen again.
async fn invoke(
    queue: &LocalQueue,
    execute: &Execute,
    mut received: Vec<Received>,
    shutdown: &Shutdown,
) {
    let mut event = SqsEvent::default();
    event.records = received.iter().map(record).collect();
    let response = worker::handle(execute, event, shutdown.clone()).await;
    let failed: HashSet<String> = response
        .batch_item_failures
        .into_iter()
        .map(|failure| failure.item_identifier)
        .collect();
    received.retain(|received| !failed.contains(&received.id.to_string()));
    queue.delete(&received);
}

fn record(received: &Received) -> SqsMessage {
    let mut record = SqsMessage::default();
    record.message_id = Some(received.id.to_string());
    record.body = Some(message::write_execute(&received.message));
    record.attributes.insert(
        "ApproximateReceiveCount".into(),
        received.receives.to_string(),
    );
    record.event_source = Some("aws:sqs".into());
    record
}
