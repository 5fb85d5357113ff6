//! The event source of one machine: hands batches of messages to the worker, at most a fixed number
//! at a time.

use std::{
    collections::HashSet,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use aws_lambda_events::event::sqs::{SqsEvent, SqsMessage};
use engine::{
    execute::{Execute, Shutdown},
    message,
};
use tokio::task::JoinSet;

use crate::{
    freshness::WorkerSlots,
    queue::{LocalQueue, Received},
    supervision::keep_alive,
};

/// How many workers there are, and how much each takes.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Invocations at once.
    pub concurrency: u16,
    /// Messages of one invocation.
    pub batch_size: u16,
}

/// Counts invocations, for those who want to see that the limit holds and that they come to an end.
pub struct Invocations {
    running: AtomicUsize,
    most: AtomicUsize,
    pub(crate) slots: Arc<WorkerSlots>,
}

impl Invocations {
    /// None so far. Workers of which every one is busy with one invocation for longer than
    /// `longest` are not well.
    pub fn new(workers: u16, longest: Duration) -> Self {
        Self {
            running: AtomicUsize::default(),
            most: AtomicUsize::default(),
            slots: Arc::new(WorkerSlots::new(workers, longest)),
        }
    }

    /// The largest number that ran at once since the start.
    pub fn most_at_once(&self) -> usize {
        self.most.load(Ordering::SeqCst)
    }

    fn begin(&self, worker: u16) {
        self.slots.begin(worker);
        let running = self.running.fetch_add(1, Ordering::SeqCst) + 1;
        self.most.fetch_max(running, Ordering::SeqCst);
    }

    fn end(&self, worker: u16) {
        self.slots.end(worker);
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
    for worker in 0..limits.concurrency {
        let (queue, execute, shutdown) = (Arc::clone(queue), execute.clone(), shutdown.clone());
        let invocations = Arc::clone(invocations);
        workers.spawn(async move {
            let work = || {
                work(
                    worker,
                    limits.batch_size,
                    &queue,
                    &execute,
                    &shutdown,
                    &invocations,
                )
            };
            keep_alive("worker", shutdown.clone(), work).await;
        });
    }
    workers
}

/// One worker: invocation after invocation.
async fn work(
    worker: u16,
    batch_size: u16,
    queue: &LocalQueue,
    execute: &Execute,
    shutdown: &Shutdown,
    invocations: &Invocations,
) {
    loop {
        let received = tokio::select! {
            biased;
            () = shutdown.clone() => return,
            received = queue.receive(batch_size.into()) => received,
        };
        invocations.begin(worker);
        invoke(queue, execute, received, shutdown).await;
        invocations.end(worker);
    }
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
