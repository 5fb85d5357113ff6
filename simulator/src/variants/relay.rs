//! Broken relays.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use engine::{
    order::OrderId,
    ports::{
        AuditPosition, Audited, Auditor, Envelope, ExecuteOrder, Grace, Outbox, OutboxStats,
        StoreError,
    },
};

use crate::network::Network;

/// Marks in `due`, before the message is sent, and not afterwards.
pub(super) struct MarksFirst(pub(super) Arc<dyn Outbox>);

#[async_trait]
impl Outbox for MarksFirst {
    async fn due(&self, grace: Grace, limit: u32) -> Result<Vec<Envelope>, StoreError> {
        let due = self.0.due(grace, limit).await?;
        if !due.is_empty() {
            let messages: Vec<_> = due.iter().map(|envelope| envelope.message).collect();
            self.0.mark_sent(&messages).await?;
        }
        Ok(due)
    }

    async fn delayed(&self, limit: u32) -> Result<Vec<Envelope>, StoreError> {
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
    fn is_dead(&self, message: &ExecuteOrder) -> bool {
        let world = self.network.world.lock();
        world.queue.dead.iter().any(|dead| dead.id == message.id)
    }
}

#[async_trait]
impl Outbox for LeavesDeadLetters {
    async fn due(&self, grace: Grace, limit: u32) -> Result<Vec<Envelope>, StoreError> {
        let mut due = self.outbox.due(grace, limit).await?;
        due.retain(|envelope| !self.is_dead(&envelope.message));
        Ok(due)
    }

    async fn delayed(&self, limit: u32) -> Result<Vec<Envelope>, StoreError> {
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
        let mut overdue = self.outbox.overdue(after, limit).await?;
        overdue.retain(|message| !self.is_dead(message));
        Ok(overdue)
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
