//! The queue of one machine, with SQS's semantics: delays, a visibility time-out, a receive count,
//! dead letters after three.
//!
//! It lives in memory and may: the outbox in the database is the guarantee, the queue only the fast
//! path.

use std::{
    collections::{BTreeMap, HashSet, VecDeque},
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use engine::ports::{ExecuteOrder, Queue, Unavailable};
use tokio::{
    sync::Notify,
    time::{Instant, sleep_until},
};

/// A message that was received so often and never served is a dead letter.
pub const MAX_RECEIVES: u32 = 3;

/// Delivers messages to workers, at least once.
pub struct LocalQueue {
    state: Mutex<State>,
    changed: Notify,
    visibility: Duration,
}

/// A message in a worker's hands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Received {
    /// Names this message; a message that is sent again has another.
    pub id: u64,
    /// What it says.
    pub message: ExecuteOrder,
    /// How often it was received, this time included.
    pub receives: u32,
}

/// How full the queue is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Depth {
    /// Messages that can be received now.
    pub ready: usize,
    /// Messages that wait for their delay.
    pub delayed: usize,
    /// Messages in workers' hands.
    pub in_flight: usize,
    /// Messages that were given up.
    pub dead: usize,
    /// For how long the oldest message that can be received has been waiting.
    pub oldest: Duration,
}

#[derive(Default)]
struct State {
    ready: VecDeque<(Instant, Received)>,
    later: BTreeMap<(Instant, u64), Received>,
    in_flight: BTreeMap<(Instant, u64), Received>,
    /// What is ready or delayed: the same message again adds nothing.
    waiting: HashSet<ExecuteOrder>,
    dead: Vec<Received>,
    last_id: u64,
}

impl LocalQueue {
    /// An empty queue. A message that was received and not deleted is seen again after
    /// `visibility`.
    pub fn new(visibility: Duration) -> Self {
        Self {
            state: Mutex::default(),
            changed: Notify::new(),
            visibility,
        }
    }

    /// Waits for messages and takes up to `most` of them.
    pub async fn receive(&self, most: usize) -> Vec<Received> {
        loop {
            let changed = self.changed.notified();
            let wake = {
                let mut state = self.lock();
                let now = Instant::now();
                state.bring_forward(now);
                if !state.ready.is_empty() {
                    let taken = state.take(most, now + self.visibility);
                    if !state.ready.is_empty() {
                        self.changed.notify_one(); // there is work for another worker
                    }
                    return taken;
                }
                state.next_change()
            };
            match wake {
                Some(at) => tokio::select! { () = changed => {} () = sleep_until(at) => {} },
                None => changed.await,
            }
        }
    }

    /// Forgets messages that were served.
    pub fn delete(&self, served: &[Received]) {
        let ids: HashSet<u64> = served.iter().map(|received| received.id).collect();
        self.lock().in_flight.retain(|(_, id), _| !ids.contains(id));
    }

    /// How full it is now.
    pub fn depth(&self) -> Depth {
        let state = self.lock();
        let oldest = state.ready.iter().map(|(since, _)| since.elapsed()).max();
        Depth {
            ready: state.ready.len(),
            delayed: state.later.len(),
            in_flight: state.in_flight.len(),
            dead: state.dead.len(),
            oldest: oldest.unwrap_or_default(),
        }
    }

    /// What was given up.
    pub fn dead_letters(&self) -> Vec<Received> {
        self.lock().dead.clone()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // No code panics while it holds the lock.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Queue for LocalQueue {
    async fn send(&self, batch: &[(ExecuteOrder, Duration)]) -> Result<Vec<bool>, Unavailable> {
        let now = Instant::now();
        let mut state = self.lock();
        for &(message, delay) in batch {
            if state.waiting.insert(message) {
                state.last_id += 1;
                let (id, receives) = (state.last_id, 0);
                state.put(
                    now + delay,
                    now,
                    Received {
                        id,
                        message,
                        receives,
                    },
                );
            }
        }
        drop(state);
        self.changed.notify_one();
        Ok(vec![true; batch.len()])
    }
}

impl State {
    fn put(&mut self, at: Instant, now: Instant, received: Received) {
        if at <= now {
            self.ready.push_back((now, received));
        } else {
            self.later.insert((at, received.id), received);
        }
    }

