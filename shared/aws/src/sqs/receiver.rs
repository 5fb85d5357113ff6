//! The workers' end of a queue, for a program that no event source mapping feeds.

use std::time::Duration;

use aws_sdk_sqs::{
    Client,
    config::{Builder, ProvideCredentials, retry::RetryConfig, timeout::TimeoutConfig},
    error::{DisplayErrorContext, ProvideErrorMetadata, SdkError},
    operation::get_queue_attributes::GetQueueAttributesError,
    types::{
        BatchResultErrorEntry, ChangeMessageVisibilityBatchRequestEntry,
        DeleteMessageBatchRequestEntry, Message, MessageSystemAttributeName, QueueAttributeName,
    },
};
use config::HttpUrl;
use engine::ports::Unavailable;
use tracing::warn;

use super::BATCH;
use crate::{CONNECT, SdkConfig};

/// How long SQS waits for messages before it answers that there are none. Whoever stops waits for
/// this answer: one that was given up may hold messages, which nobody sees until they come again.
const WAIT: Duration = Duration::from_secs(3);
/// How long its answer may take beyond that.
const ANSWER: Duration = Duration::from_secs(2);

/// Takes messages out of a queue.
#[derive(Clone, Debug)]
pub struct Receiver {
    /// Asks once: an answer that was lost has counted as a receive, and so would the next.
    asking: Client,
    client: Client,
    url: String,
    /// A message that is received is not seen by anybody else for so long.
    visibility: Duration,
}

/// A message in a worker's hands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// Names the message.
    pub id: String,
    /// What it says.
    pub body: String,
    /// How often it was received, this time included, about.
    pub receives: String,
    /// By which it is deleted or given back.
    receipt: String,
}

/// How full a queue is, about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Depth {
    /// Messages that can be received now.
    pub ready: u64,
    /// Messages that wait for their delay.
    pub delayed: u64,
    /// Messages in workers' hands.
    pub in_flight: u64,
}

/// Why a queue cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum NoQueue {
    /// Nothing says where SQS is.
    #[error("no region of AWS is named; set AWS_REGION, for an emulator as well")]
    Region,
    /// Nothing says who asks.
    #[error(
        "no credentials of AWS were found ({0}); on AWS give the program a role, for an emulator set \
         AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY to anything"
    )]
    Credentials(String),
    /// SQS has no queue of that URL.
    #[error("SQS{place} has no such queue")]
    Missing {
        /// Which SQS was asked.
        place: String,
    },
    /// SQS knows better.
    #[error("SQS{place} refuses: {reason}")]
    Refused {
        /// Which SQS was asked.
        place: String,
        /// What it said.
        reason: String,
    },
    /// SQS does not answer.
    #[error("SQS{place} does not answer: {reason}")]
    Unreachable {
        /// Which SQS was asked.
        place: String,
        /// What happened on the way.
        reason: String,
    },
}

impl Receiver {
    /// The workers' end of the queue at `url`, which is asked for at once. What is received is not
    /// seen by anybody else for `visibility`, whatever the queue's own time-out is.
    ///
    /// # Errors
    /// [`NoQueue`] with what is missing or wrong.
    pub async fn open(
        sdk: &SdkConfig,
        url: &HttpUrl,
        visibility: Duration,
    ) -> Result<Self, NoQueue> {
        let region = sdk.region().ok_or(NoQueue::Region)?;
        if let Some(provider) = sdk.credentials_provider() {
            let found = provider.provide_credentials().await;
            found.map_err(|error| NoQueue::Credentials(DisplayErrorContext(&error).to_string()))?;
        }
        let timeouts = TimeoutConfig::builder()
            .connect_timeout(CONNECT)
            .operation_attempt_timeout(WAIT + ANSWER)
            .operation_timeout(WAIT + ANSWER)
            .build();
        let asking = Builder::from(sdk)
            .timeout_config(timeouts)
            .retry_config(RetryConfig::disabled());
        let receiver = Self {
            asking: Client::from_conf(asking.build()),
            client: Client::new(sdk),
            url: url.as_str().to_owned(),
            visibility,
        };
        match receiver.attributes().await {
            Ok(_) => Ok(receiver),
            Err(error) => {
                let place = match sdk.endpoint_url() {
                    Some(endpoint) => format!(" at {endpoint} ({region})"),
                    None => format!(" in {region}"),
                };
                Err(no_queue(&error, place))
            }
        }
    }

    /// Waits up to three seconds for messages and takes up to `most` of them, ten at the most.
    ///
    /// # Errors
    /// [`Unavailable`] when SQS does not answer. What it would have answered comes again.
    pub async fn receive(&self, most: usize) -> Result<Vec<Delivery>, Unavailable> {
        let answer = self
            .asking
            .receive_message()
            .queue_url(&self.url)
            .max_number_of_messages(number(most.min(BATCH)))
            .wait_time_seconds(seconds(WAIT))
            .visibility_timeout(seconds(self.visibility))
            .message_system_attribute_names(MessageSystemAttributeName::ApproximateReceiveCount)
            .send()
            .await
            .map_err(unavailable)?;
        let messages = answer.messages.unwrap_or_default();
        Ok(messages.into_iter().map(delivery).collect())
    }

