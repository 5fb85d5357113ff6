//! The worker: a batch of queue messages in, the messages to be delivered again out.

use std::panic::AssertUnwindSafe;

use aws_lambda_events::event::sqs::{SqsBatchResponse, SqsEvent, SqsMessage};
use engine::{
    execute::{Execute, ExecuteError, Executed, Shutdown},
    message::{self, Unreadable},
    ports::StoreError,
};
use futures::{FutureExt, future::join_all};
use tracing::{debug, error, warn};

/// What became of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Served {
    /// It has served.
    Yes,
    /// Nothing is wrong with it: the order book could not be reached. It serves as well later.
    Later,
    /// It cannot be read, or its order cannot be executed.
    No,
}

/// Executes the orders of all messages side by side, and answers which are to be delivered again:
/// the others have served.
pub async fn handle(execute: &Execute, event: SqsEvent, shutdown: Shutdown) -> SqsBatchResponse {
    let mut response = SqsBatchResponse::default();
    let served = serve_all(execute, &event, &shutdown).await;
    for (record, served) in event.records.iter().zip(served) {
        match (served, &record.message_id) {
            (Served::Yes, _) => {}
            (Served::Later | Served::No, Some(id)) => response.add_failure(id),
            // An empty name in the answer would fail the whole batch. The order is safe: its outbox
            // row brings it back.
            (Served::Later | Served::No, None) => {
                error!("a failed message without an id cannot be handed back");
            }
        }
    }
    response
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
        Ok(Err(NotServed::Unexecuted(error))) => unexecuted(id, &error),
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
    Unexecuted(ExecuteError),
}

/// The message comes again, and ends among the dead letters if that never helps.
fn unexecuted(id: &str, error: &ExecuteError) -> Served {
    match error {
        ExecuteError::Store(StoreError::Unavailable(_) | StoreError::Unknown(_)) => {
            warn!(message_id = id, %error, "order book not available, the message comes again");
            Served::Later
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
        .map_err(NotServed::Unexecuted)
}
