//! What orders of a wallet reserve, on the real order book: two engines, many orders at once.

use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use embedded_postgres::testing::TestDatabase;
use engine::{
    account::{AccountId, Actor},
    order::{
        Lifetime, Market, NewOrder, OrderId, OrderKind, SlippageTolerance, Swap, Token, TokenAmount,
    },
    ports::{OrderOver, OrderWriter, Reserved, Spending, WalletOrders},
};
use futures::future::join_all;
use postgres::{Database, PostgresOrders, PostgresWalletOrders};
use rust_decimal::Decimal;

const WALLET: &str = "wallet";
const COSTS: u64 = 1_000_000;

/// Two engines on one database.
struct Book {
    database: Database,
    engines: [PostgresWalletOrders; 2],
    server: TestDatabase,
}

impl Book {
    async fn new() -> Self {
        let server = TestDatabase::create();
        let connect = || Database::connect(server.url(), 6).expect("a URL of ours");
        let database = connect();
        let migrated = postgres::migrate(&database).await;
        migrated.expect("an empty database");
        Self {
            engines: [connect(), connect()].map(PostgresWalletOrders::new),
            database,
            server,
        }
    }

    /// An order that sells ten.
    async fn order(&self) -> OrderId {
        let token = |symbol: &str| Token {
            symbol: symbol.into(),
            decimals: 9,
        };
        let order = NewOrder {
            id: OrderId(uuid::Uuid::now_v7()),
            by: Actor::of(AccountId::local()),
            swap: Swap {
                token_in: token("SOL"),
                token_out: token("USDC"),
                amount_in: ten(),
            },
            kind: OrderKind::Market(Market {
                slippage: SlippageTolerance::DEFAULT,
                min_amount_out: None,
            }),
            idempotency: None,
            client_order_id: None,
        };
        let orders = PostgresOrders::new(self.database.clone());
        let lifetime = Lifetime::For(Duration::from_secs(60));
        let inserted = orders.insert(&order, lifetime).await;
        inserted.expect("the book answers");
        order.id
    }

    async fn orders(&self, count: usize) -> Vec<OrderId> {
        join_all((0..count).map(|_| self.order())).await
    }

    /// Reserves for ten of the token, and answers the whole tokens that are reserved before.
    async fn reserve(&self, order: OrderId) -> i64 {
        let reserved = self.engines[0].reserve(&spending(order)).await;
        let reserved = reserved.expect("an answer").expect("an open order");
        whole(reserved)
    }

    async fn sql(&self, sql: &str, order: OrderId) {
        let ran = self.database.run(sql, &[&order.0]).await;
        ran.expect("it can be written");
    }

    async fn close(&self, order: OrderId, ago: &str) {
        let sql = format!("UPDATE orders SET closed_at = now() - interval '{ago}' WHERE id = $1");
        self.sql(&sql, order).await;
    }

    async fn signs(&self, order: OrderId, n: i32, height: i64, state: &str) {
        const SIGNED: &str = "INSERT INTO transactions (signature, order_id, n, venue, signed, \
                last_valid_height, quoted_out, min_out, state) \
            VALUES ($1::text || $2::integer, $3, $2, 'Raydium', '', $4, 1, 1, $5)";
        let name = order.to_string();
        let ran = self
            .database
            .run(SIGNED, &[&name, &n, &order.0, &height, &state])
            .await;
        ran.expect("it can be written");
    }

    /// All that is known of orders is to be looked at now.
    async fn all_are_due(&self) {
        // The column holds whole milliseconds, rounded: the present one may still be to come.
        const DUE: &str = "UPDATE wallet_orders SET due_at = now() - interval '1 millisecond'";
        self.database.run(DUE, &[]).await.expect("written");
    }

    async fn over(&self, limit: u32) -> Vec<OrderOver> {
        let over = self.engines[0].over(WALLET, limit).await;
        over.expect("an answer")
    }
}

fn ten() -> TokenAmount {
    TokenAmount::from_units(10_000_000_000, 9)
}

fn spending(order: OrderId) -> Spending<'static> {
    Spending {
        order,
        wallet: WALLET,
        mint: "mint",
        amount: ten(),
        costs: COSTS,
    }
}

fn whole(reserved: Reserved) -> i64 {
    reserved.amount.try_into().expect("whole tokens")
}

#[tokio::test(flavor = "multi_thread")]
async fn of_orders_that_reserve_at_once_each_is_told_of_all_before_it() {
    let book = Book::new().await;
    let orders = book.orders(40).await;
    let reserving = orders.iter().zip(0..).map(|(order, n)| {
        let (engine, order) = (book.engines[n % 2].clone(), *order);
        tokio::spawn(async move { engine.reserve(&spending(order)).await })
    });
    let mut told: Vec<Reserved> = join_all(reserving)
        .await
        .into_iter()
        .filter_map(|reserved| reserved.expect("no panic").expect("an answer"))
        .collect();
    told.sort_by_key(|reserved| reserved.amount);
    let expected: Vec<Reserved> = (0..40u64)
        .map(|before| Reserved {
            amount: Decimal::from(10 * before),
            costs: COSTS * before,
        })
        .collect();
    assert_eq!(told, expected);
}

