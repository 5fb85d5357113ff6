//! The request to the collector: bounded in time, and its failure said once.

use std::{
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

use async_trait::async_trait;
use config::HttpUrl;
use opentelemetry_http::{Bytes, HttpClient, HttpError, Request, Response};
use opentelemetry_otlp::{
    ExporterBuildError, Protocol, RetryPolicy, WithExportConfig, WithHttpConfig,
};
use opentelemetry_sdk::{
    Resource,
    error::OTelSdkResult,
    trace::{SpanData, SpanExporter},
};
use reqwest::redirect::Policy;
use tokio::runtime::Handle;
use tracing::{info, warn};

/// How long the collector has for a batch.
const ANSWER: Duration = Duration::from_secs(5);

/// Why there can be no traces.
#[derive(Debug, thiserror::Error)]
pub enum NoTraces {
    /// No TLS can be had.
    #[error("no requests can be made: {0}")]
    Client(#[from] reqwest::Error),
    /// The address is none.
    #[error("the collector's address is none: {0}")]
    Address(#[from] ExporterBuildError),
}

/// Sends batches, one after the other. One that is not taken is lost: others come.
#[derive(Debug)]
pub(super) struct Exporter {
    otlp: opentelemetry_otlp::SpanExporter,
    is_failing: AtomicBool,
}

impl Exporter {
    pub(super) fn new(collector: &HttpUrl) -> Result<Self, NoTraces> {
        let client = Client {
            http: reqwest::Client::builder()
                .timeout(ANSWER)
                .redirect(Policy::none())
                .build()?,
            runtime: Handle::current(),
        };
        let otlp = opentelemetry_otlp::SpanExporter::builder()
            .with_http()
            .with_protocol(Protocol::HttpBinary)
            .with_endpoint(format!("{collector}/v1/traces"))
            .with_timeout(ANSWER)
            .with_retry_policy(RetryPolicy::disabled())
            .with_http_client(client)
            .build()?;
        Ok(Self {
            otlp,
            is_failing: AtomicBool::new(false),
        })
    }
}

impl SpanExporter for Exporter {
    async fn export(&self, batch: Vec<SpanData>) -> OTelSdkResult {
        let taken = self.otlp.export(batch).await;
        match &taken {
            Ok(()) if self.is_failing.swap(false, Ordering::Relaxed) => {
                info!("the collector takes traces again");
            }
            Err(error) if !self.is_failing.swap(true, Ordering::Relaxed) => {
                warn!(%error, "the collector takes no traces; they are lost until it does");
            }
            Ok(()) | Err(_) => {}
        }
        taken
    }

    fn shutdown_with_timeout(&self, timeout: Duration) -> OTelSdkResult {
        self.otlp.shutdown_with_timeout(timeout)
    }

    fn set_resource(&mut self, resource: &Resource) {
        self.otlp.set_resource(resource);
    }
}

/// Batches are sent by a thread of its own, which has no runtime of tokio; requests need one.
#[derive(Debug)]
struct Client {
    http: reqwest::Client,
    runtime: Handle,
}

#[async_trait]
impl HttpClient for Client {
    async fn send_bytes(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let (http, request) = (self.http.clone(), request.try_into()?);
        let sent = self
            .runtime
            .spawn(async move { http.execute(request).await });
        let answer = sent.await??;
        // Its text is not looked at: it may be of any length.
        let answer = Response::builder().status(answer.status());
        Ok(answer.body(Bytes::new())?)
    }
}
