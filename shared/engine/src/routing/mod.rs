//! Routing: ask every venue at once, believe only what is plausible, compare what the user really
//! receives, say why. Any number of venues.

mod choice;
mod router;

pub use self::{
    choice::{NoRoute, RoutingDecision},
    router::Router,
};
pub use crate::{
    quote::{Offer, OfferedQuote, PoolRef, Quote, QuoteTerms, Rejection, Route},
    venue::VenueId,
};
