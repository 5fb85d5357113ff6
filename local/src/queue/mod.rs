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
use engine::{
    order::OrderId,
    ports::{Client, ExecuteOrder, Queue, Unavailable},
};
use tokio::{
    sync::Notify,
    time::{Instant, sleep_until},
};

mod pace;
mod turns;

use self::{pace::Pace, turns::Turns};

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

struct State {
    /// What has waited for its time. It goes before what is new: its orders are under way, and
    /// must not wait behind a burst.
    due: VecDeque<(Instant, Received)>,
    new: Turns,
    pace: Pace,
    later: BTreeMap<(Instant, u64), Received>,
    in_flight: BTreeMap<(Instant, u64), Received>,
    /// What is ready or delayed: the same message again adds nothing.
    waiting: HashSet<ExecuteOrder>,
    dead: Vec<Received>,
    last_id: u64,
}

impl LocalQueue {
    /// An empty queue. A message that was received and not deleted is seen again after
    /// `visibility`. Those who receive hold up to `slots` messages at once.
    pub fn new(visibility: Duration, slots: u32) -> Self {
        let state = State {
            due: VecDeque::new(),
            new: Turns::default(),
            pace: Pace::new(slots, Instant::now()),
            later: BTreeMap::new(),
            in_flight: BTreeMap::new(),
            waiting: HashSet::new(),
            dead: Vec::new(),
            last_id: 0,
        };
        Self {
            state: Mutex::new(state),
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
                if state.ready() > 0 {
                    let taken = state.take(most, now + self.visibility);
                    if state.ready() > 0 {
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
        let mut state = self.lock();
        state.pass_time(Instant::now());
        state.in_flight.retain(|(_, id), _| !ids.contains(id));
    }

    /// How full it is now.
    pub fn depth(&self) -> Depth {
        let state = self.lock();
        let due = state.due.iter().map(|&(since, _)| since).min();
        let oldest = due.into_iter().chain(state.new.oldest()).min();
        Depth {
            ready: state.ready(),
            delayed: state.later.len(),
            in_flight: state.in_flight.len(),
            dead: state.dead.len(),
            oldest: oldest.map_or(Duration::ZERO, |since| since.elapsed()),
        }
    }

    /// How long the next order of this client would wait for its turn. If that is not too long it
    /// has a place from now on, until it is sent or the place is given back.
    pub(crate) fn reserve(
        &self,
        id: OrderId,
        client: Option<&Client>,
        longest: Duration,
    ) -> Duration {
        let mut state = self.lock();
        state.pass_time(Instant::now());
        let wait = state.pace.time_for(state.new.ahead_of(client));
        if wait <= longest {
            state.new.reserve(id, client);
        }
        wait
    }

    /// The order is not sent after all, or is sent.
    pub(crate) fn give_back(&self, id: OrderId) {
        self.lock().new.give_back(id);
    }

    /// How long the last of those that wait has to expect to.
    pub(crate) fn expected_wait(&self) -> Duration {
        let mut state = self.lock();
        state.pass_time(Instant::now());
        state.pace.time_for(state.new.all())
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
    fn ready(&self) -> usize {
        self.due.len() + self.new.len()
    }

    /// Before anything changes in what is in flight.
    fn pass_time(&mut self, now: Instant) {
        self.pace.pass(now, self.in_flight.len());
    }

    fn put(&mut self, at: Instant, now: Instant, received: Received) {
        if at <= now {
            self.new.push(now, received);
        } else {
            self.later.insert((at, received.id), received);
        }
    }

    /// Delays that are over, and messages that nobody deleted in time.
    fn bring_forward(&mut self, now: Instant) {
        self.pass_time(now);
        let later = self.later.split_off(&(now, u64::MAX));
        for (_, received) in std::mem::replace(&mut self.later, later).into_iter().rev() {
            self.due.push_front((now, received));
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
                self.new.push(now, received);
            }
        }
    }

    fn take(&mut self, most: usize, visible_at: Instant) -> Vec<Received> {
        let due = self.due.drain(..most.min(self.due.len()));
        let mut taken: Vec<Received> = due.map(|(_, received)| received).collect();
        let under_way = taken.len();
        taken.extend(std::iter::from_fn(|| self.new.pop()).take(most - under_way));
        self.pace.took(taken.len() - under_way);
        for received in &mut taken {
            received.receives += 1;
        }
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
        let queue = LocalQueue::new(VISIBILITY, 100);
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
        let queue = LocalQueue::new(VISIBILITY, 100);
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
        let queue = LocalQueue::new(VISIBILITY, 100);
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
        let queue = LocalQueue::new(VISIBILITY, 100);
        send(&queue, 1, Duration::ZERO).await;
        send(&queue, 1, Duration::ZERO).await;
        let received = queue.receive(10).await;
        assert_eq!(received.len(), 1);
        queue.delete(&received);
        assert_eq!(queue.depth(), Depth::default());
    }

    #[tokio::test(start_paused = true)]
    async fn batches_are_shared_among_waiting_workers() {
        let queue = LocalQueue::new(VISIBILITY, 100);
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

    fn client(name: &str) -> Client {
        Client(name.into())
    }

    /// Sends an order of a client that was admitted.
    async fn place(queue: &LocalQueue, n: u128, whose: &Client) {
        queue.reserve(message(n).id, Some(whose), Duration::MAX);
        send(queue, n, Duration::ZERO).await;
    }

    #[tokio::test(start_paused = true)]
    async fn clients_take_turns_however_much_each_has() {
        let queue = LocalQueue::new(VISIBILITY, 1);
        let (many, few) = (client("many"), client("few"));
        for n in 1..=100 {
            place(&queue, n, &many).await;
        }
        for n in 201..=202 {
            place(&queue, n, &few).await;
        }
        send(&queue, 301, Duration::ZERO).await; // of nobody known
        send(&queue, 401, Duration::from_secs(1)).await;
        tokio::time::sleep(Duration::from_secs(2)).await;
        let mut order = Vec::new();
        for size in [1, 3, 3] {
            let received = queue.receive(size).await;
            order.extend(received.iter().map(|received| received.message));
        }
        assert_eq!(order, [401, 1, 201, 301, 2, 202, 3].map(message));
        assert_eq!(queue.depth().ready, 97);
    }

    #[tokio::test(start_paused = true)]
    async fn a_client_waits_for_its_own_and_for_as_many_of_each_other() {
        let queue = LocalQueue::new(VISIBILITY, 1);
        let (many, few) = (client("many"), client("few"));
        let wait = |whose: &Client| {
            let wait = queue.reserve(message(999).id, Some(whose), Duration::ZERO);
            queue.give_back(message(999).id);
            wait.as_secs()
        };
        for n in 1..=100 {
            // Those that are on their way count like those that have arrived.
            queue.reserve(message(n).id, Some(&many), Duration::MAX);
        }
        place(&queue, 201, &few).await;
        assert_eq!((wait(&many), wait(&few)), (101, 3));
        for n in 1..=100 {
            queue.give_back(message(n).id);
        }
        assert_eq!((wait(&many), wait(&few)), (1, 1));
    }
}
