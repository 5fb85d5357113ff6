//! The keys function on Lambda.

use runtime::lambda::{Error, Function};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let function = Function::<config::Keys>::start().await?;
    let store = &function.keys();
    let handle = async |event, _| Ok(keys::handle(store, event, function.now()).await?);
    function.serve(handle).await
}
