//! The queue's duties: a flag is `true` only for a message that SQS has.

use std::time::{Duration, Instant};

use aws::sqs::{NoQueue, Receiver, SqsQueue};
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

const VISIBILITY: Duration = Duration::from_secs(30);

async fn receiver(double: &Double) -> Result<Receiver, NoQueue> {
    let url: HttpUrl = URL.parse().expect("a URL");
    Receiver::open(&double.sdk().await, &url, VISIBILITY).await
}

/// SQS with a queue that has two messages for whoever asks. Takes as long to answer as it may.
fn full_queue(seen: &Seen) -> Option<(u16, String)> {
    let message = |n: u32| {
        json!({ "MessageId": format!("m{n}"), "ReceiptHandle": format!("r{n}"), "Body": "{}",
            "Attributes": { "ApproximateReceiveCount": "2" } })
    };
    let answer = match seen.target.as_str() {
        "AmazonSQS.GetQueueAttributes" => json!({ "Attributes": {
            "ApproximateNumberOfMessages": "7", "ApproximateNumberOfMessagesDelayed": "5",
            "ApproximateNumberOfMessagesNotVisible": "3" } }),
        "AmazonSQS.ReceiveMessage" => {
            // A long poll: an impatient client would be gone.
            std::thread::sleep(Duration::from_millis(3_200));
            json!({ "Messages": [message(1), message(2)] })
        }
        _ => json!({ "Successful": [], "Failed": [] }),
    };
    Some((200, answer.to_string()))
}

#[tokio::test(flavor = "multi_thread")]
async fn messages_are_waited_for_and_held_and_given_back_and_deleted_by_their_receipts() {
    let double = Double::answering(full_queue).await;
    let receiver = receiver(&double).await.expect("there is a queue");
    let received = receiver.receive(25).await.expect("SQS answers");
    let ids: Vec<&str> = received.iter().map(|delivery| &*delivery.id).collect();
    assert_eq!(ids, ["m1", "m2"]);
    assert_eq!(received[0].receives, "2");
    receiver.hold(&received).await.expect("SQS answers");
    receiver
        .give_back(&received[1..])
        .await
        .expect("SQS answers");
    receiver.delete(&received[..1]).await.expect("SQS answers");
    let seen = double.seen();
    let targets: Vec<&str> = seen.iter().map(|seen| &*seen.target).collect();
    let expected = [
        "GetQueueAttributes",
        "ReceiveMessage",
        "ChangeMessageVisibilityBatch",
        "ChangeMessageVisibilityBatch",
        "DeleteMessageBatch",
    ];
    assert_eq!(
        targets,
        expected.map(|action| format!("AmazonSQS.{action}"))
    );
    let asked = seen[1].json();
    assert_eq!(asked["MaxNumberOfMessages"], 10, "{asked}");
    assert_eq!(asked["WaitTimeSeconds"], 3, "{asked}");
    assert_eq!(asked["VisibilityTimeout"], 30, "{asked}");
    let entry = |n: usize, of: usize| seen[n].json()["Entries"][of].clone();
    assert_eq!(entry(2, 1)["ReceiptHandle"], "r2");
    assert_eq!(entry(2, 1)["VisibilityTimeout"], 30);
    assert_eq!(entry(3, 0)["ReceiptHandle"], "r2");
    assert_eq!(entry(3, 0)["VisibilityTimeout"], 0);
    assert_eq!(entry(4, 0)["ReceiptHandle"], "r1");
    let depth = receiver.depth().await.expect("SQS answers");
    assert_eq!((depth.ready, depth.delayed, depth.in_flight), (7, 5, 3));
}

/// A receive counts, also one whose answer is lost: it is not repeated behind the caller's back.
#[tokio::test]
async fn a_receive_that_fails_is_not_tried_again() {
    let double = Double::answering(|seen| match seen.target.as_str() {
        "AmazonSQS.ReceiveMessage" => Some((500, json!({}).to_string())),
        _ => full_queue(seen),
    })
    .await;
    let receiver = receiver(&double).await.expect("there is a queue");
    assert!(receiver.receive(1).await.is_err());
    let asked = double.seen().into_iter();
    let receives = asked.filter(|seen| seen.target == "AmazonSQS.ReceiveMessage");
    assert_eq!(receives.count(), 1);
}

#[tokio::test]
async fn a_queue_that_cannot_be_used_says_why() {
    let refusing = async |status: u16, code: &str, message: &str| {
        let said = json!({ "__type": code, "message": message }).to_string();
        let double = Double::answering(move |_| Some((status, said.clone()))).await;
        let error = receiver(&double).await.expect_err("it cannot be used");
        error.to_string()
    };
    let missing = refusing(400, "com.amazonaws.sqs#QueueDoesNotExist", "gone").await;
    assert!(missing.contains("has no such queue"), "{missing}");
    assert!(missing.contains("eu-central-1"), "{missing}");
    let denied = refusing(403, "AccessDenied", "not yours").await;
    assert!(denied.contains("refuses: not yours"), "{denied}");
    let url = URL.parse().expect("a URL");
    let nobody = Receiver::open(&sdk_for("http://127.0.0.1:1").await, &url, VISIBILITY).await;
    let nobody = nobody.expect_err("nobody is there").to_string();
    assert!(nobody.contains("does not answer"), "{nobody}");
}
