//! The shapes of the wire, and nothing but them: no type of the engine is serialized as it is, and
//! nothing outside of this module knows a name or a format that clients see in a body.

mod event;
mod health;
mod offer;
mod order;
mod quote;
mod schemas;
mod token;

use engine::order::OrderKind;
use jiff::Timestamp;

pub(crate) use self::{
    event::EventDto,
    health::{HealthDto, LiveDto},
    offer::OfferDto,
    order::{AcceptedDto, ListedOrderDto, OrderDetailsDto},
    quote::QuoteDto,
    schemas::{ExecuteRequestDto, StatusDto},
    token::TokenDto,
};
pub use event::event_json;

/// The slippage that an order of this kind allows, in basis points.
fn slippage_bps(kind: &OrderKind) -> u16 {
    match kind {
        OrderKind::Market(market) => market.slippage.bps(),
    }
}

/// RFC 3339 in UTC with milliseconds.
fn time_text(at: Timestamp) -> String {
    format!("{at:.3}")
}
