//! How a node misbehaves.

use std::{
    collections::{HashMap, VecDeque},
    time::Duration,
};

use serde_json::Value;

/// In the place of a method's name: every method that has no fault of its own.
pub const ANY_METHOD: &str = "*";

/// What a node does instead of answering as it should.
#[derive(Clone, Debug, PartialEq)]
pub enum Fault {
    /// An error as JSON-RPC has it: -32015, -32016, …
    Refuse {
        /// The kind of error.
        code: i64,
        /// In words.
        message: String,
        /// What else is said.
        data: Value,
    },
    /// The slot, where the block height is asked for; in a blockhash's last valid height as well.
    SlotForHeight,
    /// It knows nothing of what is asked for.
    Nothing,
    /// It answers as it would have that many slots ago, whatever `minContextSlot` says.
    Behind(u64),
    /// It takes a transaction and forgets it.
    Forget,
    /// HTTP status 429.
    Busy {
        /// In seconds, when it says so.
        retry_after: Option<u64>,
    },
    /// Another HTTP status than 200.
    Status(u16),
    /// It sends the client to another URL (HTTP status 307).
    Redirect(String),
    /// No answer, ever.
    Hang,
    /// The right answer, that much later.
    Slow(Duration),
    /// This in the place of the result.
    Result(Value),
    /// This in the place of the whole body.
    Body(String),
}

impl Fault {
    /// An error of that code.
    pub fn refuse(code: i64) -> Self {
        Self::Refuse {
            code,
            message: "refused".to_owned(),
            data: Value::Null,
        }
    }
}

/// The faults of a node, by method.
#[derive(Debug, Default)]
pub(super) struct Faults {
    once: HashMap<&'static str, VecDeque<Fault>>,
    always: HashMap<&'static str, Fault>,
}

impl Faults {
    pub(super) fn once(&mut self, method: &'static str, fault: Fault) {
        self.once.entry(method).or_default().push_back(fault);
    }

    pub(super) fn always(&mut self, method: &'static str, fault: Fault) {
        self.always.insert(method, fault);
    }

    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }

    /// The fault of the next call.
    pub(super) fn next(&mut self, method: &str) -> Option<Fault> {
        let once = self.once.get_mut(method).and_then(VecDeque::pop_front);
        let always = || self.always.get(method).or(self.always.get(ANY_METHOD));
        once.or_else(|| always().cloned())
    }
}
