//! What the socket tests stand on: the real order book with one order, a gateway and a replay queue
//! that remember what they were given.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicU32, Ordering},
    },
    time::Duration,
};

use api::event_json;
use async_trait::async_trait;
use engine::{
    account::{AccountId, Actor},
    order::{Lifetime, Market, NewOrder, OrderKind, SlippageTolerance, Swap, Token},
    policy::Policy,
    ports::{
        ConnectionId, EverybodyIsLocal, OrderWriter, Push, PushError, ReplayQueue, ReplayRequest,
        Subscribers, Subscriptions, Unavailable,
    },
    stream::OrderStream,
};
use postgres::{Database, PostgresOrders, PostgresSubscriptions};
use runtime::clock::SystemClock;
use serde_json::Value;
use testkit::{TestDatabase, migrated_database};
use websocket::{Door, Sockets};

/// The order in the book, as the events name it.
pub(crate) const ORDER: &str = "01980000-0000-7000-8000-000000000001";
/// The connection that the events are about; on AWS its name ends in `=`.
pub(crate) const CONNECTION: &str = "BXoL3ccCliACGRg=";

/// Sockets on an order book, and what came out of them.
pub(crate) struct SocketFixture {
    pub(crate) sockets: Sockets,
    database: Database,
    gateway: Arc<RecordingGateway>,
    replays: Arc<RecordingQueue>,
    /// Dropped, and the database with it, when the test ends.
    database_kept: Option<TestDatabase>,
}

impl SocketFixture {
    /// With one pending order.
    pub(crate) async fn with_an_order() -> Self {
        let database = migrated_database();
        let mut fixture = Self::on(database.url());
        fixture.database_kept = Some(database);
        let orders = PostgresOrders::new(fixture.database.clone());
        let lifetime = Lifetime::For(Duration::from_secs(60));
        orders.insert(&order(), lifetime).await.expect("stored");
        fixture
    }

    /// With a database that does not answer.
    pub(crate) fn without_an_order_book() -> Self {
        Self::on("postgres://nobody:nothing@127.0.0.1:1/none?sslmode=disable")
    }

    fn on(url: &str) -> Self {
        let database = Database::connect(url, 4).expect("a URL");
        let gateway = Arc::new(RecordingGateway::default());
        let replays = Arc::new(RecordingQueue::default());
        let stream = OrderStream {
            log: Arc::new(PostgresOrders::new(database.clone())),
            connections: Arc::new(EverybodyIsLocal),
            subscriptions: Arc::new(PostgresSubscriptions::new(database.clone())),
            push: gateway.clone(),
            encode: event_json,
            clock: Arc::new(SystemClock),
            policy: Arc::new(Policy::default()),
        };
        Self {
            sockets: Sockets {
                stream,
                replays: replays.clone(),
                door: Door::Open,
                allowed_origins: vec!["https://desk.example".into()],
            },
            database,
            gateway,
            replays,
            database_kept: None,
        }
    }

    pub(crate) fn with_a_failing_replay_queue(self) -> Self {
        self.replays.failing.store(true, Ordering::Relaxed);
        self
    }

    /// The first two posts are answered "gone".
    pub(crate) fn with_a_connection_that_opens_late(self) -> Self {
        self.gateway.gone_at_first.store(2, Ordering::Relaxed);
        self
    }

    pub(crate) fn with_a_failing_gateway(self) -> Self {
        self.gateway.failing.store(true, Ordering::Relaxed);
        self
    }

    /// Serves an event that is one.
    pub(crate) async fn serve(&self, event: Value) -> Value {
        let answer = websocket::event::handle(&self.sockets, event).await;
        answer.expect("an answer")
    }

    /// Everything that was pushed.
    pub(crate) fn pushed(&self) -> Vec<Value> {
        self.gateway.pushed.lock().expect("unpoisoned").clone()
    }

    /// The code of the error event that was pushed last.
    pub(crate) fn last_code(&self) -> String {
        let last = self.pushed().pop().expect("something was pushed");
        assert_eq!(last["event"], "error", "{last}");
        assert!(last["detail"].is_string(), "{last}");
        last["code"].as_str().expect("a code").to_owned()
    }

    /// A pending order's history is its first event.
    pub(crate) fn expect_the_history(&self) {
        let pushed = self.pushed();
        assert_eq!(pushed.len(), 1, "{pushed:?}");
        assert_eq!(pushed[0]["orderId"], ORDER);
        assert_eq!(pushed[0]["seq"], 1);
        assert_eq!(pushed[0]["status"], "pending");
    }

    pub(crate) fn requests(&self) -> Vec<ReplayRequest> {
        self.replays.requests.lock().expect("unpoisoned").clone()
    }

    /// Who would be sent the order's next event.
    pub(crate) async fn subscribers(&self) -> Vec<String> {
        let subscriptions = PostgresSubscriptions::new(self.database.clone());
        let live = subscriptions.live(ORDER.parse().expect("a UUID")).await;
        let Subscribers { of_order, of_all } = live.expect("readable");
        of_order
            .iter()
            .chain(&of_all)
            .map(|connection| connection.0.to_string())
            .collect()
    }
}

fn order() -> NewOrder {
    let token = |symbol: &str, decimals| Token {
        symbol: symbol.to_owned(),
        decimals,
    };
    NewOrder {
        id: ORDER.parse().expect("a UUID"),
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
    }
}

#[derive(Default)]
struct RecordingGateway {
    pushed: Mutex<Vec<Value>>,
    gone_at_first: AtomicU32,
    failing: AtomicBool,
}

#[async_trait]
impl Push for RecordingGateway {
    async fn push(&self, connection: &ConnectionId, text: Arc<str>) -> Result<(), PushError> {
        assert_eq!(&*connection.0, CONNECTION);
        let one_less = |left: u32| left.checked_sub(1);
        if self
            .gone_at_first
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, one_less)
            .is_ok()
        {
            return Err(PushError::Gone);
        }
        if self.failing.load(Ordering::Relaxed) {
            return Err(PushError::Failed("503".into()));
        }
        let message = serde_json::from_str(&text).expect("messages are JSON");
        self.pushed.lock().expect("unpoisoned").push(message);
        Ok(())
    }

    async fn close(&self, _: &ConnectionId) -> Result<(), PushError> {
        Ok(())
    }
}

#[derive(Default)]
struct RecordingQueue {
    requests: Mutex<Vec<ReplayRequest>>,
    failing: AtomicBool,
}

#[async_trait]
impl ReplayQueue for RecordingQueue {
    async fn send(&self, request: &ReplayRequest) -> Result<(), Unavailable> {
        if self.failing.load(Ordering::Relaxed) {
            return Err(Unavailable("no queue".into()));
        }
        self.requests
            .lock()
            .expect("unpoisoned")
            .push(request.clone());
        Ok(())
    }
}
