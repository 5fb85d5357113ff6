//! The relay function on Lambda.

use std::sync::Arc;

use adapters::{
    apigateway, aws, clock, env,
    postgres::Database,
    secrets,
    sqs::SqsQueue,
    telemetry::{self, EmbeddedMetrics},
};
use engine::policy::Policy;
use lambda_runtime::{Error, LambdaEvent, service_fn};
use serde_json::Value;
use wiring::{Engine, Trading};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let config: env::Execution = env::read()?;
    telemetry::start_logs(config.logging)?;
    let metrics = EmbeddedMetrics::start()?;
    let sdk = aws::sdk().await;
    let url = secrets::database_url(&sdk, &config.database).await?;
    let database = Database::connect(url.as_str(), 2)?; // one more, so that a slow statement does not stop the settling
    let queue = Arc::new(SqsQueue::new(&sdk, &config.queue_url));
    let push = apigateway::push(&sdk, &config.sockets);
    let trading = Trading::new(&database, &config.trading);
    let relay = &Engine::new(&database, Policy::default()).relay(queue, push, &trading);
    lambda_runtime::run(service_fn(async |event: LambdaEvent<Value>| {
        let ending = clock::ending_before(event.context.deadline());
        let answer = relay::handle(relay, event.payload, &ending).await;
        metrics.flush();
        Ok::<_, Error>(answer)
    }))
    .await
}
