//! Those who quote.

use async_trait::async_trait;
use jiff::Timestamp;
use rust_decimal::Decimal;

use crate::{
    candles::{Candle, Interval},
    order::{Swap, Token, TokenAmount},
    quote::{Quote, Rejection},
    venue::VenueId,
};

/// A place that quotes.
#[async_trait]
pub trait Venue: Send + Sync {
    /// Who it is.
    fn id(&self) -> VenueId;
    /// What it would pay now. The router decides how long to wait and whether to believe the
    /// answer.
    async fn quote(&self, swap: &Swap) -> Result<Quote, Rejection>;
    /// The same, in one pool: one that was created a moment ago, and that no list has. A venue that
    /// has one pool for a pair has no other to answer about.
    async fn quote_at(&self, _pool: &str, swap: &Swap) -> Result<Quote, Rejection> {
        self.quote(swap).await
    }
    /// The most that it would pay now for a whole token sold, fees inside: whole tokens bought. It
    /// MUST be a bound: no swap of any size is paid more.
    async fn marginal_price(
        &self,
        token_in: &Token,
        token_out: &Token,
    ) -> Result<Decimal, Rejection>;
}

/// A price to hold a venue's answer against.
#[async_trait]
pub trait ReferencePrice: Send + Sync {
    /// What the swap would receive at the mid price, without fee or impact; `None` when no
    /// reference is known.
    async fn amount_out(&self, swap: &Swap) -> Option<TokenAmount>;

    /// How the price of a whole `base` in `quote` went in the piece of time that began at `at`, as
    /// far as it is over `now`; `None` when the reference does not know its past.
    fn past(
        &self,
        base: &Token,
        quote: &Token,
        at: Timestamp,
        interval: Interval,
        now: Timestamp,
    ) -> Option<Candle>;
}

/// Where nobody but the venues says what a token is worth: their answers are held against nothing.
#[derive(Clone, Copy, Debug)]
pub struct NoReference;

#[async_trait]
impl ReferencePrice for NoReference {
    async fn amount_out(&self, _: &Swap) -> Option<TokenAmount> {
        None
    }

    fn past(
        &self,
        _: &Token,
        _: &Token,
        _: Timestamp,
        _: Interval,
        _: Timestamp,
    ) -> Option<Candle> {
        None
    }
}
