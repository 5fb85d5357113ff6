//! The gateway over the network.

use std::sync::Arc;

use async_trait::async_trait;
use engine::ports::{ConnectionId, Push, PushError};

use crate::{network::Network, point::Point, world::World};

/// The gateway as one process reaches it.
pub(crate) struct PushPort(pub(crate) Network);

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
        self.0.call(Point::Push, push).await?
    }

    async fn close(&self, connection: &ConnectionId) -> Result<(), PushError> {
        let connection = connection.clone();
        let close = move |world: &mut World| world.gateway.close(&connection);
        Ok(self.0.call(Point::Close, close).await?)
    }
}
