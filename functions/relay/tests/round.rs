//! Rounds of the relay on the real order book. Played are only the queue and the gateway.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
    time::Duration,
};

use async_trait::async_trait;
use engine::{
    account::{AccountId, Actor},
    execute::Shutdown,
    order::{Lifetime, Market, NewOrder, OrderId, OrderKind, SlippageTolerance, Swap, Token},
    policy::Policy,
    ports::{ConnectionId, Envelope, ExecuteOrder, Push, PushError, Queue, Unavailable},
    use_cases::UseCases,
};
use futures::FutureExt;
use postgres::Database;
use runtime::Trading;
use serde_json::{Value, json};
use testkit::migrated_database;

const TICK: &str = include_str!("events/schedule.json");

#[tokio::test]
async fn a_tick_sends_what_submit_could_not() {
    let database = migrated_database();
    let relay = RelayFixture::on(database.url());
    let order = relay.place().await;
    assert_eq!(
        relay
            .tick(serde_json::from_str(TICK).expect("an event"))
            .await,
        json!({ "ok": true })
    );
    assert_eq!(
        relay.queue.taken(),
        [ExecuteOrder {
            id: order,
            attempt: 1
        }]
    );
}

#[tokio::test]
async fn whatever_the_tick_says_it_is_a_tick() {
    let database = migrated_database();
    let relay = RelayFixture::on(database.url());
    let order = relay.place().await;
    for tick in [Value::Null, json!({}), json!("now"), json!([1, 2])] {
        assert_eq!(relay.tick(tick).await, json!({ "ok": true }));
    }
    assert_eq!(relay.queue.taken()[0].id, order);
}

#[tokio::test]
async fn what_waits_in_a_healthy_queue_is_not_sent_again() {
    let database = migrated_database();
    let relay = RelayFixture::on(database.url());
    relay.queue.backlog.store(true, Relaxed);
    relay.place().await;
    for _ in 0..3 {
        relay.tick(Value::Null).await;
    }
    assert_eq!(relay.queue.taken(), []);
    relay.queue.backlog.store(false, Relaxed);
    relay.tick(Value::Null).await;
    assert_eq!(relay.queue.taken().len(), 1);
}

#[tokio::test]
async fn a_tick_is_as_many_rounds_as_it_says() {
    let database = migrated_database();
    let relay = RelayFixture::on(database.url());
    relay.place().await;
    let rounds = async {
        relay.tick(json!({ "rounds": 2 })).await;
    };
    let place = async {
        while relay.queue.taken().is_empty() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        relay.place().await
    };
    let ((), second) = tokio::join!(rounds, place);
    let taken = relay.queue.taken();
    assert!(
        taken.iter().any(|message| message.id == second),
        "{taken:?}"
    );
}

#[tokio::test]
async fn a_database_that_is_down_is_left_to_the_next_tick() {
    let relay = RelayFixture::on("postgres://nobody:nothing@127.0.0.1:1/none?sslmode=disable");
    assert_eq!(relay.tick(Value::Null).await, json!({ "ok": true }));
    assert_eq!(relay.queue.taken(), []);
}

/// A relay, and what it works with.
struct RelayFixture {
    use_cases: UseCases,
    trading: Trading,
    queue: Arc<Queued>,
}

impl RelayFixture {
    fn on(url: &str) -> Self {
        let database = Database::connect(url, 4).expect("a URL");
        let settings: config::Trading = config::read_from(&|_| None).expect("the defaults");
        let policy = Policy {
            relay_grace: Duration::ZERO, // the fast path is known to have failed
            ..Policy::default()
        };
        Self {
            use_cases: runtime::use_cases(&database, policy),
            trading: Trading::simulated(&database, &settings),
            queue: Arc::default(),
        }
    }

    /// Stores an order whose message was not sent.
    async fn place(&self) -> OrderId {
        let token = |symbol: &str, decimals| Token {
            symbol: symbol.to_owned(),
            decimals,
        };
        let order = NewOrder {
            id: OrderId(uuid::Uuid::now_v7()),
            by: Actor::of(AccountId::local()),
            swap: Swap {
                token_in: token("SOL", 9),
                token_out: token("USDC", 6),
                amount_in: token("SOL", 9).units(1_000_000_000),
            },
            kind: OrderKind::Market(Market {
                slippage: SlippageTolerance::DEFAULT,
                min_amount_out: None,
            }),
            idempotency: None,
            client_order_id: None,
        };
        let lifetime = Lifetime::For(Duration::from_secs(60));
        let writer = &self.use_cases.writer;
        writer.insert(&order, lifetime).await.expect("stored");
        order.id
    }

    async fn tick(&self, tick: Value) -> Value {
        let push = Arc::new(NobodyThere);
        let relay = self
            .use_cases
            .relay(self.queue.clone(), push, &self.trading.ports);
        let never: Shutdown = futures::future::pending().boxed().shared();
        relay::handle(&relay, tick, &never).await
    }
}

/// A queue that takes everything and remembers it.
#[derive(Default)]
struct Queued {
    taken: Mutex<Vec<ExecuteOrder>>,
    /// Whether there are messages that nobody has received.
    backlog: AtomicBool,
}

impl Queued {
    fn taken(&self) -> Vec<ExecuteOrder> {
        self.taken.lock().expect("unpoisoned").clone()
    }
}

#[async_trait]
impl Queue for Queued {
    async fn send(&self, batch: &[Envelope]) -> Result<Vec<bool>, Unavailable> {
        let messages = batch.iter().map(|envelope| envelope.message);
        self.taken.lock().expect("unpoisoned").extend(messages);
        Ok(vec![true; batch.len()])
    }

    async fn waiting(&self) -> Result<u64, Unavailable> {
        Ok(self.backlog.load(Relaxed).into())
    }
}

/// A gateway without connections.
struct NobodyThere;

#[async_trait]
impl Push for NobodyThere {
    async fn push(&self, _: &ConnectionId, _: Arc<str>) -> Result<(), PushError> {
        Err(PushError::Gone)
    }

    async fn close(&self, _: &ConnectionId) -> Result<(), PushError> {
        Ok(())
    }
}
