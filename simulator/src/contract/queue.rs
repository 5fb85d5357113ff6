//! The queue's duties, seen from both ends.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use engine::{
    account::AccountId,
    order::OrderId,
    ports::{Clock, Envelope, ExecuteOrder, Queue},
};
use uuid::Uuid;

/// A message in a consumer's hands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivered {
    /// What it says.
    pub message: ExecuteOrder,
    /// What the queue wants to hear to delete it.
    pub receipt: String,
}

/// The end of the queue that workers hold.
#[async_trait]
pub trait Consumer: Send + Sync {
    /// Takes what is visible now, or within a short wait; nothing when there is nothing.
    async fn receive(&self) -> Vec<Delivered>;
    /// Deletes a message.
    async fn delete(&self, delivered: &Delivered);
}

/// A queue to check that nobody else uses.
#[derive(Clone)]
pub struct QueueFixture {
    /// The engine's end.
    pub queue: Arc<dyn Queue>,
    /// The workers' end.
    pub consumer: Arc<dyn Consumer>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// How long a received message is hidden.
    pub visibility: Duration,
}

/// Checks a queue: an accepted message arrives, not before its delay; a message that is not deleted
/// comes again after the visibility time-out, at most three times; a deleted one does not.
///
/// # Panics
/// When the queue does not keep the contract, with what it did instead.
pub async fn check_queue(fixture: &QueueFixture) {
    a_batch_is_accepted_and_arrives(fixture).await;
    a_delayed_message_is_not_early(fixture).await;
    a_message_that_is_not_deleted_comes_again_and_a_deleted_one_does_not(fixture).await;
    a_message_received_three_times_is_not_delivered_any_more(fixture).await;
    what_waits_is_counted_or_known_again(fixture).await;
}

/// SQS counts delays in seconds.
const DELAY: Duration = Duration::from_secs(1);
/// How long delivery may take on a busy machine.
const PATIENCE: Duration = Duration::from_secs(20);

impl QueueFixture {
    async fn sent(&self, delay: Duration) -> ExecuteOrder {
        let message = message();
        let accepted = self
            .queue
            .send(&[Envelope {
                delay,
                ..enveloped(message)
            }])
            .await
            .expect("the queue answers");
        assert_eq!(accepted, [true]);
        message
    }

    /// Waits for that message; others are put back by their time-out.
    async fn received(&self, message: ExecuteOrder) -> Delivered {
        let begin = self.clock.now();
        while self.clock.now().duration_since(begin).unsigned_abs() < PATIENCE + self.visibility {
            let received = self.consumer.receive().await;
            if let Some(found) = received.into_iter().find(|found| found.message == message) {
                return found;
            }
            self.clock.sleep(Duration::from_millis(20)).await;
        }
        panic!("{message:?} does not arrive");
    }

    async fn must_not_come(&self, message: ExecuteOrder, within: Duration) {
        let begin = self.clock.now();
        while self.clock.now().duration_since(begin).unsigned_abs() < within {
            let received = self.consumer.receive().await;
            assert!(
                received.iter().all(|found| found.message != message),
                "{message:?} came"
            );
            self.clock.sleep(Duration::from_millis(20)).await;
        }
    }
}

/// Else the relay would make a queue longer that is long already.
async fn what_waits_is_counted_or_known_again(fixture: &QueueFixture) {
    let waiting = async || fixture.queue.waiting().await.expect("the queue answers");
    let before = waiting().await;
    let message = fixture.sent(Duration::ZERO).await;
    let counted = waiting().await > before;
    if !counted {
        fixture
            .queue
            .send(&[enveloped(message)])
            .await
            .expect("the queue answers");
    }
    let delivered = fixture.received(message).await;
    fixture.consumer.delete(&delivered).await;
    if counted {
        assert!(
            waiting().await <= before,
            "it is counted although it was delivered"
        );
    } else {
        fixture.must_not_come(message, fixture.visibility).await;
    }
}

fn message() -> ExecuteOrder {
    ExecuteOrder {
        id: OrderId(Uuid::now_v7()),
        attempt: 2,
    }
}

fn enveloped(message: ExecuteOrder) -> Envelope {
    Envelope::new(message, AccountId::local())
}

async fn a_batch_is_accepted_and_arrives(fixture: &QueueFixture) {
    let batch: Vec<_> = (0..12).map(|_| enveloped(message())).collect();
    let accepted = fixture.queue.send(&batch).await.expect("the queue answers");
    assert_eq!(accepted, vec![true; batch.len()]);
    let mut missing: Vec<ExecuteOrder> = batch.iter().map(|one| one.message).collect();
    let begin = fixture.clock.now();
    while !missing.is_empty() {
        let waited = fixture.clock.now().duration_since(begin).unsigned_abs();
        assert!(waited < PATIENCE, "{missing:?} do not arrive");
        for delivered in fixture.consumer.receive().await {
            fixture.consumer.delete(&delivered).await;
            missing.retain(|message| *message != delivered.message);
        }
        fixture.clock.sleep(Duration::from_millis(5)).await;
    }
}

async fn a_delayed_message_is_not_early(fixture: &QueueFixture) {
    let begin = fixture.clock.now();
    let message = fixture.sent(DELAY).await;
    let delivered = fixture.received(message).await;
    let waited = fixture.clock.now().duration_since(begin).unsigned_abs();
    assert!(
        waited >= DELAY.saturating_sub(Duration::from_millis(20)),
        "after {waited:?}"
    );
    fixture.consumer.delete(&delivered).await;
}

async fn a_message_that_is_not_deleted_comes_again_and_a_deleted_one_does_not(
    fixture: &QueueFixture,
) {
    let message = fixture.sent(Duration::ZERO).await;
    fixture.received(message).await;
    fixture.must_not_come(message, fixture.visibility / 2).await;
    let again = fixture.received(message).await;
    fixture.consumer.delete(&again).await;
    fixture.must_not_come(message, fixture.visibility * 2).await;
}

async fn a_message_received_three_times_is_not_delivered_any_more(fixture: &QueueFixture) {
    let message = fixture.sent(Duration::ZERO).await;
    for _ in 0..3 {
        fixture.received(message).await;
    }
    fixture.must_not_come(message, fixture.visibility * 3).await;
}
