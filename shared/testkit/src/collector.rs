//! A collector of OpenTelemetry: takes traces, and tells what it has.

use std::{
    collections::BTreeMap,
    fmt::Write,
    future::pending,
    sync::{Arc, Mutex, PoisonError},
};

use axum::{Router, body::Bytes, http::StatusCode, routing::post};
use opentelemetry_proto::tonic::{
    collector::trace::v1::ExportTraceServiceRequest,
    common::v1::{KeyValue, any_value::Value},
    trace::v1::{ResourceSpans, Span, status::StatusCode as Outcome},
};
use prost::Message;
use tokio::net::TcpListener;

/// One step of an order, as the collector was told it.
#[derive(Clone, Debug)]
pub struct Traced {
    /// The trace that it is a part of, in hex.
    pub trace: String,
    /// Its id, in hex.
    pub id: String,
    /// Its parent's; empty for a root.
    pub parent: String,
    /// What it is.
    pub name: String,
    /// Which program wrote it.
    pub service: String,
    /// What else is told of it.
    pub attributes: BTreeMap<String, String>,
    /// Whether it is told as an error.
    pub is_error: bool,
}

/// How a collector behaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Behaviour {
    /// It takes what it is sent.
    Takes,
    /// It is broken, and says so.
    Refuses,
    /// It takes connections, and never answers.
    Hangs,
}

/// A collector on this machine. It ends with the test.
#[derive(Debug)]
pub struct Collector {
    endpoint: String,
    seen: Arc<Mutex<Seen>>,
}

#[derive(Debug, Default)]
struct Seen {
    requests: usize,
    spans: Vec<Traced>,
}

impl Collector {
    /// Starts one.
    ///
    /// # Panics
    /// If there is no free port.
    pub async fn start(behaviour: Behaviour) -> Self {
        let seen = Arc::<Mutex<Seen>>::default();
        let shared = Arc::clone(&seen);
        let take = async move |body: Bytes| {
            {
                let mut seen = shared.lock().unwrap_or_else(PoisonError::into_inner);
                seen.requests += 1;
                if behaviour == Behaviour::Takes {
                    let sent = ExportTraceServiceRequest::decode(body).expect("OTLP");
                    seen.spans
                        .extend(sent.resource_spans.into_iter().flat_map(told));
                }
            }
            match behaviour {
                Behaviour::Takes => StatusCode::OK,
                Behaviour::Refuses => StatusCode::INTERNAL_SERVER_ERROR,
                Behaviour::Hangs => pending().await,
            }
        };
        let router = Router::new().route("/v1/traces", post(take));
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("bound");
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self {
            endpoint: format!("http://{address}"),
            seen,
        }
    }

    /// What `OTEL_EXPORTER_OTLP_ENDPOINT` is to be.
    pub fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// How often it was sent something.
    pub fn requests(&self) -> usize {
        self.seen().requests
    }

    /// All that it has.
    pub fn spans(&self) -> Vec<Traced> {
        self.seen().spans.clone()
    }

    /// What it has of the trace that an order's is, by the order's id.
    pub fn of_order(&self, order: &str) -> Vec<Traced> {
        let trace = order.replace('-', "");
        let mut spans = self.spans();
        spans.retain(|span| span.trace == trace);
        spans
    }

    fn seen(&self) -> std::sync::MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn told(sent: ResourceSpans) -> impl Iterator<Item = Traced> {
    let resource = sent.resource.map(|resource| resource.attributes);
    let service = texts(resource.unwrap_or_default()).remove("service.name");
    let service = service.unwrap_or_default();
    let spans = sent.scope_spans.into_iter().flat_map(|scope| scope.spans);
    spans.map(move |span| step(span, service.clone()))
}

fn step(span: Span, service: String) -> Traced {
    Traced {
        trace: hex(&span.trace_id),
        id: hex(&span.span_id),
        parent: hex(&span.parent_span_id),
        name: span.name,
        service,
        attributes: texts(span.attributes),
        is_error: span
            .status
            .is_some_and(|status| status.code() == Outcome::Error),
    }
}

fn texts(attributes: Vec<KeyValue>) -> BTreeMap<String, String> {
    let text = |attribute: KeyValue| match attribute.value?.value? {
        Value::StringValue(text) => Some((attribute.key, text)),
        Value::IntValue(number) => Some((attribute.key, number.to_string())),
        _ => None,
    };
    attributes.into_iter().filter_map(text).collect()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}"); // a text takes anything
        text
    })
}
