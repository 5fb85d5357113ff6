//! Orders that ended long ago go, and nothing that may still be needed goes with them.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use embedded_postgres::testing::TestDatabase;
use engine::{
    account::{AccountId, Actor, Limits},
    order::{
        ClientOrderId, IdempotencyKey, Lifetime, Market, NewOrder, OrderId, OrderKind,
        SlippageTolerance, Swap, Token, TokenAmount,
    },
    ports::{
        Claim, Clock, ConnectionId, Deleted, EndedOrders, ExecuteOrder, Inserted, LimitStore,
        OrderWriter, Subscriptions,
    },
    retention::Retention,
};
use jiff::Timestamp;
use postgres::{Database, PostgresLimits, PostgresOrders, PostgresSubscriptions};
use tokio_postgres::NoTls;
use uuid::Uuid;

const WEEK: Duration = Duration::from_secs(7 * 24 * 60 * 60);

/// `$COUNT` orders with an event and a transaction, that came `$CAME` ago and ended `$ENDED` ago.
const MADE: &str = "WITH made AS ( \
        INSERT INTO orders (id, token_in, token_out, decimals_in, decimals_out, amount, \
            slippage_bps, status, deadline, failure_reason, failure_code, created_at, updated_at, \
            closed_at) \
        SELECT gen_random_uuid(), 'SOL', 'USDC', 9, 6, 1, 50, 'failed', now(), 'r', 'c', \
            now() - interval '$CAME' + n * interval '1 ms', now(), now() - $ENDED \
        FROM generate_series(1, $COUNT) AS n RETURNING id \
    ), logged AS ( \
        INSERT INTO order_events (order_id, seq, status, attempt, payload, at) \
        SELECT id, 1, 'pending', 1, '{}', now() FROM made \
    ) INSERT INTO transactions (signature, order_id, n, venue, signed, last_valid_height, \
            quoted_out, min_out, state) \
        SELECT id::text, id, 1, 'Raydium', '', 1, 1, 1, 'expired' FROM made";

struct Now;

#[async_trait]
impl Clock for Now {
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }

    async fn sleep(&self, duration: Duration) {
        tokio::time::sleep(duration).await;
    }
}

struct Book {
    orders: Arc<PostgresOrders>,
    database: Database,
    server: TestDatabase,
}

impl Book {
    async fn new() -> Self {
        let server = TestDatabase::create();
        let database = Database::connect(server.url(), 6).expect("a URL of ours");
        let migrated = postgres::migrate(&database).await;
        migrated.expect("an empty database");
        Self {
            orders: Arc::new(PostgresOrders::new(database.clone())),
            database,
            server,
        }
    }

    fn fill(&self, count: u32, came: &str, ended: &str) {
        let made = MADE
            .replace("$CAME", came)
            .replace("$ENDED", ended)
            .replace("$COUNT", &count.to_string());
        self.server.fill(&made);
    }

    /// One order, by its id.
    async fn one(&self, came: &str, ended: &str) -> OrderId {
        self.fill(1, came, ended);
        let newest = "SELECT id FROM orders ORDER BY xmin::text::bigint DESC LIMIT 1";
        let rows = self.database.run(newest, &[]).await.expect("it answers");
        OrderId(rows[0].get(0))
    }

    async fn sql(&self, sql: &str, order: OrderId) {
        let ran = self.database.run(sql, &[&order.0]).await;
        ran.expect("it can be written");
    }

    async fn count(&self, table: &str) -> i64 {
        let sql = format!("SELECT count(*) FROM {table}");
        let rows = self.database.run(&sql, &[]).await.expect("it answers");
        rows[0].get(0)
    }

    async fn is_there(&self, order: OrderId) -> bool {
        const THERE: &str = "SELECT 1 FROM orders WHERE id = $1";
        let rows = self.database.run(THERE, &[&order.0]).await;
        !rows.expect("it answers").is_empty()
    }

    async fn delete(&self, limit: u32) -> Deleted {
        let deleted = self.orders.delete_ended(WEEK, None, limit).await;
        deleted.expect("the book answers")
    }

