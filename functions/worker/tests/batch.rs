//! Batches as SQS delivers them, on the real order book. Only the queue, the gateway and, where it
//! has to break, the chain are played.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicU64, Ordering},
};
use std::time::Duration;

use async_trait::async_trait;
use aws_lambda_events::event::sqs::SqsEvent;
use config::DelayRange;
use engine::{
    account::{AccountId, Actor},
    cancel::Cancelled,
    execute::{Execute, Shutdown},
    order::{
        Failure, Lifetime, Market, NewOrder, OrderId, OrderKind, Requirements, SignedTransaction,
        SlippageTolerance, Sniper, Status, Swap, Token,
    },
    policy::Policy,
    ports::{
        Chain, ChainStatus, ConnectionId, Envelope, ExecuteOrder, Prepare, Push, PushError, Queue,
        Unavailable,
    },
    use_cases::UseCases,
};
use futures::FutureExt;
use jiff::Timestamp;
use postgres::Database;
use runtime::Trading;
use serde_json::{Value, json};
use testkit::migrated_database;

const BATCH: &str = include_str!("events/batch.json");
const ODD_RECORDS: &str = include_str!("events/odd_records.json");
const FIRST: &str = "01980000-0000-7000-8000-000000000001";
const PANICS: &str = "01980000-0000-7000-8000-00000000dead";

#[tokio::test]
async fn the_orders_of_a_batch_are_executed_and_nothing_comes_again() {
    let database = migrated_database();
    let worker = WorkerFixture::on(database.url());
    let order = worker.place(FIRST).await;
    // The second message is of the next version, about an order that does not exist (any more).
    let answer = worker.deliver(BATCH).await;
    assert_eq!(answer, json!({ "batchItemFailures": [] }));
    assert_eq!(worker.status(order).await, Status::Confirmed);
}

/// Also the first one, at which nobody can look by the order's name. The connection stays open.
#[tokio::test]
async fn who_follows_all_orders_is_pushed_every_event() {
    let database = migrated_database();
    let worker = WorkerFixture::on(database.url());
    let follower = ConnectionId("L0SM9cOFvHcCIhw=".into());
    let local = AccountId::local();
    let subscriptions = &worker.use_cases.subscriptions;
    let subscribed = subscriptions.subscribe_all(&follower, &local).await;
    subscribed.expect("stored");
    let order = worker.place(FIRST).await;
    let gateway = Arc::<OneFollower>::default();
    worker.deliver_and_push(BATCH, gateway.clone()).await;
    let statuses = ["pending", "routing", "building", "submitted", "confirmed"];
    let expected = (1..)
        .zip(statuses)
        .map(|(seq, status)| json!([follower.0, order.to_string(), seq, status]));
    assert_eq!(
        *gateway.0.lock().expect("unpoisoned"),
        expected.collect::<Vec<_>>()
    );
}

/// Its pool may be created while no engine runs, and be found by the next one.
#[tokio::test]
async fn who_waits_for_a_pool_has_the_log_of_new_pools_read_from_then_on() {
    let database = migrated_database();
    let worker = WorkerFixture::on(database.url());
    let mint = "2f9dLfGWVr7BdQ7ikiWtH1373gqnke8KMaZTLH1hgcmQ";
    let order = worker.place_sniper(FIRST, mint).await;
    let log = worker.use_cases.launch_log.clone();
    assert_eq!(log.cursor().await.expect("an answer"), None);
    worker.deliver(BATCH).await;
    assert_eq!(worker.status(order).await, Status::Waiting);
    assert_ne!(log.cursor().await.expect("an answer"), None);
}

#[tokio::test]
async fn each_odd_record_fails_alone() {
    let database = migrated_database();
    let worker = WorkerFixture::on(database.url()).with_a_chain_that_panics_for(PANICS);
    let good = worker.place(FIRST).await;
    let bad = worker.place(PANICS).await;
    let answer = worker.deliver(ODD_RECORDS).await;
    let failed = ["a-not-json", "b-future-version", "c-no-body", "e-panics"]
        .map(|id| json!({ "itemIdentifier": id }));
    // The record without an id is not named: an empty name would bring back all of them.
    assert_eq!(answer, json!({ "batchItemFailures": failed }));
    assert_eq!(worker.status(good).await, Status::Confirmed);
    assert_eq!(worker.status(bad).await, Status::Building);
}

