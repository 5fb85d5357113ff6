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
    orders_queue::OrdersQueue,
    queue::{LocalQueue, Received},
    sqs,
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
pub(crate) fn start(
    queue: &OrdersQueue,
    execute: &Execute,
    limits: Limits,
    shutdown: &Shutdown,
    invocations: &Arc<Invocations>,
) -> JoinSet<()> {
    let mut workers = JoinSet::new();
    for number in 0..limits.concurrency {
        let queue = queue.clone();
        let worker = Worker {
            number,
            batch_size: limits.batch_size.into(),
            execute: execute.clone(),
            shutdown: shutdown.clone(),
            invocations: Arc::clone(invocations),
        };
        workers.spawn(async move {
            let work = || async {
                match &queue {
                    OrdersQueue::Own(queue) => work(queue, &worker).await,
                    OrdersQueue::Shared(queue, _) => sqs::work(queue, &worker).await,
                }
            };
            keep_alive("worker", worker.shutdown.clone(), work).await;
        });
    }
    workers
}

/// What a worker works with.
pub(crate) struct Worker {
    number: u16,
    /// Messages of one invocation.
    pub(crate) batch_size: usize,
    execute: Execute,
    /// When it is to come to a safe point.
    pub(crate) shutdown: Shutdown,
    invocations: Arc<Invocations>,
}

impl Worker {
    /// One invocation: what became of each message.
    pub(crate) async fn serve(&self, event: &SqsEvent) -> Vec<Served> {
        self.invocations.begin(self.number);
        let became = worker::serve_all(&self.execute, event, &self.shutdown).await;
        self.invocations.end(self.number);
        became
    }
}

/// The pause after an invocation that could not reach the order book; it doubles up to the longest.
const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(1);

/// The pause after one more of them.
pub(crate) fn longer(pause: Duration) -> Duration {
    (pause * 2).clamp(FIRST_PAUSE, LONGEST_PAUSE)
}

/// One worker: invocation after invocation. While the order book cannot be reached it pauses in
/// between: what waits then is not to be taken by the one who can do least with it.
async fn work(queue: &LocalQueue, worker: &Worker) {
    let mut pause = Duration::ZERO;
    loop {
        let next = async {
            if !pause.is_zero() {
                sleep(pause).await;
            }
            queue.receive(worker.batch_size).await
        };
        let received = tokio::select! {
            biased;
            () = worker.shutdown.clone() => return,
            received = next => received,
        };
        pause = match invoke(queue, worker, received).await {
            true => Duration::ZERO,
            false => longer(pause),
        };
    }
}

/// One invocation, and what an event source does after it: what has served is deleted, what came at
/// a bad time goes back to where it was, the rest is seen again. Answers whether the order book
/// could be reached.
async fn invoke(queue: &LocalQueue, worker: &Worker, received: Vec<Received>) -> bool {
    let mut event = SqsEvent::default();
    event.records = received.iter().map(record).collect();
    let became = worker.serve(&event).await;
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
