//! The worker function on Lambda.

use runtime::lambda::{Error, Function};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let function = Function::<config::Execution>::start().await?;
    let execute = &function.execute();
    let handle = async |event, shutdown| Ok(worker::handle(execute, event, shutdown).await);
    function.serve(handle).await
}
