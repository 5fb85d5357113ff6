//! Everything that is served over HTTP: the API, the socket, the metrics and the dashboard.

use std::sync::Arc;

use api::{Access, Api, SocketAddress};
use axum::{
    Router, middleware,
    routing::{MethodRouter, get},
};
use config::MetricsToken;
use engine::{
    catalogue::Catalogue,
    health::Health,
    ports::{AuditTrail, KeyStore, LaunchLog, Launches, LimitStore, OrderReader},
    statistics::Statistics,
};
use metrics_exporter_prometheus::PrometheusHandle;
use postgres::Database;
use tokio::sync::Semaphore;
use websocket::Sockets;

use crate::{
    dashboard,
    door::{self, House},
    gateway::Gateway,
    http_metrics,
    metrics::{self, Measured},
    orders_queue::OrdersQueue,
    socket::{self, SocketState},
};

/// Requests worked on at once. Each waits for one statement or for the venues; more would only wait
/// for a connection.
const MAX_IN_FLIGHT: usize = 1_024;

/// What is served.
pub(crate) struct Served {
    pub(crate) access: Access,
    pub(crate) keys: Arc<dyn KeyStore>,
    pub(crate) limits: Arc<dyn LimitStore>,
    pub(crate) audit_trail: Arc<dyn AuditTrail>,
    pub(crate) submit: engine::submit::Submit,
    pub(crate) cancel: engine::cancel::Cancel,
    pub(crate) router: engine::routing::Router,
    pub(crate) reader: Arc<dyn OrderReader>,
    pub(crate) statistics: Statistics,
    pub(crate) health: Health,
    pub(crate) catalogue: Arc<Catalogue>,
    pub(crate) candles: engine::candles::Candles,
    pub(crate) launches: Arc<dyn Launches>,
    pub(crate) launch_log: Arc<dyn LaunchLog>,
    pub(crate) sockets: Sockets,
    pub(crate) gateway: Arc<Gateway>,
    pub(crate) most_sockets: usize,
    pub(crate) queue: OrdersQueue,
    pub(crate) database: Database,
    pub(crate) house: House,
    pub(crate) recorder: PrometheusHandle,
    pub(crate) metrics_token: Option<MetricsToken>,
    /// Host and port that clients are told when their request names none.
    pub(crate) address: String,
}

/// All routes.
pub(crate) fn routes(served: Served) -> Router {
    let api = Api {
        access: served.access,
        keys: served.keys,
        limits: served.limits,
        audit_trail: served.audit_trail,
        submit: served.submit,
        cancel: served.cancel,
        router: served.router,
        reader: served.reader,
        statistics: served.statistics,
        health: served.health,
        catalogue: served.catalogue,
        candles: served.candles,
        launches: served.launches,
        launch_log: served.launch_log,
        sockets: SocketAddress::OfRequest {
            otherwise: served.address,
        },
        allowed_origins: served.sockets.allowed_origins.clone(),
        base_path: String::new(),
        max_in_flight: MAX_IN_FLIGHT,
    };
    let measured = Measured {
        queue: served.queue,
        gateway: Arc::clone(&served.gateway),
        database: served.database,
        recorder: served.recorder,
        token: served.metrics_token,
    };
    let sockets = SocketState {
        sockets: served.sockets,
        gateway: served.gateway,
        seats: Arc::new(Semaphore::new(served.most_sockets)),
    };
    let house = served.house;
    let others = Router::new()
        .route("/api/orders/ws", socket_route())
        .with_state(sockets)
        .merge(
            Router::new()
                .route("/metrics", get(metrics::metrics))
                .with_state(measured),
        )
        .merge(dashboard::routes());
    api::router(api)
        .merge(api::observed(others))
        .layer(middleware::from_fn(dashboard::show_not_found))
        .layer(middleware::from_fn_with_state(house, door::admit))
        .layer(middleware::from_fn(http_metrics::measure))
}

/// Other methods are refused as the API's routes refuse them.
fn socket_route() -> MethodRouter<SocketState> {
    get(socket::upgrade).fallback(api::other_method)
}
