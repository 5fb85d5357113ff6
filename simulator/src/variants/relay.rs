//! Broken relays.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use engine::{
    order::OrderId,
    ports::{
        AuditPosition, Audited, Auditor, ExecuteOrder, Grace, Outbox, OutboxStats, StoreError,
    },
};

use crate::network::Network;

/// Marks in `due`, before the message is sent, and not afterwards.
pub(super) struct MarksFirst(pub(super) Arc<dyn Outbox>);

#[async_trait]
impl Outbox for MarksFirst {
    async fn due(&self, grace: Grace, limit: u32) -> Result<Vec<ExecuteOrder>, StoreError> {
        let due = self.0.due(grace, limit).await?;
        if !due.is_empty() {
            self.0.mark_sent(&due).await?;
        }
        Ok(due)
    }

    async fn delayed(&self, limit: u32) -> Result<Vec<(ExecuteOrder, Duration)>, StoreError> {
        self.0.delayed(limit).await
    }

    async fn mark_sent(&self, _: &[ExecuteOrder]) -> Result<(), StoreError> {
        Ok(())
    }

    async fn requeue_stuck(&self, grace: Grace) -> Result<u64, StoreError> {
        self.0.requeue_stuck(grace).await
    }

    async fn overdue(
        &self,
        after: Option<OrderId>,
        limit: u32,
    ) -> Result<Vec<ExecuteOrder>, StoreError> {
        self.0.overdue(after, limit).await
    }

    async fn purge(&self, limit: u32, audit_kept: Duration) -> Result<bool, StoreError> {
        self.0.purge(limit, audit_kept).await
    }

    async fn stats(&self) -> Result<OutboxStats, StoreError> {
        self.0.stats().await
    }
}

/// Leaves orders alone whose message is a dead letter.
pub(super) struct LeavesDeadLetters {
    pub(super) outbox: Arc<dyn Outbox>,
    pub(super) network: Network,
}

impl LeavesDeadLetters {
    fn without_dead(&self, mut messages: Vec<ExecuteOrder>) -> Vec<ExecuteOrder> {
        let world = self.network.world.lock();
        messages.retain(|message| !world.queue.dead.iter().any(|dead| dead.id == message.id));
        messages
    }
}

#[async_trait]
impl Outbox for LeavesDeadLetters {
    async fn due(&self, grace: Grace, limit: u32) -> Result<Vec<ExecuteOrder>, StoreError> {
        Ok(self.without_dead(self.outbox.due(grace, limit).await?))
    }

    async fn delayed(&self, limit: u32) -> Result<Vec<(ExecuteOrder, Duration)>, StoreError> {
        self.outbox.delayed(limit).await
    }

    async fn mark_sent(&self, messages: &[ExecuteOrder]) -> Result<(), StoreError> {
        self.outbox.mark_sent(messages).await
    }

    async fn requeue_stuck(&self, grace: Grace) -> Result<u64, StoreError> {
        self.outbox.requeue_stuck(grace).await
    }

    async fn overdue(
        &self,
        after: Option<OrderId>,
        limit: u32,
    ) -> Result<Vec<ExecuteOrder>, StoreError> {
        Ok(self.without_dead(self.outbox.overdue(after, limit).await?))
    }

    async fn purge(&self, limit: u32, audit_kept: Duration) -> Result<bool, StoreError> {
        self.outbox.purge(limit, audit_kept).await
    }

    async fn stats(&self) -> Result<OutboxStats, StoreError> {
        self.outbox.stats().await
    }
}

/// Finds nothing, whatever there is.
pub(super) struct LooksAway;

#[async_trait]
impl Auditor for LooksAway {
    async fn audit(&self, _: &AuditPosition, _: &[OrderId], _: u32) -> Result<Audited, StoreError> {
        Ok(Audited::default())
    }

    async fn audit_conditional(&self, _: &AuditPosition, _: u32) -> Result<Audited, StoreError> {
        Ok(Audited::default())
    }
}
