//! Venues by their identity. Which venues there are is data: the rules know none by name.

use std::{fmt, sync::Arc};

/// A venue that orders are routed to, by its name on the wire and in the database, for example
/// `Raydium`. Any name can be read back: an order that went to a venue which this build does not
/// have is still an order.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct VenueId(Arc<str>);

impl VenueId {
    /// The venue of that name.
    pub fn new(name: impl Into<Arc<str>>) -> Self {
        Self(name.into())
    }

    /// The name on the wire and in the database.
    pub fn name(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for VenueId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
