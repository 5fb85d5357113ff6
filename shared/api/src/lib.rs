//! The REST API: one router, the same on AWS behind API Gateway and on one machine behind a socket.
//!
//! A handler reads the request, calls a use case and writes the answer; it decides nothing about orders. Read
//! [`router`] first, then `execute.rs` (an order comes in) and `history.rs` (how orders stand).

use std::sync::Arc;

use axum::{
    Router, middleware,
    routing::{get, post},
};
use engine::{order::Catalogue, ports::Orders, submit::Submit};
use tower_http::catch_panic::CatchPanicLayer;

mod body;
mod code;
mod cors;
mod cursor;
mod described;
mod edge;
mod execute;
mod gate;
mod health;
mod history;
pub mod openapi;
mod problem;
mod query;
mod quote;
mod request;
mod socket;
mod terms;
mod tokens;
mod views;

pub use code::Code;
pub use socket::SocketAddress;

/// What the API works with, and how it is reached.
#[derive(Clone)]
pub struct Api {
    /// Takes orders in.
    pub submit: Submit,
    /// Asks the venues for a quote.
    pub router: engine::router::Router,
    /// The order book, for reading.
    pub orders: Arc<dyn Orders>,
    /// What can be traded.
    pub catalogue: Arc<Catalogue>,
    /// Where clients find the socket.
    pub sockets: SocketAddress,
    /// Origins of pages on other hosts that may read answers, for example `https://desk.example`.
    pub allowed_origins: Vec<String>,
    /// What stands before `/api` in the addresses that clients use: nothing, or `/` and the stage behind API Gateway.
    pub base_path: String,
    /// How many requests to `/api` are worked on at once; the next one is answered 429.
    pub max_in_flight: usize,
}

/// The API as a service. Routes added to it afterwards are not behind its limits and headers.
pub fn router(api: Api) -> Router {
    let gate = gate::Gate::new(api.max_in_flight, Arc::clone(&api.submit.clock));
    let allowed_origins: Arc<[String]> = api.allowed_origins.clone().into();
    Router::new()
        .route("/api/orders/execute", post(execute::execute))
        .route("/api/orders", get(history::list))
        .route("/api/orders/{id}", get(history::details))
        .route("/api/orders/{id}/events", get(history::events))
        .route("/api/quote", get(quote::quote))
        .route("/api/tokens", get(tokens::tokens))
        .route_layer(middleware::from_fn_with_state(gate, gate::pass))
        // Outside of the gate: a busy engine is a healthy one.
        .route("/health", get(health::health))
        .fallback(edge::no_such_route)
        .method_not_allowed_fallback(edge::other_method)
        .layer(CatchPanicLayer::custom(edge::panicked))
        .layer(middleware::from_fn_with_state(
            allowed_origins,
            cors::answer,
        ))
        .layer(middleware::map_response(edge::protect))
        .with_state(Arc::new(api))
}
