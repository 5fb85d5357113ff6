//! Orders on their way, for the checks.

use std::time::Duration;

use engine::{
    failure::{Failure, FailureCode},
    lifecycle::Change,
    order::Dex,
    order::{Bps, IdempotencyKey, NewOrder, OrderId, Swap, Token},
    ports::{
        Claim, ExecuteOrder, Held, Inserted, Recorded, SignedTransaction, TransactionEnd,
        Transition, WriteError,
    },
};
use serde_json::json;
use uuid::Uuid;

use super::StoreGround;

pub(super) const HOUR: Duration = Duration::from_secs(3_600);
pub(super) const MOMENT: Duration = Duration::from_millis(1);

pub(super) fn new_order() -> NewOrder {
    let token = |symbol: &str, decimals| Token {
        symbol: symbol.into(),
        decimals,
    };
    NewOrder {
        id: OrderId(Uuid::now_v7()),
        swap: Swap {
            token_in: token("SOL", 9),
            token_out: token("USDC", 6),
            amount_in: 10_000_000_001,
            slippage: Bps::DEFAULT_SLIPPAGE,
        },
        idempotency: None,
    }
}

pub(super) fn with_key(key: &str, request_hash: [u8; 32]) -> NewOrder {
    let idempotency = Some(IdempotencyKey {
        key: key.into(),
        request_hash,
    });
    NewOrder {
        idempotency,
        ..new_order()
    }
}

pub(super) fn transaction() -> SignedTransaction {
    SignedTransaction {
        signature: Uuid::new_v4().to_string(),
        bytes: vec![0, 1, 255],
        last_valid_height: 77,
        min_out: 5,
    }
}

pub(super) fn building() -> Change {
    Change::Building {
        offers: vec![],
        dex: Dex::Meteora,
        quoted_out: 6,
        reason: "best".into(),
    }
}

pub(super) fn retrying(settled: Option<TransactionEnd>, after: Duration) -> Change {
    let failure = Failure::new(FailureCode::TransactionExpired, "did not land");
    Change::Retrying {
        failure,
        settled,
        after,
    }
}

pub(super) fn failed() -> Change {
    let failure = Failure::new(FailureCode::NoLiquidity, "nothing in the pools");
    Change::Failed {
        failure,
        settled: None,
    }
}

impl StoreGround {
    /// A stored order.
    pub(super) async fn stored(&self) -> ExecuteOrder {
        self.stored_for(HOUR).await
    }

    /// A stored order with so much time to live.
    pub(super) async fn stored_for(&self, lifetime: Duration) -> ExecuteOrder {
        let order = new_order();
        let inserted = self
            .orders
            .insert(&order, lifetime)
            .await
            .expect("the store answers");
        assert_eq!(inserted, Inserted::New);
        ExecuteOrder {
            id: order.id,
            attempt: 1,
        }
    }

    pub(super) async fn claim(&self, message: &ExecuteOrder, lease: Duration) -> Claim {
        self.orders
            .claim(message, lease)
            .await
            .expect("the store answers")
    }

    /// A held order.
    pub(super) async fn held(&self, message: &ExecuteOrder) -> Held {
        match self.claim(message, HOUR).await {
            Claim::Held(held) => *held,
            other => panic!("{message:?} is free, and yet: {other:?}"),
        }
    }

    /// Waits for a lease of a moment to end, and takes the order up.
    pub(super) async fn held_after_lease(&self, message: &ExecuteOrder) -> Held {
        for _ in 0..1_000 {
            if let Claim::Held(held) = self.claim(message, HOUR).await {
                return *held;
            }
            self.clock.sleep(Duration::from_millis(5)).await;
        }
        panic!("the lease on {message:?} does not end");
    }

    /// Gives an order back.
    pub(super) async fn released(&self, held: &Held, pause: Duration) {
        let released = self.orders.release(&held.hold(), pause).await;
        released.expect("the hold stands");
    }

    /// Cuts the lease down to a moment, as if the holder had died long ago.
    pub(super) async fn left_alone(&self, held: &Held) {
        let renewed = self.orders.renew(&held.hold(), MOMENT).await;
        renewed.expect("the hold stands");
    }

    /// Moves a held order, and the holder's picture of it.
    pub(super) async fn moved(&self, held: &mut Held, change: Change) -> Recorded {
        let recorded = self.advance(held, &change).await.expect("the hold stands");
        held.order.status = held.order.status.after(&change).expect("a legal move");
        held.order.last_seq = recorded.seq;
        match change {
            Change::Submitted { transaction } => held.transaction = Some(transaction),
            Change::Retrying { .. } => held.order.attempt += 1,
            _ => {}
        }
        recorded
    }

    pub(super) async fn advance(
        &self,
        held: &Held,
        change: &Change,
    ) -> Result<Recorded, WriteError> {
        let to = held.order.status.after(change).expect("a legal move");
        self.write(held, change, to).await
    }

    /// A write that asks no table of moves.
    pub(super) async fn write(
        &self,
        held: &Held,
        change: &Change,
        to: engine::lifecycle::Status,
    ) -> Result<Recorded, WriteError> {
        let payload = json!({ "n": held.order.last_seq + 1 });
        self.orders
            .advance(&Transition {
                hold: held.hold(),
                to,
                change,
                payload: &payload,
                lease: HOUR,
            })
            .await
    }

    /// The order's events as (seq, status, attempt).
    pub(super) async fn log(&self, id: OrderId) -> Vec<(u64, &'static str, u32)> {
        let events = self.orders.events(id, 0).await.expect("the store answers");
        events
            .iter()
            .map(|event| (event.seq, event.status.name(), event.attempt))
            .collect()
    }
}
