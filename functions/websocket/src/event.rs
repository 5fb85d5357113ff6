//! What API Gateway and SQS send to the function, translated.

use aws_lambda_events::event::sqs::{SqsBatchResponse, SqsEvent, SqsMessage};
use base64::{Engine, engine::general_purpose::STANDARD};
use engine::{message, ports::ConnectionId};
use futures::future::join_all;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use tracing::{error, warn};

use crate::{Connect, Connected, Sockets};

/// An event that is neither of a socket nor of a queue.
#[derive(Debug, thiserror::Error)]
pub enum NotAnEvent {
    /// Not an event of either kind.
    #[error("the event is neither of a WebSocket API nor of a queue")]
    UnknownKind,
    /// Looks like one and cannot be read.
    #[error("the event cannot be read: {0}")]
    Malformed(#[from] serde_json::Error),
}

/// Serves one event, and answers what API Gateway or the queue's event source expects.
///
/// # Errors
/// [`NotAnEvent`] for whatever else.
pub async fn handle(sockets: &Sockets, event: Value) -> Result<Value, NotAnEvent> {
    if event.get("Records").is_some() {
        let response = replay_all(sockets, &serde_json::from_value(event)?).await;
        Ok(serde_json::to_value(response)?)
    } else if event.get("requestContext").is_some() {
        let status = socket(sockets, serde_json::from_value(event)?).await;
        Ok(json!({ "statusCode": status }))
    } else {
        Err(NotAnEvent::UnknownKind)
    }
}

/// A WebSocket API's event: only what is needed, and everything that may be absent optional.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct SocketEvent {
    request_context: RequestContext,
    #[serde(default)]
    headers: Option<Map<String, Value>>,
    #[serde(default)]
    query_string_parameters: Option<Map<String, Value>>,
    #[serde(default)]
    body: Option<String>,
    #[serde(default)]
    is_base64_encoded: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RequestContext {
    connection_id: String,
    route_key: String,
}

/// Serves a socket's event and answers the HTTP status.
async fn socket(sockets: &Sockets, event: SocketEvent) -> u16 {
    let connection = ConnectionId(event.request_context.connection_id.as_str().into());
    match event.request_context.route_key.as_str() {
        "$connect" => {
            let connect = Connect {
                connection,
                origin: header(&event, "origin"),
                ticket: query(&event, "ticket"),
                order: query(&event, "orderId"),
                after: query(&event, "after"),
            };
            match sockets.connect(&connect).await {
                Connected::Accepted => 200,
                Connected::Forbidden => 403,
                Connected::Unauthorized => 401,
                Connected::Unavailable => 500,
            }
        }
        "$disconnect" => {
            if let Err(error) = sockets.disconnect(&connection).await {
                warn!(%error, "a closed connection could not be forgotten, its age will end it");
            }
            200
        }
        _ => {
            sockets.message(&connection, &body(event)).await;
            200
        }
    }
}

/// Header names arrive in whichever case the client wrote them.
fn header(event: &SocketEvent, name: &str) -> Option<String> {
    let headers = event.headers.as_ref()?;
    let (_, value) = headers
        .iter()
        .find(|(key, _)| key.eq_ignore_ascii_case(name))?;
    value.as_str().map(str::to_owned)
}

fn query(event: &SocketEvent, name: &str) -> Option<String> {
    let query = event.query_string_parameters.as_ref()?;
    query.get(name)?.as_str().map(str::to_owned)
}

/// The message's text. One that is no text is no JSON either, and is answered as such.
fn body(event: SocketEvent) -> String {
    let body = event.body.unwrap_or_default();
    if !event.is_base64_encoded {
        return body;
    }
    let bytes = STANDARD.decode(&body).unwrap_or_default();
    String::from_utf8(bytes).unwrap_or_default()
}

/// Answers the replay requests of a batch, each alone.
async fn replay_all(sockets: &Sockets, event: &SqsEvent) -> SqsBatchResponse {
    let records = event.records.iter();
    let served = join_all(records.clone().map(|record| replay(sockets, record))).await;
    let mut response = SqsBatchResponse::default();
    for (record, served) in records.zip(served) {
        if !served && let Some(id) = &record.message_id {
            response.add_failure(id);
        }
    }
    response
}

async fn replay(sockets: &Sockets, record: &SqsMessage) -> bool {
    let id = record.message_id.as_deref().unwrap_or_default();
    let body = record.body.as_deref().unwrap_or_default();
    let request = match message::read_replay(body) {
        Ok(request) => request,
        Err(error) => {
            error!(message_id = id, %error, "defect: a replay request cannot be read");
            return false;
        }
    };
    match sockets.replay(&request).await {
        Ok(()) => true,
        Err(error) => {
            warn!(message_id = id, %error, "a replay could not be sent, its request comes again");
            false
        }
    }
}
