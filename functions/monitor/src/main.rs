//! The monitor function on Lambda.

use runtime::lambda::{Error, Function};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let function = Function::<config::Monitor>::start().await?;
    let monitor = &function.monitor();
    let handle = async |tick, shutdown| Ok(monitor::handle(monitor, tick, &shutdown).await);
    function.serve(handle).await
}
