//! The command `order`: place an order at a running engine and print its life until it is final.

use std::{env, process::ExitCode, time::Instant};

use tokio::signal::unix::{SignalKind, signal};
use uuid::Uuid;

use super::{
    answer::Placed,
    following::{Lines, follow},
    http, output,
    placing::{Outcome, Placing},
};
use crate::options::Place;

/// Nothing was stored, and nothing will be.
const NOT_PLACED: u8 = 2;
/// Nobody knows whether the order was placed.
const UNKNOWN: u8 = 3;
/// The order was placed; how it ended was not seen.
const END_UNSEEN: u8 = 4;

/// Places the order and follows it. The exit status tells what became of it; the help lists them.
pub async fn run(order: &Place) -> ExitCode {
    let begin = Instant::now();
    let key = order
        .idempotency_key
        .clone()
        .unwrap_or_else(|| Uuid::new_v4().to_string());
    match place(order, &key).await {
        Outcome::Placed(placed) => tell(order, &placed, begin).await,
        Outcome::NotPlaced(reason) => {
            output::complain(reason);
            output::complain("nothing was placed");
            ExitCode::from(NOT_PLACED)
        }
        Outcome::Unknown(reason) => {
            output::complain(format_args!(
                "{reason}\nit is not known whether the order was placed; \
                 its key is {key}, and this never makes a second order:\n  {}",
                repetition(order, &key)
            ));
            ExitCode::from(UNKNOWN)
        }
    }
}

async fn place(order: &Place, key: &str) -> Outcome {
    let mut placing = match Placing::new(order, key) {
        Ok(placing) => placing,
        Err(error) => return Outcome::NotPlaced(error.to_string()),
    };
    tokio::select! {
        outcome = placing.run() => outcome,
        () = interrupted() => placing.interrupted(),
    }
}

/// Prints the order's life.
async fn tell(order: &Place, placed: &Placed, begin: Instant) -> ExitCode {
    output::line(format_args!(
        "order {}: {} {} to {}",
        placed.id, order.amount, order.token_in, order.token_out
    ));
    let mut lines = Lines::since(begin, &order.token_out);
    let end = match http::client(&order.url) {
        Ok(client) => tokio::select! {
            end = follow(&order.url, &client, placed, &mut lines) => end,
            () = interrupted() => None,
        },
        Err(_) => None,
    };
    match end {
        Some(true) => ExitCode::SUCCESS,
        Some(false) => ExitCode::FAILURE,
        None => {
            output::complain(format_args!(
                "the order was placed and goes on; look at {}/api/orders/{}",
                order.url, placed.id
            ));
            ExitCode::from(END_UNSEEN)
        }
    }
}

/// Until somebody wants this command to end.
async fn interrupted() {
    let signals = (
        signal(SignalKind::interrupt()),
        signal(SignalKind::terminate()),
    );
    let (Ok(mut interrupt), Ok(mut terminate)) = signals else {
        return std::future::pending().await;
    };
    tokio::select! { _ = interrupt.recv() => {} _ = terminate.recv() => {} }
}

/// The command that places the same order under the same key.
fn repetition(order: &Place, key: &str) -> String {
    let program = env::args().next().unwrap_or_else(|| "order-engine".into());
    let mut words = vec![program, "order".into()];
    words.extend([
        "--url".into(),
        order.url.clone(),
        "--idempotency-key".into(),
        key.into(),
    ]);
    if let Some(bps) = order.slippage_bps {
        words.extend(["--slippage-bps".into(), bps.to_string()]);
    }
    if order.ioc {
        words.push("--ioc".into());
    }
    for (option, value) in [
        ("--limit", &order.limit),
        ("--expires", &order.expires),
        ("--min-out", &order.min_out),
        ("--client-order-id", &order.client_order_id),
    ] {
        if let Some(value) = value {
            words.extend([option.into(), value.clone()]);
        }
    }
    words.extend(
        [&order.token_in, &order.token_out, &order.amount]
            .into_iter()
            .cloned(),
    );
    words
        .iter()
        .map(|word| quoted(word))
        .collect::<Vec<_>>()
        .join(" ")
}

/// A word as a shell reads it back.
fn quoted(word: &str) -> String {
    let is_plain = |char: char| char.is_ascii_alphanumeric() || "-._:/@%+,".contains(char);
    if !word.is_empty() && word.chars().all(is_plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}
