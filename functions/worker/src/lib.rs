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

/// Executes the orders of all messages side by side. Each message succeeds or fails alone: one that
/// cannot be read, one that panics and one whose order book does not answer are named in the answer
/// and delivered again; the others have served.
pub async fn handle(execute: &Execute, event: SqsEvent, shutdown: Shutdown) -> SqsBatchResponse {
    let records = event
        .records
        .iter()
        .map(|record| isolated(execute, record, &shutdown));
    let mut response = SqsBatchResponse::default();
    for (record, served) in event.records.iter().zip(join_all(records).await) {
        match (served, &record.message_id) {
            (true, _) => {}
            (false, Some(id)) => response.add_failure(id),
            // An empty name in the answer would fail the whole batch. The order is safe: its outbox
            // row brings it back.
            (false, None) => error!("a failed message without an id cannot be handed back"),
        }
    }
    response
}

/// Whether the message has served. A defect that one order brings to light must not take nine
/// others with it.
async fn isolated(execute: &Execute, record: &SqsMessage, shutdown: &Shutdown) -> bool {
    let id = record.message_id.as_deref().unwrap_or_default();
    match AssertUnwindSafe(serve(execute, record, shutdown))
        .catch_unwind()
        .await
    {
        Ok(Ok(executed)) => {
            debug!(message_id = id, ?executed, "message served");
            true
        }
        Ok(Err(NotServed::Unreadable(error))) => {
            error!(message_id = id, %error, "defect: a message on the queue cannot be read");
            false
        }
        Ok(Err(NotServed::Unexecuted(error))) => {
            unexecuted(id, &error);
            false
        }
        Err(_) => {
            error!(
                message_id = id,
                "defect: executing the message's order panicked"
            );
            false
        }
    }
}

enum NotServed {
    Unreadable(Unreadable),
    Unexecuted(ExecuteError),
}

/// The message comes again, and ends among the dead letters if that never helps.
fn unexecuted(id: &str, error: &ExecuteError) {
    match error {
        ExecuteError::Store(StoreError::Unavailable(_) | StoreError::Unknown(_)) => {
            warn!(message_id = id, %error, "order book not available, the message comes again");
        }
        ExecuteError::Store(StoreError::Corrupt(corrupt)) => engine::observe::corrupt(corrupt),
        ExecuteError::Store(StoreError::Conflict | StoreError::Rejected(_))
        | ExecuteError::Defect(_) => {
            error!(message_id = id, %error, "defect: the message's order cannot be executed");
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