/// Its worker died before it had signed, and the price of then is not the price of now.
#[tokio::test]
async fn a_quote_that_has_become_too_old_is_not_signed_with() {
    let max_age = Policy::default().quote_max_age.as_secs();
    for (age, decisions) in [(max_age - 5, 1), (max_age + 1, 2)] {
        let database = migrated_database();
        let worker = WorkerFixture::on(database.url()).with_a_chain_that_panics_for(FIRST);
        let order = worker.place(FIRST).await;
        worker.deliver(BATCH).await;
        assert_eq!(worker.status(order).await, Status::Building);
        let later = format!(
            "UPDATE orders SET updated_at = now() - interval '{age} s', lease_until = now() - interval '1 s'"
        );
        let pool = Database::connect(database.url(), 1).expect("a URL");
        pool.run(&later, &[]).await.expect("later");

        let worker = WorkerFixture::on(database.url());
        worker.deliver(BATCH).await;
        let log = worker.use_cases.log.log(order, 0).await.expect("its log");
        let told: Vec<_> = log.iter().map(|one| (one.status, one.attempt)).collect();
        let decided = told.iter().filter(|told| **told == (Status::Building, 1));
        assert_eq!(decided.count(), decisions, "after {age} s: {told:?}");
        assert_eq!(told.last(), Some(&(Status::Confirmed, 1)));
    }
}

/// Its worker died before it had sent what it signed, and then the client changed its mind.
#[tokio::test]
async fn what_is_to_be_cancelled_is_not_sent_any_more() {
    let database = migrated_database();
    let worker = WorkerFixture::on(database.url());
    let order = worker.place(FIRST).await;
    let chain = Arc::new(UnheardChain::default());
    let deaf = worker.with_chain(chain.clone());
    assert_eq!(
        deaf.deliver(BATCH).await,
        json!({ "batchItemFailures": [] })
    );
    assert_eq!(deaf.status(order).await, Status::Submitted);
    let sends = chain.sends();
    assert!(sends > 1, "what nobody has seen is sent again: {sends}");
    let (queue, push) = (Arc::new(DeafQueue), Arc::new(NobodyThere));
    let cancel = deaf
        .use_cases
        .cancel(queue, push, deaf.trading.ports.chain.clone());
    let requested = cancel
        .cancel(&Actor::of(AccountId::local()), order)
        .await
        .expect("written");
    assert!(
        matches!(requested, Cancelled::Requested(_)),
        "{requested:?}"
    );
    deaf.deliver(BATCH).await;
    assert_eq!(
        (deaf.status(order).await, chain.sends()),
        (Status::Submitted, sends)
    );
    // Nothing can land any more.
    chain.height.store(u64::MAX, Ordering::Relaxed);
    deaf.deliver(BATCH).await;
    assert_eq!(
        (deaf.status(order).await, chain.sends()),
        (Status::Cancelled, sends)
    );
}

const NO_DATABASE: &str = "postgres://nobody:nothing@127.0.0.1:1/none?sslmode=disable";

/// The queue counts receives, and three are a dead letter. What is sent is a message of its own.
#[tokio::test]
async fn without_its_order_book_a_worker_sends_every_message_anew() {
    let queue = Arc::<KeepingQueue>::default();
    let worker = WorkerFixture::on(NO_DATABASE).with_queue(queue.clone());
    let answer = worker.deliver(BATCH).await;
    assert_eq!(answer, json!({ "batchItemFailures": [] }));
    let sent = queue.0.lock().expect("unpoisoned");
    let told = sent.iter().map(|envelope| {
        let ExecuteOrder { id, attempt } = envelope.message;
        json!([
            id.to_string(),
            attempt,
            envelope.account.as_str(),
            envelope.delay.as_secs()
        ])
    });
    let second = "01980000-0000-7000-8000-000000000002";
    let expected = [
        json!([FIRST, 1, "desk-7", 10]),
        json!([second, 3, "local", 10]),
    ];
    assert_eq!(told.collect::<Vec<_>>(), expected);
}

#[tokio::test]
async fn a_message_that_the_queue_refuses_to_take_anew_is_handed_back() {
    let queue = Arc::new(RefusingQueue { refused: FIRST });
    let worker = WorkerFixture::on(NO_DATABASE).with_queue(queue);
    let answer = worker.deliver(BATCH).await;
    let failed = json!({ "itemIdentifier": "059f36b4-87a3-44ab-83d2-661975830a7d" });
    assert_eq!(answer, json!({ "batchItemFailures": [failed] }));
}

