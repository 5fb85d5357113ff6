//! Limits on the real order book: they hold when many orders arrive at once, which a fake could not
//! tell.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use embedded_postgres::testing::TestDatabase;
use engine::{
    account::{Actor, Limit, LimitReached, Limits},
    order::{
        IdempotencyKey, Lifetime, Market, NewOrder, OrderId, OrderKind, SlippageTolerance, Swap,
        Token, TokenAmount,
    },
    ports::{Inserted, LimitStore, OrderWriter, Outbox},
};
use futures::future::join_all;
use postgres::{Database, PostgresLimits, PostgresOrders};

struct Book {
    database: Database,
    orders: Arc<PostgresOrders>,
    limits: PostgresLimits,
    _server: TestDatabase,
}

impl Book {
    async fn new() -> Self {
        let server = TestDatabase::create();
        let database = Database::connect(server.url(), 8).expect("a URL of ours");
        let migrated = postgres::migrate(&database).await;
        migrated.expect("an empty database");
        Self {
            orders: Arc::new(PostgresOrders::new(database.clone())),
            limits: PostgresLimits::new(database.clone()),
            database,
            _server: server,
        }
    }

    async fn limit(&self, by: &Actor, limits: Limits) {
        self.limits.set(&limits, by).await.expect("kept");
    }

    async fn place(&self, order: &NewOrder) -> Inserted {
        let lifetime = Lifetime::For(Duration::from_secs(60));
        let inserted = self.orders.insert(order, lifetime).await;
        inserted.expect("the book answers")
    }

    /// What becomes of each of these orders, which come all at once.
    async fn place_at_once(&self, orders: &[NewOrder]) -> Vec<Inserted> {
        let placing = orders.iter().map(|order| {
            let (book, order) = (Arc::clone(&self.orders), order.clone());
            let lifetime = Lifetime::For(Duration::from_secs(60));
            tokio::spawn(async move { book.insert(&order, lifetime).await })
        });
        let placed = join_all(placing).await.into_iter();
        placed
            .map(|placed| placed.expect("no panic").expect("the book answers"))
            .collect()
    }

    async fn count(&self, sql: &str) -> i64 {
        let rows = self.database.run(sql, &[]).await.expect("it answers");
        rows[0].get(0)
    }
}

fn desk(account: &str, key: Option<&str>) -> Actor {
    Actor {
        key: key.map(|key| key.parse().expect("a key's id")),
        ..Actor::of(account.parse().expect("a name"))
    }
}

fn order(by: &Actor, sell: &str, buy: &str, whole: u64) -> NewOrder {
    let token = |symbol: &str| Token {
        symbol: symbol.into(),
        decimals: 6,
    };
    NewOrder {
        id: OrderId(uuid::Uuid::now_v7()),
        by: by.clone(),
        swap: Swap {
            token_in: token(sell),
            token_out: token(buy),
            amount_in: TokenAmount::from_units(whole * 1_000_000, 6),
        },
        kind: OrderKind::Market(Market {
            slippage: SlippageTolerance::DEFAULT,
            min_amount_out: None,
        }),
        idempotency: None,
        client_order_id: None,
    }
}

fn stored(answers: &[Inserted]) -> usize {
    let stored = answers.iter().filter(|answer| **answer == Inserted::New);
    stored.count()
}

fn refused(answer: &Inserted) -> Option<(Limit, bool, &str)> {
    match answer {
        Inserted::Limited(LimitReached {
            limit,
            of_key,
            allowed,
            ..
        }) => Some((*limit, *of_key, allowed)),
        Inserted::New | Inserted::Known { .. } | Inserted::NameTaken(_) => None,
    }
}

fn open(most: u32) -> Limits {
    Limits {
        max_open_orders: Some(most),
        ..Limits::default()
    }
}

fn sol(amount: &str) -> BTreeMap<String, rust_decimal::Decimal> {
    BTreeMap::from([("SOL".into(), amount.parse().expect("a number"))])
}

