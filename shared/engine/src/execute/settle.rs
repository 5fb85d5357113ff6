//! Settle: send the stored bytes and look until the chain's record says what became of them.

use std::{pin::pin, time::Duration};

use futures::future::{Either, select};
use jiff::Timestamp;
use tracing::Instrument;

use super::{ClaimedOrder, Execute, ExecuteError, Shutdown, Step};
use crate::{
    observe,
    order::{
        Failure, FailureCode, Fill, OrderEvent, SignedTransaction, TokenAmount, TransactionEnd,
    },
    ports::ChainStatus,
    trace,
};

/// When to look again for a transaction that nobody has seen: about one slot of the chain.
const POLL_INTERVAL: Duration = Duration::from_millis(400);

/// The shortest pause between two looks, whatever the chain says.
const MIN_POLL_INTERVAL: Duration = Duration::from_millis(1);

/// Who sent the bytes that are to be settled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sent {
    /// Nobody: they were signed just now.
    No,
    /// Maybe a worker before us, or ourselves before we gave the order back.
    Maybe,
}

/// What is known of a transaction.
enum Outcome {
    Landed {
        amount_out: TokenAmount,
    },
    Dead(Failure, TransactionEnd),
    /// An earlier transaction of the order has landed.
    Overtaken(TransactionEnd),
    InFlight(Duration),
    /// It is not known to be seen, and may land.
    Unseen,
}

impl Execute {
    /// Sends the stored bytes and waits for their outcome. It pauses when that is still open and
    /// somebody should come back for it: a worker's slot is not there to wait in.
    pub(super) async fn settle(
        &self,
        claimed: &mut ClaimedOrder,
        sent: Sent,
        shutdown: &Shutdown,
    ) -> Result<Step, ExecuteError> {
        let Some(transaction) = claimed.transaction().cloned() else {
            // The store keeps status and transaction together; without the one the other proves
            // nothing.
            return Ok(Step::Pause(self.policy.max_settle_wait));
        };
        let begin = self.clock.now();
        let mut renewed_at = begin;
        let mut pause = match sent {
            Sent::No => self.send(claimed, &transaction).await,
            Sent::Maybe => Duration::ZERO,
        };
        loop {
            if pause + self.since(begin) >= self.policy.max_settle_wait {
                return Ok(Step::Pause(whole_seconds(pause)));
            }
            if !pause.is_zero() && self.sleep_or_shutdown(pause, shutdown).await {
                return Ok(Step::Pause(Duration::ZERO));
            }
            if self.since(renewed_at) >= self.policy.lease / 4 {
                claimed.renew().await?;
                renewed_at = self.clock.now();
            }
            pause = match self.outcome(claimed, &transaction).await {
                Outcome::Landed { amount_out }
                    if amount_out.decimals() == claimed.order().swap.token_out.decimals =>
                {
                    let event = OrderEvent::Confirmed {
                        signature: transaction.signature,
                        fill: Fill::of(&claimed.order().swap, amount_out),
                    };
                    claimed.record(event).await?;
                    return Ok(Step::On);
                }
                Outcome::Dead(failure, end) => {
                    return self.fail(claimed, failure, Some(end)).await;
                }
                Outcome::Overtaken(end) => return self.overtaken(claimed, end).await,
                // What was lost on the way is sent again, the same bytes, until it is seen. What is
                // to be cancelled may expire unsent.
                Outcome::Unseen if !claimed.order().cancel_requested => {
                    self.send(claimed, &transaction).await.max(POLL_INTERVAL)
                }
                // An amount of another token is of another transaction.
                Outcome::Unseen | Outcome::Landed { .. } => POLL_INTERVAL,
                Outcome::InFlight(poll_after) => poll_after.max(MIN_POLL_INTERVAL),
            };
        }
    }

    /// Answers how long it is pointless to look. An error is not believed: only the chain's record
    /// tells whether the bytes arrived.
    async fn send(&self, claimed: &ClaimedOrder, transaction: &SignedTransaction) -> Duration {
        let sent = self.chain.send(transaction).instrument(trace::send());
        sent.await.unwrap_or_else(|error| {
            observe::send_failed(claimed.order().id, &error);
            POLL_INTERVAL
        })
    }

    /// Most transactions land, so the record is asked first and alone. Only what it does not know
    /// can be dead.
    async fn outcome(&self, claimed: &ClaimedOrder, transaction: &SignedTransaction) -> Outcome {
        match self.status(claimed, transaction).await {
            Some(ChainStatus::Unknown) => {}
            Some(known) => return known.into(),
            None => return Outcome::Unseen,
        }
        // The finalized height first and the record after, once more. In the other order a
        // transaction could land between the two looks, be taken for dead, and be executed a second
        // time.
        let height = self.chain.finalized_height().await;
        if let Err(error) = &height {
            observe::chain_unavailable(claimed.order().id, error);
        }
        let may_land = height.map_or(true, |height| height <= transaction.last_valid_height);
        if may_land {
            return Outcome::Unseen;
        }
        match self.status(claimed, transaction).await {
            Some(ChainStatus::Unknown) => Outcome::Dead(expired(), TransactionEnd::Expired),
            Some(known) => known.into(),
            None => Outcome::Unseen,
        }
    }

    /// `None` when the chain does not answer.
    async fn status(
        &self,
        claimed: &ClaimedOrder,
        transaction: &SignedTransaction,
    ) -> Option<ChainStatus> {
        self.chain
            .status(transaction)
            .await
            .inspect_err(|error| observe::chain_unavailable(claimed.order().id, error))
            .ok()
    }

    /// Whether the shutdown came first.
    async fn sleep_or_shutdown(&self, pause: Duration, shutdown: &Shutdown) -> bool {
        let sleep = pin!(self.clock.sleep(pause));
        matches!(select(sleep, shutdown.clone()).await, Either::Right(_))
    }

    pub(super) fn since(&self, moment: Timestamp) -> Duration {
        Duration::try_from(self.clock.now().duration_since(moment)).unwrap_or_default()
    }
}

impl From<ChainStatus> for Outcome {
    fn from(status: ChainStatus) -> Self {
        match status {
            ChainStatus::Unknown => Self::Unseen,
            ChainStatus::InFlight { poll_after } => Self::InFlight(poll_after),
            ChainStatus::Landed { amount_out } => Self::Landed { amount_out },
            ChainStatus::Reverted(failure) => Self::Dead(failure, TransactionEnd::Reverted),
            ChainStatus::Overtaken(end) => Self::Overtaken(end),
        }
    }
}

/// Queues count delays in seconds; what is left of the pause is waited for by whoever takes the
/// order up again.
fn whole_seconds(pause: Duration) -> Duration {
    Duration::from_secs(pause.as_secs().max(1))
}

fn expired() -> Failure {
    Failure::new(
        FailureCode::TransactionExpired,
        "the transaction did not land before it expired",
    )
}
