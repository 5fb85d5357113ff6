//! Quotes of the default market.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use engine::{
    candles::{Candle, Interval},
    order::{Swap, Token, TokenAmount, price, price_of_units},
    ports::{ReferencePrice, Venue},
    routing::{PoolRef, Quote, QuoteTerms, Rejection, VenueId},
};
use jiff::Timestamp;
use postgres::Database;
use rust_decimal::Decimal;
use venues::Refusal;

use crate::{
    market::Market,
    rng::Rng,
    time::{LAMPORT_DECIMALS, slot},
};

/// One venue of the default market.
pub(crate) struct SimulatedVenue {
    pub(crate) venue: VenueId,
    pub(crate) market: Market,
    pub(crate) delay: (Duration, Duration),
    pub(crate) rng: Arc<Rng>,
    /// Its clock is the chain's.
    pub(crate) database: Database,
}

impl SimulatedVenue {
    fn mint(&self, symbol: &str) -> Result<String, Rejection> {
        if let Some(token) = self.market.token(symbol) {
            return Ok(token.mint.to_owned());
        }
        let launch = self.market.launch_of(symbol);
        launch
            .map(|launch| launch.mint)
            .ok_or_else(|| Rejection::NoLiquidity(format!("{symbol} is not listed")))
    }
}

#[async_trait]
impl Venue for SimulatedVenue {
    fn id(&self) -> VenueId {
        self.venue.clone()
    }

    async fn quote(&self, swap: &Swap) -> Result<Quote, Rejection> {
        let delay = self.rng.between(self.delay);
        if !delay.is_zero() {
            futures_timer::Delay::new(delay).await;
        }
        let as_of = self.database.now();
        let slot = slot(as_of);
        let (token_in, token_out) = (&swap.token_in.symbol, &swap.token_out.symbol);
        let amount_in = swap.amount_in.units();
        let fill = self
            .market
            .swap(self.venue.name(), token_in, token_out, amount_in, slot)
            .map_err(rejection)?;
        Ok(Quote {
            venue: self.venue.clone(),
            pool: PoolRef {
                address: fill.pool,
                mint_in: self.mint(token_in)?,
                mint_out: self.mint(token_out)?,
                slot,
            },
            token_in: token_in.clone(),
            token_out: token_out.clone(),
            terms: QuoteTerms {
                amount_in: swap.token_in.units(fill.amount_in),
                amount_out: swap.token_out.units(fill.amount_out),
                fee: swap.token_in.units(fill.fee),
                price_impact_bps: fill.price_impact_bps,
                network_fee: TokenAmount::from_units(fill.network_fee, LAMPORT_DECIMALS),
                network_fee_out: swap.token_out.units(fill.network_fee_out),
            },
            as_of,
        })
    }

    async fn marginal_price(
        &self,
        token_in: &Token,
        token_out: &Token,
    ) -> Result<Decimal, Rejection> {
        let slot = slot(self.database.now());
        let (sold, bought) = (&token_in.symbol, &token_out.symbol);
        let units = self
            .market
            .marginal_price(self.venue.name(), sold, bought, slot)
            .map_err(rejection)?;
        price_of_units(units, token_in.decimals, token_out.decimals)
            .ok_or_else(|| Rejection::Implausible("no number can hold its price".into()))
    }
}

fn rejection(refusal: Refusal) -> Rejection {
    match refusal.is_final() {
        true => Rejection::NoLiquidity(refusal.to_string()),
        false => Rejection::Unavailable(refusal.to_string()),
    }
}

#[async_trait]
impl ReferencePrice for SimulatedVenue {
    async fn amount_out(&self, swap: &Swap) -> Option<TokenAmount> {
        let units = self.market.reference_out(
            &swap.token_in.symbol,
            &swap.token_out.symbol,
            swap.amount_in.units(),
            slot(self.database.now()),
        )?;
        Some(swap.token_out.units(units))
    }

    /// The path is a function of the slot, so its past is as well known as its present.
    fn past(
        &self,
        base: &Token,
        quote: &Token,
        at: Timestamp,
        interval: Interval,
        now: Timestamp,
    ) -> Option<Candle> {
        let (begin, length) = (at.as_millisecond(), interval.seconds() * 1_000);
        let moments = (0..LOOKS).filter_map(|look| {
            let moment = Timestamp::from_millisecond(begin + look * length / LOOKS).ok()?;
            (moment <= now).then_some(moment)
        });
        let many = base.whole(1_000);
        let prices = moments.filter_map(|moment| {
            let (sold, bought) = (&base.symbol, &quote.symbol);
            let units = self
                .market
                .reference_out(sold, bought, many.units(), slot(moment))?;
            Some(price(many, quote.units(units)))
        });
        Candle::of(at, prices)
    }
}

/// How often the path is looked at in a piece of time.
const LOOKS: i64 = 30;
