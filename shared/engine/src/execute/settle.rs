//! Settle: send the stored bytes and wait until the chain's record says what became of them.

use std::{pin::pin, time::Duration};

use futures::future::{Either, select};
use jiff::Timestamp;

use super::{Ending, Execute};
use crate::{
    failure::{Failure, FailureCode},
    lifecycle::Change,
    observe,
    ports::{ChainStatus, WriteError},
    progress::Progress,
    transaction::{SignedTransaction, TransactionEnd},
};

/// When to look again for a transaction that nobody has seen: about one slot of the chain.
const LOOK_AGAIN: Duration = Duration::from_millis(400);

/// The shortest pause between two looks, whatever the chain says.
const SHORTEST_LOOK: Duration = Duration::from_millis(1);

/// What is known of a transaction.
enum Fate {
    Landed { amount_out: u64 },
    Dead(Failure, TransactionEnd),
    InFlight(Duration),
    Unseen,
}

impl Execute {
    /// Sends the stored bytes and waits for their fate. Answers a pause when the fate is still open and somebody should
    /// come back for it.
    pub(super) async fn settle(
        &self,
        progress: &mut Progress,
        ending: &Ending,
    ) -> Result<Option<Duration>, WriteError> {
        let Some(transaction) = progress.transaction().cloned() else {
            // The store keeps status and transaction together; without the one the other proves nothing.
            return Ok(Some(self.policy.settle_pause));
        };
        let begin = self.clock.now();
        let (mut sent_at, mut renewed_at) = (begin, begin);
        let mut pause = self.send(progress, &transaction).await;
        loop {
            let patience = self
                .policy
                .settle_patience
                .saturating_sub(self.since(begin));
            if patience.is_zero() {
                return Ok(Some(self.policy.settle_pause));
            }
            let pause_now = pause.min(self.policy.lease / 4).min(patience);
            if !pause_now.is_zero() && self.sleep_or_end(pause_now, ending).await {
                return Ok(Some(Duration::ZERO));
            }
            if self.since(renewed_at) >= self.policy.lease / 4 {
                progress.renew().await?;
                renewed_at = self.clock.now();
            }
            pause = match self.fate(progress, &transaction).await {
                Fate::Landed { amount_out } => {
                    progress.record(Change::Confirmed { amount_out }).await?;
                    return Ok(None);
                }
                Fate::Dead(failure, end) => {
                    self.fail(progress, failure, Some(end)).await?;
                    return Ok(None);
                }
                Fate::Unseen if self.since(sent_at) >= self.policy.resend_every => {
                    sent_at = self.clock.now();
                    self.send(progress, &transaction).await.max(LOOK_AGAIN)
                }
                Fate::Unseen => LOOK_AGAIN,
                Fate::InFlight(look_again) => look_again.max(SHORTEST_LOOK),
            };
        }
    }

    /// Answers how long it is pointless to look. An error is not believed: only the chain's record tells whether the bytes
    /// arrived.
    async fn send(&self, progress: &Progress, transaction: &SignedTransaction) -> Duration {
        self.chain
            .send(transaction)
            .await
            .unwrap_or_else(|problem| {
                observe::send_failed(progress.order().id, &problem);
                LOOK_AGAIN
            })
    }

    /// Reads the finalized height first and the status after. In the other order a transaction could land between the two
    /// looks, be taken for dead, and be executed a second time.
    async fn fate(&self, progress: &Progress, transaction: &SignedTransaction) -> Fate {
        let id = progress.order().id;
        let height = self.chain.finalized_height().await;
        let status = self.chain.status(&transaction.signature).await;
        if let Some(problem) = height.as_ref().err().or(status.as_ref().err()) {
            observe::chain_unavailable(id, problem);
        }
        match status {
            Ok(ChainStatus::Landed { amount_out }) => Fate::Landed { amount_out },
            Ok(ChainStatus::Reverted(failure)) => Fate::Dead(failure, TransactionEnd::Reverted),
            Ok(ChainStatus::InFlight { look_again }) => Fate::InFlight(look_again),
            Ok(ChainStatus::Unknown)
                if height.is_ok_and(|height| height > transaction.last_valid_height) =>
            {
                Fate::Dead(expired(), TransactionEnd::Expired)
            }
            Ok(ChainStatus::Unknown) | Err(_) => Fate::Unseen,
        }
    }

    /// Whether the ending came first.
    async fn sleep_or_end(&self, pause: Duration, ending: &Ending) -> bool {
        let sleep = pin!(self.clock.sleep(pause));
        matches!(select(sleep, ending.clone()).await, Either::Right(_))
    }

    fn since(&self, moment: Timestamp) -> Duration {
        Duration::try_from(self.clock.now().duration_since(moment)).unwrap_or_default()
    }
}

fn expired() -> Failure {
    Failure::new(
        FailureCode::TransactionExpired,
        "the transaction did not land before it expired",
    )
}
