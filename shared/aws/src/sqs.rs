//! SQS: the orders queue and the replay queue.

mod receiver;

use std::time::Duration;

use async_trait::async_trait;
use aws_sdk_sqs::{
    Client,
    error::DisplayErrorContext,
    types::{
        QueueAttributeName, SendMessageBatchRequestEntry,
        builders::SendMessageBatchRequestEntryBuilder,
    },
};
use engine::{
    message,
    ports::{Envelope, Queue, ReplayQueue, ReplayRequest, Unavailable},
};
use futures::{StreamExt, stream};
use tracing::warn;

use config::HttpUrl;

use crate::SdkConfig;

pub use receiver::{Delivery, Depth, NoQueue, Receiver};

/// A queue by its URL. One type for both queues; the trait that is asked for says which messages it
/// carries.
#[derive(Clone, Debug)]
pub struct SqsQueue {
    client: Client,
    url: String,
}

/// What one call may carry.
const BATCH: usize = 10;
/// Calls at a time, when there is more to send.
const CALLS: usize = 5;
/// The longest delay of a message, 15 minutes. The protocol's pauses end at 20 s.
const MAX_DELAY: i32 = 900;

impl SqsQueue {
    /// The queue at `url`.
    pub fn new(sdk: &SdkConfig, url: &HttpUrl) -> Self {
        Self {
            client: Client::new(sdk),
            url: url.as_str().to_owned(),
        }
    }

    /// Sends up to ten messages. One flag for each: whether SQS has it.
    async fn send_ten(&self, batch: &[Envelope]) -> Result<Vec<bool>, Unavailable> {
        let entries: Vec<SendMessageBatchRequestEntry> = batch
            .iter()
            .enumerate()
            .map(|(i, envelope)| entry(i, envelope).build())
            .collect::<Result<_, _>>()
            .map_err(|error| Unavailable(error.to_string()))?;
        let answer = self
            .client
            .send_message_batch()
            .queue_url(&self.url)
            .set_entries(Some(entries))
            .send()
            .await
            .map_err(|error| Unavailable(DisplayErrorContext(&error).to_string()))?;
        for failed in answer.failed() {
            warn!(
                code = failed.code(),
                reason = failed.message(),
                "SQS refused a message"
            );
        }
        let mut accepted = vec![false; batch.len()];
        for entry in answer.successful() {
            if let Some(flag) = entry
                .id()
                .parse()
                .ok()
                .and_then(|i: usize| accepted.get_mut(i))
            {
                *flag = true;
            }
        }
        Ok(accepted)
    }
}

/// The group makes a standard queue a fair one: while one account's messages keep workers busy,
/// those of the others are delivered first. It says nothing of order, and holds nothing back.
fn entry(i: usize, envelope: &Envelope) -> SendMessageBatchRequestEntryBuilder {
    SendMessageBatchRequestEntry::builder()
        .id(i.to_string())
        .message_body(message::write_execute(&envelope.message))
        .message_group_id(envelope.account.as_str())
        .delay_seconds(delay_seconds(envelope.delay))
}

/// Whole seconds, rounded up: a message must not be seen before its time.
fn delay_seconds(pause: Duration) -> i32 {
    let up = pause.as_millis().div_ceil(1_000);
    i32::try_from(up).map_or(MAX_DELAY, |seconds| seconds.min(MAX_DELAY))
}

#[async_trait]
impl Queue for SqsQueue {
    /// # Errors
    /// [`Unavailable`] when SQS took none of the calls; when it took some, the flags say which
    /// messages it has.
    async fn send(&self, batch: &[Envelope]) -> Result<Vec<bool>, Unavailable> {
        let tens = batch.chunks(BATCH);
        let calls: Vec<_> = tens.clone().map(|ten| self.send_ten(ten)).collect();
        let answers: Vec<_> = stream::iter(calls).buffered(CALLS).collect().await;
        let mut accepted = Vec::with_capacity(batch.len());
        let mut trouble = None;
        let mut reached = false;
        for (ten, answer) in tens.zip(answers) {
            match answer {
                Ok(flags) => {
                    reached = true;
                    accepted.extend(flags);
                }
                Err(error) => {
                    accepted.extend(ten.iter().map(|_| false));
                    trouble = Some(error);
                }
            }
        }
        match trouble {
            Some(error) if !reached => Err(error),
            Some(error) => {
                warn!(%error, "SQS took only a part of the messages");
                Ok(accepted)
            }
            None => Ok(accepted),
        }
    }

    async fn waiting(&self) -> Result<u64, Unavailable> {
        let name = QueueAttributeName::ApproximateNumberOfMessages;
        let answer = self
            .client
            .get_queue_attributes()
            .queue_url(&self.url)
            .attribute_names(name.clone())
            .send()
            .await
            .map_err(|error| Unavailable(DisplayErrorContext(&error).to_string()))?;
        let count = answer
            .attributes()
            .and_then(|named| named.get(&name)?.parse().ok());
        count.ok_or_else(|| Unavailable("SQS does not say how many messages wait".into()))
    }
}

#[async_trait]
impl ReplayQueue for SqsQueue {
    async fn send(&self, request: &ReplayRequest) -> Result<(), Unavailable> {
        self.client
            .send_message()
            .queue_url(&self.url)
            .message_body(message::write_replay(request))
            .send()
            .await
            .map(drop)
            .map_err(|error| Unavailable(DisplayErrorContext(&error).to_string()))
    }
}
