//! The queues' messages as text. They carry a version from the first day on, so that messages
//! outlive a deployment, forwards and back: a build reads its own version and the next one. So a
//! version may add fields that its readers can do without, and change none.

use serde::{Deserialize, Serialize};

use crate::{
    order::OrderId,
    ports::{ConnectionId, ExecuteOrder, ReplayRequest},
};

const VERSION: u32 = 1;
/// What a newer build has left in the queue, when a deployment was rolled back or is half done.
const NEXT: u32 = VERSION + 1;

/// A text that is no message of ours.
#[derive(Debug, thiserror::Error)]
pub enum Unreadable {
    /// Not JSON, or not of the expected form.
    #[error("not a message: {0}")]
    Malformed(#[from] serde_json::Error),
    /// A version that this build cannot read.
    #[error("message version {0} is not known to this build")]
    Version(u32),
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct ExecuteText {
    v: u32,
    order_id: uuid::Uuid,
    attempt: u32,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct ReplayText {
    v: u32,
    connection_id: String,
    order_id: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    after: Option<String>,
}

/// `{"v":1,"orderId":"…","attempt":1}`
pub fn write_execute(message: &ExecuteOrder) -> String {
    write(&ExecuteText {
        v: VERSION,
        order_id: message.id.0,
        attempt: message.attempt,
    })
}

/// Reads what [`write_execute`] wrote.
///
/// # Errors
/// [`Unreadable`] for anything else.
pub fn read_execute(text: &str) -> Result<ExecuteOrder, Unreadable> {
    let message: ExecuteText = serde_json::from_str(text)?;
    supported(message.v)?;
    Ok(ExecuteOrder {
        id: OrderId(message.order_id),
        attempt: message.attempt,
    })
}

/// `{"v":1,"connectionId":"…","orderId":"…","after":"2"}`
pub fn write_replay(request: &ReplayRequest) -> String {
    write(&ReplayText {
        v: VERSION,
        connection_id: request.connection.0.to_string(),
        order_id: request.order.clone(),
        after: request.after.clone(),
    })
}

/// Reads what [`write_replay`] wrote.
///
/// # Errors
/// [`Unreadable`] for anything else.
pub fn read_replay(text: &str) -> Result<ReplayRequest, Unreadable> {
    let message: ReplayText = serde_json::from_str(text)?;
    supported(message.v)?;
    let connection = ConnectionId(message.connection_id.into());
    Ok(ReplayRequest {
        connection,
        order: message.order_id,
        after: message.after,
    })
}

fn write(message: &impl Serialize) -> String {
    // Plain data with string keys always serializes.
    serde_json::to_string(message).unwrap_or_default()
}

fn supported(version: u32) -> Result<(), Unreadable> {
    match version {
        VERSION | NEXT => Ok(()),
        _ => Err(Unreadable::Version(version)),
    }
}
