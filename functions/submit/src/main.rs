//! The submit function on Lambda: the REST API behind API Gateway.

use std::sync::Arc;

use adapters::{
    aws,
    env::{self, SocketEndpoint},
    postgres::Database,
    secrets,
    sqs::SqsQueue,
    telemetry::{self, EmbeddedMetrics},
};
use axum::{middleware::map_response, response::Response};
use engine::policy::Policy;
use lambda_http::Error;
use submit::{Api, SocketAddress};
use wiring::{Engine, Trading};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let config: env::Submit = env::read()?;
    telemetry::start_logs(config.logging)?;
    let metrics = EmbeddedMetrics::start()?;
    let sdk = aws::sdk().await;
    let url = secrets::database_url(&sdk, &config.database).await?;
    let database = Database::connect(url.as_str(), 1)?;
    let trading = Trading::new(&database, &config.trading);
    let engine = Engine::new(&database, Policy::default());
    let api = Api {
        submit: engine.submit(Arc::new(SqsQueue::new(&sdk, &config.queue_url))),
        router: engine.router(&trading),
        orders: engine.orders(),
        catalogue: trading.catalogue,
        sockets: address(&config.sockets),
        allowed_origins: config.allowed_origins.texts(),
        base_path: config.base_path.as_str().to_owned(),
        max_in_flight: 1, // Lambda gives an environment one request at a time
    };
    let flush = move |response: Response| async move {
        metrics.flush();
        response
    };
    lambda_http::run(submit::router(api).layer(map_response(flush))).await
}

fn address(sockets: &SocketEndpoint) -> SocketAddress {
    sockets
        .client_url()
        .map_or(SocketAddress::Absent, SocketAddress::Fixed)
}
