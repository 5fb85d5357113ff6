//! Traces: what the engine says of an order's steps, for a collector of OpenTelemetry.
//!
//! All spans of an order are one trace, whichever program wrote them, and no message carries a word
//! of it: the trace's id is the order's ([`tracer`]). Who collects them may be slow, wrong or away:
//! spans wait in a queue of a fixed length, and what does not fit is lost ([`exporter`]).

mod exporter;
mod sampler;
mod tracer;

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use engine::trace::TARGET;
use opentelemetry::trace::TracerProvider;
use opentelemetry_sdk::{
    Resource,
    trace::{BatchConfigBuilder, BatchSpanProcessor, SdkTracerProvider},
};
use tokio::{task::spawn_blocking, time::timeout};
use tracing::Subscriber;
use tracing_subscriber::{filter::filter_fn, layer::Layer, registry::LookupSpan};

use exporter::Exporter;
use sampler::ShareOfOrders;
use tracer::{OrderIds, OrderTracer};

pub use exporter::NoTraces;

/// How many spans wait for the collector at the most. An order has about ten.
const WAITING: usize = 8_192;
/// How many it is sent at once.
const BATCH: usize = 512;
/// How long a span waits for others.
const DELAY: Duration = Duration::from_secs(1);
/// How long an invocation of a function waits for its spans to be sent.
const FLUSH: Duration = Duration::from_millis(200);
/// How long the end of a process waits for that.
const STOP: Duration = Duration::from_secs(1);

/// The way of spans to their collector.
#[derive(Clone, Debug)]
pub struct Traces {
    provider: SdkTracerProvider,
    /// The last wait for it was given up, and it is not done yet.
    late: Arc<AtomicBool>,
}

impl Traces {
    /// Opens it, if there is a collector. To be called on the runtime of tokio that requests are to
    /// be made on. `service` is what the collector is told is calling.
    ///
    /// # Errors
    /// [`NoTraces`] when no client can be had, or the collector's address is none.
    pub fn open(settings: &config::Traces, service: &str) -> Result<Option<Self>, NoTraces> {
        let Some(endpoint) = &settings.endpoint else {
            return Ok(None);
        };
        let batches = BatchConfigBuilder::default()
            .with_max_queue_size(WAITING)
            .with_max_export_batch_size(BATCH)
            .with_scheduled_delay(DELAY)
            .build();
        let processor = BatchSpanProcessor::builder(Exporter::new(endpoint)?)
            .with_batch_config(batches)
            .build();
        let resource = Resource::builder_empty().with_service_name(service.to_owned());
        let provider = SdkTracerProvider::builder()
            .with_span_processor(processor)
            .with_id_generator(OrderIds::default())
            .with_sampler(ShareOfOrders::new(settings.share))
            .with_resource(resource.build())
            .build();
        Ok(Some(Self {
            provider,
            late: Arc::default(),
        }))
    }

    /// What listens to the engine.
    pub(crate) fn layer<S>(&self) -> impl Layer<S> + use<S>
    where
        S: Subscriber + for<'span> LookupSpan<'span>,
    {
        tracing_opentelemetry::layer()
            .with_location(false)
            .with_threads(false)
            .with_tracked_inactivity(false)
            .with_context_activation(false)
            .with_tracer(OrderTracer::new(self.provider.tracer("order-engine")))
            .with_filter(filter_fn(|metadata| {
                metadata.is_span() && metadata.target() == TARGET
            }))
    }

    /// Sends what waits, before a function's environment is frozen, and waits a little for it. A
    /// collector that kept one invocation waiting keeps none until it is done with that.
    pub async fn flush(&self) {
        if self.late.swap(true, Ordering::Relaxed) {
            return;
        }
        let (provider, late) = (self.provider.clone(), Arc::clone(&self.late));
        let flushed = spawn_blocking(move || {
            let _ = provider.force_flush(); // the exporter has told
            late.store(false, Ordering::Relaxed);
        });
        let _ = timeout(FLUSH, flushed).await; // it goes on by itself
    }

    /// Sends what waits, at the end of a process, and waits a little for it.
    pub async fn stop(self) {
        let stopped = spawn_blocking(move || self.provider.shutdown_with_timeout(STOP));
        let _ = timeout(STOP, stopped).await; // what is not sent by then is lost
    }
}
