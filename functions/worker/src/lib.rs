//! The worker: a batch of queue messages in, the messages to be delivered again out.

use std::{panic::AssertUnwindSafe, time::Duration};

use aws_lambda_events::event::sqs::{SqsBatchResponse, SqsEvent, SqsMessage};
use engine::{
    account::AccountId,
    execute::{Execute, ExecuteError, Executed, Shutdown},
    message::{self, Unreadable},
    ports::{Envelope, ExecuteOrder, StoreError},
};
use futures::{FutureExt, future::join_all};
use tracing::{debug, error, warn};

/// What became of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Served {
    /// It has served.
    Yes,
    /// Nothing is wrong with it: the order book could not be reached. It serves as well later.
    Later(ExecuteOrder),
    /// It cannot be read, or its order cannot be executed.
    No,
}

/// Executes the orders of all messages side by side, and answers which are to be delivered again:
/// the others have served, or were sent anew.
pub async fn handle(execute: &Execute, event: SqsEvent, shutdown: Shutdown) -> SqsBatchResponse {
    let served = serve_all(execute, &event, &shutdown).await;
    let (mut failed, mut later) = (Vec::new(), Vec::new());
    for (record, served) in event.records.iter().zip(served) {
        match served {
            Served::Yes => {}
            Served::Later(message) => later.push((record, message)),
            Served::No => failed.push(record),
        }
    }
    failed.extend(send_anew(execute, later).await);
    let mut response = SqsBatchResponse::default();
    for record in failed {
        match &record.message_id {
            Some(id) => response.add_failure(id),
            // An empty name in the answer would fail the whole batch. The order is safe: its outbox
            // row brings it back.
            None => error!("a failed message without an id cannot be handed back"),
        }
    }
    response
}

/// When a message that came at a bad time comes again.
const LATER: Duration = Duration::from_secs(10);

/// Sends messages again that came at a bad time. SQS counts every receive, and takes a message for
/// a dead letter after the third; a database that is away for half an hour must not make one of
/// each order. A message that is sent begins to count anew. Answers those that could not be sent.
async fn send_anew<'a>(
    execute: &Execute,
    later: Vec<(&'a SqsMessage, ExecuteOrder)>,
) -> Vec<&'a SqsMessage> {
    if later.is_empty() {
        return Vec::new();
    }
    let anew = later.iter().map(|(record, message)| Envelope {
        message: *message,
        account: group(record),
        delay: LATER,
    });
    let sent = match execute.queue.send(&anew.collect::<Vec<_>>()).await {
        Ok(sent) => sent,
        Err(error) => {
            warn!(%error, "the queue cannot be reached either: what it has delivered comes again");
            vec![false; later.len()]
        }
    };
    let refused = later.into_iter().zip(sent).filter(|(_, sent)| !sent);
    refused.map(|((record, _), _)| record).collect()
}

/// Whose order it is, for the queue's fairness. Those of whom nothing is said share it.
fn group(record: &SqsMessage) -> AccountId {
    let named = record.attributes.get("MessageGroupId");
    let named = named.and_then(|name| name.parse().ok());
    named.unwrap_or_else(AccountId::local)
}

/// What became of each message, for an event source that can tell a message that is wrong from one
/// that came at a bad time. Each succeeds or fails alone, also one that cannot be read or panics.
pub async fn serve_all(execute: &Execute, event: &SqsEvent, shutdown: &Shutdown) -> Vec<Served> {
    let records = event.records.iter();
    join_all(records.map(|record| isolated(execute, record, shutdown))).await
}

/// A defect that one order brings to light must not take nine others with it.
async fn isolated(execute: &Execute, record: &SqsMessage, shutdown: &Shutdown) -> Served {
    let id = record.message_id.as_deref().unwrap_or_default();
    match AssertUnwindSafe(serve(execute, record, shutdown))
        .catch_unwind()
        .await
    {
        Ok(Ok(executed)) => {
            debug!(message_id = id, ?executed, "message served");
            Served::Yes
        }
        Ok(Err(NotServed::Unreadable(error))) => {
            error!(message_id = id, %error, "defect: a message on the queue cannot be read");
            Served::No
        }
        Ok(Err(NotServed::Unexecuted(message, error))) => unexecuted(id, message, &error),
        Err(_) => {
            error!(
                message_id = id,
                "defect: executing the message's order panicked"
            );
            Served::No
        }
    }
}

enum NotServed {
    Unreadable(Unreadable),
    Unexecuted(ExecuteOrder, ExecuteError),
}

/// The message comes again, and ends among the dead letters if that never helps.
fn unexecuted(id: &str, message: ExecuteOrder, error: &ExecuteError) -> Served {
    match error {
        ExecuteError::Store(StoreError::Unavailable(_) | StoreError::Unknown(_)) => {
            warn!(message_id = id, %error, "order book not available, the message comes again");
            Served::Later(message)
        }
        ExecuteError::Store(StoreError::Corrupt(corrupt)) => {
            engine::observe::corrupt(corrupt);
            Served::No
        }
        ExecuteError::Store(StoreError::Conflict | StoreError::Rejected(_))
        | ExecuteError::Defect(_) => {
            error!(message_id = id, %error, "defect: the message's order cannot be executed");
            Served::No
        }
    }
}

async fn serve(
    execute: &Execute,
    record: &SqsMessage,
    shutdown: &Shutdown,
) -> Result<Executed, NotServed> {
    let body = record.body.as_deref().unwrap_or_default();
    let message = message::read_execute(body).map_err(NotServed::Unreadable)?;
    execute
        .execute(&message, shutdown)
        .await
        .map_err(|error| NotServed::Unexecuted(message, error))
}
