//! Which venues there are. Whoever routes, simulates or trades asks this list and knows no venue
//! by name.

use crate::{meteora, raydium};

/// A venue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Venue {
    /// Its name, on the wire and in the database. Never changes.
    pub name: &'static str,
}

/// Every venue. Of two that pay the same, the one that comes first is taken.
pub const VENUES: [Venue; 2] = [raydium::VENUE, meteora::VENUE];
