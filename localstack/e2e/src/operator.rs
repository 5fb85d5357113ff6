//! What an operator does to a stack, and sees of it.

use std::process::Command;

use serde_json::{Value, json};

use crate::{Stack, processes};

impl Stack {
    /// Opens or closes the way from the orders queue to the worker: the kill switch.
    pub fn let_workers_take_orders(&self, enabled: bool) {
        self.aws
            .enable_source_of(&Self::function("worker"), enabled);
    }

    /// One round of the relay.
    ///
    /// # Panics
    /// When the relay fails.
    pub fn relay(&self) {
        let round = self.aws.invoke(&Self::function("relay"), &json!({}));
        assert_eq!(round.failure, None, "{round:?}");
    }

    /// A tick of the relay as its schedule brings it every minute, with several rounds.
    ///
    /// # Panics
    /// When the relay fails.
    pub fn relay_for_a_minute(&self) {
        let tick = json!({ "rounds": 11 });
        let rounds = self.aws.invoke(&Self::function("relay"), &tick);
        assert_eq!(rounds.failure, None, "{rounds:?}");
    }

    /// One look of the monitor.
    ///
    /// # Panics
    /// When the monitor fails.
    pub fn monitor(&self) {
        let look = self.aws.invoke(&Self::function("monitor"), &json!({}));
        assert_eq!(look.failure, None, "{look:?}");
    }

    /// What the keys function answers.
    ///
    /// # Panics
    /// When it fails.
    pub fn keys(&self, event: &Value) -> Value {
        let done = self.aws.invoke(&Self::function("keys"), event);
        assert_eq!(done.failure, None, "{done:?}");
        done.payload
    }

    /// How many messages wait in a queue or are in work, by the name of its address.
    pub fn messages(&self, queue: &str) -> u64 {
        let names = [
            "ApproximateNumberOfMessages",
            "ApproximateNumberOfMessagesNotVisible",
            "ApproximateNumberOfMessagesDelayed",
        ];
        let request = json!({"QueueUrl": self.address(queue), "AttributeNames": names});
        let found = self.aws.sqs("GetQueueAttributes", &request);
        let number = |name: &str| {
            let text = found["Attributes"][name].as_str().unwrap_or("0");
            text.parse::<u64>().unwrap_or(0)
        };
        names.iter().map(|name| number(name)).sum()
    }

    /// Puts any text into the orders queue.
    pub fn send_message(&self, body: &str) {
        let request = json!({"QueueUrl": self.address("OrdersQueueUrl"), "MessageBody": body});
        self.aws.sqs("SendMessage", &request);
    }

    /// Lets a message that a dead worker had come back sooner than after production's six minutes.
    pub fn shorten_visibility(&self, seconds: u32) {
        let request = json!({
            "QueueUrl": self.address("OrdersQueueUrl"),
            "Attributes": {"VisibilityTimeout": seconds.to_string()},
        });
        self.aws.sqs("SetQueueAttributes", &request);
    }

    /// The processes that run the worker now (on Linux).
    pub fn workers(&self) -> Vec<u32> {
        processes::of_function(&Self::function("worker"), &self.ministack.url())
    }

    /// Kills the processes that run the worker now (on Linux), and answers how many there were.
    ///
    /// # Panics
    /// When one is not ours to kill.
    pub fn kill_workers(&self) -> usize {
        let workers = self.workers();
        for worker in &workers {
            let killed = Command::new("kill")
                .args(["-9", &worker.to_string()])
                .status()
                .expect("kill is part of the system");
            assert!(killed.success(), "process {worker} was ours to kill");
        }
        workers.len()
    }
}
