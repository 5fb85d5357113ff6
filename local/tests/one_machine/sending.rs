//! Sends that fail, and transactions that land all the same, or get lost.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use engine::{
    order::{Failure, SignedTransaction},
    ports::{Chain, ChainStatus, Prepare, Unavailable},
};

use crate::support::{Engine, QUICK, assert_complete, statuses, ten_sol};

/// What happens to a send, by how many went before it.
type Outcome = fn(u32) -> Sent;

enum Sent {
    /// It arrives, and the answer gets lost.
    Unanswered,
    /// It gets lost, and the answer is good.
    Lost,
    Arrived,
}

/// A chain that is hard to reach.
struct Remote {
    inner: Arc<dyn Chain>,
    sends: AtomicU32,
    outcome: Outcome,
}

#[async_trait]
impl Chain for Remote {
    async fn prepare(&self, request: &Prepare<'_>) -> Result<SignedTransaction, Failure> {
        self.inner.prepare(request).await
    }

    async fn send(&self, transaction: &SignedTransaction) -> Result<Duration, Unavailable> {
        match (self.outcome)(self.sends.fetch_add(1, Ordering::SeqCst)) {
            Sent::Arrived => self.inner.send(transaction).await,
            Sent::Lost => Ok(Duration::ZERO),
            Sent::Unanswered => {
                self.inner.send(transaction).await?;
                Err(Unavailable("timed out".into()))
            }
        }
    }

    async fn finalized_height(&self) -> Result<u64, Unavailable> {
        self.inner.finalized_height().await
    }

    async fn status(&self, transaction: &SignedTransaction) -> Result<ChainStatus, Unavailable> {
        self.inner.status(transaction).await
    }
}

/// Places an order on such a chain; it must be confirmed with the one transaction that was signed.
async fn confirmed_once(outcome: Outcome) {
    let engine = Engine::start_with(&QUICK, |mut trading| {
        let (inner, sends) = (Arc::clone(&trading.ports.chain), AtomicU32::new(0));
        trading.ports.chain = Arc::new(Remote {
            inner,
            sends,
            outcome,
        });
        trading
    })
    .await;
    let id = engine.place(&ten_sol()).await;
    let story = engine.story(&id).await;
    assert_complete(&story);
    assert_eq!(
        statuses(&story),
        ["pending", "routing", "building", "submitted", "confirmed"]
    );
    let landed = engine.landed().await;
    assert_eq!(landed.len(), 1);
    assert_eq!(story[3]["payload"]["txHash"], landed[0].signature);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_send_whose_answer_is_lost_is_confirmed_with_that_signature() {
    confirmed_once(|_| Sent::Unanswered).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn bytes_that_got_lost_are_sent_again_and_land_once() {
    confirmed_once(|before| {
        if before < 2 {
            Sent::Lost
        } else {
            Sent::Arrived
        }
    })
    .await;
}
