//! Venues around a price that jumps every few seconds, and the lies they tell.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use engine::{
    candles::{Candle, Interval},
    order::{Swap, Token, TokenAmount},
    ports::{ReferencePrice, Venue},
    routing::{PoolRef, Quote, QuoteTerms, Rejection, VenueId},
};

use jiff::Timestamp;
use rust_decimal::Decimal;

use crate::{chain::height, fault::Fault, network::Network, point::Point, time::at, world::World};

/// Their names, in the order in which ties are broken.
pub(crate) const VENUES: [&str; 3] = ["Raydium", "Meteora", "Orca"];

/// The token that is bought by those who do not wait for a pool.
const LISTED: &str = "USDC";

/// Decimals of the token that pays the chain's fee.
const SOL_DECIMALS: u8 = 9;

/// One venue as one process reaches it.
pub(crate) struct VenuePort {
    network: Network,
    id: VenueId,
}

/// The price, without the network: it is inside of each process.
pub(crate) struct ReferencePort;

/// What a swap pays at the middle of all prices.
pub(crate) fn fair_out(swap: &Swap) -> TokenAmount {
    swap.token_out.units(swap.amount_in.units() * MIDDLE)
}

impl VenuePort {
    pub(crate) fn each(network: &Network) -> Vec<Arc<dyn Venue>> {
        let venue = |name| {
            Arc::new(Self {
                network: network.clone(),
                id: VenueId::new(name),
            }) as Arc<dyn Venue>
        };
        VENUES.into_iter().map(venue).collect()
    }
}

#[async_trait]
impl Venue for VenuePort {
    fn id(&self) -> VenueId {
        self.id.clone()
    }

    /// Honest: a bound that were none would be a defect of the venue's arithmetic, which has
    /// property tests of its own.
    async fn marginal_price(&self, _: &Token, _: &Token) -> Result<Decimal, Rejection> {
        let price = |world: &mut World| {
            if world.strikes(Fault::VenueDown) {
                return Err(Rejection::Unavailable("not now".into()));
            }
            Ok(world.marginal_price())
        };
        let asked = self.network.call(Point::MarginalPrice, price).await;
        asked.unwrap_or_else(|error| Err(Rejection::Unavailable(error.into_text())))
    }

    async fn quote(&self, swap: &Swap) -> Result<Quote, Rejection> {
        let (id, asked) = (self.id.clone(), swap.clone());
        let (process, late) = {
            let mut world = self.network.world.lock();
            (self.network.process, world.strikes(Fault::VenueLate))
        };
        if late {
            self.network.pause(3_000).await;
        }
        let quote = move |world: &mut World| {
            if world.poisonous.contains(&asked.amount_in.units()) {
                world.faults.count(Fault::Poisonous);
                world.disturbed = true;
                world.kill(process);
            }
            world.quote(id, &asked)
        };
        self.network
            .call(Point::Quote, quote)
            .await
            .unwrap_or_else(|error| Err(Rejection::Unavailable(error.into_text())))
    }
}

#[async_trait]
impl ReferencePrice for ReferencePort {
    async fn amount_out(&self, swap: &Swap) -> Option<TokenAmount> {
        Some(fair_out(swap))
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

/// USDC's units for one of SOL's, in the middle.
const MIDDLE: u64 = 80;
/// How long a price stands, in milliseconds.
const PRICE_STANDS: u64 = 5_000;

/// The middle price of a whole token, times a thousandth.
pub(crate) fn thousandths_of_the_middle(thousandths: u64) -> Decimal {
    Decimal::from(MIDDLE * thousandths)
}

impl World {
    /// What a whole token is paid at most now.
    pub(crate) fn marginal_price(&self) -> Decimal {
        Decimal::from(MIDDLE * self.price_ppm() / 1_000)
    }

    /// The price now, in millionths of the middle one: within two percent of it, another one every
    /// few seconds, without anything in between.
    fn price_ppm(&self) -> u64 {
        let step = self.now / PRICE_STANDS;
        let mixed = (step ^ self.market).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        980_000 + (mixed >> 32) % 40_000
    }

    fn quote(&mut self, venue: VenueId, swap: &Swap) -> Result<Quote, Rejection> {
        if self.strikes(Fault::VenueDown) {
            return Err(Rejection::Unavailable("not now".into()));
        }
        if self.strikes(Fault::VenueDry) {
            return Err(Rejection::NoLiquidity("nothing in the pool".into()));
        }
        let fair = fair_out(swap);
        let price = self.price_ppm();
        let bought = &swap.token_out.symbol;
        let launched = self.launches.open_pool(bought, &venue, self.now);
        let address = match (launched, bought.as_str()) {
            (Some(launched), _) => launched.pool.clone(),
            (None, LISTED) => format!("{venue}'s pool"),
            (None, _) => return Err(Rejection::NoLiquidity("no pool".into())),
        };
        let pool = PoolRef {
            address,
            mint_in: format!("{}'s mint", swap.token_in.symbol),
            mint_out: format!("{}'s mint", swap.token_out.symbol),
            slot: height(self.now),
        };
        let terms = QuoteTerms {
            amount_in: swap.amount_in,
            amount_out: fair.with_units(
                fair.units() * price / 1_000_000 * self.rng.between(980, 1_000) / 1_000,
            ),
            fee: swap.amount_in.with_units(swap.amount_in.units() / 400),
            price_impact_bps: 1,
            network_fee: TokenAmount::from_units(5_000, SOL_DECIMALS),
            network_fee_out: swap.token_out.units(self.rng.below(100)),
        };
        let honest = Quote {
            venue,
            pool,
            token_in: swap.token_in.symbol.clone(),
            token_out: swap.token_out.symbol.clone(),
            terms,
            as_of: at(self.now),
        };
        Ok(if self.strikes(Fault::VenueNonsense) {
            self.distorted(honest)
        } else {
            honest
        })
    }

    fn distorted(&mut self, mut quote: Quote) -> Quote {
        let terms = &mut quote.terms;
        let (amount_in, amount_out) = (terms.amount_in, terms.amount_out);
        match self.rng.below(7) {
            0 => terms.amount_out = amount_out.with_units(0),
            1 => terms.amount_out = amount_out.with_units(amount_out.units() * 10),
            2 => terms.amount_out = amount_out.with_units(amount_out.units() / 10),
            3 => terms.amount_in = amount_in.with_units(amount_in.units() + 1),
            4 => quote.token_out = "JUP".into(),
            5 => terms.amount_out = TokenAmount::from_units(amount_out.units(), SOL_DECIMALS),
            _ => quote.as_of -= Duration::from_secs(60),
        }
        quote
    }
}
