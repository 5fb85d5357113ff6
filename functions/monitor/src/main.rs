//! The monitor function on Lambda.

use runtime::lambda::{Build, Error, Function};

const BUILD: Build = Build {
    solana: cfg!(feature = "solana"),
};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let function = Function::<config::Monitor>::start().await?;
    let monitor = &function.monitor(BUILD).await?;
    let handle = async |tick, shutdown| Ok(monitor::handle(monitor, tick, &shutdown).await);
    function.serve(handle).await
}
