//! The keys function on Lambda.

use keys::Stores;
use runtime::lambda::{Error, Function};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let function = Function::<config::Keys>::start().await?;
    let stores = &Stores {
        keys: function.keys(),
        limits: function.limits(),
    };
    let handle = async |event, _| Ok(keys::handle(stores, event, function.now()).await?);
    function.serve(handle).await
}
