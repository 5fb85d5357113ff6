//! The queue's duties: a flag is `true` only for a message that SQS has.

use std::time::{Duration, Instant};

use aws::sqs::SqsQueue;
use config::HttpUrl;
use engine::{
    account::AccountId,
    order::OrderId,
    ports::{ConnectionId, Envelope, ExecuteOrder, Queue, ReplayQueue, ReplayRequest, Unavailable},
};
use serde_json::{Value, json};

use crate::double::{Double, Seen, sdk_for};

/// The SDK wants one and does not check it.
const SOME_MD5: &str = "00000000000000000000000000000000";
const URL: &str = "http://sqs.test/123456789012/orders";

async fn queue(double: &Double) -> SqsQueue {
    let url: HttpUrl = URL.parse().expect("a URL");
    SqsQueue::new(&double.sdk().await, &url)
}

async fn send(double: &Double, batch: &[Envelope]) -> Result<Vec<bool>, Unavailable> {
    Queue::send(&queue(double).await, batch).await
}

fn messages(count: u128) -> Vec<Envelope> {
    (0..count)
        .map(|i| {
            let id = OrderId(uuid::Uuid::from_u128(i));
            Envelope::new(ExecuteOrder { id, attempt: 1 }, AccountId::local())
        })
        .collect()
}

/// Takes every entry that `takes` says.
fn answer_to(seen: &Seen, takes: impl Fn(&str) -> bool) -> (u16, String) {
    let request = seen.json();
    let entries = request["Entries"].as_array().expect("entries");
    let (taken, refused): (Vec<&Value>, Vec<&Value>) = entries
        .iter()
        .partition(|entry| takes(entry["MessageBody"].as_str().expect("a body")));
    let successful: Vec<Value> = taken
        .iter()
        .map(|entry| json!({ "Id": entry["Id"], "MessageId": "m", "MD5OfMessageBody": SOME_MD5 }))
        .collect();
    let failed: Vec<Value> = refused
        .iter()
        .map(|entry| json!({ "Id": entry["Id"], "SenderFault": false, "Code": "InternalError" }))
        .collect();
    let body = json!({ "Successful": successful, "Failed": failed });
    (200, body.to_string())
}

#[tokio::test]
async fn messages_go_in_tens_with_whole_seconds_of_delay() {
    let double = Double::answering(|seen| Some(answer_to(seen, |_| true))).await;
    let mut batch = messages(25);
    batch[0].delay = Duration::from_millis(1);
    batch[1].delay = Duration::from_millis(4_000);
    batch[2].delay = Duration::from_secs(3_600);
    let accepted = send(&double, &batch).await.expect("SQS answers");
    assert_eq!(accepted, [true; 25]);
    let mut sizes: Vec<usize> = Vec::new();
    for seen in double.seen() {
        assert_eq!(seen.target, "AmazonSQS.SendMessageBatch");
        let request = seen.json();
        assert_eq!(request["QueueUrl"], URL);
        let entries = request["Entries"].as_array().expect("entries").clone();
        sizes.push(entries.len());
        if entries[0]["MessageBody"] == engine::message::write_execute(&batch[0].message) {
            let delays: Vec<&Value> = entries.iter().map(|entry| &entry["DelaySeconds"]).collect();
            assert_eq!(delays[..4], [&json!(1), &json!(4), &json!(900), &json!(0)]);
        }
    }
    sizes.sort_unstable();
    assert_eq!(sizes, [5, 10, 10]);
}

/// SQS shares workers among groups, and the queue's text is what it was.
#[tokio::test]
async fn each_message_is_in_the_group_of_its_account() {
    let double = Double::answering(|seen| Some(answer_to(seen, |_| true))).await;
    let mut batch = messages(3);
    let longest = "x".repeat(64);
    batch[1].account = "desk-7".parse().expect("a name");
    batch[2].account = longest.parse().expect("a name");
    send(&double, &batch).await.expect("SQS answers");
    let request = double.seen()[0].json();
    let of = |name: &str| -> Vec<Value> {
        let entries = request["Entries"].as_array().expect("entries");
        entries.iter().map(|entry| entry[name].clone()).collect()
    };
    assert_eq!(of("MessageGroupId"), ["local", "desk-7", &longest]);
    let texts = batch
        .iter()
        .map(|one| engine::message::write_execute(&one.message));
    assert_eq!(of("MessageBody"), texts.collect::<Vec<_>>());
}

#[tokio::test]
async fn each_refused_message_has_its_own_flag() {
    let refused = messages(13).split_off(11).remove(0).message;
    let refused_text = engine::message::write_execute(&refused);
    let double =
        Double::answering(move |seen| Some(answer_to(seen, |body| body != refused_text))).await;
    let accepted = send(&double, &messages(13)).await.expect("SQS answers");
    let expected: Vec<bool> = (0..13).map(|i| i != 11).collect();
    assert_eq!(accepted, expected);
}

#[tokio::test]
async fn a_call_that_fails_leaves_the_flags_of_the_others() {
    let first = engine::message::write_execute(&messages(1)[0].message);
    let double = Double::answering(move |seen| {
        Some(
            if String::from_utf8_lossy(&seen.body).contains(&first.replace('"', "\\\"")) {
                (500, json!({ "__type": "InternalError" }).to_string())
            } else {
                answer_to(seen, |_| true)
            },
        )
    })
    .await;
    let accepted = send(&double, &messages(12))
        .await
        .expect("one call succeeds");
    let expected: Vec<bool> = (0..12).map(|i| i >= 10).collect();
    assert_eq!(accepted, expected);
}

#[tokio::test]
async fn a_queue_that_refuses_everything_is_unavailable() {
    let denied = json!({ "__type": "AccessDenied", "message": "not yours" }).to_string();
    let double = Double::answering(move |_| Some((403, denied.clone()))).await;
    let error = send(&double, &messages(1)).await.expect_err("refused");
    assert!(error.to_string().contains("not yours"), "{error}");
}

#[tokio::test]
async fn a_queue_that_does_not_answer_is_given_up_after_two_seconds() {
    let double = Double::answering(|_| None).await;
    let begin = Instant::now();
    let sent = send(&double, &messages(1)).await;
    assert!(sent.is_err());
    let waited = begin.elapsed();
    assert!(waited < Duration::from_secs(4), "{waited:?}");
}

#[tokio::test]
async fn nobody_there_is_unavailable() {
    let sdk = sdk_for("http://127.0.0.1:1").await;
    let queue = SqsQueue::new(&sdk, &URL.parse().expect("a URL"));
    assert!(Queue::send(&queue, &messages(1)).await.is_err());
}

#[tokio::test]
async fn no_message_is_no_call() {
    let double = Double::answering(|_| None).await;
    let accepted = send(&double, &[]).await.expect("nothing to do");
    assert_eq!(accepted, Vec::<bool>::new());
    assert!(double.seen().is_empty());
}

#[tokio::test]
async fn a_replay_request_is_one_message() {
    let double = Double::answering(|_| Some((200, json!({ "MessageId": "m" }).to_string()))).await;
    let request = ReplayRequest {
        connection: ConnectionId("BXoL3ccCliACGRg=".into()),
        order: "whatever the client wrote".into(),
        after: Some("2".into()),
    };
    ReplayQueue::send(&queue(&double).await, &request)
        .await
        .expect("SQS has it");
    let seen = double.seen();
    assert_eq!(seen[0].target, "AmazonSQS.SendMessage");
    let body = seen[0].json()["MessageBody"]
        .as_str()
        .expect("a body")
        .to_owned();
    assert_eq!(engine::message::read_replay(&body).expect("ours"), request);
}
