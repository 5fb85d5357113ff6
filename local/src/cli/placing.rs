//! Placing an order over a network that loses answers: the same order is sent under the same key
//! until somebody says what became of it.

use std::time::{Duration, Instant};

use reqwest::Client;
use serde_json::Value;
use tokio::time::sleep;

use super::{
    answer::{Answer, Placed, Reason},
    http::{self, NoClient},
    output,
};
use crate::options::Sending;

/// The pauses between tries; the last one is repeated.
const PAUSES: [Duration; 4] = [
    Duration::from_millis(500),
    Duration::from_secs(1),
    Duration::from_secs(2),
    Duration::from_secs(4),
];

/// Even the last request gets so long.
const LEAST: Duration = Duration::from_secs(1);

/// How placing ended.
#[derive(Debug)]
pub(super) enum Outcome {
    /// The engine has the order.
    Placed(Placed),
    /// Certainly nothing was stored, and nothing will be.
    NotPlaced(Reason),
    /// Something was sent, and nobody said what became of it.
    Unknown(Reason),
}

/// An order on its way to the engine.
pub(super) struct Placing<'a> {
    body: &'a Value,
    sending: &'a Sending,
    key: &'a str,
    client: Client,
    end: Instant,
    /// A request is out, and was not answered yet.
    is_out: bool,
    /// Of an earlier request it is not known what it did.
    was_lost: bool,
    /// The id that the order has if an earlier request stored it.
    id: Option<String>,
    reason: Reason,
}

impl<'a> Placing<'a> {
    /// # Errors
    /// [`NoClient`].
    pub(super) fn new(
        body: &'a Value,
        sending: &'a Sending,
        key: &'a str,
    ) -> Result<Self, NoClient> {
        Ok(Self {
            body,
            sending,
            key,
            client: http::client(&sending.at)?,
            end: Instant::now() + Duration::from_secs(sending.timeout.into()),
            is_out: false,
            was_lost: false,
            id: None,
            reason: String::from("the engine has not answered yet").into(),
        })
    }

    /// Asks until it is known whether the order was placed, or the time is over.
    pub(super) async fn run(&mut self) -> Outcome {
        for tries in 0.. {
            let wait = match self.ask().await {
                Answer::Placed(placed) => return Outcome::Placed(placed),
                // Who is not let in any more learns nothing of what was sent before.
                Answer::Refused { reason, judged } if judged || !self.was_lost => {
                    self.was_lost = false;
                    let words = format!("the engine did not take the order: {}", reason.words);
                    return self.ended(Reason { words, ..reason });
                }
                Answer::Refused { reason, .. } => {
                    self.reason = reason;
                    None
                }
                Answer::Unreached(cause) => {
                    let words = format!("no engine answers at {}: {cause}", self.sending.at.url);
                    if tries == 0 {
                        return self.ended(format!("{words} (start one with `cargo run`)").into());
                    }
                    self.reason = words.into();
                    None
                }
                Answer::NotYet { reason, wait } => {
                    self.reason = reason;
                    wait
                }
                Answer::Lost {
                    reason,
                    wait,
                    order,
                } => {
                    self.reason = reason;
                    self.was_lost = true;
                    self.id = order.or(self.id.take());
                    wait
                }
            };
            let pause = PAUSES[tries.min(PAUSES.len() - 1)].max(wait.unwrap_or_default());
            if Instant::now() + pause >= self.end {
                break;
            }
            self.say_again(pause);
            sleep(pause).await;
        }
        self.ended(self.reason.clone())
    }

    /// What is known when somebody ends it.
    pub(super) fn interrupted(&self) -> Outcome {
        let words = format!("interrupted; {}", self.reason.words);
        self.ended(words.into())
    }

    fn ended(&self, reason: Reason) -> Outcome {
        if self.was_lost || self.is_out {
            Outcome::Unknown(reason)
        } else {
            Outcome::NotPlaced(reason)
        }
    }

    /// One round: a look for the order that may be there, then the order itself once more.
    async fn ask(&mut self) -> Answer {
        if let Some(placed) = self.look().await {
            return Answer::Placed(placed);
        }
        let request = self
            .client
            .post(format!("{}/api/orders/execute", self.sending.at.url))
            .timeout(self.time_of_a_request())
            .header("Idempotency-Key", self.key)
            .json(self.body);
        self.is_out = true;
        let answer = Answer::read(request.send().await).await;
        self.is_out = false;
        answer
    }

    /// The order, if it is there under the id that the engine gave it.
    async fn look(&self) -> Option<Placed> {
        let id = self.id.as_ref()?;
        let url = format!("{}/api/orders/{id}", self.sending.at.url);
        let request = self.client.get(url).timeout(self.time_of_a_request());
        let answer = request.send().await.ok()?.error_for_status().ok()?;
        let order: Value = answer.json().await.ok()?;
        (order["id"].as_str() == Some(id)).then(|| Placed {
            id: id.clone(),
            socket: None,
            told: None,
        })
    }

    fn time_of_a_request(&self) -> Duration {
        let left = self.end.saturating_duration_since(Instant::now());
        left.clamp(LEAST, http::REQUEST)
    }

    fn say_again(&self, pause: Duration) {
        output::complain(format_args!(
            "{}; asking again in {pause:?}, with the same key {}",
            self.reason.words, self.key
        ));
    }
}
