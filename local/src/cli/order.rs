//! The command `order`: place an order at a running engine and print its life until it is final.

use std::{env, process::ExitCode, time::Instant};

use uuid::Uuid;

use super::{
    answer::{Placed, Reason},
    following::{Begin, Lines, tell},
    interrupt::interrupted,
    output,
    placing::{Outcome, Placing},
};
use crate::options::Place;

/// Nothing was stored, and nothing will be.
const NOT_PLACED: u8 = 2;
/// Nobody knows whether the order was placed.
const UNKNOWN: u8 = 3;

/// Places the order and follows it. The exit status tells what became of it; the help lists them.
pub async fn run(order: &Place) -> ExitCode {
    let begin = Instant::now();
    let key = order
        .idempotency_key
        .clone()
        .unwrap_or_else(|| Uuid::new_v4().to_string());
    match place(order, &key).await {
        Outcome::Placed(placed) => {
            announce(order, &placed);
            let lines = Lines::since(Begin::Command(begin), &order.token_out, &order.at);
            tell(&order.at, &placed, lines).await
        }
        Outcome::NotPlaced(reason) => {
            document(order, &reason);
            output::complain(reason.words);
            output::complain("nothing was placed");
            ExitCode::from(NOT_PLACED)
        }
        Outcome::Unknown(reason) => {
            document(order, &reason);
            output::complain(format_args!(
                "{}\nit is not known whether the order was placed; \
                 its key is {key}, and this never makes a second order:\n  {}",
                reason.words,
                repetition(order, &key)
            ));
            ExitCode::from(UNKNOWN)
        }
    }
}

async fn place(order: &Place, key: &str) -> Outcome {
    let mut placing = match Placing::new(order, key) {
        Ok(placing) => placing,
        Err(error) => return Outcome::NotPlaced(error.to_string().into()),
    };
    tokio::select! {
        outcome = placing.run() => outcome,
        () = interrupted() => placing.interrupted(),
    }
}

fn announce(order: &Place, placed: &Placed) {
    if !order.at.json {
        output::line(format_args!(
            "order {}: {} {} to {}",
            placed.id, order.amount, order.token_in, order.token_out
        ));
    } else if let Some(told) = &placed.told {
        output::line(told);
    }
}

/// Prints what the engine wrote about it, for whoever reads JSON.
fn document(order: &Place, reason: &Reason) {
    if order.at.json
        && let Some(document) = &reason.document
    {
        output::line(document);
    }
}

/// The command that places the same order under the same key.
fn repetition(order: &Place, key: &str) -> String {
    let program = env::args().next().unwrap_or_else(|| "order-engine".into());
    let mut words = vec![program, "order".into()];
    words.extend([
        "--url".into(),
        order.at.url.clone(),
        "--idempotency-key".into(),
        key.into(),
    ]);
    if let Some(bps) = order.slippage_bps {
        words.extend(["--slippage-bps".into(), bps.to_string()]);
    }
    for (option, is_set) in [("--ioc", order.ioc), ("--json", order.at.json)] {
        if is_set {
            words.push(option.into());
        }
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
