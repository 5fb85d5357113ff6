//! Orders on their way, for the checks.

use std::time::Duration;

use engine::{
    account::{AccountId, Actor},
    order::{
        Failure, FailureCode, Fill, IdempotencyKey, Lifetime, LogEntry, Market, NewOrder, Order,
        OrderEvent, OrderId, OrderKind, SignedTransaction, SlippageTolerance, Swap, Token,
        TokenAmount, TransactionEnd,
    },
    ports::{
        Appended, Authority, Claim, Envelope, ExecuteOrder, Inserted, LeasedOrder, Next, PageQuery,
        StoreError, Transition,
    },
    routing::{Offer, OfferedQuote, PoolRef, QuoteTerms, Rejection, Route, VenueId},
};
use uuid::Uuid;

use super::StoreFixture;

pub(super) const HOUR: Duration = Duration::from_secs(3_600);
pub(super) const MOMENT: Duration = Duration::from_millis(1);

/// What the chosen venue promises, and what is received.
pub(super) const OUT: TokenAmount = TokenAmount::from_units(6, 6);

/// A move of an order, with what has to be stored beside its events.
#[derive(Clone, Debug)]
pub(super) struct Move {
    pub(super) events: Vec<OrderEvent>,
    pub(super) transaction: Option<SignedTransaction>,
    /// While the order is open.
    pub(super) next: Next,
}

impl From<OrderEvent> for Move {
    fn from(event: OrderEvent) -> Self {
        Self {
            events: vec![event],
            transaction: None,
            next: Next::Hold(HOUR),
        }
    }
}

impl Move {
    /// Moves the order, and answers what its log is to say of it.
    fn apply(&self, order: &mut Order) -> Vec<LogEntry> {
        let events = self.events.iter().cloned();
        events
            .map(|event| order.entry(event).expect("a legal move"))
            .collect()
    }
}

pub(super) fn new_order() -> NewOrder {
    let token = |symbol: &str, decimals| Token {
        symbol: symbol.into(),
        decimals,
    };
    NewOrder {
        id: OrderId(Uuid::now_v7()),
        by: Actor::of(AccountId::local()),
        swap: Swap {
            token_in: token("SOL", 9),
            token_out: token("USDC", 6),
            amount_in: TokenAmount::from_units(10_000_000_001, 9),
        },
        kind: OrderKind::Market(Market {
            slippage: SlippageTolerance::DEFAULT,
            min_amount_out: None,
        }),
        idempotency: None,
        client_order_id: None,
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
        min_out: TokenAmount::from_units(5, 6),
    }
}

pub(super) fn route() -> Route {
    Route {
        venue: VenueId::new("Meteora"),
        pool: Some(PoolRef {
            address: "the pool's address".into(),
            mint_in: "the mint of SOL".into(),
            mint_out: "the mint of USDC".into(),
            slot: u64::from(u32::MAX) + 7,
        }),
    }
}

pub(super) fn routing() -> Move {
    OrderEvent::RoutingStarted { fired: None }.into()
}

pub(super) fn venue_chosen() -> Move {
    let sol = |units| TokenAmount::from_units(units, 9);
    let terms = QuoteTerms {
        amount_in: sol(10_000_000_001),
        amount_out: OUT,
        fee: sol(25_000_000),
        price_impact_bps: 3,
        network_fee: sol(5_000),
        network_fee_out: OUT.with_units(1),
    };
    let chosen = Offer {
        venue: route().venue,
        quote: Ok(OfferedQuote {
            pool: "the pool's address".into(),
            terms,
            min_out: OUT.with_units(5),
        }),
        chosen: true,
    };
    let late = Offer {
        venue: VenueId::new("Raydium"),
        quote: Err(Rejection::Late(2_000)),
        chosen: false,
    };
    let event = OrderEvent::VenueChosen {
        route: route(),
        quoted_out: OUT,
        offers: vec![late, chosen],
        reason: "best".into(),
    };
    event.into()
}

pub(super) fn submitted(transaction: &SignedTransaction) -> Move {
    let signature = transaction.signature.clone();
    Move {
        transaction: Some(transaction.clone()),
        ..OrderEvent::Submitted { signature }.into()
    }
}

pub(super) fn confirmed(transaction: &SignedTransaction) -> Move {
    let event = OrderEvent::Confirmed {
        signature: transaction.signature.clone(),
        fill: Fill::of(&new_order().swap, OUT),
    };
    event.into()
}

pub(super) fn attempt_failed(settled: Option<TransactionEnd>, pause: Duration) -> Move {
    let failure = Failure::new(FailureCode::TransactionExpired, "did not land");
    Move {
        next: Next::Retry(pause),
        ..OrderEvent::AttemptFailed { failure, settled }.into()
    }
}

