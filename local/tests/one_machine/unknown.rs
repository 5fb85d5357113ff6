//! The command `order` over a network that loses answers: it never says "not placed" when it does
//! not know, and never buys twice.

use std::{
    io::{BufRead, BufReader, Read},
    net::SocketAddr,
    process::{Command, Stdio},
};

use crate::{
    fault::{Fault, FaultServer},
    process::program,
    support::{Engine, eventually},
};

struct Ended {
    code: Option<i32>,
    printed: String,
    said: String,
}

/// Runs `order` for this many SOL.
async fn order(url: &str, amount: &str, more: &[&str]) -> Ended {
    let mut command = program();
    command
        .args(["order", "--url", url, "SOL", "USDC", amount])
        .args(more);
    run(command).await
}

async fn run(mut command: Command) -> Ended {
    let output = tokio::task::spawn_blocking(move || command.output());
    let output = output.await.expect("it ran").expect("the program runs");
    Ended {
        code: output.status.code(),
        printed: String::from_utf8(output.stdout).expect("text"),
        said: String::from_utf8(output.stderr).expect("text"),
    }
}

fn address(engine: &Engine) -> SocketAddr {
    engine.server.address()
}

async fn orders(engine: &Engine) -> usize {
    let orders = engine.json("/api/orders").await;
    orders.as_array().expect("a list").len()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_answer_is_asked_for_again_and_one_order_is_placed() {
    let engine = Engine::start().await;
    let lost = [
        Fault::Lose,
        Fault::Instead(Fault::page(504)),
        Fault::Instead(Fault::problem(503, "outcome_unknown", "")),
        Fault::Pass,
    ];
    let between = FaultServer::before(address(&engine), &lost).await;
    let ended = order(&between.url(), "3", &[]).await;
    assert_eq!(ended.code, Some(0), "{}", ended.said);
    for word in ["pending", "submitted", "confirmed"] {
        assert!(ended.printed.contains(word), "{}", ended.printed);
    }
    assert_eq!(orders(&engine).await, 1);
    let keys = between.keys();
    assert_eq!(keys.len(), 4, "{keys:?}");
    assert!(keys.iter().all(|key| *key == keys[0]), "{keys:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_does_not_know_says_so_and_how_to_repeat() {
    let engine = Engine::start().await;
    for fault in [Fault::Lose, Fault::Instead(Fault::page(502)), Fault::Hang] {
        let between = FaultServer::before(address(&engine), std::slice::from_ref(&fault)).await;
        let before = orders(&engine).await;
        let ended = order(&between.url(), "3", &["--timeout", "2"]).await;
        assert_eq!(ended.code, Some(3), "{fault:?}: {}", ended.said);
        let unknown = "it is not known whether the order was placed";
        assert!(ended.said.contains(unknown), "{fault:?}: {}", ended.said);
        assert!(!ended.said.contains("nothing was placed"), "{}", ended.said);
        drop(between);

        // What it said is what a user runs when the network is well again.
        let advice = ended.said.lines().last().expect("the command").trim();
        let mut words = advice.split(' ').skip(1).map(str::to_owned);
        let mut command = program();
        command.args(words.by_ref().take(2));
        command.args([engine.url("/")]).args(words.skip(1));
        let again = run(command).await;
        assert_eq!(again.code, Some(0), "{advice}: {}", again.said);
        assert_eq!(orders(&engine).await, before + 1, "{fault:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_that_the_engine_named_is_looked_for() {
    let engine = Engine::start().await;
    let id = engine.place(&crate::support::ten_sol()).await;
    let named = Fault::problem(503, "outcome_unknown", &format!(r#","orderId":"{id}""#));
    let between = FaultServer::before(address(&engine), &[Fault::Answer(named)]).await;
    let ended = order(&between.url(), "10", &[]).await;
    assert_eq!(ended.code, Some(0), "{}", ended.said);
    assert!(ended.printed.contains(&id), "{}", ended.printed);
    assert!(ended.printed.contains("confirmed"), "{}", ended.printed);
    assert_eq!(between.keys().len(), 1, "it was found, not placed again");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_busy_engine_is_waited_for_and_one_that_stays_so_placed_nothing() {
    let engine = Engine::start().await;
    let (busy, off) = ((429, "busy"), (503, "unavailable"));
    let [busy, off] = [busy, off].map(|(status, code)| Fault::problem(status, code, ""));
    let faults = [Fault::Answer(busy.clone()), Fault::Answer(off), Fault::Pass];
    let between = FaultServer::before(address(&engine), &faults).await;
    let ended = order(&between.url(), "4", &[]).await;
    assert_eq!(ended.code, Some(0), "{}", ended.said);

    let between = FaultServer::before(address(&engine), &[Fault::Answer(busy)]).await;
    let ended = order(&between.url(), "4", &["--timeout", "2"]).await;
    assert_eq!(ended.code, Some(2), "{}", ended.said);
    assert!(ended.said.contains("nothing was placed"), "{}", ended.said);
    assert_eq!(orders(&engine).await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_lost_stays_unknown_when_nobody_answers_afterwards() {
    let engine = Engine::start().await;
    let later = [Fault::problem(429, "busy", ""), Fault::page(404)];
    for later in later {
        let faults = [Fault::Lose, Fault::Answer(later)];
        let between = FaultServer::before(address(&engine), &faults).await;
        let ended = order(&between.url(), "5", &["--timeout", "3"]).await;
        assert_eq!(ended.code, Some(3), "{}", ended.said);
        assert!(ended.said.contains(&between.keys()[0]), "{}", ended.said);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_interrupts_it_learns_the_key() {
    let engine = Engine::start().await;
    let between = FaultServer::before(address(&engine), &[Fault::Hang]).await;
    let mut child = program()
        .args(["order", "--url", &between.url(), "SOL", "USDC", "6"])
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let key = eventually("the request", async || between.keys().pop()).await;
    let interrupted = Command::new("kill")
        .args(["-INT", &child.id().to_string()])
        .status();
    assert!(interrupted.expect("kill runs").success());
    let mut said = String::new();
    let stderr = child.stderr.as_mut().expect("it is piped");
    stderr.read_to_string(&mut said).expect("text");
    assert_eq!(child.wait().expect("it ends").code(), Some(3), "{said}");
    assert!(said.contains("not known") && said.contains(&key), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_stops_reading_is_told_where_the_order_goes_on_and_no_proxy_misleads() {
    let engine = Engine::start().await;
    let mut command = program();
    command.args(["order", "--url", &engine.url("/"), "SOL", "USDC", "7"]);
    command.env("HTTP_PROXY", "http://127.0.0.1:1");
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("the program starts");
    let mut first = String::new();
    let reader = child.stdout.take().expect("it is piped");
    BufReader::new(reader).read_line(&mut first).expect("text");
    assert!(first.starts_with("order "), "{first}");
    let output = tokio::task::spawn_blocking(|| child.wait_with_output());
    let output = output.await.expect("it ran").expect("it ends");
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(4), "{said}");
    assert!(
        said.starts_with("the order was placed and goes on"),
        "{said}"
    );
}