    async fn place(&self, order: &NewOrder) -> Inserted {
        let lifetime = Lifetime::For(Duration::from_secs(60));
        let inserted = self.orders.insert(order, lifetime).await;
        inserted.expect("the book answers")
    }

    fn retention(&self) -> Retention {
        Retention::new(self.orders.clone(), Arc::new(Now), WEEK)
    }
}

fn order(by: &Actor, name: Option<&str>, key: Option<&str>) -> NewOrder {
    let token = |symbol: &str, decimals| Token {
        symbol: symbol.into(),
        decimals,
    };
    NewOrder {
        id: OrderId(Uuid::now_v7()),
        by: by.clone(),
        swap: Swap {
            token_in: token("SOL", 9),
            token_out: token("USDC", 6),
            amount_in: TokenAmount::from_units(1_000_000_000, 9),
        },
        kind: OrderKind::Market(Market {
            slippage: SlippageTolerance::DEFAULT,
            min_amount_out: None,
        }),
        idempotency: key.map(|key| IdempotencyKey {
            key: key.into(),
            request_hash: [1; 32],
        }),
        client_order_id: name.map(|name| ClientOrderId::new(name).expect("a name")),
    }
}

const END: &str = "WITH taken AS (DELETE FROM outbox WHERE order_id = $1) \
    UPDATE orders SET created_at = now() - interval '30 days', closed_at = now() - $ENDED, \
        status = 'failed', failure_reason = 'r', failure_code = 'c' WHERE id = $1";

#[tokio::test]
async fn what_ended_long_ago_goes_and_what_is_open_or_not_done_with_stays() {
    const OPEN: &str = "UPDATE orders SET closed_at = NULL, status = 'routing', \
        failure_reason = NULL, failure_code = NULL WHERE id = $1";
    const WAITS: &str = "INSERT INTO waiting (order_id, token_in, token_out, attempt, created_at, \
            expires_at, reason, checks, checked_at) \
        SELECT id, 'SOL', 'USDC', 1, created_at, now(), 'limit_not_met', 1, now() \
        FROM orders WHERE id = $1";
    const QUEUED: &str = "INSERT INTO outbox (order_id, attempt, available_at, deadline) \
        SELECT id, 1, now(), now() FROM orders WHERE id = $1";
    const MARKED: &str = "INSERT INTO wallet_orders (order_id, wallet, mint, amount, costs, \
            attempt, due_at) VALUES ($1, 'wallet', 'mint', 1, 1, 1, now())";
    const SIGNED: &str = "UPDATE transactions SET state = 'signed' WHERE order_id = $1";
    const TOLD: &str = "INSERT INTO subscriptions (connection_id, order_id, expires_at) \
        VALUES ('socket', $1, now() + interval '2 hours')";
    let book = Book::new().await;
    let gone = [
        book.one("8 days", "interval '7 days 1 second'").await,
        book.one("400 days", "interval '399 days'").await,
    ];
    let mut stay = vec![
        book.one("8 days", "interval '6 days 23 hours'").await,
        book.one("400 days", "interval '1 hour'").await,
    ];
    for left_to_do in [OPEN, WAITS, QUEUED, MARKED, SIGNED, TOLD] {
        let order = book.one("30 days", "interval '30 days'").await;
        book.sql(left_to_do, order).await;
        stay.push(order);
    }
    let deleted = book.delete(100).await;
    let expected = Deleted {
        orders: 2,
        last: None,
    };
    assert_eq!(deleted, expected);
    for order in gone {
        assert!(!book.is_there(order).await, "{order}");
    }
    let message = ExecuteOrder {
        id: gone[0],
        attempt: 1,
    };
    let claim = book.orders.claim(&message, WEEK).await;
    let claim = claim.expect("the book answers");
    assert!(matches!(claim, Claim::Stale), "its message is done with");
    for (nr, order) in stay.iter().enumerate() {
        assert!(book.is_there(*order).await, "the {nr}th");
    }
    for table in ["order_events", "transactions"] {
        assert_eq!(book.count(table).await, 8, "{table}");
    }
}

