//! The chain port's duties, held against what the chain itself has paid out.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use engine::{
    order::{FailureCode, OrderId, SignedTransaction, Swap, TokenAmount},
    ports::{Chain, ChainStatus, Clock, Prepare},
    routing::Route,
};
use jiff::Timestamp;
use uuid::Uuid;

/// What a chain does with a second transaction of an order that has landed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SecondSwap {
    /// It executes it: the engine alone is what stands between an order and two swaps, and so a
    /// defect of the engine can be seen on it.
    Executed,
    /// It refuses it, because the order's marker exists.
    Refused,
}

/// A chain to check, on which nobody else trades, and what the port does not tell of it.
#[async_trait]
pub trait ChainUnderTest: Send + Sync {
    /// The port.
    fn chain(&self) -> Arc<dyn Chain>;
    /// The time.
    fn clock(&self) -> Arc<dyn Clock>;
    /// What happens to a second transaction of an order.
    fn second_swap(&self) -> SecondSwap;
    /// A swap, the way that it is to go, and a floor that is reached.
    async fn quoted(&self) -> (Swap, Route, TokenAmount);
    /// Base units of the token bought that the chain has paid out to the wallet so far.
    async fn paid_out(&self) -> u64;
    /// A transaction that was signed for more than it will be paid when it is sent.
    async fn signed_for_too_much(&self) -> SignedTransaction;
    /// Lets blocks be made until nothing that was signed before can land, or hurries them.
    async fn outlive(&self);
}

/// Checks a chain: what is sent lands once, however often it is sent, and is paid what the record
/// says; what would be paid less than its floor is undone; what nobody has seen is dead when its
/// last height is final, not before, and for ever.
///
/// # Panics
/// When the chain does not keep the contract, with what it did instead.
pub async fn check_chain(fixture: &dyn ChainUnderTest) {
    what_is_signed_is_not_sent(fixture).await;
    what_is_sent_twice_lands_once_and_is_paid_what_is_told(fixture).await;
    what_would_be_paid_too_little_is_undone(fixture).await;
    of_two_transactions_of_an_order_each_has_an_end_of_its_own(fixture).await;
    what_nobody_sent_is_dead_when_its_time_is_over_and_stays_dead(fixture).await;
}

/// How long anything may take on a busy machine.
const PATIENCE: Duration = Duration::from_secs(90);
/// Between two looks.
const PAUSE: Duration = Duration::from_millis(100);

async fn signed(fixture: &dyn ChainUnderTest, id: OrderId) -> SignedTransaction {
    let (swap, route, min_out) = fixture.quoted().await;
    let request = Prepare {
        id,
        swap: &swap,
        route: &route,
        min_out,
    };
    let signed = fixture
        .chain()
        .prepare(&request)
        .await
        .expect("it is signed");
    assert_eq!(signed.min_out, min_out);
    signed
}

fn order() -> OrderId {
    OrderId(Uuid::now_v7())
}

/// How long something is waited for.
struct Wait<'a> {
    clock: Arc<dyn Clock>,
    begin: Timestamp,
    what: &'a str,
}

impl<'a> Wait<'a> {
    fn until(fixture: &dyn ChainUnderTest, what: &'a str) -> Self {
        let clock = fixture.clock();
        let begin = clock.now();
        Self { clock, begin, what }
    }

    async fn pause(&self) {
        let waited = self.clock.now().duration_since(self.begin).unsigned_abs();
        assert!(waited < PATIENCE, "never seen: {}", self.what);
        self.clock.sleep(PAUSE).await;
    }
}

/// Another transaction of an order. On a chain that names a block in each it is the same one for a
/// while.
async fn signed_anew(
    fixture: &dyn ChainUnderTest,
    id: OrderId,
    before: &SignedTransaction,
) -> SignedTransaction {
    let wait = Wait::until(fixture, "another transaction of the order");
    loop {
        let signed = signed(fixture, id).await;
        if signed.signature != before.signature {
            return signed;
        }
        wait.pause().await;
    }
}

async fn status(fixture: &dyn ChainUnderTest, transaction: &SignedTransaction) -> ChainStatus {
    let (chain, wait) = (fixture.chain(), Wait::until(fixture, "the record answers"));
    loop {
        match chain.status(transaction).await {
            Ok(status) => return status,
            Err(_) => wait.pause().await,
        }
    }
}

async fn height(fixture: &dyn ChainUnderTest) -> u64 {
    let (chain, wait) = (fixture.chain(), Wait::until(fixture, "a final height"));
    loop {
        match chain.finalized_height().await {
            Ok(height) => return height,
            Err(_) => wait.pause().await,
        }
    }
}

