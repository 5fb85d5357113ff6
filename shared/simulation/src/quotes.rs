//! Quotes of the default market.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use engine::{
    order::{Dex, Swap},
    ports::{Reference, Venue},
    quote::{Quote, Rejection},
};
use jiff::Timestamp;

use super::{dice::Dice, time::slot};
use crate::market::{self, Market};

/// One venue of the default market.
pub(super) struct SimulatedVenue {
    pub(super) venue: market::Venue,
    pub(super) market: Market,
    pub(super) delay: (Duration, Duration),
    pub(super) dice: Arc<Dice>,
}

#[async_trait]
impl Venue for SimulatedVenue {
    fn dex(&self) -> Dex {
        match self.venue {
            market::Venue::Raydium => Dex::Raydium,
            market::Venue::Meteora => Dex::Meteora,
        }
    }

    async fn quote(&self, swap: &Swap) -> Result<Quote, Rejection> {
        let delay = self.dice.between(self.delay);
        if !delay.is_zero() {
            futures_timer::Delay::new(delay).await;
        }
        let as_of = Timestamp::now();
        let (token_in, token_out) = (&swap.token_in.symbol, &swap.token_out.symbol);
        let fill = self
            .market
            .swap(self.venue, token_in, token_out, swap.amount_in, slot(as_of))
            .map_err(|refusal| match refusal.is_final() {
                true => Rejection::NoLiquidity(refusal.to_string()),
                false => Rejection::Unavailable(refusal.to_string()),
            })?;
        Ok(Quote {
            dex: self.dex(),
            pool: fill.pool.to_owned(),
            token_in: token_in.clone(),
            token_out: token_out.clone(),
            amount_in: fill.amount_in,
            amount_out: fill.amount_out,
            fee: fill.fee,
            price_impact_bps: fill.price_impact_bps,
            network_fee: fill.network_fee,
            network_fee_out: fill.network_fee_out,
            as_of,
        })
    }
}

#[async_trait]
impl Reference for SimulatedVenue {
    async fn fair_out(&self, swap: &Swap) -> Option<u64> {
        let now = slot(Timestamp::now());
        self.market.reference_out(
            &swap.token_in.symbol,
            &swap.token_out.symbol,
            swap.amount_in,
            now,
        )
    }
}
