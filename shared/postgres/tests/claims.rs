//! Claims on the real order book, where a fake could not tell: row locks.

use std::{sync::Arc, time::Duration};

use embedded_postgres::testing::TestDatabase;
use engine::{
    account::{AccountId, Actor},
    order::{
        Lifetime, Market, NewOrder, OrderId, OrderKind, SlippageTolerance, Swap, Token, TokenAmount,
    },
    ports::{Claim, ExecuteOrder, OrderWriter},
};
use postgres::{Database, PostgresOrders};

fn new_order() -> NewOrder {
    let token = |symbol: &str, decimals| Token {
        symbol: symbol.into(),
        decimals,
    };
    NewOrder {
        id: OrderId(uuid::Uuid::now_v7()),
        by: Actor::of(AccountId::local()),
        swap: Swap {
            token_in: token("SOL", 9),
            token_out: token("USDC", 6),
            amount_in: TokenAmount::from_units(1, 9),
        },
        kind: OrderKind::Market(Market {
            slippage: SlippageTolerance::DEFAULT,
            min_amount_out: None,
        }),
        idempotency: None,
        client_order_id: None,
    }
}

/// A subscriber that goes live share-locks the order's row for a moment. The order's message must
/// not be thrown away for that.
#[tokio::test(flavor = "multi_thread")]
async fn a_row_that_is_locked_for_a_moment_is_claimed_all_the_same() {
    let database = TestDatabase::create();
    let pool = Database::connect(database.url(), 4).expect("a URL of ours");
    postgres::migrate(&pool).await.expect("an empty database");
    let orders = Arc::new(PostgresOrders::new(pool.clone()));
    let order = new_order();
    orders
        .insert(&order, Lifetime::For(Duration::from_secs(60)))
        .await
        .expect("stored");

    let mut subscriber = pool.client().await.expect("a connection");
    let locking = subscriber.transaction().await.expect("a transaction");
    let lock = "SELECT 1 FROM orders WHERE id = $1 FOR SHARE";
    locking
        .query_one(lock, &[&order.id.0])
        .await
        .expect("locked");
    let message = ExecuteOrder {
        id: order.id,
        attempt: 1,
    };
    let claiming = {
        let orders = Arc::clone(&orders);
        tokio::spawn(async move { orders.claim(&message, Duration::from_secs(10)).await })
    };
    tokio::time::sleep(Duration::from_millis(30)).await; // the claim meets the lock
    locking.commit().await.expect("unlocked");
    let claim = claiming.await.expect("no panic").expect("the book answers");
    assert!(matches!(claim, Claim::Leased(_)), "{claim:?}");

    let again = orders
        .claim(&message, Duration::from_secs(10))
        .await
        .expect("the book answers");
    assert!(matches!(again, Claim::Busy), "{again:?}");
}
