//! The worker function on Lambda.

use runtime::lambda::{Build, Error, Function};

const BUILD: Build = Build {
    solana: cfg!(feature = "solana"),
};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let function = Function::<config::Worker>::start().await?;
    let execute = &function.execute(BUILD).await?;
    let handle = async |event, shutdown| Ok(worker::handle(execute, event, shutdown).await);
    function.serve(handle).await
}
