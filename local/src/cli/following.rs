//! Following an order: its events are printed as they come, until the last one.

use std::time::{Duration, Instant};

use futures::StreamExt;
use reqwest::Client;
use serde_json::Value;
use tokio::time::{sleep, timeout};
use tokio_tungstenite::{connect_async, tungstenite::Message};

use super::{answer::Placed, http, output};

/// How often in a row a connection is made again without anything new, and the pause in between.
const TRIES: u32 = 30;
const PAUSE: Duration = Duration::from_secs(1);

/// After so long without a word the connection may be dead, and another one is made.
const SILENCE: Duration = Duration::from_secs(30);

/// Follows an order to its end: whether it was confirmed. `None` when nobody told for too long. A
/// lost connection is made again, after what was seen.
pub(super) async fn follow(
    url: &str,
    client: &Client,
    placed: &Placed,
    lines: &mut Lines,
) -> Option<bool> {
    let mut tries = 0;
    while tries < TRIES {
        let seen = lines.seen;
        let end = match &placed.socket {
            Some(socket) => listen(socket, lines).await,
            None => read_log(url, client, &placed.id, lines).await,
        };
        if end.is_some() {
            return end;
        }
        tries = if lines.seen > seen { 0 } else { tries + 1 };
        sleep(PAUSE).await;
    }
    None
}

/// `None` when the connection was lost, or silent, before the end.
async fn listen(socket: &str, lines: &mut Lines) -> Option<bool> {
    let address = format!("{socket}&after={}", lines.seen);
    let (mut stream, _) = timeout(http::REQUEST, connect_async(address))
        .await
        .ok()?
        .ok()?;
    while let Ok(Some(Ok(message))) = timeout(SILENCE, stream.next()).await {
        if let Message::Text(text) = message {
            let event: Value = serde_json::from_str(&text).ok()?;
            if let Some(end) = lines.show(&event) {
                return Some(end);
            }
        }
    }
    None
}

/// An installation without a socket is asked for its log.
async fn read_log(url: &str, client: &Client, id: &str, lines: &mut Lines) -> Option<bool> {
    let url = format!("{url}/api/orders/{id}/events?after={}", lines.seen);
    let answer = client.get(url).send().await.ok()?;
    let events: Vec<Value> = answer.json().await.ok()?;
    events.iter().find_map(|event| lines.show(event))
}

/// How events are printed, and up to which they were.
pub(super) struct Lines {
    begin: Instant,
    token_out: String,
    colours: bool,
    seen: u64,
}

impl Lines {
    /// Times are counted from `begin`.
    pub(super) fn since(begin: Instant, token_out: &str) -> Self {
        Self {
            begin,
            token_out: token_out.to_owned(),
            colours: output::has_colours(),
            seen: 0,
        }
    }

    /// Prints an event that was not seen before. `Some` when it is final: whether the order was
    /// confirmed.
    fn show(&mut self, event: &Value) -> Option<bool> {
        self.seen = event["seq"].as_u64().filter(|seq| *seq > self.seen)?;
        let status = event["status"].as_str().unwrap_or_default();
        let attempt = event["attempt"].as_u64().unwrap_or(1);
        let (millis, said) = (
            self.begin.elapsed().as_millis(),
            self.say(status, &event["payload"]),
        );
        let colour = match (self.colours, status) {
            (false, _) => "",
            (_, "confirmed") => "\x1b[32m",
            (_, "failed" | "cancelled" | "expired") => "\x1b[31m",
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
        output::line(line.trim_end());
        match status {
            "confirmed" => Some(true),
            "failed" | "cancelled" | "expired" => Some(false),
            _ => None,
        }
    }

    fn say(&self, status: &str, payload: &Value) -> String {
        let text = |field: &str| payload[field].as_str().unwrap_or_default();
        match status {
            "building" => format!("at {}: {}", text("chosenDex"), text("reason")),
            "submitted" if payload["cancelRequested"] == true => {
                "to be cancelled, unless the transaction lands".to_owned()
            }
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
            "expired" => format!("{} ({})", text("reason"), text("code")),
            "cancelled" => format!("by the {}", text("by")),
            "waiting" if !text("bestPrice").is_empty() => format!(
                "{}: {} would pay {} {} each",
                text("reason"),
                text("bestDex"),
                text("bestPrice"),
                self.token_out
            ),
            "routing" if payload["trigger"].is_object() => {
                let trigger = |field: &str| payload["trigger"][field].as_str().unwrap_or_default();
                format!(
                    "{} pays {} {} each",
                    trigger("venue"),
                    trigger("price"),
                    self.token_out
                )
            }
            _ => text("reason").to_owned(),
        }
    }
}
