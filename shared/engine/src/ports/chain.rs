//! The one who executes.

use std::time::Duration;

use async_trait::async_trait;

use super::Unavailable;
use crate::{
    order::{Failure, OrderId, SignedTransaction, Swap, TokenAmount, TransactionEnd},
    quote::Route,
    venue::VenueId,
};

/// The chain: signs, sends, and tells what landed.
#[async_trait]
pub trait Chain: Send + Sync {
    /// Builds and signs the swap; MUST NOT send it. What is signed once the order's transaction
    /// before is dead MUST be another one; two calls of the same moment may make the same.
    async fn prepare(&self, request: &Prepare<'_>) -> Result<SignedTransaction, Failure>;
    /// As [`Chain::prepare`], for a chain that has nobody to ask before it signs; `None` when this
    /// one has, or cannot do it now. MUST NOT store anything: the order may be somebody else's by
    /// now.
    fn prepare_at_once(&self, _request: &Prepare<'_>) -> Option<SignedTransaction> {
        None
    }
    /// Asked before an order that may have had a transaction is signed for again, and before it
    /// ends without a swap: the one of its transactions that has landed although it was taken for
    /// dead. `None` MUST be what everybody says who may know. A chain whose record cannot err has
    /// none.
    async fn landed(&self, _order: OrderId) -> Result<Option<EarlierSwap>, Unavailable> {
        Ok(None)
    }
    /// Sends signed bytes. Sending the same bytes again changes nothing. Neither answer proves
    /// anything about landing; a good one tells for how long it is pointless to look.
    async fn send(&self, transaction: &SignedTransaction) -> Result<Duration, Unavailable>;
    /// The height below which nothing changes any more. Never goes back.
    async fn finalized_height(&self) -> Result<u64, Unavailable>;
    /// What is known of a signed transaction now.
    async fn status(&self, transaction: &SignedTransaction) -> Result<ChainStatus, Unavailable>;
}

/// What to build.
#[derive(Clone, Copy, Debug)]
pub struct Prepare<'a> {
    /// The order, for the marker that the transaction carries.
    pub id: OrderId,
    /// The swap.
    pub swap: &'a Swap,
    /// Where: venue, pool, mints, and the slot that was quoted.
    pub route: &'a Route,
    /// The least to be received; the chain MUST NOT execute the swap for less.
    pub min_out: TokenAmount,
}

/// What the chain knows of a transaction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ChainStatus {
    /// Nothing: not sent, lost, or not seen yet.
    Unknown,
    /// Seen and not landed; worth another look after the pause.
    InFlight {
        /// When to look again.
        poll_after: Duration,
    },
    /// Landed, and the swap happened.
    Landed {
        /// What was received.
        amount_out: TokenAmount,
    },
    /// Landed with an error: no swap happened.
    Reverted(Failure),
    /// It ended like that, or can end in no other way, because another transaction of its order has
    /// landed: [`Chain::landed`] tells which.
    Overtaken(TransactionEnd),
}

/// A transaction of an order that was taken for dead and has landed, as it was stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EarlierSwap {
    /// The transaction.
    pub transaction: SignedTransaction,
    /// The venue that it swaps at.
    pub venue: VenueId,
    /// What that venue promised.
    pub quoted_out: TokenAmount,
}
