//! The migrate function on Lambda: invoked by a deployment, once all functions are replaced. Until it is done they run on the
//! former schema.

use adapters::{
    aws, env,
    postgres::{self, Database},
    secrets, telemetry,
};
use lambda_runtime::{Error, LambdaEvent, service_fn};
use serde_json::{Value, json};
use tracing::info;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let config: env::Migrate = env::read()?;
    telemetry::start_logs(config.logging)?;
    let sdk = aws::sdk().await;
    let url = secrets::database_url(&sdk, &config.database).await?;
    let database = Database::connect(url.as_str(), 1)?;
    let database = &database;
    lambda_runtime::run(service_fn(async |_: LambdaEvent<Value>| {
        let done = postgres::migrate(database).await?;
        info!(
            applied = done.applied,
            version = done.version,
            "database migrated"
        );
        Ok::<_, Error>(json!({ "applied": done.applied, "version": done.version }))
    }))
    .await
}