pub(super) fn failed() -> Move {
    let failure = Failure::new(FailureCode::NoLiquidity, "nothing in the pools");
    let settled = None;
    OrderEvent::Failed { failure, settled }.into()
}

/// What was woken or is due, without whose it is.
pub(super) fn messages(found: Result<Vec<Envelope>, StoreError>) -> Vec<ExecuteOrder> {
    let found = found.expect("the store answers");
    found.iter().map(|envelope| envelope.message).collect()
}

impl StoreFixture {
    pub(super) async fn stored(&self) -> ExecuteOrder {
        self.stored_for(HOUR).await
    }

    /// A stored order that lives this long.
    pub(super) async fn stored_for(&self, lifetime: Duration) -> ExecuteOrder {
        self.inserted(&new_order(), lifetime).await
    }

    /// Stores an order. Answers its first message.
    pub(super) async fn inserted(&self, order: &NewOrder, lifetime: Duration) -> ExecuteOrder {
        let inserted = self.writer.insert(order, Lifetime::For(lifetime)).await;
        assert_eq!(inserted.expect("the store answers"), Inserted::New);
        ExecuteOrder {
            id: order.id,
            attempt: 1,
        }
    }

    /// The order as it is read back.
    pub(super) async fn order(&self, id: OrderId) -> Option<Order> {
        let found = self.reader.order(&AccountId::local(), id).await;
        found.expect("the store answers")
    }

    /// A page of the history, without what cannot be read.
    pub(super) async fn page(&self, query: &PageQuery) -> Vec<Order> {
        let page = self.reader.page(&AccountId::local(), query).await;
        let page = page.expect("the store answers");
        page.into_iter().filter_map(Result::ok).collect()
    }

    pub(super) async fn claim(&self, message: &ExecuteOrder, lease: Duration) -> Claim {
        self.writer
            .claim(message, lease)
            .await
            .expect("the store answers")
    }

    pub(super) async fn leased(&self, message: &ExecuteOrder) -> LeasedOrder {
        match self.claim(message, HOUR).await {
            Claim::Leased(leased) => *leased,
            other => panic!("{message:?} is free, and yet: {other:?}"),
        }
    }

    /// Waits for a lease of a moment to end, and takes the order up.
    pub(super) async fn leased_after_expiry(&self, message: &ExecuteOrder) -> LeasedOrder {
        for _ in 0..1_000 {
            if let Claim::Leased(leased) = self.claim(message, HOUR).await {
                return *leased;
            }
            self.clock.sleep(Duration::from_millis(5)).await;
        }
        panic!("the lease on {message:?} does not end");
    }

    pub(super) async fn released(&self, leased: &LeasedOrder, pause: Duration) {
        let released = self.writer.release(&leased.lease(), pause).await;
        released.expect("the lease stands");
    }

    /// Cuts the lease down to a moment, as if the holder had died long ago.
    pub(super) async fn left_alone(&self, leased: &LeasedOrder) {
        let renewed = self.writer.renew(&leased.lease(), MOMENT).await;
        renewed.expect("the lease stands");
    }

    /// Moves a leased order, and the holder's picture of it. What it begins with, the claim has
    /// written.
    pub(super) async fn moved(&self, leased: &mut LeasedOrder, step: Move) -> Appended {
        if step.events == [Order::BEGINNING]
            && let Some(begun) = leased.begun.take()
        {
            return begun;
        }
        let mut after = leased.order.clone();
        let entries = step.apply(&mut after);
        let appended = self.append(leased, &entries, &step, &after).await;
        let appended = appended.expect("the lease stands");
        after.updated_at = appended.at;
        leased.order = after;
        leased.transaction = step.transaction;
        appended
    }

    /// Moves a leased order and tells nobody: the holder's picture stays as it is.
    pub(super) async fn tried(
        &self,
        leased: &LeasedOrder,
        step: &Move,
    ) -> Result<Appended, StoreError> {
        let mut after = leased.order.clone();
        let entries = step.apply(&mut after);
        self.append(leased, &entries, step, &after).await
    }

    /// A write that asks no table of moves.
    pub(super) async fn append(
        &self,
        leased: &LeasedOrder,
        entries: &[LogEntry],
        step: &Move,
        after: &Order,
    ) -> Result<Appended, StoreError> {
        let next = if after.is_open() {
            step.next
        } else {
            Next::Close
        };
        self.writer
            .append(&Transition {
                actor: None,
                by: Authority::Lease(leased.lease()),
                entries,
                order: after,
                transaction: step.transaction.as_ref(),
                next,
            })
            .await
    }

    /// The order's events as (seq, status, attempt).
    pub(super) async fn log(&self, id: OrderId) -> Vec<(u64, &'static str, u32)> {
        let events = self.log.log(id, 0).await.expect("the store answers");
        events
            .iter()
            .map(|event| (event.seq, event.status.name(), event.attempt))
            .collect()
    }
}
