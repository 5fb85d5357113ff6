//! Following an order: its events are printed as they come, until the last one.

use std::{
    process::ExitCode,
    time::{Duration, Instant},
};

use futures::StreamExt;
use jiff::Timestamp;
use reqwest::Client;
use serde_json::{Value, value::RawValue};
use tokio::time::{sleep, timeout};
use tokio_tungstenite::{connect_async, tungstenite::Message};

use super::{
    answer::{Placed, is_about_who_asks, refusal},
    end::End,
    http,
    interrupt::interrupted,
    output,
    sockets::Sockets,
};
use crate::options::At;

/// How often in a row nobody answers before it is given up, and the pause in between.
const TRIES: u32 = 30;
const PAUSE: Duration = Duration::from_secs(1);

/// After so long without a word the connection may be dead, and another one is made.
const SILENCE: Duration = Duration::from_secs(30);

/// Prints the order's life until it is final, or as long as somebody reads it. The exit status
/// tells how it ended.
pub(super) async fn tell(at: &At, order: &Placed, mut lines: Lines) -> ExitCode {
    let end = match http::client(at) {
        Ok(client) => tokio::select! {
            end = follow(at, &client, order, &mut lines) => end,
            () = interrupted() => None,
            () = output::unread() => None,
        },
        Err(_) => None,
    };
    match end {
        Some(true) => End::Done.into(),
        Some(false) => End::Failed.into(),
        None => {
            output::complain(format_args!(
                "the order was placed and goes on; look at {}/api/orders/{}",
                at.url, order.id
            ));
            End::Unseen.into()
        }
    }
}

/// What one connection has told.
enum Heard {
    /// The order's end: whether it was confirmed.
    End(bool),
    /// Somebody is there, and has nothing more to say for now.
    NoMore,
    /// The connection was lost.
    Lost,
    /// There was none.
    Unreached,
    /// Who asks may not know: why, in words.
    Refused(String),
}

/// Follows an order to its end: whether it was confirmed. `None` when nobody told for too long. A
/// lost connection is made again, after what was seen.
async fn follow(at: &At, client: &Client, order: &Placed, lines: &mut Lines) -> Option<bool> {
    let mut sockets = Sockets::of(order, at, client);
    let mut tries = 0;
    while tries < TRIES {
        let seen = lines.seen;
        let heard = match sockets.next().await {
            Some(socket) => listen(&socket, lines).await,
            None => Heard::Unreached,
        };
        // The log tells the same to whom no socket is opened.
        let heard = match heard {
            Heard::Unreached => match read_log(&at.url, client, &order.id, lines).await {
                // A key may open sockets and read no log.
                Heard::Refused(_) if !sockets.are_refused() => Heard::Unreached,
                heard => heard,
            },
            heard => heard,
        };
        tries = match heard {
            Heard::End(confirmed) => return Some(confirmed),
            Heard::Refused(reason) => {
                output::complain(reason);
                return None;
            }
            Heard::NoMore => 0,
            Heard::Lost | Heard::Unreached if lines.seen > seen => 0,
            Heard::Lost | Heard::Unreached => tries + 1,
        };
        sleep(PAUSE).await;
    }
    None
}

async fn listen(socket: &str, lines: &mut Lines) -> Heard {
    let address = format!("{socket}&after={}", lines.seen);
    let Ok(Ok((mut stream, _))) = timeout(http::REQUEST, connect_async(address)).await else {
        return Heard::Unreached;
    };
    loop {
        match timeout(SILENCE, stream.next()).await {
            Err(_) => return Heard::NoMore,
            Ok(Some(Ok(Message::Text(text)))) => {
                if let Some(end) = lines.show(&text) {
                    return Heard::End(end);
                }
            }
            Ok(Some(Ok(_))) => {}
            Ok(Some(Err(_)) | None) => return Heard::Lost,
        }
    }
}

async fn read_log(url: &str, client: &Client, id: &str, lines: &mut Lines) -> Heard {
    let url = format!("{url}/api/orders/{id}/events?after={}", lines.seen);
    let Ok(answer) = client.get(url).send().await else {
        return Heard::Unreached;
    };
    let status = answer.status();
    if is_about_who_asks(status) {
        let text = answer.text().await.unwrap_or_default();
        return Heard::Refused(refusal(status, &text));
    }
    let Ok(events) = answer.json::<Vec<Box<RawValue>>>().await else {
        return Heard::Lost;
    };
    match events.iter().find_map(|event| lines.show(event.get())) {
        Some(end) => Heard::End(end),
        None => Heard::NoMore,
    }
}

/// From when an event's time is counted.
pub(super) enum Begin {
    /// Since this command began: what its user waited.
    Command(Instant),
    /// Since the order was accepted, by the engine's clock.
    Order(Timestamp),
}

/// How events are printed, and up to which they were seen.
pub(super) struct Lines {
    begin: Begin,
    token_out: String,
    colours: bool,
    json: bool,
    silent_until: u64,
    seen: u64,
}

impl Lines {
    /// Of an order that buys this token.
    pub(super) fn since(begin: Begin, token_out: &str, at: &At) -> Self {
        Self {
            begin,
            token_out: token_out.to_owned(),
            colours: output::has_colours(),
            json: at.json,
            silent_until: 0,
            seen: 0,
        }
    }

    /// Events up to that one are not printed.
    pub(super) fn after(self, seq: u64) -> Self {
        Self {
            silent_until: seq,
            ..self
        }
    }

    /// Prints an event that was not seen before. `Some` when it is final: whether the order was
    /// confirmed.
    fn show(&mut self, text: &str) -> Option<bool> {
        let event: Value = serde_json::from_str(text).ok()?;
        self.seen = event["seq"].as_u64().filter(|seq| *seq > self.seen)?;
        let status = event["status"].as_str().unwrap_or_default();
        if self.seen > self.silent_until {
            if self.json {
                output::line(text);
            } else {
                output::line(self.words(status, &event));
            }
        }
        match status {
            "confirmed" => Some(true),
            "failed" | "cancelled" | "expired" => Some(false),
            _ => None,
        }
    }

    fn words(&self, status: &str, event: &Value) -> String {
        let attempt = event["attempt"].as_u64().unwrap_or(1);
        let (millis, said) = (self.millis(event), self.say(status, &event["payload"]));
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
        line.trim_end().to_owned()
    }

    fn millis(&self, event: &Value) -> u128 {
        match self.begin {
            Begin::Command(begin) => begin.elapsed().as_millis(),
            Begin::Order(begin) => {
                let at: Option<Timestamp> = event["at"].as_str().and_then(|at| at.parse().ok());
                let since = at.map(|at| at.duration_since(begin).as_millis());
                since.and_then(|since| since.try_into().ok()).unwrap_or(0)
            }
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
            "waiting" if !text("pool").is_empty() => format!(
                "{}: the pool {} opens at {}",
                text("reason"),
                text("pool"),
                text("opensAt")
            ),
            "routing" if payload["trigger"].is_object() => {
                let trigger = |field: &str| payload["trigger"][field].as_str();
                let venue = trigger("venue").unwrap_or_default();
                match (trigger("pool"), trigger("price")) {
                    (Some(pool), _) => format!("{venue} has the pool {pool}"),
                    (None, price) => {
                        let price = price.unwrap_or_default();
                        format!("{venue} pays {price} {} each", self.token_out)
                    }
                }
            }
            _ => text("reason").to_owned(),
        }
    }
}
