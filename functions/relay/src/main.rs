//! The relay function on Lambda.

use runtime::lambda::{Error, Function};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let function = Function::<config::Execution>::start().await?;
    let relay = &function.relay();
    let handle = async |tick, shutdown| Ok(relay::handle(relay, tick, &shutdown).await);
    function.serve(handle).await
}