#[tokio::test]
async fn one_step_is_one_step_and_the_next_goes_on_behind_it() {
    let book = Book::new().await;
    book.fill(50, "30 days", "interval '30 days'");
    book.sql(
        "UPDATE orders SET closed_at = NULL WHERE id <> $1 AND created_at < \
            (SELECT created_at FROM orders ORDER BY created_at OFFSET 20 LIMIT 1)",
        OrderId(Uuid::nil()),
    )
    .await;
    let step = async |after| {
        let deleted = book.orders.delete_ended(WEEK, after, 30).await;
        deleted.expect("the book answers")
    };
    let first = step(None).await;
    assert_eq!(first.orders, 10, "twenty of these thirty are open");
    assert!(first.last.is_some(), "more is left");
    let second = step(first.last).await;
    assert_eq!((second.orders, second.last), (20, None));
    assert_eq!(book.count("orders").await, 20, "the open ones");
}

/// More open orders than a round looks at do not hide what ended behind them; a mountain takes
/// several rounds, and each goes on where the one before was.
#[tokio::test]
async fn round_by_round_all_of_them_are_reached() {
    let book = Book::new().await;
    book.fill(1_300, "90 days", "NULL::interval");
    book.fill(1_700, "60 days", "interval '60 days'");
    let retention = book.retention();
    let mut rounds = 0;
    while book.count("orders").await > 1_300 {
        retention.run().await.expect("the book answers");
        rounds += 1;
        assert!(rounds < 50, "{} are left", book.count("orders").await);
    }
    assert!(rounds > 2, "a round that deletes nothing ends: {rounds}");
    assert_eq!(book.count("order_events").await, 1_300, "of the open ones");
}

#[tokio::test(flavor = "multi_thread")]
async fn two_engines_at_once_delete_each_order_once() {
    let book = Book::new().await;
    book.fill(4_000, "30 days", "interval '30 days'");
    let name = "UPDATE orders SET client_order_id = 'n' || id WHERE id <> $1 AND amount = 1";
    book.sql(name, OrderId(Uuid::nil())).await;
    let deleting = [(); 2].map(|()| {
        let other = Database::connect(book.server.url(), 2).expect("a URL of ours");
        let orders = PostgresOrders::new(other.clone());
        tokio::spawn(async move {
            let (mut after, mut sum) = (None, 0);
            let left = async || other.run("SELECT FROM orders LIMIT 1", &[]).await;
            while !left().await.expect("it answers").is_empty() {
                let deleted = orders.delete_ended(WEEK, after, 100).await;
                let deleted = deleted.expect("the book answers");
                sum += deleted.orders;
                after = deleted.last;
            }
            sum
        })
    });
    // Both keep the same names, and find them old enough at once.
    let ages = "UPDATE taken_names SET since = now() - interval '2 minutes' WHERE order_id <> $1";
    while !deleting.iter().all(tokio::task::JoinHandle::is_finished) {
        book.sql(ages, OrderId(Uuid::nil())).await;
    }
    let mut sum = 0;
    for deleted in deleting {
        sum += deleted.await.expect("no panic");
    }
    assert_eq!(sum, 4_000);
    assert_eq!(book.count("orders").await, 0);
    assert_eq!(book.count("taken_names").await, 4_000);
}

/// A client that begins to watch holds the order's row; nobody waits for that.
#[tokio::test]
async fn an_order_that_somebody_holds_is_left_for_the_next_time() {
    let book = Book::new().await;
    book.fill(5, "30 days", "interval '30 days'");
    let held = book.one("30 days", "interval '30 days'").await;
    let (mut client, connection) = tokio_postgres::connect(book.server.url(), NoTls)
        .await
        .expect("a server");
    tokio::spawn(connection);
    let holding = client.transaction().await.expect("a transaction");
    let holds = "SELECT 1 FROM orders WHERE id = $1 FOR KEY SHARE";
    let row = holding.query_one(holds, &[&held.0]).await;
    row.expect("it is there");
    assert_eq!(book.delete(100).await.orders, 5);
    assert!(book.is_there(held).await);
    holding.rollback().await.expect("let go");
    assert_eq!(book.delete(100).await.orders, 1);
}

