//! Where a function trades.

use super::{Configuration, Reading, Solana, Trading, VENUES, Venues};

/// The market that [`VENUES`] names, with what is to be known of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Market {
    /// The simulated one.
    Simulated(Trading),
    /// Solana.
    Solana(Solana),
}

impl Configuration for Market {
    fn gather(env: &mut Reading<'_>) -> Option<Self> {
        let venues = env.get(&VENUES);
        if venues == Some(Venues::Solana) {
            return Solana::gather(env).map(Self::Solana);
        }
        let simulated = Trading::gather(env);
        venues?;
        simulated.map(Self::Simulated)
    }
}
