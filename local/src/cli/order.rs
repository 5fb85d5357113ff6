//! The command `order`: place an order at a running engine and print its life until it is final.

use std::process::ExitCode;

use serde_json::json;

use super::intent::{Intent, Words};
use crate::options::Place;

/// Places the order and follows it. The exit status tells what became of it; the help lists them.
pub async fn run(order: &Place) -> ExitCode {
    intent(order).place().await
}

fn intent(order: &Place) -> Intent<'_> {
    let Place {
        token_in,
        token_out,
        amount,
        ..
    } = order;
    let kind = if order.limit.is_some() {
        "limit"
    } else {
        "market"
    };
    let mut body = json!({
        "type": kind, "tokenIn": token_in, "tokenOut": token_out, "amount": amount,
    });
    let mut words = Words::of("order");
    if let Some(bps) = order.slippage_bps {
        body["slippageBps"] = bps.into();
        words.push("--slippage-bps", bps);
    }
    if order.ioc {
        body["timeInForce"] = "IOC".into();
        words.flag("--ioc");
    }
    for (field, option, value) in [
        ("limitPrice", "--limit", &order.limit),
        ("expiresAt", "--expires", &order.expires),
        ("minAmountOut", "--min-out", &order.min_out),
    ] {
        if let Some(value) = value {
            body[field] = value.as_str().into();
            words.push(option, value);
        }
    }
    Intent {
        words: words.with([token_in, token_out, amount]),
        what: format!("{amount} {token_in} to {token_out}"),
        bought: token_out,
        body,
        sending: &order.sending,
    }
}