    /// Delays that are over, and messages that nobody deleted in time. The former go first: their
    /// orders are under way, and must not wait behind a burst of new ones.
    fn bring_forward(&mut self, now: Instant) {
        let later = self.later.split_off(&(now, u64::MAX));
        for (_, received) in std::mem::replace(&mut self.later, later).into_iter().rev() {
            self.ready.push_front((now, received));
        }
        while let Some(entry) = self
            .in_flight
            .first_entry()
            .filter(|entry| entry.key().0 <= now)
        {
            let received = entry.remove();
            if received.receives >= MAX_RECEIVES {
                tracing::error!(order = %received.message.id, "defect: a message was received {MAX_RECEIVES} times and never served");
                self.dead.push(received);
            } else if self.waiting.insert(received.message) {
                self.ready.push_back((now, received));
            }
        }
    }

    fn take(&mut self, most: usize, visible_at: Instant) -> Vec<Received> {
        let count = most.min(self.ready.len());
        let taken: Vec<Received> = self
            .ready
            .drain(..count)
            .map(|(_, received)| Received {
                receives: received.receives + 1,
                ..received
            })
            .collect();
        for received in &taken {
            self.waiting.remove(&received.message);
            self.in_flight
                .insert((visible_at, received.id), received.clone());
        }
        taken
    }

    fn next_change(&self) -> Option<Instant> {
        let first = |map: &BTreeMap<(Instant, u64), Received>| map.keys().next().map(|&(at, _)| at);
        first(&self.later)
            .into_iter()
            .chain(first(&self.in_flight))
            .min()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use engine::order::OrderId;

    const VISIBILITY: Duration = Duration::from_secs(30);

    fn message(n: u128) -> ExecuteOrder {
        ExecuteOrder {
            id: OrderId(uuid::Uuid::from_u128(n)),
            attempt: 1,
        }
    }

    async fn send(queue: &LocalQueue, n: u128, delay: Duration) {
        assert_eq!(
            queue
                .send(&[(message(n), delay)])
                .await
                .expect("it accepts"),
            [true]
        );
    }

    #[tokio::test(start_paused = true)]
    async fn a_delayed_message_is_not_seen_before_its_time() {
        let queue = LocalQueue::new(VISIBILITY);
        send(&queue, 1, Duration::from_secs(4)).await;
        let begin = Instant::now();
        let received = queue.receive(10).await;
        assert_eq!(
            (received[0].message, begin.elapsed()),
            (message(1), Duration::from_secs(4))
        );
    }

    #[tokio::test(start_paused = true)]
    async fn what_has_waited_for_its_time_goes_before_what_came_since() {
        let queue = LocalQueue::new(VISIBILITY);
        send(&queue, 1, Duration::from_secs(2)).await;
        send(&queue, 2, Duration::from_secs(1)).await;
        tokio::time::sleep(Duration::from_secs(3)).await;
        send(&queue, 3, Duration::ZERO).await;
        let received = queue.receive(10).await;
        let order: Vec<ExecuteOrder> = received.iter().map(|received| received.message).collect();
        assert_eq!(order, [message(2), message(1), message(3)]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_message_that_nobody_deletes_comes_three_times_and_is_a_dead_letter_then() {
        let queue = LocalQueue::new(VISIBILITY);
        send(&queue, 1, Duration::ZERO).await;
        for receives in 1..=3 {
            assert_eq!(queue.receive(10).await[0].receives, receives);
        }
        send(&queue, 2, VISIBILITY * 2).await; // so that there is something to wait for
        assert_eq!(queue.receive(10).await[0].message, message(2));
        assert_eq!(
            queue
                .dead_letters()
                .iter()
                .map(|dead| dead.message)
                .collect::<Vec<_>>(),
            [message(1)]
        );
    }

    #[tokio::test(start_paused = true)]
    async fn a_served_message_does_not_come_again_and_a_waiting_one_is_not_doubled() {
        let queue = LocalQueue::new(VISIBILITY);
        send(&queue, 1, Duration::ZERO).await;
        send(&queue, 1, Duration::ZERO).await;
        let received = queue.receive(10).await;
        assert_eq!(received.len(), 1);
        queue.delete(&received);
        assert_eq!(queue.depth(), Depth::default());
    }

    #[tokio::test(start_paused = true)]
    async fn batches_are_shared_among_waiting_workers() {
        let queue = LocalQueue::new(VISIBILITY);
        let (first, second, ()) = tokio::join!(queue.receive(2), queue.receive(2), async {
            queue
                .send(&[
                    (message(1), Duration::ZERO),
                    (message(2), Duration::ZERO),
                    (message(3), Duration::ZERO),
                ])
                .await
                .expect("it accepts");
        });
        let mut sizes = [first.len(), second.len()];
        sizes.sort_unstable();
        assert_eq!(sizes, [1, 2]);
    }
}
