//! What somebody wants to have placed, whichever command says so.

use std::{env, fmt::Display, process::ExitCode, time::Instant};

use serde_json::Value;
use uuid::Uuid;

use super::{
    answer::{Placed, Reason},
    end::End,
    following::{Begin, Lines, tell},
    interrupt::interrupted,
    output,
    placing::{Outcome, Placing},
};
use crate::options::Sending;

/// An order that is to be placed.
pub(super) struct Intent<'a> {
    /// As the engine is asked.
    pub(super) body: Value,
    /// As a person is told.
    pub(super) what: String,
    /// What it buys.
    pub(super) bought: &'a str,
    /// The command line that asks for the same, without how it is sent.
    pub(super) words: Words,
    /// How it is sent.
    pub(super) sending: &'a Sending,
}

impl Intent<'_> {
    /// Places the order and follows it. The exit status tells what became of it.
    pub(super) async fn place(mut self) -> ExitCode {
        let begin = Instant::now();
        if let Some(name) = &self.sending.client_order_id {
            self.body["clientOrderId"] = name.as_str().into();
        }
        let key = self.sending.idempotency_key.clone();
        let key = key.unwrap_or_else(|| Uuid::new_v4().to_string());
        match self.placed(&key).await {
            Outcome::Placed(placed) => {
                self.announce(&placed);
                let at = &self.sending.at;
                let lines = Lines::since(Begin::Command(begin), self.bought, at);
                tell(at, &placed, lines).await
            }
            Outcome::NotPlaced(reason) => {
                self.document(&reason);
                output::complain(reason.words);
                output::complain("nothing was placed");
                End::NotDone.into()
            }
            Outcome::Unknown(reason) => {
                self.document(&reason);
                output::complain(format_args!(
                    "{}\nit is not known whether the order was placed; \
                     its key is {key}, and this never makes a second order:\n  {}",
                    reason.words,
                    self.repetition(&key)
                ));
                End::Unknown.into()
            }
        }
    }

    async fn placed(&self, key: &str) -> Outcome {
        let mut placing = match Placing::new(&self.body, self.sending, key) {
            Ok(placing) => placing,
            Err(error) => return Outcome::NotPlaced(error.to_string().into()),
        };
        tokio::select! {
            outcome = placing.run() => outcome,
            () = interrupted() => placing.interrupted(),
        }
    }

    fn announce(&self, placed: &Placed) {
        if !self.sending.at.json {
            output::line(format_args!("order {}: {}", placed.id, self.what));
        } else if let Some(told) = &placed.told {
            output::line(told);
        }
    }

    /// Prints what the engine wrote about it, for whoever reads JSON.
    fn document(&self, reason: &Reason) {
        if self.sending.at.json
            && let Some(document) = &reason.document
        {
            output::line(document);
        }
    }

    /// The command that places the same order under the same key.
    fn repetition(&self, key: &str) -> String {
        let Sending {
            client_order_id,
            at,
            ..
        } = self.sending;
        let mut words = Words(Vec::new());
        words.push("--url", &at.url);
        words.push("--idempotency-key", key);
        if let Some(name) = client_order_id {
            words.push("--client-order-id", name);
        }
        if let Some(file) = &at.key_file {
            words.push("--key-file", file.display());
        }
        if at.json {
            words.flag("--json");
        }
        let (command, rest) = self.words.0.split_at(2);
        [command, &words.0, rest].concat().join(" ")
    }
}

/// A command line, each word as a shell reads it back.
#[derive(Clone, Debug)]
pub(super) struct Words(Vec<String>);

impl Words {
    /// A command of this program.
    pub(super) fn of(command: &str) -> Self {
        let program = env::args().next().unwrap_or_else(|| "order-engine".into());
        Self(vec![quoted(&program), command.into()])
    }

    /// With an option and its value.
    pub(super) fn push(&mut self, option: &str, value: impl Display) {
        self.0.extend([option.into(), quoted(&value.to_string())]);
    }

    /// With an option that has none.
    pub(super) fn flag(&mut self, option: &str) {
        self.0.push(option.into());
    }

    /// With what stands for itself.
    pub(super) fn with<'a>(mut self, words: impl IntoIterator<Item = &'a String>) -> Self {
        self.0.extend(words.into_iter().map(|word| quoted(word)));
        self
    }
}

/// A word as a shell reads it back.
fn quoted(word: &str) -> String {
    let is_plain = |char: char| char.is_ascii_alphanumeric() || "-._:/@%+,".contains(char);
    if !word.is_empty() && word.chars().all(is_plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}