#[tokio::test(flavor = "multi_thread")]
async fn orders_that_come_at_once_never_pass_a_limit() {
    let book = Book::new().await;
    // Two accounts whose orders share statements, one with more room, and one without a limit.
    let (narrow, wide, free) = (desk("narrow", None), desk("wide", None), desk("free", None));
    book.limit(&narrow, open(10)).await;
    book.limit(&wide, open(17)).await;
    let mut orders = Vec::new();
    for _ in 0..20 {
        for by in [&wide, &narrow, &free] {
            orders.push(order(by, "SOL", "USDC", 1));
        }
    }
    let answers = book.place_at_once(&orders).await;
    for (by, room) in [(&narrow, 10), (&wide, 17), (&free, 20)] {
        let own = orders.iter().zip(&answers);
        let own = own.filter(|(order, _)| order.by == *by);
        let own: Vec<Inserted> = own.map(|(_, answer)| answer.clone()).collect();
        assert_eq!(stored(&own), room, "{by:?}");
        let over = own.iter().filter_map(refused);
        let allowed = room.to_string();
        let reached = (Limit::OpenOrders, false, &*allowed);
        assert!(over.clone().all(|over| over == reached), "{own:?}");
        assert_eq!(over.count(), 20 - room);
    }
    let rows = "SELECT count(*) FROM orders o JOIN outbox b ON b.order_id = o.id \
        JOIN order_events e ON e.order_id = o.id";
    assert_eq!(book.count(rows).await, 47);

    // A repeat is no new order, also when there is no room left; and what ends makes room.
    let (kept, _) = orders
        .iter()
        .zip(&answers)
        .find(|(order, answer)| order.by == narrow && **answer == Inserted::New)
        .expect("some are stored");
    assert_eq!(book.place(kept).await, Inserted::New);
    let end = format!(
        "DELETE FROM outbox WHERE order_id = '{}' RETURNING 1::bigint",
        kept.id
    );
    assert_eq!(book.count(&end).await, 1);
    let next = book
        .place_at_once(&[
            order(&narrow, "SOL", "USDC", 1),
            order(&narrow, "SOL", "USDC", 1),
        ])
        .await;
    assert_eq!(stored(&next), 1, "{next:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repeat_uses_up_nothing() {
    let book = Book::new().await;
    let by = desk("desk", None);
    book.limit(&by, open(3)).await;
    let keyed = |key: &str| NewOrder {
        idempotency: Some(IdempotencyKey {
            key: key.into(),
            request_hash: [7; 32],
        }),
        ..order(&by, "SOL", "USDC", 1)
    };
    // Ten times the first, ten times the second, ten times the third; a fourth has no room.
    let orders: Vec<NewOrder> = (0..30)
        .map(|n| keyed(&format!("intent-{}", n % 3)))
        .collect();
    let answers = book.place_at_once(&orders).await;
    assert_eq!(stored(&answers), 3);
    assert!(
        answers.iter().all(|answer| refused(answer).is_none()),
        "{answers:?}"
    );
    let fourth = book.place(&keyed("intent-3")).await;
    assert_eq!(refused(&fourth), Some((Limit::OpenOrders, false, "3")));
    assert!(matches!(
        book.place(&keyed("intent-0")).await,
        Inserted::Known { .. }
    ));
}

#[tokio::test]
async fn a_key_has_limits_of_its_own_within_the_accounts() {
    let book = Book::new().await;
    let (one, two) = ("00000000000000a1", "00000000000000a2");
    let whole = desk("desk", None);
    book.limit(&whole, open(3)).await;
    const OF_KEY: &str = "INSERT INTO limits (account_id, key_id, max_open_orders) \
        VALUES ('desk', '00000000000000a1', 1) RETURNING 1::bigint";
    assert_eq!(book.count(OF_KEY).await, 1);
    let place = async |key| {
        book.place(&order(&desk("desk", Some(key)), "SOL", "USDC", 1))
            .await
    };
    assert_eq!(place(one).await, Inserted::New);
    assert_eq!(
        refused(&place(one).await),
        Some((Limit::OpenOrders, true, "1"))
    );
    assert_eq!(place(two).await, Inserted::New);
    assert_eq!(place(two).await, Inserted::New);
    assert_eq!(
        refused(&place(two).await),
        Some((Limit::OpenOrders, false, "3"))
    );
    // Another account's key of the same name, or another account, is not concerned.
    assert_eq!(
        book.place(&order(&desk("other", Some(one)), "SOL", "USDC", 1))
            .await,
        Inserted::New
    );
}

#[tokio::test]
async fn pairs_and_amounts_and_orders_a_minute_are_limited() {
    let book = Book::new().await;
    let by = desk("desk", None);
    let place = async |sell, buy, whole| {
        let answer = book.place(&order(&by, sell, buy, whole)).await;
        refused(&answer).map(|(limit, _, allowed)| (limit, allowed.to_owned()))
    };
    let pairs = ["SOL/USDC", "RAY/SOL"].map(|pair| pair.parse().expect("a pair"));
    book.limit(
        &by,
        Limits {
            pairs: Some(pairs.into()),
            ..Limits::default()
        },
    )
    .await;
    assert_eq!(place("SOL", "USDC", 1).await, None);
    assert_eq!(place("USDC", "SOL", 1).await, None, "either direction");
    assert_eq!(
        place("USDC", "RAY", 1).await,
        Some((Limit::Pairs, String::new()))
    );

    let amounts = Limits {
        max_amount_per_order: sol("4"),
        max_amount_per_day: sol("10.5"),
        ..Limits::default()
    };
    book.limit(&by, amounts.clone()).await;
    assert_eq!(
        book.limits.of_account(&by.account).await.expect("kept"),
        amounts
    );
    assert_eq!(
        place("SOL", "USDC", 5).await,
        Some((Limit::AmountPerOrder, "4".into()))
    );
    for _ in 0..2 {
        assert_eq!(place("SOL", "USDC", 4).await, None);
    }
    assert_eq!(
        place("SOL", "USDC", 3).await,
        Some((Limit::AmountPerDay, "10.5".into()))
    );
    assert_eq!(place("USDC", "SOL", 1_000).await, None, "another token");
    assert_eq!(
        place("SOL", "USDC", 2).await,
        None,
        "what was refused did not count"
    );
    // The next day begins with nothing.
    let yesterday = "UPDATE limits SET day = day - 1 RETURNING 1::bigint";
    assert_eq!(book.count(yesterday).await, 1);
    assert_eq!(place("SOL", "USDC", 4).await, None);

    book.limit(
        &by,
        Limits {
            max_orders_per_minute: Some(2),
            ..Limits::default()
        },
    )
    .await;
    let passed =
        "UPDATE limits SET minute_began = minute_began - interval '61 s' RETURNING 1::bigint";
    assert_eq!(book.count(passed).await, 1);
    for _ in 0..2 {
        assert_eq!(place("SOL", "USDC", 1).await, None);
    }
    let third = book.place(&order(&by, "SOL", "USDC", 1)).await;
    let Inserted::Limited(reached) = third else {
        panic!("{third:?}");
    };
    assert_eq!(
        (reached.limit, &*reached.allowed),
        (Limit::OrdersPerMinute, "2")
    );
    let pause = reached.retry_after.expect("time allows it").as_secs_f32();
    assert!((50.0..=60.1).contains(&pause), "{pause}");
    assert_eq!(book.count(passed).await, 1);
    assert_eq!(place("SOL", "USDC", 1).await, None, "the minute is over");
    // None is no row, so that orders need not come one by one.
    book.limit(&by, Limits::default()).await;
    assert_eq!(book.count("SELECT count(*) FROM limits").await, 0);
    assert!(book.orders.stats().await.expect("figures").unsent > 0);
}
