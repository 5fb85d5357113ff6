//! The command `order`: place an order at a running engine and print its life until it is final.

use std::{
    io::{IsTerminal, stdout},
    process::ExitCode,
    time::{Duration, Instant},
};

use futures::StreamExt;
use serde_json::{Value, json};
use tokio::time::sleep;
use tokio_tungstenite::{connect_async, tungstenite::Message};
use uuid::Uuid;

use crate::options::Place;

/// Why an order could not be placed, or not be followed.
#[derive(Debug, thiserror::Error)]
enum OrderError {
    #[error("no engine answers at {url}: {cause} (start one with `cargo run`)")]
    NoEngine { url: String, cause: String },
    #[error("the engine did not take the order: {0}")]
    Refused(String),
    #[error("the engine's answer cannot be read")]
    Unreadable,
}

/// How often a lost connection is made again, and the pause in between.
const TRIES: u32 = 30;
const PAUSE: Duration = Duration::from_secs(1);

/// Places the order and follows it. 0 confirmed, 1 failed, 2 could not be placed.
pub async fn run(order: &Place) -> ExitCode {
    let begin = Instant::now();
    let placed = match place(order).await {
        Ok(placed) => placed,
        Err(error) => {
            eprintln!("{error}");
            return ExitCode::from(2);
        }
    };
    println!(
        "order {}: {} {} to {}",
        placed.id, order.amount, order.token_in, order.token_out
    );
    let lines = Lines {
        begin,
        token_out: order.token_out.clone(),
        colours: stdout().is_terminal(),
    };
    match follow(order, &placed, &lines).await {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!(
                "{error}\nthe order was accepted and goes on; look at {}/api/orders/{}",
                order.url, placed.id
            );
            ExitCode::from(2)
        }
    }
}

struct Placed {
    id: String,
    socket: Option<String>,
}

async fn place(order: &Place) -> Result<Placed, OrderError> {
    let mut body = json!({
        "type": "market", "tokenIn": order.token_in, "tokenOut": order.token_out, "amount": order.amount,
    });
    if let Some(bps) = order.slippage_bps {
        body["slippageBps"] = bps.into();
    }
    let key = order
        .idempotency_key
        .clone()
        .unwrap_or_else(|| Uuid::new_v4().to_string());
    let answer = reqwest::Client::new()
        .post(format!("{}/api/orders/execute", order.url))
        .header("Idempotency-Key", key)
        .json(&body)
        .send()
        .await
        .map_err(|cause| OrderError::NoEngine {
            url: order.url.clone(),
            cause: innermost(&cause),
        })?;
    let accepted = answer.status().is_success();
    let answer: Value = answer.json().await.map_err(|_| OrderError::Unreadable)?;
    if !accepted {
        let text = |field: &str| answer[field].as_str().unwrap_or_default();
        return Err(OrderError::Refused(format!(
            "{} ({})",
            text("detail"),
            text("code")
        )));
    }
    let id = answer["orderId"]
        .as_str()
        .ok_or(OrderError::Unreadable)?
        .to_owned();
    Ok(Placed {
        id,
        socket: answer["ws"].as_str().map(str::to_owned),
    })
}

/// Whether the order was confirmed. A lost connection is made again, after what was seen.
async fn follow(order: &Place, placed: &Placed, lines: &Lines) -> Result<bool, OrderError> {
    let mut seen = 0;
    for _ in 0..TRIES {
        if let Some(end) = read_events(order, placed, lines, &mut seen).await? {
            return Ok(end);
        }
        sleep(PAUSE).await;
    }
    Err(OrderError::NoEngine {
        url: order.url.clone(),
        cause: "the connection was lost".into(),
    })
}

/// `None` when the connection was lost before the end. An installation without a socket is asked
/// for its log.
async fn read_events(
    order: &Place,
    placed: &Placed,
    lines: &Lines,
    seen: &mut u64,
) -> Result<Option<bool>, OrderError> {
    let Some(socket) = &placed.socket else {
        let url = format!("{}/api/orders/{}/events?after={seen}", order.url, placed.id);
        let Ok(answer) = reqwest::get(url).await else {
            return Ok(None);
        };
        let events: Vec<Value> = answer.json().await.map_err(|_| OrderError::Unreadable)?;
        return Ok(events.iter().find_map(|event| lines.show(event, seen)));
    };
    let Ok((mut stream, _)) = connect_async(format!("{socket}&after={seen}")).await else {
        return Ok(None);
    };
    while let Some(Ok(message)) = stream.next().await {
        if let Message::Text(text) = message {
            let event: Value = serde_json::from_str(&text).map_err(|_| OrderError::Unreadable)?;
            if let Some(end) = lines.show(&event, seen) {
                return Ok(Some(end));
            }
        }
    }
    Ok(None)
}

/// How events are printed.
struct Lines {
    begin: Instant,
    token_out: String,
    colours: bool,
}

impl Lines {
    /// Prints an event that was not seen before. `Some` when it is final: whether the order was
    /// confirmed.
    fn show(&self, event: &Value, seen: &mut u64) -> Option<bool> {
        let seq = event["seq"].as_u64().filter(|seq| *seq > *seen)?;
        *seen = seq;
        let status = event["status"].as_str().unwrap_or_default();
        let attempt = event["attempt"].as_u64().unwrap_or(1);
        let (millis, said) = (
            self.begin.elapsed().as_millis(),
            self.say(status, &event["payload"]),
        );
        let colour = match (self.colours, status) {
            (false, _) => "",
            (_, "confirmed") => "\x1b[32m",
            (_, "failed") => "\x1b[31m",
            _ => "\x1b[36m",
        };
        let reset = if self.colours { "\x1b[0m" } else { "" };
        let again = if attempt > 1 {
            format!("(attempt {attempt}) ")
        } else {
            String::new()
        };
        let line = format!(
            "{:>4}.{:03} s  {colour}{status:<9}{reset}  {again}{said}",
            millis / 1_000,
            millis % 1_000
        );
        println!("{}", line.trim_end());
        match status {
            "confirmed" => Some(true),
            "failed" => Some(false),
            _ => None,
        }
    }

    fn say(&self, status: &str, payload: &Value) -> String {
        let text = |field: &str| payload[field].as_str().unwrap_or_default();
        match status {
            "building" => format!("at {}: {}", text("chosenDex"), text("reason")),
            "submitted" => text("txHash").to_owned(),
            "confirmed" => {
                format!(
                    "received {} {} at {} each",
                    text("amountOut"),
                    self.token_out,
                    text("executedPrice")
                )
            }
            "failed" => format!("{} ({})", text("failureReason"), text("code")),
            _ => text("reason").to_owned(),
        }
    }
}

fn innermost(error: &dyn std::error::Error) -> String {
    error.source().map_or_else(|| error.to_string(), innermost)
}
