//! The gateway over the wire.

use std::sync::Arc;

use async_trait::async_trait;
use engine::ports::{ConnectionId, Push, PushError};

use crate::{point::Point, wire::Wire, world::World};

/// The gateway as one process reaches it.
pub(crate) struct PushPort(pub(crate) Wire);

#[async_trait]
impl Push for PushPort {
    async fn push(&self, connection: &ConnectionId, text: Arc<str>) -> Result<(), PushError> {
        let connection = connection.clone();
        let push =
            move |world: &mut World| match world.gateway.deliver(&connection, &text, world.now) {
                Some(arrived) => {
                    world.judge_arrival(arrived, &text);
                    Ok(())
                }
                None => Err(PushError::Gone),
            };
        self.0
            .call(Point::Push, push)
            .await
            .unwrap_or_else(|problem| Err(PushError::Failed(problem.0)))
    }

    async fn close(&self, connection: &ConnectionId) -> Result<(), PushError> {
        let connection = connection.clone();
        self.0
            .call(Point::Close, move |world| world.gateway.close(&connection))
            .await
            .map_err(|problem| PushError::Failed(problem.0))
    }
}
