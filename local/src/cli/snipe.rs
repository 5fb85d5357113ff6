//! The command `snipe`: buy a token as soon as it has a pool, and print the order's life until it
//! is final.

use std::process::ExitCode;

use serde_json::json;

use super::intent::{Intent, Words};
use crate::options::Snipe;

/// Places the order and follows it. The exit status tells what became of it; the help lists them.
pub async fn run(snipe: &Snipe) -> ExitCode {
    intent(snipe).place().await
}

fn intent(snipe: &Snipe) -> Intent<'_> {
    let Snipe {
        mint,
        amount,
        token_in,
        require,
        venue,
        ..
    } = snipe;
    let mut body = json!({
        "type": "sniper", "tokenIn": token_in, "tokenOut": mint, "amount": amount,
    });
    let mut words = Words::of("snipe");
    words.push("--token-in", token_in);
    for (field, option, values) in [
        ("require", "--require", require),
        ("venues", "--venue", venue),
    ] {
        if !values.is_empty() {
            body[field] = json!(values);
        }
        values.iter().for_each(|value| words.push(option, value));
    }
    if let Some(slots) = snipe.max_age_slots {
        body["maxAgeSlots"] = slots.into();
        words.push("--max-age-slots", slots);
    }
    if let Some(bps) = snipe.slippage_bps {
        body["slippageBps"] = bps.into();
        words.push("--slippage-bps", bps);
    }
    for (field, option, value) in [
        ("minLiquidity", "--min-liquidity", &snipe.min_liquidity),
        ("maxLiquidity", "--max-liquidity", &snipe.max_liquidity),
        ("limitPrice", "--limit", &snipe.limit),
        ("expiresAt", "--expires", &snipe.expires),
    ] {
        if let Some(value) = value {
            body[field] = value.as_str().into();
            words.push(option, value);
        }
    }
    Intent {
        words: words.with([mint, amount]),
        what: format!("{amount} {token_in} for {mint}, when it has a pool"),
        bought: mint,
        body,
        sending: &snipe.sending,
    }
}
