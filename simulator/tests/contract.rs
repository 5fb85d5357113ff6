//! One contract for the simulated services and for their originals.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use engine::{
    order::{OrderId, SignedTransaction, Swap, Token, TokenAmount},
    ports::{Chain, Clock, Prepare},
    routing::Route,
    use_cases::TradingPorts,
};
use futures::FutureExt;
use jiff::Timestamp;
use local::queue::{Capacity, LocalQueue, Received};
use postgres::{Database, PostgresOrders, PostgresSubscriptions};
use simulation::{Ledger, Settings};
use simulator::contract::{
    ChainUnderTest, Consumer, Delivered, QueueFixture, SecondSwap, StoreFixture, check_chain,
    check_queue, check_store, on_simulated_chain, on_simulated_queue, on_simulated_store,
};
use tokio::{
    sync::Mutex,
    time::{Instant, sleep, timeout},
};
use uuid::Uuid;

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

#[test]
fn the_simulators_chain_keeps_the_contract() {
    assert!(on_simulated_chain(|chain| async move {
        check_chain(chain.as_ref()).await
    }
    .boxed()));
}

/// The simulated chain on a PostgreSQL whose clock can be put forward.
struct ChainOnPostgres {
    database: Database,
    trading: TradingPorts,
}

/// What the chain's statements take for PostgreSQL's clock: one that a table puts forward.
const CLOCK: [&str; 4] = [
    "CREATE TABLE put_forward AS SELECT interval '0' AS by",
    "CREATE FUNCTION public.clock_timestamp() RETURNS timestamptz LANGUAGE sql VOLATILE \
        AS 'SELECT pg_catalog.clock_timestamp() + by FROM public.put_forward'",
    "GRANT SELECT ON put_forward TO public",
    "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET search_path = public, pg_catalog', \
        current_database()); END $$",
];

/// More than the time in which a transaction can land, and becomes final.
const PUT_FORWARD: &str = "UPDATE put_forward SET by = interval '80 seconds'";

impl ChainOnPostgres {
    async fn on(url: &str) -> Self {
        let database = Database::connect(url, 1).expect("a URL of a test database");
        for statement in CLOCK {
            database.run(statement, &[]).await.expect("a clock");
        }
        let database = Database::connect(url, 4).expect("a URL of a test database");
        simulation::migrate(&database).await.expect("a ledger");
        let settings = Settings {
            quote_delay: (Duration::ZERO, Duration::ZERO),
            execution_delay: (Duration::from_millis(20), Duration::from_millis(60)),
            failure_rate: 0,
            seed: 1,
            launch_every: Duration::from_secs(240),
            volatility: 1_000,
        };
        let (_, trading) = simulation::trading(&database, &settings);
        Self { database, trading }
    }
}

#[async_trait]
impl ChainUnderTest for ChainOnPostgres {
    fn chain(&self) -> Arc<dyn Chain> {
        self.trading.chain.clone()
    }

    fn clock(&self) -> Arc<dyn Clock> {
        Arc::new(TokioClock(Instant::now()))
    }

    fn second_swap(&self) -> SecondSwap {
        SecondSwap::Executed
    }

    async fn quoted(&self) -> (Swap, Route, TokenAmount) {
        let token = |symbol: &str, decimals| Token {
            symbol: symbol.into(),
            decimals,
        };
        let token_in = token("SOL", 9);
        let swap = Swap {
            amount_in: token_in.units(10_000_000_000),
            token_in,
            token_out: token("USDC", 6),
        };
        let quote = self.trading.venues[0].quote(&swap).await.expect("a quote");
        let due = quote.terms.amount_out;
        (swap, quote.route(), due.with_units(due.units() / 10 * 9))
    }

    async fn paid_out(&self) -> u64 {
        let landed = Ledger::new(&self.database).landed(None).await;
        let landed = landed.expect("the ledger answers");
        landed.iter().map(|swap| swap.amount_out).sum()
    }

    async fn signed_for_too_much(&self) -> SignedTransaction {
        let (swap, route, min_out) = self.quoted().await;
        let request = Prepare {
            id: OrderId(Uuid::now_v7()),
            swap: &swap,
            route: &route,
            min_out: min_out.with_units(min_out.units() * 2),
        };
        self.chain().prepare(&request).await.expect("it is signed")
    }

    async fn outlive(&self) {
        let put = self.database.run(PUT_FORWARD, &[]).await;
        put.expect("the clock is put forward");
    }
}

#[tokio::test]
async fn the_simulated_chain_on_postgresql_keeps_the_contract() {
    let database = testkit::migrated_database();
    check_chain(&ChainOnPostgres::on(database.url()).await).await;
}
