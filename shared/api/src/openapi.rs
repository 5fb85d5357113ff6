//! The description of this API for machines, made from its types.

use utoipa::OpenApi;

use crate::routes::{
    audit, cancel, candles, execute, export, health, keys, launches, limits, market, orders, quote,
    stats, tokens,
};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Order execution engine",
        description = "Takes market, limit and sniper orders, routes each to the venue that pays most, executes it \
            exactly once, and streams every step. Amounts are exact decimals, written as strings. \
            Every error is a problem document (RFC 9457) with a stable `code`. Where keys are asked \
            for (`auth` of `/api/market`), everything under `orders` and `access`, and quotes, need \
            one: 401 `unauthorized` without a valid key, 403 `forbidden` when its scopes do not \
            allow it.",
        license(name = "MIT OR Apache-2.0", identifier = "MIT OR Apache-2.0"),
    ),
    paths(
        execute::execute,
        orders::list,
        export::export,
        orders::details,
        orders::events,
        cancel::cancel,
        cancel::cancel_many,
        stats::stats,
        quote::quote,
        tokens::tokens,
        launches::launches,
        candles::candles,
        market::market,
        keys::list,
        keys::create,
        keys::revoke,
        keys::ticket,
        limits::limits,
        audit::audit,
        health::health,
        health::live,
    ),
    tags(
        (name = "orders", description = "Orders and their history."),
        (name = "market", description = "What can be traded, and at what price."),
        (name = "access", description = "Keys and tickets."),
        (name = "operation", description = "For those who run the engine."),
    ),
)]
struct Description;

/// The OpenAPI 3.1 document, as pretty-printed JSON.
///
/// # Errors
/// When the document cannot be written as JSON, which would be a defect of the generator.
pub fn document() -> Result<String, serde_json::Error> {
    Description::openapi().to_pretty_json()
}
