//! Where traces go.

use clap::Args;
use config::{HttpUrl, OTEL_EXPORTER_OTLP_ENDPOINT, OTEL_TRACES_SAMPLER_ARG, Share};

use super::parser;

/// Who collects traces, and of how many orders.
#[derive(Clone, Debug, Args)]
pub struct Traces {
    /// [`OTEL_EXPORTER_OTLP_ENDPOINT`].
    #[arg(long, env = OTEL_EXPORTER_OTLP_ENDPOINT.name)]
    #[arg(value_parser = parser(&OTEL_EXPORTER_OTLP_ENDPOINT))]
    #[arg(help = OTEL_EXPORTER_OTLP_ENDPOINT.doc)]
    pub otel_exporter_otlp_endpoint: Option<HttpUrl>,
    /// [`OTEL_TRACES_SAMPLER_ARG`].
    #[arg(long, env = OTEL_TRACES_SAMPLER_ARG.name)]
    #[arg(default_value = OTEL_TRACES_SAMPLER_ARG.default)]
    #[arg(value_parser = parser(&OTEL_TRACES_SAMPLER_ARG), help = OTEL_TRACES_SAMPLER_ARG.doc)]
    pub otel_traces_sampler_arg: Share,
}

impl Traces {
    /// The same, as every program is told it.
    pub fn settings(&self) -> config::Traces {
        config::Traces {
            endpoint: self.otel_exporter_otlp_endpoint.clone(),
            share: self.otel_traces_sampler_arg,
        }
    }
}
