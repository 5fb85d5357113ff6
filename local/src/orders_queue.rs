//! Where orders wait to be executed: in this process, or in a queue of SQS.

use std::sync::Arc;

use engine::{
    observe,
    ports::{Admission, HealthCheck, Queue},
};
use postgres::Database;
use runtime::QueueLimit;

use crate::{
    admission::BacklogLimit,
    metrics::{set, set_time},
    queue::{Capacity, LocalQueue},
    sqs::SharedQueue,
};

/// The orders queue of this engine.
#[derive(Clone)]
pub(crate) enum OrdersQueue {
    /// In this process, and for it alone.
    Own(Arc<LocalQueue>),
    /// On SQS.
    Shared(Arc<SharedQueue>, Arc<QueueLimit>),
}

impl OrdersQueue {
    /// One on SQS, of which this engine's workers do a part.
    pub(crate) fn shared(queue: SharedQueue, capacity: Capacity, database: &Database) -> Self {
        let queue = Arc::new(queue);
        let limit = QueueLimit::new(
            queue.clone(),
            database.clone(),
            capacity.slots,
            capacity.max_wait,
        );
        Self::Shared(queue, Arc::new(limit))
    }

    /// The end at which messages go in.
    pub(crate) fn entrance(&self) -> Arc<dyn Queue> {
        match self {
            Self::Own(queue) => queue.clone(),
            Self::Shared(queue, _) => queue.clone(),
        }
    }

    /// Takes no order that would wait in it for too long.
    pub(crate) fn admission(&self) -> Arc<dyn Admission> {
        match self {
            Self::Own(queue) => Arc::new(BacklogLimit(queue.clone())),
            Self::Shared(_, limit) => limit.clone(),
        }
    }

    /// Its part of the engine's health. One in this process is well as long as that lives.
    pub(crate) fn health(&self) -> Option<Arc<dyn HealthCheck>> {
        match self {
            Self::Own(_) => None,
            Self::Shared(queue, _) => Some(queue.health()),
        }
    }

    /// Whether what was sent before this process began can still be in it.
    pub(crate) const fn outlives_engines(&self) -> bool {
        matches!(self, Self::Shared(..))
    }

    /// Measures it. SQS tells neither how old its oldest message is nor what is among its dead
    /// letters, which are another queue.
    pub(crate) async fn measure(&self) {
        match self {
            Self::Own(queue) => {
                let depth = queue.depth();
                observe::expected_wait(queue.expected_wait());
                set("queue_ready", depth.ready);
                set("queue_delayed", depth.delayed);
                set("queue_in_flight", depth.in_flight);
                set("queue_dead", depth.dead);
                set_time("queue_oldest_seconds", depth.oldest);
            }
            Self::Shared(queue, limit) => {
                observe::expected_wait(limit.wait().await);
                if let Ok(depth) = queue.depth().await {
                    set("queue_ready", depth.ready);
                    set("queue_delayed", depth.delayed);
                    set("queue_in_flight", depth.in_flight);
                }
            }
        }
    }
}
