//! A worker on a queue of SQS. It does what an event source mapping does around the worker
//! function, and two things that this cannot: it holds its messages for as long as it works on
//! them, however short their visibility time-out, and keeps those that came at a bad time.

use std::{convert::Infallible, time::Duration};

use aws::sqs::Delivery;
use aws_lambda_events::event::sqs::{SqsEvent, SqsMessage};
use engine::execute::Shutdown;
use tokio::time::{Interval, MissedTickBehavior, interval, sleep};
use worker::Served;

use super::SharedQueue;
use crate::workers::{Worker, longer};

/// How often a worker says that it still has its messages: with two calls lost it still has.
const HOLD_EVERY: Duration = Duration::from_secs(9);

/// One worker: batch after batch, until the shutdown.
pub(crate) async fn work(queue: &SharedQueue, worker: &Worker) {
    loop {
        let taken = queue.take(worker.batch_size, &worker.shutdown).await;
        if taken.is_empty() {
            return; // the shutdown
        }
        serve(queue, worker, taken).await;
    }
}

/// A batch, until each message has served or failed. Those that came while the order book could not
/// be reached are kept meanwhile: given back, they would have been received once more each time,
/// and three times make a dead letter.
async fn serve(queue: &SharedQueue, worker: &Worker, mut held: Vec<Delivery>) {
    let mut ticks = interval(HOLD_EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    ticks.tick().await; // the first is at once
    let mut pause = Duration::ZERO;
    loop {
        let mut event = SqsEvent::default();
        event.records = held.iter().map(record).collect();
        let became = holding(queue, &mut ticks, &held, worker.serve(&event)).await;
        let (mut served, mut later) = (Vec::new(), Vec::new());
        for (delivery, became) in held.into_iter().zip(became) {
            match became {
                Served::Yes => served.push(delivery),
                Served::Later(_) => later.push(delivery),
                Served::No => {} // it comes again, and is a dead letter after the third time
            }
        }
        if !served.is_empty() {
            queue.delete(&served).await;
        }
        if later.is_empty() {
            return;
        }
        held = later;
        pause = longer(pause);
        if holding(queue, &mut ticks, &held, ended(&worker.shutdown, pause)).await {
            return queue.give_back(&held).await;
        }
    }
}

/// Does something, and keeps the messages from others meanwhile.
async fn holding<T>(
    queue: &SharedQueue,
    ticks: &mut Interval,
    held: &[Delivery],
    something: impl Future<Output = T>,
) -> T {
    tokio::select! {
        done = something => done,
        never = hold(queue, ticks, held) => match never {},
    }
}

async fn hold(queue: &SharedQueue, ticks: &mut Interval, held: &[Delivery]) -> Infallible {
    loop {
        ticks.tick().await;
        queue.hold(held).await;
    }
}

/// Waits for so long; answers whether the shutdown came before.
async fn ended(shutdown: &Shutdown, pause: Duration) -> bool {
    tokio::select! {
        () = shutdown.clone() => true,
        () = sleep(pause) => false,
    }
}

fn record(delivery: &Delivery) -> SqsMessage {
    let mut record = SqsMessage::default();
    record.message_id = Some(delivery.id.clone());
    record.body = Some(delivery.body.clone());
    let receives = ("ApproximateReceiveCount".into(), delivery.receives.clone());
    record.attributes.extend([receives]);
    record.event_source = Some("aws:sqs".into());
    record
}