    /// Deletes messages that have served. One that is not deleted comes again.
    ///
    /// # Errors
    /// [`Unavailable`] when SQS does not answer.
    pub async fn delete(&self, served: &[Delivery]) -> Result<(), Unavailable> {
        for ten in served.chunks(BATCH) {
            let entries = ten.iter().enumerate().map(|(i, delivery)| {
                DeleteMessageBatchRequestEntry::builder()
                    .id(i.to_string())
                    .receipt_handle(&delivery.receipt)
                    .build()
            });
            let request = self.client.delete_message_batch().queue_url(&self.url);
            let entries = entries.collect::<Result<_, _>>().map_err(unbuilt)?;
            let answer = request.set_entries(Some(entries)).send().await;
            refused("delete", answer.map_err(unavailable)?.failed());
        }
        Ok(())
    }

    /// Holds messages for another whole visibility time-out.
    ///
    /// # Errors
    /// [`Unavailable`] when SQS does not answer.
    pub async fn hold(&self, held: &[Delivery]) -> Result<(), Unavailable> {
        self.hide_for(held, self.visibility).await
    }

    /// Gives messages back unserved: they can be received at once. Each has been received once
    /// more for that.
    ///
    /// # Errors
    /// [`Unavailable`] when SQS does not answer; they come again by themselves.
    pub async fn give_back(&self, unserved: &[Delivery]) -> Result<(), Unavailable> {
        self.hide_for(unserved, Duration::ZERO).await
    }

    /// How full the queue is.
    ///
    /// # Errors
    /// [`Unavailable`] when SQS does not answer.
    pub async fn depth(&self) -> Result<Depth, Unavailable> {
        let attributes = self.attributes().await.map_err(unavailable)?;
        let count = |name| attributes.iter().find(|(known, _)| *known == name);
        let count = |name| count(name).and_then(|(_, count)| count.parse().ok());
        Ok(Depth {
            ready: count(QueueAttributeName::ApproximateNumberOfMessages).unwrap_or(0),
            delayed: count(QueueAttributeName::ApproximateNumberOfMessagesDelayed).unwrap_or(0),
            in_flight: count(QueueAttributeName::ApproximateNumberOfMessagesNotVisible)
                .unwrap_or(0),
        })
    }

    async fn attributes(
        &self,
    ) -> Result<Vec<(QueueAttributeName, String)>, SdkError<GetQueueAttributesError>> {
        let request = self
            .client
            .get_queue_attributes()
            .queue_url(&self.url)
            .attribute_names(QueueAttributeName::ApproximateNumberOfMessages)
            .attribute_names(QueueAttributeName::ApproximateNumberOfMessagesDelayed)
            .attribute_names(QueueAttributeName::ApproximateNumberOfMessagesNotVisible);
        let attributes = request.send().await?.attributes.unwrap_or_default();
        Ok(attributes.into_iter().collect())
    }

    async fn hide_for(&self, held: &[Delivery], time: Duration) -> Result<(), Unavailable> {
        for ten in held.chunks(BATCH) {
            let entries = ten.iter().enumerate().map(|(i, delivery)| {
                ChangeMessageVisibilityBatchRequestEntry::builder()
                    .id(i.to_string())
                    .receipt_handle(&delivery.receipt)
                    .visibility_timeout(seconds(time))
                    .build()
            });
            let request = self.client.change_message_visibility_batch();
            let request = request.queue_url(&self.url);
            let entries = entries.collect::<Result<_, _>>().map_err(unbuilt)?;
            let answer = request.set_entries(Some(entries)).send().await;
            refused("hold", answer.map_err(unavailable)?.failed());
        }
        Ok(())
    }
}

fn delivery(message: Message) -> Delivery {
    let count = MessageSystemAttributeName::ApproximateReceiveCount;
    let receives = message.attributes().and_then(|known| known.get(&count));
    Delivery {
        receives: receives.cloned().unwrap_or_default(),
        id: message.message_id.unwrap_or_default(),
        body: message.body.unwrap_or_default(),
        receipt: message.receipt_handle.unwrap_or_default(),
    }
}

/// Nothing is lost by it: the message comes again, and its order is found done.
fn refused(what: &'static str, failed: &[BatchResultErrorEntry]) {
    for failed in failed {
        let (code, reason) = (failed.code(), failed.message());
        warn!(
            what,
            code, reason, "SQS refused to let go of a message, or to keep it"
        );
    }
}

/// How SQS says that there is no such queue, in its two protocols' words: the SDK knows it by one.
const MISSING: [&str; 3] = [
    "QueueDoesNotExist",
    "AWS.SimpleQueueService.NonExistentQueue",
    "InvalidAddress",
];

fn no_queue(error: &SdkError<GetQueueAttributesError>, place: String) -> NoQueue {
    let reason = DisplayErrorContext(error).to_string();
    match error.as_service_error() {
        Some(error) if error.code().is_some_and(|code| MISSING.contains(&code)) => {
            NoQueue::Missing { place }
        }
        Some(error) => NoQueue::Refused {
            place,
            reason: error.message().map_or(reason, str::to_owned),
        },
        None => NoQueue::Unreachable { place, reason },
    }
}

fn unavailable<E: std::error::Error + 'static>(error: SdkError<E>) -> Unavailable {
    Unavailable(DisplayErrorContext(&error).to_string())
}

fn unbuilt(error: impl std::error::Error) -> Unavailable {
    Unavailable(error.to_string())
}

fn seconds(time: Duration) -> i32 {
    i32::try_from(time.as_secs()).unwrap_or(i32::MAX)
}

fn number(count: usize) -> i32 {
    i32::try_from(count).unwrap_or(i32::MAX)
}
