//! Settle: send the stored bytes and look until the chain's record says what became of them.

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

/// Who sent the bytes that are to be settled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sent {
    /// Nobody: they were signed just now.
    NotYet,
    /// Perhaps a worker before us, or ourselves before we gave the order back.
    Perhaps,
}

/// What is known of a transaction.
enum Fate {
    Landed { amount_out: u64 },
    Dead(Failure, TransactionEnd),
    InFlight(Duration),
    Unseen,
}

impl Execute {
    /// Sends the stored bytes and waits for their fate. Answers a pause when the fate is still open and somebody should
    /// come back for it: a worker's slot is not there to wait in.
    pub(super) async fn settle(
        &self,
        progress: &mut Progress,
        sent: Sent,
        ending: &Ending,
    ) -> Result<Option<Duration>, WriteError> {
        let Some(transaction) = progress.transaction().cloned() else {
            // The store keeps status and transaction together; without the one the other proves nothing.
            return Ok(Some(self.policy.settle_patience));
        };
        let begin = self.clock.now();
        let mut renewed_at = begin;
        let mut sent_by_us = sent == Sent::NotYet;
        let mut pause = match sent {
            Sent::NotYet => self.send(progress, &transaction).await,
            Sent::Perhaps => Duration::ZERO,
        };
        loop {
            if pause + self.since(begin) >= self.policy.settle_patience {
                return Ok(Some(whole_seconds(pause)));
            }
            if !pause.is_zero() && self.sleep_or_end(pause, ending).await {
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
                Fate::Unseen if !sent_by_us => {
                    sent_by_us = true;
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

    /// Most transactions land, so the record is asked first and alone. Only what it does not know can be dead.
    async fn fate(&self, progress: &Progress, transaction: &SignedTransaction) -> Fate {
        match self.status(progress, transaction).await {
            Some(ChainStatus::Unknown) => {}
            Some(known) => return known.into(),
            None => return Fate::Unseen,
        }
        // The finalized height first and the record after, once more. In the other order a transaction could land between
        // the two looks, be taken for dead, and be executed a second time.
        let height = self.chain.finalized_height().await;
        if let Err(problem) = &height {
            observe::chain_unavailable(progress.order().id, problem);
        }
        let may_land = height.map_or(true, |height| height <= transaction.last_valid_height);
        if may_land {
            return Fate::Unseen;
        }
        match self.status(progress, transaction).await {
            Some(ChainStatus::Unknown) => Fate::Dead(expired(), TransactionEnd::Expired),
            Some(known) => known.into(),
            None => Fate::Unseen,
        }
    }

    /// `None` when the chain does not answer.
    async fn status(
        &self,
        progress: &Progress,
        transaction: &SignedTransaction,
    ) -> Option<ChainStatus> {
        self.chain
            .status(&transaction.signature)
            .await
            .inspect_err(|problem| observe::chain_unavailable(progress.order().id, problem))
            .ok()
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

impl From<ChainStatus> for Fate {
    fn from(status: ChainStatus) -> Self {
        match status {
            ChainStatus::Unknown => Self::Unseen,
            ChainStatus::InFlight { look_again } => Self::InFlight(look_again),
            ChainStatus::Landed { amount_out } => Self::Landed { amount_out },
            ChainStatus::Reverted(failure) => Self::Dead(failure, TransactionEnd::Reverted),
        }
    }
}

/// Queues count delays in seconds; what is left of the pause is waited for by whoever takes the order up again.
fn whole_seconds(pause: Duration) -> Duration {
    Duration::from_secs(pause.as_secs().max(1))
}

fn expired() -> Failure {
    Failure::new(
        FailureCode::TransactionExpired,
        "the transaction did not land before it expired",
    )
}
