//! The outside: each module connects one thing that is not ours to the engine's ports.

#[cfg(feature = "apigateway")]
pub mod apigateway;
#[cfg(any(feature = "apigateway", feature = "secrets", feature = "sqs"))]
pub mod aws;
pub mod clock;
pub mod env;
#[cfg(feature = "postgres")]
pub mod postgres;
#[cfg(feature = "secrets")]
pub mod secrets;
#[cfg(feature = "sqs")]
pub mod sqs;
#[cfg(feature = "telemetry")]
pub mod telemetry;
