//! One contract for the simulated services and for their originals.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use engine::ports::Clock;
use futures::FutureExt;
use jiff::Timestamp;
use local::queue::{Capacity, LocalQueue, Received};
use postgres::{Database, PostgresOrders, PostgresSubscriptions};
use simulator::contract::{
    Consumer, Delivered, QueueFixture, StoreFixture, check_queue, check_store, on_simulated_queue,
    on_simulated_store,
};
use tokio::{
    sync::Mutex,
    time::{Instant, sleep, timeout},
};

/// Tokio's time, which a test may let pass without waiting.
struct TokioClock(Instant);

#[async_trait]
impl Clock for TokioClock {
    fn now(&self) -> Timestamp {
        Timestamp::UNIX_EPOCH + self.0.elapsed()
    }

    async fn sleep(&self, pause: Duration) {
        sleep(pause).await;
    }
}

#[test]
fn the_simulated_store_keeps_the_contract() {
    assert!(on_simulated_store(|fixture| async move {
        check_store(&fixture).await
    }
    .boxed()));
}

#[tokio::test]
async fn postgres_keeps_the_contract() {
    let database = testkit::migrated_database();
    let pool = Database::connect(database.url(), 8).expect("a URL of a test database");
    let orders = Arc::new(PostgresOrders::new(pool.clone()));
    check_store(&StoreFixture {
        reader: orders.clone(),
        log: orders.clone(),
        writer: orders.clone(),
        waiting: orders.clone(),
        launch_log: orders.clone(),
        prices: orders.clone(),
        outbox: orders,
        subscriptions: Arc::new(PostgresSubscriptions::new(pool)),
        clock: Arc::new(TokioClock(Instant::now())),
    })
    .await;
}

#[test]
fn the_simulated_queue_keeps_the_contract() {
    assert!(on_simulated_queue(|fixture| async move {
        check_queue(&fixture).await
    }
    .boxed()));
}

/// The worker's end of the one-machine queue.
struct LocalConsumer {
    queue: Arc<LocalQueue>,
    taken: Mutex<Vec<Received>>,
}

#[async_trait]
impl Consumer for LocalConsumer {
    async fn receive(&self) -> Vec<Delivered> {
        let wait = Duration::from_millis(50);
        let received = timeout(wait, self.queue.receive(10))
            .await
            .unwrap_or_default();
        self.taken.lock().await.extend(received.iter().cloned());
        received
            .iter()
            .map(|received| Delivered {
                message: received.message,
                receipt: received.id.to_string(),
            })
            .collect()
    }

    async fn delete(&self, delivered: &Delivered) {
        let mut taken = self.taken.lock().await;
        taken.retain(|received| {
            let served = received.id.to_string() == delivered.receipt;
            if served {
                self.queue.delete(std::slice::from_ref(received));
            }
            !served
        });
    }
}

#[tokio::test(start_paused = true)]
async fn the_queue_of_one_machine_keeps_the_contract() {
    let visibility = Duration::from_secs(30);
    let capacity = Capacity {
        slots: 10,
        max_wait: Duration::from_secs(60),
        max_backlog: Duration::from_secs(450),
    };
    let queue = Arc::new(LocalQueue::new(visibility, capacity));
    check_queue(&QueueFixture {
        queue: queue.clone(),
        consumer: Arc::new(LocalConsumer {
            queue,
            taken: Mutex::default(),
        }),
        clock: Arc::new(TokioClock(Instant::now())),
        visibility,
    })
    .await;
}
