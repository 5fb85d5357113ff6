//! What the queue promises, with the time played.

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
    send_of(queue, n, AccountId::LOCAL, delay).await;
}

async fn send_of(queue: &LocalQueue, n: u128, whose: &str, delay: Duration) {
    let envelope = Envelope {
        message: message(n),
        account: account(whose),
        delay,
    };
    let accepted = queue.send(&[envelope]).await;
    assert_eq!(accepted.expect("it accepts"), [true]);
}

fn account(name: &str) -> AccountId {
    name.parse().expect("a name")
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
        let all = [1, 2, 3].map(|n| Envelope::new(message(n), AccountId::local()));
        queue.send(&all).await.expect("it accepts");
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
    let place = queue.reserve(message(n).id, &AccountId::local(), Some(whose));
    place.map_err(|too_long| too_long.as_secs())?;
    send(queue, n, Duration::ZERO).await;
    Ok(())
}

/// Sends an order of an account that has a key, if it is admitted.
async fn place_of(queue: &LocalQueue, n: u128, whose: &str) -> Result<(), u64> {
    let name = account(whose);
    let place = queue.reserve(message(n).id, &name, Some(&Client::of(&name)));
    place.map_err(|too_long| too_long.as_secs())?;
    send_of(queue, n, whose, Duration::ZERO).await;
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
        let place = queue.reserve(message(n).id, &AccountId::local(), Some(&many));
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

/// Whatever it is that comes back: the relay's, the monitor's, or a message seen again.
#[tokio::test(start_paused = true)]
async fn what_comes_back_has_its_accounts_turns() {
    let queue = LocalQueue::new(VISIBILITY, capacity(10));
    for n in 1..=100 {
        send_of(&queue, n, "many", Duration::ZERO).await;
    }
    for n in 201..=202 {
        send_of(&queue, n, "few", Duration::ZERO).await;
    }
    place_of(&queue, 301, "one").await.expect("a place");
    assert_eq!(take(&queue, 6).await, [1, 201, 301, 2, 202, 3]);
}

#[tokio::test(start_paused = true)]
async fn what_has_waited_for_its_time_goes_first_among_its_accounts_own_alone() {
    let queue = LocalQueue::new(VISIBILITY, capacity(10));
    for n in 1..=100 {
        send_of(&queue, n, "many", Duration::from_secs(1)).await;
    }
    place_of(&queue, 101, "many").await.expect("a place");
    for n in 201..=202 {
        place_of(&queue, n, "few").await.expect("a place");
    }
    send_of(&queue, 203, "few", Duration::from_secs(1)).await;
    tokio::time::sleep(Duration::from_secs(2)).await;
    let order = take(&queue, 7).await;
    assert_eq!(order, [1, 203, 2, 201, 3, 202, 4]);
    assert_eq!(take(&queue, 100).await.last(), Some(&101));
}

/// An account's orders that were woken are not all behind its new ones, nor the other way round.
#[tokio::test(start_paused = true)]
async fn what_comes_back_is_a_line_of_its_account() {
    let queue = LocalQueue::new(VISIBILITY, capacity(10));
    for n in 1..=50 {
        place_of(&queue, n, "many").await.expect("a place");
    }
    send_of(&queue, 101, "many", Duration::ZERO).await;
    place_of(&queue, 201, "few").await.expect("a place");
    assert_eq!(take(&queue, 4).await, [1, 201, 101, 2]);
}

#[tokio::test(start_paused = true)]
async fn an_account_waits_for_no_more_than_its_share_of_anothers_flood() {
    // A second for each order.
    let queue = LocalQueue::new(VISIBILITY, capacity(1));
    for n in 1..=200 {
        send_of(&queue, n, "many", Duration::ZERO).await; // woken, so nobody asks whether to
    }
    assert_eq!(
        place_of(&queue, 301, "many").await,
        Ok(()),
        "a line of its own"
    );
    for n in 401..=430 {
        assert_eq!(place_of(&queue, n, "few").await, Ok(()), "{n}");
    }
    assert_eq!(place_of(&queue, 431, "few").await, Err(1));
}

/// A flood that has become old is not in everybody's way, and not put off for ever either.
#[tokio::test(start_paused = true)]
async fn what_has_waited_for_too_long_has_every_second_turn_among_accounts() {
    let queue = LocalQueue::new(VISIBILITY, capacity(10));
    for n in 1..=100 {
        send_of(&queue, n, "old", Duration::ZERO).await;
    }
    tokio::time::sleep(Duration::from_secs(301)).await;
    for n in 0..100 {
        let newcomer = format!("new-{n}");
        send_of(&queue, 201 + n, &newcomer, Duration::ZERO).await;
    }
    let old = |taken: &[u128]| taken.iter().filter(|n| **n <= 100).count();
    let first = take(&queue, 40).await;
    assert!((20..=21).contains(&old(&first)), "{first:?}");
    let next = take(&queue, 160).await;
    assert_eq!(old(&next[..120]) + old(&first), 80, "{next:?}");
}

/// An outage takes nobody's turn: not the place in the line, not the line, and no receive.
#[tokio::test(start_paused = true)]
async fn what_came_at_a_bad_time_goes_back_to_where_it_was() {
    let queue = LocalQueue::new(VISIBILITY, capacity(10));
    let (many, few) = (client("many"), client("few"));
    for n in 1..=50 {
        place(&queue, n, &many).await.expect("a place");
    }
    send(&queue, 101, Duration::from_secs(1)).await;
    for n in [201, 202] {
        place(&queue, n, &few).await.expect("a place");
    }
    tokio::time::sleep(Duration::from_secs(1)).await;
    for _ in 1..=10 {
        let received = queue.receive(7).await;
        assert!(received.iter().all(|received| received.receives == 1));
        queue.take_back(received);
        assert_eq!(queue.depth().in_flight, 0);
    }
    assert_eq!(take(&queue, 5).await, [101, 201, 1, 202, 2]);
    assert_eq!(take(&queue, 100).await, (3..=50).collect::<Vec<_>>());
    assert!(queue.dead_letters().is_empty());
}

/// The relay sent it meanwhile.
#[tokio::test(start_paused = true)]
async fn what_waits_again_already_does_not_come_back_twice() {
    let queue = LocalQueue::new(VISIBILITY, capacity(10));
    send(&queue, 1, Duration::ZERO).await;
    let received = queue.receive(10).await;
    send(&queue, 1, Duration::ZERO).await;
    queue.take_back(received);
    assert_eq!(queue.depth().ready, 1);
}

#[tokio::test(start_paused = true)]
async fn a_message_that_is_seen_again_waits_in_its_clients_line() {
    let queue = LocalQueue::new(VISIBILITY, capacity(10));
    let (many, few) = (client("many"), client("few"));
    for n in 1..=20 {
        place(&queue, n, &many).await.expect("a place");
    }
    place(&queue, 201, &few).await.expect("a place");
    queue.receive(21).await; // and nobody deletes them
    tokio::time::sleep(VISIBILITY).await;
    assert!(take(&queue, 2).await.contains(&201));
}
