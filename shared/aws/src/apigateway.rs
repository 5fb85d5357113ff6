//! API Gateway's WebSocket connections.

use std::sync::Arc;

use async_trait::async_trait;
use aws_sdk_apigatewaymanagement::{
    Client,
    config::Builder,
    error::{DisplayErrorContext, ProvideErrorMetadata, SdkError},
    primitives::Blob,
};
use engine::ports::{ConnectionId, Push, PushError};

use config::SocketEndpoint;

use crate::SdkConfig;

/// The way to the connections of a deployment: through API Gateway, or nowhere when it has no
/// WebSocket API.
pub fn push(sdk: &SdkConfig, endpoint: &SocketEndpoint) -> Arc<dyn Push> {
    match endpoint {
        SocketEndpoint::Url(url) => {
            let config = Builder::from(sdk).endpoint_url(url.as_str()).build();
            Arc::new(Connections(Client::from_conf(config)))
        }
        SocketEndpoint::None => Arc::new(NoConnections),
    }
}

/// The connections of one API and stage.
struct Connections(Client);

#[async_trait]
impl Push for Connections {
    async fn push(&self, connection: &ConnectionId, text: Arc<str>) -> Result<(), PushError> {
        let answer = self
            .0
            .post_to_connection()
            .connection_id(&*connection.0)
            .data(Blob::new(text.as_bytes()))
            .send()
            .await;
        answer.map(drop).map_err(|error| problem_of(&error))
    }

    async fn close(&self, connection: &ConnectionId) -> Result<(), PushError> {
        let answer = self
            .0
            .delete_connection()
            .connection_id(&*connection.0)
            .send()
            .await;
        match answer.map_err(|error| problem_of(&error)) {
            Ok(_) | Err(PushError::Gone) => Ok(()),
            Err(error) => Err(error),
        }
    }
}

/// 410, whatever the body says, means gone; all else may pass.
fn problem_of<E>(error: &SdkError<E>) -> PushError
where
    E: ProvideErrorMetadata + std::error::Error + 'static,
{
    match error.raw_response().map(|raw| raw.status().as_u16()) {
        Some(410) => PushError::Gone,
        _ => PushError::Failed(DisplayErrorContext(error).to_string()),
    }
}

/// A deployment without WebSockets: nobody is connected.
struct NoConnections;

#[async_trait]
impl Push for NoConnections {
    async fn push(&self, _: &ConnectionId, _: Arc<str>) -> Result<(), PushError> {
        Err(PushError::Gone)
    }

    async fn close(&self, _: &ConnectionId) -> Result<(), PushError> {
        Ok(())
    }
}
