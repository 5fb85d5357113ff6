//! The program as Lambda runs it, built to trade on Solana: an order is signed by a key that the
//! program does not have, lands, and is confirmed.

#![cfg(feature = "solana")]

use std::time::Duration;

use engine::{
    account::{AccountId, Actor},
    order::{
        Lifetime, Market, NewOrder, Order, OrderId, OrderKind, SlippageTolerance, Status, Swap,
        Token,
    },
    policy::Policy,
    use_cases::UseCases,
};
use postgres::Database;
use serde_json::{Value, json};
use testkit::{OnSolana, TestDatabase, WALLET_KEY, WALLET_SECRET, invoke, migrated_database};

const ORDER: &str = "01980000-0000-7000-8000-000000000001";

/// A database with an order in it, and what it is to be executed on.
struct Desk {
    database: TestDatabase,
    use_cases: UseCases,
    solana: OnSolana,
    order: OrderId,
}

impl Desk {
    async fn on(solana: OnSolana) -> Self {
        let database = migrated_database();
        let book = Database::connect(database.url(), 2).expect("a URL");
        let use_cases = runtime::use_cases(&book, Policy::default());
        let token = |symbol: &str, decimals| Token {
            symbol: symbol.into(),
            decimals,
        };
        let sol = token("SOL", 9);
        let order = NewOrder {
            id: ORDER.parse().expect("a UUID"),
            by: Actor::of(AccountId::local()),
            swap: Swap {
                amount_in: sol.units(1_000_000_000),
                token_in: sol,
                token_out: token("USDC", 6),
            },
            kind: OrderKind::Market(Market {
                slippage: SlippageTolerance::DEFAULT,
                min_amount_out: None,
            }),
            idempotency: None,
            client_order_id: None,
        };
        let lifetime = Lifetime::For(Duration::from_secs(60));
        let stored = use_cases.writer.insert(&order, lifetime).await;
        stored.expect("stored");
        Self {
            database,
            use_cases,
            solana,
            order: order.id,
        }
    }

    /// Hands the program the order's message, and answers the order afterwards.
    async fn deliver(&self, wallet: &str) -> Order {
        let own = [
            ("DATABASE_URL", self.database.url()),
            ("QUEUE_URL", "http://127.0.0.1:1/123456789012/orders"),
            ("WS_MANAGEMENT_ENDPOINT", "none"),
            ("SOLANA_SIGNER", wallet),
        ];
        let variables = [&own[..], &self.solana.variables()].concat();
        let event: Value = serde_json::from_str(include_str!("events/batch.json")).expect("JSON");
        let invocation = invoke(env!("CARGO_BIN_EXE_worker"), &variables, &event).await;
        assert_eq!(invocation.answer, json!({ "batchItemFailures": [] }));
        let reader = &self.use_cases.reader;
        let order = reader.order(&AccountId::local(), self.order).await;
        order.expect("readable").expect("it exists")
    }

    /// How often a signature was asked for.
    fn signatures(&self) -> usize {
        let asked = self.solana.asked();
        asked
            .iter()
            .filter(|asked| asked.starts_with("Sign "))
            .count()
    }
}

#[tokio::test]
async fn an_order_is_signed_by_a_key_in_kms() {
    let desk = Desk::on(OnSolana::start().await).await;
    let order = desk.deliver(WALLET_KEY).await;
    assert_eq!(order.status, Status::Confirmed, "{order:?}");
    assert_eq!(desk.solana.chain.landed().len(), 1);
    assert_eq!(desk.signatures(), 1);
}

#[tokio::test]
async fn an_order_is_signed_by_a_key_in_a_secret() {
    let desk = Desk::on(OnSolana::start().await).await;
    let order = desk.deliver(WALLET_SECRET).await;
    assert_eq!(order.status, Status::Confirmed, "{order:?}");
    assert_eq!(desk.solana.chain.landed().len(), 1);
    assert_eq!(desk.signatures(), 0);
}

/// Emulators of KMS are known to answer with signatures that no node would take.
#[tokio::test]
async fn a_signature_that_does_not_fit_is_neither_stored_nor_sent() {
    let flipped = |mut signature: [u8; 64]| {
        signature[63] ^= 1;
        signature
    };
    let desk = Desk::on(OnSolana::signing(flipped).await).await;
    let order = desk.deliver(WALLET_KEY).await;
    assert!(desk.signatures() > 0, "it was asked for");
    assert_eq!(desk.solana.chain.sent(), []);
    assert_eq!(
        order.status,
        Status::Routing,
        "it is tried again: {order:?}"
    );
    let log = desk.use_cases.log.log(order.id, 0).await;
    let log = format!("{:?}", log.expect("readable"));
    assert!(
        log.contains("the signature does not fit the transaction"),
        "{log}"
    );
}