/// What became of it, once that is known.
async fn settled(fixture: &dyn ChainUnderTest, transaction: &SignedTransaction) -> ChainStatus {
    let wait = Wait::until(fixture, "what became of it");
    loop {
        match status(fixture, transaction).await {
            settled @ (ChainStatus::Landed { .. }
            | ChainStatus::Reverted(_)
            | ChainStatus::Overtaken(_)) => return settled,
            ChainStatus::Unknown | ChainStatus::InFlight { .. } => wait.pause().await,
        }
    }
}

async fn send(fixture: &dyn ChainUnderTest, transaction: &SignedTransaction) {
    let (chain, wait) = (fixture.chain(), Wait::until(fixture, "it is taken"));
    while chain.send(transaction).await.is_err() {
        wait.pause().await;
    }
}

fn units(status: &ChainStatus) -> u64 {
    match status {
        ChainStatus::Landed { amount_out } => amount_out.units(),
        other => panic!("it has not landed: {other:?}"),
    }
}

async fn what_is_signed_is_not_sent(fixture: &dyn ChainUnderTest) {
    let before = fixture.paid_out().await;
    let (one, other) = (order(), order());
    let transactions = [signed(fixture, one).await, signed(fixture, other).await];
    assert_ne!(transactions[0].signature, transactions[1].signature);
    for transaction in &transactions {
        assert_eq!(status(fixture, transaction).await, ChainStatus::Unknown);
        assert!(height(fixture).await < transaction.last_valid_height);
    }
    assert_eq!(fixture.paid_out().await, before);
}

async fn what_is_sent_twice_lands_once_and_is_paid_what_is_told(fixture: &dyn ChainUnderTest) {
    let before = fixture.paid_out().await;
    let transaction = signed(fixture, order()).await;
    send(fixture, &transaction).await;
    send(fixture, &transaction).await;
    let landed = settled(fixture, &transaction).await;
    assert!(units(&landed) >= transaction.min_out.units(), "{landed:?}");
    send(fixture, &transaction).await;
    assert_eq!(settled(fixture, &transaction).await, landed);
    assert_eq!(fixture.paid_out().await - before, units(&landed));
}

async fn what_would_be_paid_too_little_is_undone(fixture: &dyn ChainUnderTest) {
    let transaction = fixture.signed_for_too_much().await;
    let before = fixture.paid_out().await;
    send(fixture, &transaction).await;
    match settled(fixture, &transaction).await {
        ChainStatus::Reverted(failure) => {
            assert_eq!(failure.code, FailureCode::SlippageExceeded, "{failure:?}");
        }
        other => panic!("below its floor: {other:?}"),
    }
    assert_eq!(fixture.paid_out().await, before);
}

async fn of_two_transactions_of_an_order_each_has_an_end_of_its_own(fixture: &dyn ChainUnderTest) {
    let before = fixture.paid_out().await;
    let id = order();
    let one = signed(fixture, id).await;
    let other = signed_anew(fixture, id, &one).await;
    send(fixture, &one).await;
    let first = units(&settled(fixture, &one).await);
    send(fixture, &other).await;
    let second = match fixture.second_swap() {
        SecondSwap::Executed => units(&settled(fixture, &other).await),
        SecondSwap::Refused => {
            refused_for_ever(fixture, &other).await;
            0
        }
    };
    assert_eq!(units(&settled(fixture, &one).await), first);
    assert_eq!(fixture.paid_out().await - before, first + second);
}

/// It is undone, or never seen; and what is not certain is not told.
async fn refused_for_ever(fixture: &dyn ChainUnderTest, transaction: &SignedTransaction) {
    let (chain, wait) = (fixture.chain(), Wait::until(fixture, "some blocks more"));
    let begin = height(fixture).await;
    while height(fixture).await < begin + 10 {
        let status = chain.status(transaction).await;
        assert!(
            !matches!(status, Ok(ChainStatus::Landed { .. })),
            "{status:?}"
        );
        wait.pause().await;
    }
}

async fn what_nobody_sent_is_dead_when_its_time_is_over_and_stays_dead(
    fixture: &dyn ChainUnderTest,
) {
    let transaction = signed(fixture, order()).await;
    let before = fixture.paid_out().await;
    fixture.outlive().await;
    let (mut last, wait) = (0, Wait::until(fixture, "its last height is final"));
    while last <= transaction.last_valid_height {
        let height = height(fixture).await;
        assert!(height >= last, "{height} after {last}");
        last = height;
        assert_eq!(status(fixture, &transaction).await, ChainStatus::Unknown);
        wait.pause().await;
    }
    send(fixture, &transaction).await;
    let wait = Wait::until(fixture, "some blocks more");
    while height(fixture).await < last + 10 {
        assert_eq!(status(fixture, &transaction).await, ChainStatus::Unknown);
        wait.pause().await;
    }
    assert_eq!(fixture.paid_out().await, before);
}
