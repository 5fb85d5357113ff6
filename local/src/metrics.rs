//! `GET /metrics`: what the engine counts, as Prometheus text.

use std::{
    sync::{Arc, OnceLock},
    time::Duration,
};

use api::{Code, Source, refusal};
use axum::{
    Extension,
    extract::State,
    http::{HeaderMap, header},
    response::{IntoResponse, Response},
};
use config::MetricsToken;
use engine::metrics_help;
use metrics::{counter, gauge};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use metrics_util::layers::{Layer, PrefixLayer};
use postgres::Database;

use crate::{gateway::Gateway, orders_queue::OrdersQueue, process::Process};

/// Seconds; an order takes a few, an attempt's back-off up to twenty, its life at most 900.
const BUCKETS: [f64; 12] = [
    0.01, 0.05, 0.25, 1.0, 2.5, 3.0, 3.5, 4.0, 5.0, 10.0, 30.0, 900.0,
];

/// Seconds; an answer takes some milliseconds, one that takes twenty seconds is given up.
const HTTP_BUCKETS: [f64; 11] = [
    0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0, 20.0,
];

/// What is measured at the moment of asking.
#[derive(Clone)]
pub(crate) struct Measured {
    pub(crate) queue: OrdersQueue,
    pub(crate) gateway: Arc<Gateway>,
    pub(crate) database: Database,
    pub(crate) recorder: PrometheusHandle,
    /// What others than this machine's programs show.
    pub(crate) token: Option<MetricsToken>,
}

/// Before every name, so that they are told apart from those of other programs.
const PREFIX: &str = "order_engine";

/// The process's recorder; the first call installs it.
pub(crate) fn recorder() -> PrometheusHandle {
    static RECORDER: OnceLock<PrometheusHandle> = OnceLock::new();
    RECORDER
        .get_or_init(|| {
            let recorder = builder().build_recorder();
            let handle = recorder.handle();
            let prefixed = PrefixLayer::new(PREFIX).layer(recorder);
            if metrics::set_global_recorder(prefixed).is_err() {
                tracing::warn!("another metrics recorder is installed; /metrics stays empty");
            }
            metrics_help::describe();
            Process::now(); // its beginning
            handle
        })
        .clone()
}

fn builder() -> PrometheusBuilder {
    let full = |name: &str| Matcher::Full(format!("{PREFIX}_{name}"));
    PrometheusBuilder::new()
        .set_buckets_for_metric(full("order_seconds_to_final"), &BUCKETS)
        .and_then(|builder| {
            builder.set_buckets_for_metric(full("http_request_seconds"), &HTTP_BUCKETS)
        })
        .unwrap_or_else(|_| PrometheusBuilder::new()) // only an empty list is refused
}

/// `GET /metrics`
pub(crate) async fn metrics(
    State(measured): State<Measured>,
    source: Option<Extension<Source>>,
    headers: HeaderMap,
) -> Response {
    let local = source.is_some_and(|Extension(Source(at))| at.to_canonical().is_loopback());
    if !local && !measured.opens_to(&headers) {
        let detail = "the metrics are for this machine, and for who shows METRICS_TOKEN";
        return refusal(Code::Unauthorized, detail);
    }
    measured.queue.measure().await;
    set("sockets_live", measured.gateway.live());
    let pool = measured.database.pool_status();
    set("database_connections", pool.open);
    set("database_connections_in_use", pool.in_use);
    set("database_connections_limit", pool.limit);
    set("database_waiting", pool.waiting);
    of_process();
    (
        [(header::CONTENT_TYPE, "text/plain; version=0.0.4")],
        measured.recorder.render(),
    )
        .into_response()
}

impl Measured {
    fn opens_to(&self, headers: &HeaderMap) -> bool {
        let shown = headers.get(header::AUTHORIZATION);
        let shown = shown.and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "));
        let token = self.token.as_ref().map(MetricsToken::as_str);
        token
            .zip(shown)
            .is_some_and(|(token, shown)| auth::same(token, shown))
    }
}

fn of_process() {
    let process = Process::now();
    gauge!("build_info", "version" => env!("CARGO_PKG_VERSION")).set(1);
    gauge!("process_start_time_seconds").set(process.started.as_secs_f64());
    gauge!("process_uptime_seconds").set(process.uptime.as_secs_f64());
    if let Some(bytes) = process.resident {
        set("process_resident_memory_bytes", bytes);
    }
    if let Some(open) = process.open_files {
        set("process_open_fds", open);
    }
    if let Some(seconds) = process.processor {
        counter!("process_cpu_seconds_total").absolute(seconds);
    }
}

pub(crate) fn set_time(name: &'static str, time: Duration) {
    gauge!(name).set(time.as_secs_f64());
}

/// A gauge is a float; these counts stay far below 2^52.
pub(crate) fn set(name: &'static str, value: impl TryInto<u64>) {
    #[expect(clippy::cast_precision_loss, reason = "see above")]
    let value = value.try_into().unwrap_or(u64::MAX) as f64;
    gauge!(name).set(value);
}
