//! The submit function on Lambda.

use runtime::lambda::{Build, Error, Function};

const BUILD: Build = Build {
    solana: cfg!(feature = "solana"),
};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let function = Function::<config::Submit>::start().await?;
    let (api, written) = (function.api(BUILD).await?, function.written());
    let after_each = move || {
        let written = written.clone();
        async move { written.flush().await }
    };
    lambda_http::lambda_runtime::run(submit::service(api, after_each)).await
}
