//! The stage of the socket tests: the real order book with one order, a gateway that remembers, a replay queue that does.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicU32, Ordering},
    },
    time::Duration,
};

use adapters::postgres::{Database, PostgresSubscriptions};
use async_trait::async_trait;
use engine::{
    order::{Bps, NewOrder, Swap, Token},
    policy::Policy,
    ports::{
        ConnectionId, Push, PushError, ReplayQueue, ReplayRequest, Subscriptions, Unavailable,
    },
};
use serde_json::Value;
use websocket::Sockets;
use wiring::{
    Engine,
    testing::{TestDatabase, migrated_database},
};

/// The order in the book, as the events name it.
pub(crate) const ORDER: &str = "01980000-0000-7000-8000-000000000001";
/// The connection that the events are about; on AWS its name ends in `=`.
pub(crate) const CONNECTION: &str = "BXoL3ccCliACGRg=";

/// Where a test plays.
pub(crate) struct Stage {
    pub(crate) sockets: Sockets,
    database: Database,
    gateway: Arc<Gateway>,
    replays: Arc<Replays>,
    /// Dropped, and the database with it, when the test ends.
    database_kept: Option<TestDatabase>,
}

impl Stage {
    /// With one pending order.
    pub(crate) async fn with_an_order() -> Self {
        let database = migrated_database();
        let mut stage = Self::on(database.url());
        stage.database_kept = Some(database);
        let lifetime = Duration::from_secs(60);
        let orders = &stage.sockets.follow.orders;
        orders.insert(&order(), lifetime).await.expect("stored");
        stage
    }

    /// With a database that does not answer.
    pub(crate) fn without_an_order_book() -> Self {
        Self::on("postgres://nobody:nothing@127.0.0.1:1/none?sslmode=disable")
    }

    fn on(url: &str) -> Self {
        let database = Database::connect(url, 4).expect("a URL");
        let gateway = Arc::new(Gateway::default());
        let replays = Arc::new(Replays::default());
        let follow = Engine::new(&database, Policy::default()).follow(gateway.clone());
        Self {
            sockets: Sockets {
                follow,
                replays: replays.clone(),
                allowed_origins: vec!["https://desk.example".into()],
            },
            database,
            gateway,
            replays,
            database_kept: None,
        }
    }

    pub(crate) fn with_a_deaf_replay_queue(self) -> Self {
        self.replays.deaf.store(true, Ordering::Relaxed);
        self
    }

    /// The first two posts are answered "gone".
    pub(crate) fn with_a_connection_that_opens_late(self) -> Self {
        self.gateway.gone_at_first.store(2, Ordering::Relaxed);
        self
    }

    pub(crate) fn with_a_gateway_in_trouble(self) -> Self {
        self.gateway.in_trouble.store(true, Ordering::Relaxed);
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

    /// A pending order's story is its first event.
    pub(crate) fn expect_the_story(&self) {
        let pushed = self.pushed();
        assert_eq!(pushed.len(), 1, "{pushed:?}");
        assert_eq!(pushed[0]["orderId"], ORDER);
        assert_eq!(pushed[0]["seq"], 1);
        assert_eq!(pushed[0]["status"], "pending");
    }

    pub(crate) fn requests(&self) -> Vec<ReplayRequest> {
        self.replays.requests.lock().expect("unpoisoned").clone()
    }

    /// Who would be told of the order's next event.
    pub(crate) async fn watchers(&self) -> Vec<String> {
        let subscriptions = PostgresSubscriptions::new(self.database.clone());
        let live = subscriptions.live(ORDER.parse().expect("a UUID")).await;
        live.expect("readable")
            .iter()
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
        swap: Swap {
            token_in: token("SOL", 9),
            token_out: token("USDC", 6),
            amount_in: 1_000_000_000,
            slippage: Bps::DEFAULT_SLIPPAGE,
        },
        idempotency: None,
    }
}

#[derive(Default)]
struct Gateway {
    pushed: Mutex<Vec<Value>>,
    gone_at_first: AtomicU32,
    in_trouble: AtomicBool,
}

#[async_trait]
impl Push for Gateway {
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
        if self.in_trouble.load(Ordering::Relaxed) {
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
struct Replays {
    requests: Mutex<Vec<ReplayRequest>>,
    deaf: AtomicBool,
}

#[async_trait]
impl ReplayQueue for Replays {
    async fn send(&self, request: &ReplayRequest) -> Result<(), Unavailable> {
        if self.deaf.load(Ordering::Relaxed) {
            return Err(Unavailable("deaf".into()));
        }
        self.requests
            .lock()
            .expect("unpoisoned")
            .push(request.clone());
        Ok(())
    }
}
