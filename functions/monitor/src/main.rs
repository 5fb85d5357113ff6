//! The monitor function on Lambda.

use runtime::lambda::{Error, Function};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let function = Function::<config::Monitor>::start().await?;
    let monitor = &function.monitor();
    let clock = &function.clock();
    let handle = async |tick, shutdown| Ok(monitor::handle(monitor, clock, tick, &shutdown).await);
    function.serve(handle).await
}
