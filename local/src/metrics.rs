//! `GET /metrics`: what the engine counts, as Prometheus text.

use std::sync::{Arc, OnceLock};

use axum::{
    extract::State,
    http::header,
    response::{IntoResponse, Response},
};
use metrics::gauge;
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};

use crate::{gateway::Gateway, queue::LocalQueue};

/// Seconds; an order takes a few, an attempt's back-off up to twenty, its life at most 900.
const BUCKETS: [f64; 12] = [
    0.01, 0.05, 0.25, 1.0, 2.5, 3.0, 3.5, 4.0, 5.0, 10.0, 30.0, 900.0,
];

/// What is measured at the moment of asking.
#[derive(Clone)]
pub(crate) struct Measured {
    pub(crate) queue: Arc<LocalQueue>,
    pub(crate) gateway: Arc<Gateway>,
    pub(crate) recorder: PrometheusHandle,
}

/// The process's recorder; the first call installs it.
pub(crate) fn recorder() -> PrometheusHandle {
    static RECORDER: OnceLock<PrometheusHandle> = OnceLock::new();
    RECORDER
        .get_or_init(|| {
            let builder = PrometheusBuilder::new()
                .set_buckets_for_metric(Matcher::Full("order_seconds_to_final".into()), &BUCKETS)
                .unwrap_or_else(|_| PrometheusBuilder::new()); // only an empty list is refused
            let recorder = builder.build_recorder();
            let handle = recorder.handle();
            if metrics::set_global_recorder(recorder).is_err() {
                tracing::warn!("another metrics recorder is installed; /metrics stays empty");
            }
            handle
        })
        .clone()
}

/// `GET /metrics`
pub(crate) async fn metrics(State(measured): State<Measured>) -> Response {
    let depth = measured.queue.depth();
    #[expect(
        clippy::cast_precision_loss,
        reason = "a gauge is a float; these counts stay far below 2^52"
    )]
    let set = |name: &'static str, value: usize| gauge!(name).set(value as f64);
    set("queue_ready", depth.ready);
    set("queue_delayed", depth.delayed);
    set("queue_in_flight", depth.in_flight);
    set("queue_dead", depth.dead);
    gauge!("queue_oldest_seconds").set(depth.oldest.as_secs_f64());
    set("sockets_live", measured.gateway.live());
    (
        [(header::CONTENT_TYPE, "text/plain; version=0.0.4")],
        measured.recorder.render(),
    )
        .into_response()
}
