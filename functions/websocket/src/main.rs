//! The websocket function on Lambda.

use std::sync::Arc;

use adapters::{
    apigateway, aws, env,
    postgres::Database,
    secrets,
    sqs::SqsQueue,
    telemetry::{self, EmbeddedMetrics},
};
use engine::policy::Policy;
use lambda_runtime::{Error, LambdaEvent, service_fn};
use serde_json::Value;
use websocket::Sockets;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let config: env::Websocket = env::read()?;
    telemetry::start_logs(config.logging)?;
    let metrics = EmbeddedMetrics::start()?;
    let sdk = aws::sdk().await;
    let url = secrets::database_url(&sdk, &config.database).await?;
    let database = Database::connect(url.as_str(), 1)?;
    let engine = wiring::Engine::new(&database, Policy::default());
    let sockets = Sockets {
        follow: engine.follow(apigateway::push(&sdk, &config.sockets)),
        replays: Arc::new(SqsQueue::new(&sdk, &config.replay_queue_url)),
        allowed_origins: config.allowed_origins.texts(),
    };
    let sockets = &sockets;
    lambda_runtime::run(service_fn(async |event: LambdaEvent<Value>| {
        let answer = websocket::event::handle(sockets, event.payload).await;
        metrics.flush();
        Ok::<_, Error>(answer?)
    }))
    .await
}
