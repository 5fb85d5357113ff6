//! AWS: the queues, the socket gateway, secrets, keys that sign, metrics. Calls are impatient,
//! since each caller has something to fall back on.

#[cfg(feature = "apigateway")]
pub mod apigateway;
#[cfg(feature = "kms")]
pub mod kms;
#[cfg(feature = "metrics")]
pub mod metrics;
#[cfg(feature = "secrets")]
pub mod secrets;
#[cfg(feature = "sqs")]
pub mod sqs;

use std::time::Duration;

use aws_config::{BehaviorVersion, ConfigLoader, retry::RetryConfig, timeout::TimeoutConfig};

pub use aws_config::SdkConfig;

const CONNECT: Duration = Duration::from_millis(500);
const ATTEMPT: Duration = Duration::from_secs(1);
const OPERATION: Duration = Duration::from_secs(2);
/// The most that the first repetition waits; the second waits twice that. Both end well before the
/// call's time does, so that what AWS said last is the outcome and not that time ran out.
const BACKOFF: Duration = Duration::from_millis(200);

/// Region, credentials and endpoint from the environment as the SDK reads them (`AWS_REGION`,
/// `AWS_ENDPOINT_URL` …), with the engine's time-outs: 500 ms to connect, 1 s for an attempt, 2 s
/// for a call with its two repetitions.
pub async fn sdk() -> SdkConfig {
    loader().load().await
}

/// The same before it is loaded, to set what the environment does not say.
pub fn loader() -> ConfigLoader {
    let timeouts = TimeoutConfig::builder()
        .connect_timeout(CONNECT)
        .operation_attempt_timeout(ATTEMPT)
        .operation_timeout(OPERATION)
        .build();
    aws_config::defaults(BehaviorVersion::latest())
        .timeout_config(timeouts)
        .retry_config(RetryConfig::standard().with_initial_backoff(BACKOFF))
}
