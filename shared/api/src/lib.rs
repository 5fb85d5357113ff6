//! The REST API: one router, the same on AWS behind API Gateway and on one machine behind a socket.
//!
//! A handler (`routes`) reads the request (`requests`), calls a use case and writes the answer
//! (`dto`); it decides nothing about orders. What is true of every request is in `http`. Read
//! [`router`] first, then `routes/execute.rs` (an order comes in) and `routes/orders.rs` (how
//! orders stand).

use std::sync::Arc;

use axum::{
    Router, middleware,
    routing::{delete, get, post},
};
use engine::{
    cancel::Cancel,
    candles::Candles,
    catalogue::Catalogue,
    health::Health,
    ports::{AuditTrail, KeyStore, LaunchLog, Launches, LimitStore, OrderReader},
    statistics::Statistics,
    submit::Submit,
};
use tower_http::catch_panic::CatchPanicLayer;

pub mod description;
mod dto;
mod http;
mod requests;
mod routes;
mod socket_address;

pub use dto::{event_json, key_json, limits_json, read_limits};
pub use http::{
    access::{Access, Source, Who},
    code::Code,
    fallbacks::other_method,
    problem::refusal,
    requests::observed,
};
pub use socket_address::{Reached, SocketAddress};

use crate::{
    http::{
        concurrency_limit::{self, ConcurrencyLimit},
        cors, fallbacks,
    },
    routes::{
        audit, cancel, candles, description as describe, execute, export, health, keys, launches,
        limits, market, orders, quote, stats, tokens,
    },
};

/// What the API works with, and how it is reached.
#[derive(Clone)]
pub struct Api {
    /// Who may use it.
    pub access: Access,
    /// Keeps keys.
    pub keys: Arc<dyn KeyStore>,
    /// Keeps limits.
    pub limits: Arc<dyn LimitStore>,
    /// Tells who wrote what.
    pub audit_trail: Arc<dyn AuditTrail>,
    /// Takes orders in.
    pub submit: Submit,
    /// Cancels orders.
    pub cancel: Cancel,
    /// Asks the venues for a quote.
    pub router: engine::routing::Router,
    /// The order book, for reading.
    pub reader: Arc<dyn OrderReader>,
    /// What became of all orders of a time.
    pub statistics: Statistics,
    /// Whether orders can be taken and executed.
    pub health: Health,
    /// What can be traded.
    pub catalogue: Arc<Catalogue>,
    /// Tells how prices went.
    pub candles: Candles,
    /// Who tells which pools are created.
    pub launches: Arc<dyn Launches>,
    /// The pools that are known to be created.
    pub launch_log: Arc<dyn LaunchLog>,
    /// Where clients find the socket.
    pub sockets: SocketAddress,
    /// Origins of pages on other hosts that may read answers, for example `https://desk.example`.
    pub allowed_origins: Vec<String>,
    /// What stands before `/api` in the addresses that clients use: nothing, or `/` and the stage
    /// behind API Gateway.
    pub base_path: String,
    /// How many requests to `/api` are worked on at once; the next one is answered 429.
    pub max_in_flight: usize,
}

/// The API as a service. Routes added to it afterwards are not behind its limits and headers.
pub fn router(api: Api) -> Router {
    let limit = ConcurrencyLimit::new(api.max_in_flight, Arc::clone(&api.submit.clock));
    let allowed_origins: Arc<[String]> = api.allowed_origins.clone().into();
    let router = Router::new()
        .route("/api/orders/execute", post(execute::execute))
        .route("/api/orders", get(orders::list))
        .route("/api/orders.csv", get(export::export))
        .route(
            "/api/orders/{id}",
            get(orders::details).delete(cancel::cancel),
        )
        .route("/api/orders/cancel", post(cancel::cancel_many))
        .route("/api/orders/{id}/events", get(orders::events))
        .route("/api/quote", get(quote::quote))
        .route("/api/tokens", get(tokens::tokens))
        .route("/api/launches", get(launches::launches))
        .route("/api/candles", get(candles::candles))
        .route("/api/stats", get(stats::stats))
        .route("/api/market", get(market::market))
        .route("/api/limits", get(limits::limits))
        .route("/api/audit", get(audit::audit))
        .route("/api/keys", get(keys::list).post(keys::create))
        .route("/api/keys/{id}", delete(keys::revoke))
        .route("/api/tickets", post(keys::ticket))
        .route("/api/openapi.json", get(describe::openapi))
        .route("/api/docs", get(describe::docs))
        .route_layer(middleware::from_fn_with_state(
            limit,
            concurrency_limit::apply,
        ))
        // Outside of the limit: a busy engine is a healthy one.
        .route("/health", get(health::health))
        .route("/health/live", get(health::live))
        .fallback(fallbacks::no_such_route)
        .method_not_allowed_fallback(fallbacks::other_method)
        .layer(CatchPanicLayer::custom(fallbacks::panicked))
        .layer(middleware::from_fn_with_state(
            allowed_origins,
            cors::answer,
        ))
        .layer(middleware::map_response(fallbacks::protect))
        .with_state(Arc::new(api));
    observed(router)
}