/// A chain on which swaps take a while, and a wallet on it that would be overdrawn by two orders
/// that spend the same.
#[tokio::test(flavor = "multi_thread")]
async fn no_two_orders_spend_the_same() {
    let book = Arc::new(Book::new().await);
    let balance = Arc::new(AtomicI64::new(75));
    let orders = book.orders(30).await;
    let executing = orders.into_iter().zip(0..).map(|(order, n)| {
        let (book, balance) = (Arc::clone(&book), Arc::clone(&balance));
        tokio::spawn(async move {
            for turn in 0.. {
                let reserved = book.engines[n % 2].reserve(&spending(order)).await;
                let before = whole(reserved.expect("an answer").expect("an open order"));
                let held = balance.load(Ordering::SeqCst);
                if held >= before + 10 {
                    let flight = u64::try_from((n * 7 + turn) % 23).expect("a few");
                    tokio::time::sleep(Duration::from_millis(flight)).await;
                    let left = balance.fetch_sub(10, Ordering::SeqCst) - 10;
                    assert!(left >= 0, "overdrawn by {left}");
                    // Long ago, so that nothing is reserved any more.
                    book.close(order, "1 minute").await;
                    return true;
                }
                if held < 10 {
                    book.close(order, "1 minute").await;
                    return false;
                }
            }
            false
        })
    });
    let swapped = join_all(executing).await.into_iter();
    let swapped = swapped.filter(|swapped| *swapped.as_ref().expect("no panic"));
    assert_eq!(swapped.count(), 7);
    assert_eq!(balance.load(Ordering::SeqCst), 5);
}

#[tokio::test]
async fn a_reservation_is_of_one_wallet_and_token_and_its_costs_are_of_the_wallet() {
    let book = Book::new().await;
    let orders = book.orders(4).await;
    let [wallet, ..] = &book.engines;
    let reserve = async |spending: Spending<'static>| {
        let reserved = wallet.reserve(&spending).await;
        reserved.expect("an answer").expect("an open order")
    };
    book.reserve(orders[0]).await;
    let other_token = Spending {
        mint: "other",
        ..spending(orders[1])
    };
    let told = reserve(other_token).await;
    assert_eq!((told.amount, told.costs), (Decimal::ZERO, COSTS));
    let other_wallet = Spending {
        wallet: "other",
        ..spending(orders[2])
    };
    assert_eq!(reserve(other_wallet).await, Reserved::default());
    let told = reserve(spending(orders[3])).await;
    assert_eq!((told.amount, told.costs), (Decimal::TEN, 2 * COSTS));
}

#[tokio::test]
async fn a_reservation_ends_with_its_attempt_or_its_order_and_nobody_has_to_free_it() {
    const NEXT_ATTEMPT: &str = "UPDATE orders SET attempt = attempt + 1 WHERE id = $1";
    let book = Book::new().await;
    let orders = book.orders(3).await;
    assert_eq!(book.reserve(orders[0]).await, 0);
    assert_eq!(book.reserve(orders[1]).await, 10);
    book.sql(NEXT_ATTEMPT, orders[0]).await;
    assert_eq!(book.reserve(orders[2]).await, 10, "the second one's alone");
    assert_eq!(book.reserve(orders[0]).await, 20, "behind the others now");
    book.close(orders[1], "0 seconds").await;
    assert_eq!(book.reserve(orders[0]).await, 20, "nodes may be behind");
    book.close(orders[1], "3 seconds").await;
    assert_eq!(book.reserve(orders[0]).await, 10);
    book.close(orders[2], "3 seconds").await;
    assert_eq!(book.reserve(orders[0]).await, 0);
    let closed = book.engines[0].reserve(&spending(orders[2])).await;
    assert_eq!(closed.expect("an answer"), None);
    let unknown = spending(OrderId(uuid::Uuid::now_v7()));
    let unknown = book.engines[0].reserve(&unknown).await;
    assert_eq!(unknown.expect("an answer"), None);
}

/// As after a crash of its engine, or while it waits for its turn.
#[tokio::test]
async fn who_reserves_again_keeps_the_place_unless_it_is_for_more() {
    let book = Book::new().await;
    let orders = book.orders(2).await;
    assert_eq!(book.reserve(orders[0]).await, 0);
    assert_eq!(book.reserve(orders[1]).await, 10);
    assert_eq!(book.reserve(orders[0]).await, 0);
    assert_eq!(book.reserve(orders[1]).await, 10);
    let more = Spending {
        costs: COSTS + 1,
        ..spending(orders[0])
    };
    let told = book.engines[1].reserve(&more).await;
    let told = told.expect("an answer").expect("an open order");
    assert_eq!(whole(told), 10, "the other one was not told of that much");
}