/// The watcher has read the order when it goes; it is told what anybody is told of such an order.
#[tokio::test(flavor = "multi_thread")]
async fn who_begins_to_watch_an_order_that_is_just_deleted_is_told_that_there_is_none() {
    const WAITING: &str = "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' \
        AND query LIKE '%INTO subscriptions%'";
    let book = Book::new().await;
    let going = book.one("30 days", "interval '30 days'").await;
    let (mut client, connection) = tokio_postgres::connect(book.server.url(), NoTls)
        .await
        .expect("a server");
    tokio::spawn(connection);
    let deleting = client.transaction().await.expect("a transaction");
    for sql in [
        "DELETE FROM order_events WHERE order_id = $1",
        "DELETE FROM transactions WHERE order_id = $1",
        "DELETE FROM orders WHERE id = $1",
    ] {
        deleting.execute(sql, &[&going.0]).await.expect("deleted");
    }
    let subscriptions = PostgresSubscriptions::new(book.database.clone());
    let watching = tokio::spawn(async move {
        let socket = ConnectionId("socket".into());
        let local = AccountId::local();
        subscriptions.subscribe(&socket, &local, going).await
    });
    let waits = async || {
        !book
            .database
            .run(WAITING, &[])
            .await
            .expect("it answers")
            .is_empty()
    };
    while !waits().await {
        assert!(
            !watching.is_finished(),
            "it has to wait for what is written"
        );
    }
    deleting.commit().await.expect("gone");
    let watched = watching.await.expect("no panic");
    assert!(
        !watched.expect("the book answers"),
        "there is no such order"
    );
}

#[tokio::test]
async fn a_name_stays_taken_when_its_order_is_gone() {
    const AGED: &str = "UPDATE taken_names SET since = now() - interval '61 seconds' \
        WHERE order_id = $1";
    let book = Book::new().await;
    let desk = Actor::of("desk".parse().expect("a name"));
    let within_limits = Limits {
        max_open_orders: Some(100),
        ..Limits::default()
    };
    for limits in [None, Some(within_limits)] {
        if let Some(limits) = limits {
            let store = PostgresLimits::new(book.database.clone());
            store.set(&limits, &desk).await.expect("kept");
        }
        let name = format!("grid-{}", book.count("limits").await);
        let named = order(&desk, Some(&name), None);
        assert_eq!(book.place(&named).await, Inserted::New);
        let ended = END.replace("$ENDED", "interval '8 days'");
        book.sql(&ended, named.id).await;
        assert_eq!(book.delete(100).await.orders, 0, "its name is kept first");
        assert_eq!(book.delete(100).await.orders, 0, "a minute is not over");
        book.sql(AGED, named.id).await;
        assert_eq!(book.delete(100).await.orders, 1);
        let again = order(&desk, Some(&name), Some(&name));
        assert_eq!(book.place(&again).await, Inserted::NameTaken(named.id));
        assert!(!book.is_there(again.id).await);
        let other = order(&Actor::of(AccountId::local()), Some(&name), None);
        assert_eq!(book.place(&other).await, Inserted::New, "of their own");
    }
}

/// The promise is a day after the end, however long ago the order came.
#[tokio::test]
async fn a_key_inside_its_promise_answers_with_the_same_order() {
    let book = Book::new().await;
    let local = Actor::of(AccountId::local());
    let placed = order(&local, Some("grid"), Some("key"));
    assert_eq!(book.place(&placed).await, Inserted::New);
    let ended = END.replace("$ENDED", "interval '23 hours'");
    book.sql(&ended, placed.id).await;
    assert_eq!(book.delete(100).await.orders, 0);
    let again = order(&local, Some("grid"), Some("key"));
    let known = Inserted::Known {
        id: placed.id,
        request_hash: vec![1; 32],
    };
    assert_eq!(book.place(&again).await, known);
}
