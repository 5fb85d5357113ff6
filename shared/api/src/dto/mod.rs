//! The shapes of the wire, and nothing but them: no type of the engine is serialized as it is, and
//! nothing outside of this module knows a name or a format that clients see in a body.

mod audit;
mod cancel;
mod candle;
mod condition;
mod csv;
mod event;
mod health;
mod key;
mod launch;
mod limits;
mod market;
mod offer;
mod order;
mod payload;
mod quote;
mod schemas;
mod stats;
mod token;
mod words;

use jiff::Timestamp;

pub(crate) use self::{
    audit::AuditEntryDto,
    cancel::BulkCancelDto,
    candle::CandleDto,
    csv::csv_lines,
    event::EventDto,
    health::{HealthDto, LiveDto},
    key::{KeyDto, NewKeyDto, TicketDto},
    launch::LaunchDto,
    limits::{LimitsDto, OwnLimitsDto},
    market::MarketDto,
    offer::OfferDto,
    order::{AcceptedDto, ListedOrderDto, OrderDetailsDto, OrderDto},
    quote::QuoteDto,
    schemas::{
        BulkCancelRequestDto, ExecuteRequestDto, FilterDto, KeyRequestDto, TicketRequestDto,
    },
    stats::StatsDto,
    token::TokenDto,
    words::{IntervalDto, WindowDto},
};
pub use event::event_json;
pub use key::key_json;
pub use limits::{limits_json, read_limits};

/// RFC 3339 in UTC with milliseconds.
fn time_text(at: Timestamp) -> String {
    format!("{at:.3}")
}
