//! The simulated market and chain: no network, no keys, and yet the rules of a real one.
//!
//! [`Market`] is a pure function of a seed and a slot. On it, a chain: a transaction is identified
//! by an ed25519 signature over its bytes, lands after a delay or expires by height, lands at most
//! once, and is executed at the pool state of the slot it lands in, or undone when that would pay
//! less than its minimum. The ledger is durable and independent of the engine: it can be asked how
//! many swaps landed for an order. It has migrations of its own, so a database of an engine that
//! trades elsewhere has none of it.

mod chain;
mod launches;
mod ledger;
mod market;
mod quotes;
mod rng;
mod time;
mod transaction;

use std::{sync::Arc, time::Duration};

use engine::{
    catalogue::{Catalogue, ListedToken, MarketKind},
    order::Token,
    ports::Venue,
    routing::VenueId,
    use_cases::TradingPorts,
};
use postgres::{Database, DatabaseError, Migrated, Migrations, Right};
use venues::registry::VENUES;

use self::{chain::SimulatedChain, launches::SimulatedLaunches, quotes::SimulatedVenue, rng::Rng};

pub use self::{
    ledger::{Landed, Ledger},
    market::{Launch, Market, Swap as MarketSwap, Token as MarketToken},
};

mod embedded {
    refinery::embed_migrations!("migrations");
}

/// The table that keeps which of the simulation's migrations were applied.
const HISTORY: &str = "chain_schema_history";

/// Brings the simulation's own schema (`chain`) to this build's version.
///
/// # Errors
/// As [`postgres::apply`].
pub async fn migrate(database: &Database) -> Result<Migrated, DatabaseError> {
    let migrations = Migrations {
        runner: embedded::migrations::runner(),
        history: HISTORY,
    };
    postgres::apply(database, migrations).await
}

/// What a program that serves does with the simulation's own schema: what the chain received is
/// written once.
pub const RIGHTS: &[Right] = &[
    Right {
        schema: "chain",
        name: "transactions",
        may: &["SELECT", "INSERT"],
    },
    Right {
        schema: "",
        name: HISTORY,
        may: &["SELECT"],
    },
];

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
    /// How often a token is launched, on average.
    pub launch_every: Duration,
    /// How far prices move, in thousandths of the usual.
    pub volatility: u32,
}

/// What can be traded in the simulation, and where.
pub fn trading(database: &Database, settings: &Settings) -> (Catalogue, TradingPorts) {
    let market = Market::new(settings.seed)
        .launching_every(settings.launch_every)
        .moving(settings.volatility);
    let rng = Arc::new(Rng::new(settings.seed));
    let quoting = |venue: &venues::Venue| SimulatedVenue {
        venue: VenueId::new(venue.name),
        market: market.clone(),
        delay: settings.quote_delay,
        rng: Arc::clone(&rng),
        database: database.clone(),
    };
    let each = VENUES.iter();
    let ports = TradingPorts {
        venues: each
            .map(|venue| Arc::new(quoting(venue)) as Arc<dyn Venue>)
            .collect(),
        reference: Arc::new(quoting(&VENUES[0])),
        chain: Arc::new(SimulatedChain::new(
            Ledger::new(database),
            market.clone(),
            settings,
        )),
        launches: Arc::new(SimulatedLaunches {
            market: market.clone(),
            database: database.clone(),
        }),
    };
    (catalogue(&market), ports)
}

fn catalogue(market: &Market) -> Catalogue {
    let listed = |token: &MarketToken| ListedToken {
        token: Token {
            symbol: token.symbol.to_owned(),
            decimals: token.decimals,
        },
        mint: token.mint.to_owned(),
    };
    Catalogue {
        kind: MarketKind::Simulated,
        tells_launches: true,
        explorer: None,
        tokens: market.tokens().iter().map(listed).collect(),
        pairs: market
            .pairs()
            .map(|(a, b)| (a.symbol.to_owned(), b.symbol.to_owned()))
            .collect(),
    }
}
