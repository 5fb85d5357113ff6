//! No traces: this program was built without them.

use std::convert::Infallible;

use config::OTEL_EXPORTER_OTLP_ENDPOINT;
use tracing::Subscriber;
use tracing_subscriber::layer::{Identity, Layer};

/// Why there are none.
#[derive(Debug, thiserror::Error)]
pub enum NoTraces {
    /// There is a collector, and nothing for it.
    #[error(
        "{} is set, and this program was built without traces: build it with \
        `cargo build --features traces`, or deploy with `localstack/deploy.sh OtelEndpoint=…`, \
        which does",
        OTEL_EXPORTER_OTLP_ENDPOINT.name
    )]
    OtherBuild,
}

/// The way of spans to their collector, which this program does not have.
#[derive(Clone, Copy, Debug)]
pub struct Traces(Infallible);

impl Traces {
    /// Says that there are none.
    ///
    /// # Errors
    /// [`NoTraces`] where there is a collector.
    pub fn open(settings: &config::Traces, _: &str) -> Result<Option<Self>, NoTraces> {
        match settings.endpoint {
            Some(_) => Err(NoTraces::OtherBuild),
            None => Ok(None),
        }
    }

    pub(crate) fn layer<S: Subscriber>(&self) -> impl Layer<S> + use<S> {
        Identity::new()
    }

    /// Sends nothing.
    #[expect(clippy::unused_async, reason = "it is the same with traces")]
    pub async fn flush(&self) {
        match self.0 {}
    }

    /// Stops nothing.
    #[expect(clippy::unused_async, reason = "it is the same with traces")]
    pub async fn stop(self) {
        match self.0 {}
    }
}
