//! The submit function on Lambda.

use runtime::lambda::{Error, Function};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let function = Function::<config::Submit>::start().await?;
    let metrics = function.metrics();
    lambda_http::lambda_runtime::run(submit::service(function.api(), move || metrics.flush())).await
}
