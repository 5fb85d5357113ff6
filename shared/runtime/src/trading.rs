//! Who trades: venues and a chain.

use std::sync::Arc;

use config::DelayRange;
use engine::{catalogue::Catalogue, use_cases::TradingPorts};
use postgres::Database;
use simulation::Settings;

/// Where orders are traded.
#[derive(Clone)]
pub struct Trading {
    /// Venues, reference price and chain.
    pub ports: TradingPorts,
    /// What can be traded there.
    pub catalogue: Arc<Catalogue>,
    /// Which chain that is, as the database remembers it ([`postgres::claim_chain`]).
    pub chain: String,
}

impl Trading {
    /// The simulated venues. Their chain keeps its ledger in the same database, in a schema of its
    /// own.
    pub fn simulated(database: &Database, config: &config::Trading) -> Self {
        let bounds = |range: DelayRange| (range.shortest, range.longest);
        let settings = Settings {
            quote_delay: bounds(config.quote_delay),
            execution_delay: bounds(config.execution_delay),
            failure_rate: config.failure_rate.parts_per_million(),
            seed: config.seed,
            launch_every: config.launch_every.duration(),
            volatility: config.volatility.thousandths(),
        };
        let (catalogue, ports) = simulation::trading(database, &settings);
        Self {
            ports,
            catalogue: Arc::new(catalogue),
            chain: postgres::SIMULATED.to_owned(),
        }
    }
}
