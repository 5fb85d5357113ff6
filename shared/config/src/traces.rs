//! Where traces go.

use super::{
    Configuration, HttpUrl, OTEL_EXPORTER_OTLP_ENDPOINT, OTEL_TRACES_SAMPLER_ARG, Reading, Share,
};

/// Who collects traces, and of how many orders.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Traces {
    /// [`OTEL_EXPORTER_OTLP_ENDPOINT`]. Without it there are none.
    pub endpoint: Option<HttpUrl>,
    /// [`OTEL_TRACES_SAMPLER_ARG`].
    pub share: Share,
}

impl Configuration for Traces {
    fn gather(env: &mut Reading<'_>) -> Option<Self> {
        let endpoint = env.optional(&OTEL_EXPORTER_OTLP_ENDPOINT);
        let share = env.get(&OTEL_TRACES_SAMPLER_ARG);
        Some(Self {
            endpoint: endpoint?,
            share: share?,
        })
    }
}
