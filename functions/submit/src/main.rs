//! The submit function on Lambda.

use runtime::lambda::{Build, Error, Function};

const BUILD: Build = Build {
    solana: cfg!(feature = "solana"),
};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let function = Function::<config::Submit>::start().await?;
    let (api, metrics) = (function.api(BUILD).await?, function.metrics());
    lambda_http::lambda_runtime::run(submit::service(api, move || metrics.flush())).await
}
