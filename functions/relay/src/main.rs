//! The relay function on Lambda.

use runtime::lambda::{Build, Error, Function};

const BUILD: Build = Build {
    solana: cfg!(feature = "solana"),
};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let function = Function::<config::Execution>::start().await?;
    let relay = &function.relay(BUILD).await?;
    let handle = async |tick, shutdown| Ok(relay::handle(relay, tick, &shutdown).await);
    function.serve(handle).await
}
