//! Two venues around a price that does not move, and the lies they tell.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use engine::{
    order::{Dex, Swap},
    ports::{Reference, Venue},
    quote::{Quote, Rejection},
};

use crate::{fault::Fault, point::Point, time::at, wire::Wire, world::World};

/// One venue as one process reaches it.
pub(crate) struct VenuePort {
    wire: Wire,
    dex: Dex,
}

/// What a swap pays at the mid price.
pub(crate) const fn fair_out(amount_in: u64) -> u64 {
    amount_in * 80
}

impl VenuePort {
    pub(crate) fn both(wire: &Wire) -> Vec<Arc<dyn Venue>> {
        let venue = |dex| {
            Arc::new(Self {
                wire: wire.clone(),
                dex,
            }) as Arc<dyn Venue>
        };
        [Dex::Raydium, Dex::Meteora].map(venue).to_vec()
    }

    pub(crate) const fn first(wire: Wire) -> Self {
        Self {
            wire,
            dex: Dex::Raydium,
        }
    }
}

#[async_trait]
impl Venue for VenuePort {
    fn dex(&self) -> Dex {
        self.dex
    }

    async fn quote(&self, swap: &Swap) -> Result<Quote, Rejection> {
        let (dex, asked) = (self.dex, swap.clone());
        let (process, late) = {
            let mut world = self.wire.world.lock();
            (self.wire.process, world.strikes(Fault::VenueLate))
        };
        if late {
            self.wire.pause(3_000).await;
        }
        let quote = move |world: &mut World| {
            if world.poisonous.contains(&asked.amount_in) {
                world.faults.count(Fault::Poisonous);
                world.disturbed = true;
                world.kill(process);
            }
            world.quote(dex, &asked)
        };
        self.wire
            .call(Point::Quote, quote)
            .await
            .unwrap_or_else(|problem| Err(Rejection::Unavailable(problem.0)))
    }
}

#[async_trait]
impl Reference for VenuePort {
    async fn fair_out(&self, swap: &Swap) -> Option<u64> {
        Some(fair_out(swap.amount_in))
    }
}

impl World {
    fn quote(&mut self, dex: Dex, swap: &Swap) -> Result<Quote, Rejection> {
        if self.strikes(Fault::VenueDown) {
            return Err(Rejection::Unavailable("not now".into()));
        }
        if self.strikes(Fault::VenueDry) {
            return Err(Rejection::NoLiquidity("nothing in the pool".into()));
        }
        let honest = Quote {
            dex,
            pool: "pool".into(),
            token_in: swap.token_in.symbol.clone(),
            token_out: swap.token_out.symbol.clone(),
            amount_in: swap.amount_in,
            amount_out: fair_out(swap.amount_in) * self.dice.between(980, 1_000) / 1_000,
            fee: swap.amount_in / 400,
            price_impact_bps: 1,
            network_fee: 5_000,
            network_fee_out: self.dice.below(100),
            as_of: at(self.now),
        };
        Ok(if self.strikes(Fault::VenueNonsense) {
            self.distorted(honest)
        } else {
            honest
        })
    }

    fn distorted(&mut self, mut quote: Quote) -> Quote {
        match self.dice.below(6) {
            0 => quote.amount_out = 0,
            1 => quote.amount_out *= 10,
            2 => quote.amount_out /= 10,
            3 => quote.amount_in += 1,
            4 => quote.token_out = "JUP".into(),
            _ => quote.as_of -= Duration::from_secs(60),
        }
        quote
    }
}
