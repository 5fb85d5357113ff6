//! Those who quote.

use async_trait::async_trait;

use crate::{
    order::{Dex, Swap},
    quote::{Quote, Rejection},
};

/// A place that quotes.
#[async_trait]
pub trait Venue: Send + Sync {
    /// Who it is.
    fn dex(&self) -> Dex;
    /// What it would pay now. The router decides how long to wait and whether to believe the answer.
    async fn quote(&self, swap: &Swap) -> Result<Quote, Rejection>;
}

/// A price to hold a venue's answer against.
#[async_trait]
pub trait Reference: Send + Sync {
    /// Base units of `token_out` at the mid price, without fee or impact; `None` when no reference is known.
    async fn fair_out(&self, swap: &Swap) -> Option<u64>;
}
