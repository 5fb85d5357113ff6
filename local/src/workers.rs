//! The event source of one machine: hands batches of messages to the worker, at most a fixed number
//! at a time.

use std::{
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
use tokio::{task::JoinSet, time::sleep};
use worker::Served;

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

/// The pause after an invocation that could not reach the order book; it doubles up to the longest.
const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(1);

/// One worker: invocation after invocation. While the order book cannot be reached it pauses in
/// between: what waits then is not to be taken by the one who can do least with it.
async fn work(
    worker: u16,
    batch_size: u16,
    queue: &LocalQueue,
    execute: &Execute,
    shutdown: &Shutdown,
    invocations: &Invocations,
) {
    let mut pause = Duration::ZERO;
    loop {
        let next = async {
            if !pause.is_zero() {
                sleep(pause).await;
            }
            queue.receive(batch_size.into()).await
        };
        let received = tokio::select! {
            biased;
            () = shutdown.clone() => return,
            received = next => received,
        };
        invocations.begin(worker);
        let reached = invoke(queue, execute, received, shutdown).await;
        invocations.end(worker);
        pause = match reached {
            true => Duration::ZERO,
            false => (pause * 2).clamp(FIRST_PAUSE, LONGEST_PAUSE),
        };
    }
}

/// One invocation, and what an event source does after it: what has served is deleted, what came at
/// a bad time goes back to where it was, the rest is seen again. Answers whether the order book
/// could be reached.
async fn invoke(
    queue: &LocalQueue,
    execute: &Execute,
    received: Vec<Received>,
    shutdown: &Shutdown,
) -> bool {
    let mut event = SqsEvent::default();
    event.records = received.iter().map(record).collect();
    let became = worker::serve_all(execute, &event, shutdown).await;
    let (mut served, mut later) = (Vec::new(), Vec::new());
    for (received, became) in received.into_iter().zip(became) {
        match became {
            Served::Yes => served.push(received),
            Served::Later(_) => later.push(received),
            Served::No => {}
        }
    }
    queue.delete(&served);
    let reached = later.is_empty();
    queue.take_back(later);
    reached
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
