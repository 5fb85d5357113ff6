//! Metrics on Lambda.

use std::io;

use metrics_cloudwatch_embedded::{Builder, Collector};

/// The CloudWatch namespace of all metrics.
pub const NAMESPACE: &str = "OrderEngine";
/// The dimension of every metric: two stacks of one account are not added up.
pub const STACK: &str = "stack";

/// The process has a recorder already.
#[derive(Debug, thiserror::Error)]
#[error("metrics cannot be set up: {0}")]
pub struct MetricsError(Box<dyn std::error::Error + Send + Sync>);

/// Metrics in CloudWatch's embedded metric format: lines of the log that CloudWatch turns into
/// metrics, so that no call is made and nothing is lost when the environment is frozen.
#[derive(Clone, Copy)]
pub struct EmbeddedMetrics(&'static Collector);

impl EmbeddedMetrics {
    /// Begins to collect the metrics of a function of this name.
    ///
    /// # Errors
    /// [`MetricsError`] when the process has a recorder already.
    pub fn start(function: &str) -> Result<Self, MetricsError> {
        Builder::new()
            .cloudwatch_namespace(NAMESPACE)
            .with_dimension(STACK, stack_of(function).to_owned())
            .init()
            .map(Self)
            .map_err(MetricsError)
    }

    /// Writes what was collected since the last time. To be called at the end of each invocation.
    pub fn flush(self) {
        if let Err(error) = self.0.flush(io::stdout().lock()) {
            tracing::warn!(%error, "metrics could not be written");
        }
    }
}

/// template.yaml calls a function after its stack: `order-engine-worker`.
fn stack_of(function: &str) -> &str {
    function
        .rsplit_once('-')
        .map_or(function, |(stack, _)| stack)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_function_is_of_the_stack_that_it_is_called_after() {
        assert_eq!(stack_of("order-engine-worker"), "order-engine");
        assert_eq!(stack_of("tested"), "tested");
    }
}
