//! The auditor's view of the order book over the network.

use async_trait::async_trait;
use engine::{
    order::OrderId,
    ports::{AuditPosition, Audited, Auditor, StoreError},
};

use crate::{network::Network, point::Point, world::World};

/// The order book as the auditor reaches it.
pub(crate) struct AuditPort(pub(crate) Network);

#[async_trait]
impl Auditor for AuditPort {
    async fn audit(
        &self,
        position: &AuditPosition,
        watched: &[OrderId],
        limit: u32,
    ) -> Result<Audited, StoreError> {
        let (position, watched) = (*position, watched.to_vec());
        let audit =
            move |world: &mut World| world.store.audit(&position, &watched, limit, world.now);
        Ok(self.0.call(Point::Audit, audit).await?)
    }

    async fn audit_conditional(
        &self,
        position: &AuditPosition,
        limit: u32,
    ) -> Result<Audited, StoreError> {
        let position = *position;
        let audit =
            move |world: &mut World| world.store.audit_conditional(&position, limit, world.now);
        Ok(self.0.call(Point::AuditConditional, audit).await?)
    }
}
