//! The migrate function on Lambda: a deployment replaces and invokes it before any other function
//! has new code, so that none meets the former schema.

use runtime::lambda::{Error, Function};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let function = Function::<config::Migrate>::start().await?;
    let handle = async |_: serde_json::Value, _| {
        let done = function.migrate().await?;
        tracing::info!(
            applied = done.applied,
            version = done.version,
            "database migrated"
        );
        Ok(serde_json::json!({ "applied": done.applied, "version": done.version }))
    };
    function.serve(handle).await
}
