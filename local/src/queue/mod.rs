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

/// How much those who receive can do, and how much of it may wait.
#[derive(Clone, Copy, Debug)]
pub struct Capacity {
    /// How many messages they hold at once at the most.
    pub slots: u32,
    /// How long an order may be expected to wait for its turn.
    pub max_wait: Duration,
    /// How long all that waits may be expected to take. Newcomers have turns, so what was to wait
    /// for `max_wait` may wait for longer: for so long, and then it goes first. Twice this bounds
    /// every wait.
    pub max_backlog: Duration,
}

struct State {
    /// What has waited for its time. It goes before what is new: its orders are under way, and
    /// must not wait behind a burst.
    due: VecDeque<(Instant, Received)>,
    new: Turns,
    capacity: Capacity,
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
    /// `visibility`.
    pub fn new(visibility: Duration, capacity: Capacity) -> Self {
        let state = State {
            due: VecDeque::new(),
            new: Turns::new(capacity.max_backlog),
            capacity,
            pace: Pace::new(capacity.slots, Instant::now()),
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
                    let taken = state.take(most, now, now + self.visibility);
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

    /// Gives an order of this client a place, until it is sent or the place is given back.
    ///
    /// # Errors
    /// For how long too long it would wait: when it would be given one, if nothing else came.
    pub(crate) fn reserve(&self, id: OrderId, client: Option<&Client>) -> Result<(), Duration> {
        let mut state = self.lock();
        let now = Instant::now();
        state.pass_time(now);
        let turn = state.pace.time_for(state.new.ahead_of(client, now));
        let end = state.expected_wait();
        let Capacity {
            max_wait,
            max_backlog,
            ..
        } = state.capacity;
        let too_long = turn
            .saturating_sub(max_wait)
            .max(end.saturating_sub(max_backlog));
        if too_long > Duration::ZERO {
            return Err(too_long);
        }
        state.new.reserve(id, client);
        Ok(())
    }

    /// The order is not sent after all, or is sent.
    pub(crate) fn give_back(&self, id: OrderId) {
        self.lock().new.give_back(id);
    }

    /// How long the last of those that wait has to expect to.
    pub(crate) fn expected_wait(&self) -> Duration {
        let mut state = self.lock();
        state.pass_time(Instant::now());
        state.expected_wait()
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

    /// It knows again what waits.
    async fn waiting(&self) -> Result<u64, Unavailable> {
        Ok(0)
    }
}

impl State {
    fn ready(&self) -> usize {
        self.due.len() + self.new.len()
    }

    fn expected_wait(&self) -> Duration {
        self.pace.time_for(self.new.all())
    }

    /// Before anything changes in what is in flight.
    fn pass_time(&mut self, now: Instant) {
        self.pace.pass(now, self.in_flight.len());
    }

    fn put(&mut self, at: Instant, now: Instant, received: Received) {
        if at > now {
            self.later.insert((at, received.id), received);
        } else {
            self.new.push(now, received);
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

    fn take(&mut self, most: usize, now: Instant, visible_at: Instant) -> Vec<Received> {
        let due = self.due.drain(..most.min(self.due.len()));
        let mut taken: Vec<Received> = due.map(|(_, received)| received).collect();
        let under_way = taken.len();
        let new = std::iter::from_fn(|| self.new.pop(now));
        taken.extend(new.take(most - under_way));
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

    const fn capacity(slots: u32) -> Capacity {
        Capacity {
            slots,
            max_wait: Duration::from_secs(60),
            max_backlog: Duration::from_secs(300),
        }
    }

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
        let queue = LocalQueue::new(VISIBILITY, capacity(100));
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
        let queue = LocalQueue::new(VISIBILITY, capacity(100));
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
        let queue = LocalQueue::new(VISIBILITY, capacity(100));
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
        let queue = LocalQueue::new(VISIBILITY, capacity(100));
        send(&queue, 1, Duration::ZERO).await;
        send(&queue, 1, Duration::ZERO).await;
        let received = queue.receive(10).await;
        assert_eq!(received.len(), 1);
        queue.delete(&received);
        assert_eq!(queue.depth(), Depth::default());
    }

    #[tokio::test(start_paused = true)]
    async fn batches_are_shared_among_waiting_workers() {
        let queue = LocalQueue::new(VISIBILITY, capacity(100));
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

    /// Sends an order of a client, if it is admitted.
    async fn place(queue: &LocalQueue, n: u128, whose: &Client) -> Result<(), u64> {
        let place = queue.reserve(message(n).id, Some(whose));
        place.map_err(|too_long| too_long.as_secs())?;
        send(queue, n, Duration::ZERO).await;
        Ok(())
    }

    async fn take(queue: &LocalQueue, most: usize) -> Vec<u128> {
        let received = queue.receive(most).await;
        queue.delete(&received);
        let number = |received: &Received| received.message.id.0.as_u128();
        received.iter().map(number).collect()
    }

    #[tokio::test(start_paused = true)]
    async fn clients_take_turns_however_much_each_has() {
        let queue = LocalQueue::new(VISIBILITY, capacity(10));
        let (many, few) = (client("many"), client("few"));
        for n in 1..=100 {
            place(&queue, n, &many).await.expect("a place");
        }
        for n in 201..=202 {
            place(&queue, n, &few).await.expect("a place");
        }
        send(&queue, 301, Duration::ZERO).await;
        send(&queue, 401, Duration::from_secs(1)).await;
        tokio::time::sleep(Duration::from_secs(2)).await;
        let mut order = Vec::new();
        for size in [1, 3, 3] {
            order.extend(take(&queue, size).await);
        }
        assert_eq!(order, [401, 1, 201, 301, 2, 202, 3]); // 301: by the relay
        assert_eq!(queue.depth().ready, 97);
    }

    #[tokio::test(start_paused = true)]
    async fn a_client_waits_for_its_own_and_for_as_many_of_each_other() {
        // A second for each order.
        let queue = LocalQueue::new(VISIBILITY, capacity(1));
        let (many, few) = (client("many"), client("few"));
        for n in 1..=61 {
            // Those that are on their way count like those that have arrived.
            let place = queue.reserve(message(n).id, Some(&many));
            assert_eq!(place, Ok(()), "{n}");
        }
        assert_eq!(place(&queue, 62, &many).await, Err(1));
        for n in 201..=230 {
            assert_eq!(place(&queue, n, &few).await, Ok(()), "{n}");
        }
        assert_eq!(place(&queue, 231, &few).await, Err(1));
        for n in 1..=61 {
            queue.give_back(message(n).id);
        }
        assert_eq!(place(&queue, 231, &few).await, Ok(()));
        assert_eq!(queue.expected_wait(), Duration::from_secs(31));
    }

    #[tokio::test(start_paused = true)]
    async fn what_the_relay_brings_back_is_a_line_like_a_clients() {
        let queue = LocalQueue::new(VISIBILITY, capacity(10));
        for n in 1..=100 {
            send(&queue, n, Duration::ZERO).await;
        }
        for n in 201..=204 {
            let whose = client(&(n % 2).to_string());
            place(&queue, n, &whose).await.expect("a place");
        }
        assert_eq!(take(&queue, 6).await, [1, 201, 202, 2, 203, 204]);
        assert_eq!(take(&queue, 3).await, [3, 4, 5]);
    }

    #[tokio::test(start_paused = true)]
    async fn what_the_relay_brings_back_is_waited_for() {
        let queue = LocalQueue::new(VISIBILITY, capacity(1));
        for n in 1..=100 {
            send(&queue, n, Duration::ZERO).await;
        }
        let new = client("new");
        for n in 201..=230 {
            assert_eq!(place(&queue, n, &new).await, Ok(()), "{n}");
        }
        assert_eq!(place(&queue, 231, &new).await, Err(1));
    }

    /// However many come, each with one order only: what was taken has its turn within the longest
    /// wait and the time that all takes.
    #[tokio::test(start_paused = true)]
    async fn no_stream_of_newcomers_makes_what_was_taken_wait_for_ever() {
        let queue = LocalQueue::new(VISIBILITY, capacity(1));
        let first = client("the first");
        for n in 1..=60 {
            place(&queue, n, &first).await.expect("a place");
        }
        let (mut served, mut newcomers) = (0, 0);
        for round in 0..600 {
            for n in 0..5 {
                let newcomer = client(&format!("{round}.{n}"));
                let place = place(&queue, 1_000 + round * 5 + n, &newcomer).await;
                newcomers += u32::from(place.is_ok());
            }
            tokio::time::sleep(Duration::from_secs(1)).await;
            served += u32::from(take(&queue, 1).await[0] <= 60);
        }
        assert_eq!(served, 60);
        assert!(newcomers >= 500, "{newcomers}");
    }

    #[tokio::test(start_paused = true)]
    async fn all_together_leave_time_for_every_order() {
        let queue = LocalQueue::new(VISIBILITY, capacity(1));
        let (mut taken, mut refused) = (0, 0);
        for each in 0..400 {
            let newcomer = client(&each.to_string());
            for n in 0..60 {
                match place(&queue, each * 60 + n, &newcomer).await {
                    Ok(()) => taken += 1,
                    Err(_) => refused += 1,
                }
            }
        }
        assert!((200..=301).contains(&taken), "{taken} {refused}");
    }
}