#[tokio::test]
async fn an_order_is_over_minutes_after_it_has_closed_and_nothing_of_it_may_land() {
    let book = Book::new().await;
    let orders = book.orders(5).await;
    let [landed, open, young, in_flight, unsigned] = orders[..] else {
        unreachable!("five");
    };
    for order in &orders {
        book.reserve(*order).await;
    }
    book.signs(landed, 1, 700, "expired").await;
    book.signs(landed, 2, 500, "landed").await;
    for (order, state) in [(open, "landed"), (young, "landed"), (in_flight, "signed")] {
        book.signs(order, 1, 500, state).await;
    }
    for order in [landed, in_flight, unsigned] {
        book.close(order, "11 minutes").await;
    }
    book.close(young, "9 minutes").await;
    assert_eq!(book.over(9).await, [], "not before their time");
    book.all_are_due().await;
    let mut over = book.over(9).await;
    over.sort_by_key(|order| order.id != landed);
    let expected = [
        OrderOver {
            id: landed,
            landed: true,
            last_valid_height: Some(700),
        },
        OrderOver {
            id: unsigned,
            landed: false,
            last_valid_height: None,
        },
    ];
    assert_eq!(over, expected);
    assert_eq!(book.over(9).await, [], "they are being worked on");
    let forgotten = book.engines[0].forget(&[landed]).await;
    forgotten.expect("an answer");
    book.all_are_due().await;
    assert_eq!(book.over(9).await, expected[1..]);
    let other = book.engines[0].over("other", 9).await;
    assert_eq!(other.expect("an answer"), []);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_engines_do_not_work_on_the_same_orders() {
    let book = Book::new().await;
    let orders = book.orders(40).await;
    for order in &orders {
        book.reserve(*order).await;
        book.close(*order, "1 hour").await;
    }
    book.all_are_due().await;
    let rounds = (0..10).map(|n| {
        let engine = book.engines[n % 2].clone();
        tokio::spawn(async move { engine.over(WALLET, 7).await })
    });
    let mut over: Vec<OrderId> = Vec::new();
    for round in join_all(rounds).await {
        let round = round.expect("no panic").expect("an answer");
        assert!(round.len() <= 7);
        over.extend(round.iter().map(|order| order.id));
    }
    over.extend(book.over(40).await.iter().map(|order| order.id));
    over.sort();
    let mut all = orders;
    all.sort();
    assert_eq!(over, all);
}

/// Orders of the past, of which nothing is left to do now.
const PAST: &str = "WITH placed AS ( \
        INSERT INTO orders (id, type, token_in, token_out, decimals_in, decimals_out, amount, \
            slippage_bps, status, attempt, last_seq, deadline, tx_hash, amount_out, closed_at, \
            created_at, updated_at) \
        SELECT gen_random_uuid(), 'market', 'SOL', 'USDC', 9, 6, 10, 50, 'confirmed', 1, 5, now(), \
            'hash', 1, now() - interval '5 minutes', now(), now() \
        FROM generate_series(1, 20000) RETURNING id) \
    INSERT INTO wallet_orders (order_id, wallet, mint, amount, costs, attempt, reserves, due_at) \
    SELECT id, 'wallet', 'mint', 10, 1, 1, false, now() + interval '1 minute' FROM placed";

#[tokio::test]
async fn a_reservation_and_a_look_read_a_few_pages_however_many_orders_were_executed() {
    let book = Book::new().await;
    book.server.fill(PAST);
    book.server.fill("ANALYZE wallet_orders");
    let order = book.order().await;
    let reserve = format!(
        "SELECT amount_before, costs_before FROM reserve('{order}', 'wallet', 'mint', 10, 1)"
    );
    let over = include_str!("../src/sql/over.sql");
    let over = over.replace("$1", "'wallet'").replace("$2", "64");
    for sql in [&reserve, &over] {
        let explain = format!("EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {sql}");
        // The first one reads the catalogue as well.
        for _ in 0..2 {
            let ran = book.database.run(&explain, &[]).await;
            ran.expect("a plan");
        }
        let told = book.database.run(&explain, &[]).await.expect("a plan");
        let plan: serde_json::Value = told[0].get(0);
        let count = |what: &str| plan[0]["Plan"][what].as_i64().expect("a count");
        let read = count("Shared Hit Blocks") + count("Shared Read Blocks");
        assert!(read <= 60, "{read} pages for {sql}");
    }
}
