//! The queue contract of the simulator, kept by SQS as the functions use it. Needs the emulator
//! only, nothing deployed.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use aws::{SdkConfig, sqs::SqsQueue};
use aws_sdk_sqs::{
    Client,
    config::{Builder, Credentials, Region, timeout::TimeoutConfig},
    types::{Message, QueueAttributeName},
};
use config::HttpUrl;
use e2e::MiniStack;
use engine::message;
use runtime::clock::SystemClock;
use serde_json::json;
use simulator::contract::{Consumer, Delivered, QueueFixture, check_queue};

/// The checks wait for whole and half time-outs: short enough for a test, and its half long enough
/// for a busy machine.
const VISIBILITY: Duration = Duration::from_secs(3);

/// The workers' end of a queue. On AWS an event source mapping holds it; what it calls is this.
struct SqsConsumer {
    client: Client,
    url: String,
}

impl SqsConsumer {
    /// Everything visible that fits into one answer.
    async fn take(&self) -> Vec<Message> {
        let answer = self
            .client
            .receive_message()
            .queue_url(&self.url)
            .max_number_of_messages(10)
            // The contract looks into windows of time: an answer must tell of its own moment, not
            // of a second later.
            .wait_time_seconds(0)
            .send()
            .await
            .expect("SQS answers");
        answer.messages.unwrap_or_default()
    }
}

#[async_trait]
impl Consumer for SqsConsumer {
    async fn receive(&self) -> Vec<Delivered> {
        self.take().await.iter().map(delivered).collect()
    }

    async fn delete(&self, delivered: &Delivered) {
        self.client
            .delete_message()
            .queue_url(&self.url)
            .receipt_handle(&delivered.receipt)
            .send()
            .await
            .expect("SQS deletes what was just received");
    }
}

fn delivered(message: &Message) -> Delivered {
    let body = message.body().expect("a message has a body");
    Delivered {
        message: message::read_execute(body).expect("only the engine's end sends here"),
        receipt: message
            .receipt_handle()
            .expect("what is received has a receipt")
            .to_owned(),
    }
}

#[tokio::test]
async fn sqs_keeps_the_contract_and_the_dead_letter_queue_keeps_the_rest() {
    let ministack = MiniStack::start();
    keeps_the_contract(&sdk_for(&ministack).await).await;
}

/// The same by another SQS: `AWS_ENDPOINT_URL`, region and credentials as AWS's tools read them. It
/// makes two queues there, which stay.
#[tokio::test]
#[ignore = "needs an SQS that the environment names, as localstack/core.sh starts one"]
async fn the_sqs_that_the_environment_names_keeps_the_contract() {
    keeps_the_contract(&aws::sdk().await).await;
}

async fn keeps_the_contract(sdk: &SdkConfig) {
    let client = patient(sdk);
    let dead = SqsConsumer {
        url: create(&client, "contract-dead", &[]).await,
        client: client.clone(),
    };
    let url = orders_queue(&client, &dead.url).await;
    let address: HttpUrl = url.parse().expect("SQS names a queue by a URL");

    check_queue(&QueueFixture {
        queue: Arc::new(SqsQueue::new(sdk, &address)),
        consumer: Arc::new(SqsConsumer { client, url }),
        clock: Arc::new(SystemClock),
        visibility: VISIBILITY,
    })
    .await;

    let left = dead.receive().await;
    assert_eq!(
        left.len(),
        1,
        "only the message that nobody deleted is a dead letter: {left:?}"
    );
}

/// The functions' settings, but for what the environment says there.
async fn sdk_for(ministack: &MiniStack) -> SdkConfig {
    aws::loader()
        .endpoint_url(ministack.url())
        .region(Region::new("eu-central-1"))
        .credentials_provider(Credentials::new("key", "secret", None, None, "test"))
        .load()
        .await
}

/// A client that gives no call up: a receive repeated after a time-out would count twice, which is
/// a fault, not the contract.
fn patient(sdk: &SdkConfig) -> Client {
    let config = Builder::from(sdk).timeout_config(TimeoutConfig::disabled());
    Client::from_conf(config.build())
}

/// A queue with the orders queue's redrive of `template.yaml`, and a visibility time-out that a
/// test can wait for.
async fn orders_queue(client: &Client, dead: &str) -> String {
    let answer = client
        .get_queue_attributes()
        .queue_url(dead)
        .attribute_names(QueueAttributeName::QueueArn)
        .send()
        .await
        .expect("the queue exists");
    let arn = answer
        .attributes()
        .and_then(|known| known.get(&QueueAttributeName::QueueArn))
        .expect("every queue has an ARN");
    let redrive = json!({"deadLetterTargetArn": arn, "maxReceiveCount": 3});
    let attributes = [
        (QueueAttributeName::RedrivePolicy, redrive.to_string()),
        (
            QueueAttributeName::VisibilityTimeout,
            VISIBILITY.as_secs().to_string(),
        ),
    ];
    create(client, "contract", &attributes).await
}

/// A new queue's URL.
async fn create(
    client: &Client,
    name: &str,
    attributes: &[(QueueAttributeName, String)],
) -> String {
    let created = client
        .create_queue()
        .queue_name(name)
        .set_attributes(Some(attributes.iter().cloned().collect()))
        .send()
        .await
        .expect("SQS creates a queue");
    created.queue_url.expect("a queue has a URL")
}