#[tokio::test]
async fn without_order_book_and_queue_a_worker_hands_every_message_back() {
    let worker = WorkerFixture::on(NO_DATABASE);
    let answer = worker.deliver(BATCH).await;
    let failed = [
        "059f36b4-87a3-44ab-83d2-661975830a7d",
        "2e1424d4-f796-459a-8184-9c92662be6da",
    ]
    .map(|id| json!({ "itemIdentifier": id }));
    assert_eq!(answer, json!({ "batchItemFailures": failed }));
}

#[tokio::test]
async fn an_empty_batch_is_an_answer_too() {
    let worker = WorkerFixture::on(NO_DATABASE);
    let answer = worker.deliver(r#"{"Records": []}"#).await;
    assert_eq!(answer, json!({ "batchItemFailures": [] }));
}

/// A worker, and what it works with.
struct WorkerFixture {
    use_cases: UseCases,
    trading: Trading,
    queue: Arc<dyn Queue>,
}

impl WorkerFixture {
    fn on(url: &str) -> Self {
        let database = Database::connect(url, 4).expect("a URL");
        let settings = config::read_from::<config::Trading>(&|_| None).expect("the defaults");
        let settings = config::Trading {
            quote_delay: DelayRange::from_millis(0, 0),
            execution_delay: DelayRange::from_millis(0, 0),
            ..settings
        };
        Self {
            use_cases: runtime::use_cases(&database, Policy::default()),
            trading: Trading::simulated(&database, &settings),
            queue: Arc::new(DeafQueue),
        }
    }

    fn with_queue(mut self, queue: Arc<dyn Queue>) -> Self {
        self.queue = queue;
        self
    }

    fn with_a_chain_that_panics_for(mut self, order: &str) -> Self {
        self.trading.ports.chain = Arc::new(BrittleChain {
            chain: self.trading.ports.chain,
            breaks_at: order.parse().expect("a UUID"),
        });
        self
    }

    fn with_chain(mut self, chain: Arc<dyn Chain>) -> Self {
        self.trading.ports.chain = chain;
        self
    }

    async fn place(&self, id: &str) -> OrderId {
        let kind = OrderKind::Market(Market {
            slippage: SlippageTolerance::DEFAULT,
            min_amount_out: None,
        });
        self.place_for(id, self.token("USDC"), kind).await
    }

    async fn place_sniper(&self, id: &str, mint: &str) -> OrderId {
        let token = Token {
            symbol: mint.into(),
            decimals: 0, // nobody knows them yet
        };
        let kind = OrderKind::Sniper(Sniper {
            slippage: SlippageTolerance::DEFAULT,
            price: None,
            venues: vec![],
            min_liquidity: None,
            max_liquidity: None,
            max_age_slots: 300,
            require: Requirements::default(),
            expires_at: Timestamp::now() + Duration::from_secs(60),
        });
        self.place_for(id, token, kind).await
    }

    fn token(&self, symbol: &str) -> Token {
        self.trading.catalogue.token(symbol).expect(symbol).clone()
    }

    async fn place_for(&self, id: &str, token_out: Token, kind: OrderKind) -> OrderId {
        let order = NewOrder {
            id: id.parse().expect("a UUID"),
            by: Actor::of(AccountId::local()),
            swap: Swap {
                token_in: self.token("SOL"),
                token_out,
                amount_in: self.token("SOL").units(1_000_000_000),
            },
            kind,
            idempotency: None,
            client_order_id: None,
        };
        let lifetime = match &order.kind {
            OrderKind::Sniper(sniper) => Lifetime::Until(sniper.expires_at),
            _ => Lifetime::For(Duration::from_secs(60)),
        };
        self.use_cases
            .writer
            .insert(&order, lifetime)
            .await
            .expect("stored");
        order.id
    }

    async fn deliver(&self, event: &str) -> Value {
        self.deliver_and_push(event, Arc::new(NobodyThere)).await
    }

    async fn deliver_and_push(&self, event: &str, push: Arc<dyn Push>) -> Value {
        let event: SqsEvent = serde_json::from_str(event).expect("an event");
        let execute: Execute =
            self.use_cases
                .execute(self.queue.clone(), push, &self.trading.ports);
        let never: Shutdown = futures::future::pending().boxed().shared();
        let answer = worker::handle(&execute, event, never).await;
        serde_json::to_value(answer).expect("plain data")
    }

    async fn status(&self, order: OrderId) -> Status {
        let found = self
            .use_cases
            .reader
            .order(&AccountId::local(), order)
            .await
            .expect("readable");
        found.expect("the order exists").status
    }
}

/// The simulated chain with a defect that one order brings to light.
struct BrittleChain {
    chain: Arc<dyn Chain>,
    breaks_at: OrderId,
}

#[async_trait]
impl Chain for BrittleChain {
    async fn prepare(&self, request: &Prepare<'_>) -> Result<SignedTransaction, Failure> {
        assert_ne!(request.id, self.breaks_at, "the defect");
        self.chain.prepare(request).await
    }

    async fn send(&self, transaction: &SignedTransaction) -> Result<Duration, Unavailable> {
        self.chain.send(transaction).await
    }

    async fn finalized_height(&self) -> Result<u64, Unavailable> {
        self.chain.finalized_height().await
    }

    async fn status(&self, transaction: &SignedTransaction) -> Result<ChainStatus, Unavailable> {
        self.chain.status(transaction).await
    }
}

/// Takes bytes and never knows of them.
#[derive(Default)]
struct UnheardChain {
    sends: AtomicU64,
    height: AtomicU64,
}

impl UnheardChain {
    fn sends(&self) -> u64 {
        self.sends.load(Ordering::Relaxed)
    }
}

#[async_trait]
impl Chain for UnheardChain {
    async fn prepare(&self, request: &Prepare<'_>) -> Result<SignedTransaction, Failure> {
        Ok(SignedTransaction {
            signature: "signature".into(),
            bytes: vec![1],
            last_valid_height: 1,
            min_out: request.min_out,
        })
    }

    async fn send(&self, _: &SignedTransaction) -> Result<Duration, Unavailable> {
        self.sends.fetch_add(1, Ordering::Relaxed);
        Err(Unavailable("lost on its way".into()))
    }

    async fn finalized_height(&self) -> Result<u64, Unavailable> {
        Ok(self.height.load(Ordering::Relaxed))
    }

    async fn status(&self, _: &SignedTransaction) -> Result<ChainStatus, Unavailable> {
        Ok(ChainStatus::Unknown)
    }
}

/// Takes nothing; the outbox has everything.
struct DeafQueue;

#[async_trait]
impl Queue for DeafQueue {
    async fn send(&self, _: &[Envelope]) -> Result<Vec<bool>, Unavailable> {
        Err(Unavailable("deaf".into()))
    }

    async fn waiting(&self) -> Result<u64, Unavailable> {
        Ok(0)
    }
}

/// Takes everything.
#[derive(Default)]
struct KeepingQueue(Mutex<Vec<Envelope>>);

#[async_trait]
impl Queue for KeepingQueue {
    async fn send(&self, batch: &[Envelope]) -> Result<Vec<bool>, Unavailable> {
        let mut kept = self.0.lock().expect("unpoisoned");
        kept.extend_from_slice(batch);
        Ok(vec![true; batch.len()])
    }

    async fn waiting(&self) -> Result<u64, Unavailable> {
        Ok(0)
    }
}

/// Takes everything but what is about one order.
struct RefusingQueue {
    refused: &'static str,
}

#[async_trait]
impl Queue for RefusingQueue {
    async fn send(&self, batch: &[Envelope]) -> Result<Vec<bool>, Unavailable> {
        let about = batch.iter().map(|envelope| envelope.message.id.to_string());
        Ok(about.map(|order| order != self.refused).collect())
    }

    async fn waiting(&self) -> Result<u64, Unavailable> {
        Ok(0)
    }
}

/// Keeps what is pushed: to whom, and what of which order.
#[derive(Default)]
struct OneFollower(Mutex<Vec<Value>>);

#[async_trait]
impl Push for OneFollower {
    async fn push(&self, connection: &ConnectionId, text: Arc<str>) -> Result<(), PushError> {
        let event: Value = serde_json::from_str(&text).expect("messages are JSON");
        self.0.lock().expect("unpoisoned").push(json!([
            connection.0,
            event["orderId"],
            event["seq"],
            event["status"]
        ]));
        Ok(())
    }

    async fn close(&self, connection: &ConnectionId) -> Result<(), PushError> {
        panic!("{connection:?} follows what is to come")
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
