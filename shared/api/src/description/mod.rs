//! The description of this API, made from its types: for machines, and as a page.

mod page;

use maud::Markup;
use serde_json::{Value, json};
use utoipa::OpenApi;

use crate::{
    dto::IntervalDto,
    routes::{
        audit, cancel, candles, description, execute, export, health, keys, launches, limits,
        market, orders, quote, stats, tokens,
    },
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
        description::openapi,
        description::docs,
    ),
    components(schemas(IntervalDto)), // of a parameter alone
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

/// The document as it is served, where what stands before `/api` is known: generated clients put
/// it before each path.
///
/// # Errors
/// As [`document`].
pub(crate) fn served(base_path: &str) -> Result<Value, serde_json::Error> {
    let mut document = serde_json::to_value(Description::openapi())?;
    if !base_path.is_empty() {
        document["servers"] = json!([{ "url": base_path }]);
    }
    Ok(document)
}

/// The same as a page.
///
/// # Errors
/// As [`document`].
pub(crate) fn page(base_path: &str) -> Result<Markup, serde_json::Error> {
    let source = format!("{base_path}/api/openapi.json");
    Ok(page::page(&served(base_path)?, &source))
}
