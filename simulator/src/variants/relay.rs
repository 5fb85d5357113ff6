//! Broken relays.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use engine::ports::{Backlog, ExecuteOrder, Unavailable, Vitals};

use crate::{ports::Ports, wire::Wire};

/// Marks in `due`, before the message is sent, and not afterwards.
struct MarksFirst(Arc<dyn Backlog>);

pub(super) fn mark_before_send(ports: &mut Ports) {
    ports.backlog = Arc::new(MarksFirst(Arc::clone(&ports.backlog)));
}

#[async_trait]
impl Backlog for MarksFirst {
    async fn due(&self, grace: Duration, limit: u32) -> Result<Vec<ExecuteOrder>, Unavailable> {
        let due = self.0.due(grace, limit).await?;
        if !due.is_empty() {
            self.0.mark_sent(&due).await?;
        }
        Ok(due)
    }

    async fn delayed(&self, limit: u32) -> Result<Vec<(ExecuteOrder, Duration)>, Unavailable> {
        self.0.delayed(limit).await
    }

    async fn mark_sent(&self, _: &[ExecuteOrder]) -> Result<(), Unavailable> {
        Ok(())
    }

    async fn revive(&self, grace: Duration) -> Result<u64, Unavailable> {
        self.0.revive(grace).await
    }

    async fn overdue(&self, limit: u32) -> Result<Vec<ExecuteOrder>, Unavailable> {
        self.0.overdue(limit).await
    }

    async fn purge(&self) -> Result<(), Unavailable> {
        self.0.purge().await
    }

    async fn vitals(&self) -> Result<Vitals, Unavailable> {
        self.0.vitals().await
    }
}

/// Leaves orders alone whose message is a dead letter.
pub(super) struct LeavesDeadLetters {
    pub(super) backlog: Arc<dyn Backlog>,
    pub(super) wire: Wire,
}

impl LeavesDeadLetters {
    fn without_dead(&self, mut messages: Vec<ExecuteOrder>) -> Vec<ExecuteOrder> {
        let world = self.wire.world.lock();
        messages.retain(|message| !world.queue.dead.iter().any(|dead| dead.id == message.id));
        messages
    }
}

#[async_trait]
impl Backlog for LeavesDeadLetters {
    async fn due(&self, grace: Duration, limit: u32) -> Result<Vec<ExecuteOrder>, Unavailable> {
        Ok(self.without_dead(self.backlog.due(grace, limit).await?))
    }

    async fn delayed(&self, limit: u32) -> Result<Vec<(ExecuteOrder, Duration)>, Unavailable> {
        self.backlog.delayed(limit).await
    }

    async fn mark_sent(&self, messages: &[ExecuteOrder]) -> Result<(), Unavailable> {
        self.backlog.mark_sent(messages).await
    }

    async fn revive(&self, grace: Duration) -> Result<u64, Unavailable> {
        self.backlog.revive(grace).await
    }

    async fn overdue(&self, limit: u32) -> Result<Vec<ExecuteOrder>, Unavailable> {
        Ok(self.without_dead(self.backlog.overdue(limit).await?))
    }

    async fn purge(&self) -> Result<(), Unavailable> {
        self.backlog.purge().await
    }

    async fn vitals(&self) -> Result<Vitals, Unavailable> {
        self.backlog.vitals().await
    }
}
