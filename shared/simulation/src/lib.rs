//! The simulated chain: no network, no keys, and yet the rules of a real one.
//!
//! A transaction is identified by an ed25519 signature over its bytes, lands after a delay or expires by height, lands at most
//! once, and is executed at the pool state of the slot it lands in, or undone when that would pay less than its minimum.
//! The ledger is durable and independent of the engine: it can be asked how many swaps landed for an order.

mod chain;
mod dice;
mod ledger;
mod quotes;
mod time;
mod transaction;

use std::{sync::Arc, time::Duration};

use adapters::postgres::Database;
use engine::{
    order::{Catalogue, Listing, Token},
    ports::{Chain, Reference, Venue},
};

use self::{chain::SimulatedChain, dice::Dice, quotes::SimulatedVenue};
use crate::market::{self, Market};

pub use self::ledger::{Landed, Ledger};

/// How the simulation behaves.
#[derive(Clone, Debug)]
pub struct Settings {
    /// How long a quote takes, at least and at most.
    pub quote_delay: (Duration, Duration),
    /// From submission to landing, at least and at most.
    pub execution_delay: (Duration, Duration),
    /// The share of transactions that the chain refuses with a retryable error, in millionths.
    pub failure_rate: u32,
    /// The seed of the price path and of every delay: same seed, same market.
    pub seed: u64,
}

/// The venues and the chain of one simulation.
#[derive(Clone)]
pub struct Simulation {
    /// What can be traded.
    pub catalogue: Catalogue,
    /// The venues, in the order in which ties are broken.
    pub venues: Vec<Arc<dyn Venue>>,
    /// The common mid price.
    pub reference: Arc<dyn Reference>,
    /// The chain.
    pub chain: Arc<dyn Chain>,
}

impl Simulation {
    /// A simulation whose ledger is in that database.
    pub fn new(database: &Database, settings: &Settings) -> Self {
        let market = Market::new(settings.seed);
        let dice = Arc::new(Dice::new(settings.seed));
        let venue = |venue| {
            let delay = settings.quote_delay;
            Arc::new(SimulatedVenue {
                venue,
                market: market.clone(),
                delay,
                dice: Arc::clone(&dice),
            })
        };
        Self {
            catalogue: catalogue(&market),
            venues: vec![venue(market::Venue::Raydium), venue(market::Venue::Meteora)],
            reference: venue(market::Venue::Raydium),
            chain: Arc::new(SimulatedChain::new(Ledger::new(database), market, settings)),
        }
    }
}

fn catalogue(market: &Market) -> Catalogue {
    let listing = |token: &market::Token| Listing {
        token: Token {
            symbol: token.symbol.to_owned(),
            decimals: token.decimals,
        },
        mint: token.mint.to_owned(),
    };
    Catalogue {
        listings: market.tokens().iter().map(listing).collect(),
        pairs: market
            .pairs()
            .map(|(a, b)| (a.symbol.to_owned(), b.symbol.to_owned()))
            .collect(),
    }
}
