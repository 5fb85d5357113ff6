//! The queue over the network: the engine's side, which sends, and the worker's, which receives and
//! deletes.

use std::{
    pin::Pin,
    task::{Context, Poll},
};

use async_trait::async_trait;
use engine::ports::{Envelope, ExecuteOrder, Queue, Unavailable};

use crate::{
    fault::Fault,
    network::Network,
    point::Point,
    queue::Receipt,
    time::ms,
    world::{Alarm, AlarmKey, Shared, World},
};

/// The queue as one process reaches it.
pub(crate) struct QueuePort(pub(crate) Network);

#[async_trait]
impl Queue for QueuePort {
    async fn send(&self, batch: &[Envelope]) -> Result<Vec<bool>, Unavailable> {
        let batch = batch.to_vec();
        let send = move |world: &mut World| {
            batch
                .iter()
                .map(|one| {
                    world.judge_sent(one);
                    world.enqueue(one.message, ms(one.delay))
                })
                .collect()
        };
        Ok(self.0.call(Point::Enqueue, send).await?)
    }

    async fn waiting(&self) -> Result<u64, Unavailable> {
        let waiting =
            |world: &mut World| world.queue.visible(world.now).fold(0, |count, _| count + 1);
        Ok(self.0.call(Point::Waiting, waiting).await?)
    }
}

impl QueuePort {
    /// Waits until there is something, and takes at most `limit` messages.
    pub(crate) async fn receive(&self, limit: usize) -> Result<Vec<Receipt>, Unavailable> {
        Arrival {
            world: &self.0.world,
            alarm: None,
        }
        .await;
        let receive = move |world: &mut World| {
            let (visibility, moment) = (world.visibility_ms, (world.now, world.step));
            let taken = world
                .queue
                .receive(limit, visibility, moment, &mut world.rng);
            for receipt in &taken {
                if world.strikes(Fault::Duplicated) {
                    world.queue.show_again(receipt.id, world.now);
                }
            }
            taken
        };
        Ok(self.0.call(Point::Receive, receive).await?)
    }

    /// Acknowledges messages that have served.
    pub(crate) async fn delete(&self, served: Vec<Receipt>) -> Result<(), Unavailable> {
        let delete = move |world: &mut World| {
            for receipt in &served {
                world.judge_acknowledgement(receipt);
                world.queue.delete(receipt.id);
            }
        };
        Ok(self.0.call(Point::Acknowledge, delete).await?)
    }
}

impl World {
    /// Takes one message; false when the queue refuses it.
    pub(crate) fn enqueue(&mut self, message: ExecuteOrder, delay: u64) -> bool {
        if self.strikes(Fault::QueueRefused) {
            return false;
        }
        let late = if self.strikes(Fault::Delayed) {
            self.rng.between(100, 20_000)
        } else {
            0
        };
        self.queue
            .accept(message, self.now + delay + late, self.step);
        if self.strikes(Fault::Duplicated) {
            self.queue.accept(message, self.now + delay, self.step);
        }
        true
    }
}

/// Resolves when a message is visible.
struct Arrival<'a> {
    world: &'a Shared,
    alarm: Option<AlarmKey>,
}

impl Future for Arrival<'_> {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let mut world = self.world.lock();
        let next = world.queue.next_visible();
        if next.is_some_and(|at| at <= world.now) {
            return Poll::Ready(());
        }
        world.queue.wait(context.waker());
        let replaced = self.alarm.and_then(|key| world.alarms.remove(&key));
        drop(replaced);
        let alarm = next.map(|at| world.alarm(at, Alarm::Wake(context.waker().clone())));
        drop(world);
        self.alarm = alarm;
        Poll::Pending
    }
}

impl Drop for Arrival<'_> {
    fn drop(&mut self) {
        if let Some(key) = self.alarm {
            self.world.lock().alarms.remove(&key);
        }
    }
}
