//! An engine that is killed between the send and the landing.

use serde_json::Value;

use super::world::World;
use crate::{
    process::{DataDir, Process},
    support::{Subscriber, ten_sol},
};

#[tokio::test(flavor = "multi_thread")]
async fn what_a_killed_engine_has_sent_is_confirmed_by_the_next_one_and_not_signed_again() {
    let world = World::still(2).await;
    let data_dir = DataDir::new("solana-killed");
    let mut options = world.options();
    options.extend(["--data-dir".to_owned(), data_dir.text().to_owned()]);
    let options: Vec<&str> = options.iter().map(String::as_str).collect();
    let process = Process::start(&options).await;
    let answer = process.post(&ten_sol()).await;
    let answer: Value = answer.json().await.expect("JSON");
    let id = answer["orderId"].as_str().expect("an id");
    let first = world.first_sent().await;
    process.kill();

    let process = Process::start(&options).await;
    world.asked_again("getSignatureStatuses", 2).await;
    assert_eq!(world.chain.sent().len(), 1, "the same bytes are sent again");
    world.chain.advance(2);
    let socket = Subscriber::open(&process.base, &format!("orderId={id}")).await;
    socket.to_the_end().await;
    let order = process.json(&format!("/api/orders/{id}")).await;
    world.assert_confirmed_once(&order);
    assert_eq!(order["txHash"], first.signature);
    assert_eq!(world.chain.sent().len(), 1);
    let (code, _) = process.stop("-TERM").await;
    assert_eq!(code, Some(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_landed_while_no_engine_ran_is_confirmed_long_after() {
    let world = World::still(1).await;
    let data_dir = DataDir::new("solana-away");
    let mut options = world.options();
    options.extend(["--data-dir".to_owned(), data_dir.text().to_owned()]);
    let options: Vec<&str> = options.iter().map(String::as_str).collect();
    let process = Process::start(&options).await;
    let answer = process.post(&ten_sol()).await;
    let answer: Value = answer.json().await.expect("JSON");
    let id = answer["orderId"].as_str().expect("an id");
    world.first_sent().await;
    process.kill();

    world.chain.advance(10_000);
    let process = Process::start(&options).await;
    let socket = Subscriber::open(&process.base, &format!("orderId={id}")).await;
    socket.to_the_end().await;
    let order = process.json(&format!("/api/orders/{id}")).await;
    world.assert_confirmed_once(&order);
    assert_eq!(world.chain.sent().len(), 1);
}
