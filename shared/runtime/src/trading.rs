//! Who trades: the venues and the chain that the environment asks for.

use std::sync::Arc;

use adapters::{
    env::{self, DelayRange, Venues},
    postgres::Database,
};
use engine::{
    order::Catalogue,
    ports::{Chain, Reference, Venue},
};
use venues::simulated::{Settings, Simulation};

/// Where orders are traded.
#[derive(Clone)]
pub struct Trading {
    /// The venues, in the order in which ties are broken.
    pub venues: Vec<Arc<dyn Venue>>,
    /// The price that their answers are held against.
    pub reference: Arc<dyn Reference>,
    /// Who executes.
    pub chain: Arc<dyn Chain>,
    /// What can be traded there.
    pub catalogue: Arc<Catalogue>,
}

impl Trading {
    /// The venues that the environment names. The simulated chain keeps its ledger in the same database, in a schema of its
    /// own.
    pub fn new(database: &Database, config: &env::Trading) -> Self {
        match config.venues {
            Venues::Simulated => Self::simulated(database, config),
        }
    }

    fn simulated(database: &Database, config: &env::Trading) -> Self {
        let bounds = |range: DelayRange| (range.shortest, range.longest);
        let settings = Settings {
            quote_delay: bounds(config.quote_delay),
            execution_delay: bounds(config.execution_delay),
            failure_rate: config.failure_rate.parts_per_million(),
            seed: config.seed,
        };
        let simulation = Simulation::new(database, &settings);
        Self {
            venues: simulation.venues,
            reference: simulation.reference,
            chain: simulation.chain,
            catalogue: Arc::new(simulation.catalogue),
        }
    }
}
