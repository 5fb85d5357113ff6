//! The way to the connections of all engines: one's own at once, another's by a delivery.

use std::sync::Arc;

use async_trait::async_trait;
use engine::{
    order::OrderId,
    ports::{ConnectionId, EventText, OrderLog, Push, PushError, StoreError},
    stream::{EventEncoder, event_text},
};
use jiff::Timestamp;
use postgres::{Content, Deliveries};
use uuid::Uuid;

use crate::{gateway::Gateway, sequence::Turn};

/// The events of orders as clients are sent them.
#[derive(Clone)]
pub(super) struct EventLog {
    pub(super) log: Arc<dyn OrderLog>,
    pub(super) encode: EventEncoder,
}

impl EventLog {
    /// The events of an order after `seq`.
    pub(super) async fn after(
        &self,
        order: OrderId,
        seq: u64,
    ) -> Result<Vec<EventText>, StoreError> {
        let log = self.log.log(order, seq).await?;
        Ok(log
            .iter()
            .map(|record| event_text(self.encode, record))
            .collect())
    }
}

pub(super) struct Sockets {
    pub(super) gateway: Arc<Gateway>,
    pub(super) deliveries: Deliveries,
    pub(super) log: EventLog,
}

/// Whose a connection is, by its name.
enum Owner {
    Own,
    Other(Uuid),
    /// It was named by an engine of before there were several.
    Nobody,
}

impl Sockets {
    fn owner(&self, connection: &ConnectionId) -> Owner {
        let engine = connection
            .0
            .split_once('.')
            .map(|(engine, _)| engine.parse());
        match engine {
            Some(Ok(engine)) if engine == self.gateway.engine() => Owner::Own,
            Some(Ok(engine)) => Owner::Other(engine),
            Some(Err(_)) | None => Owner::Nobody,
        }
    }

    /// Events may be missing before this one: when a lease has moved, what its former holder pushed
    /// may still be under way. The log has them.
    async fn push_own(
        &self,
        connection: &ConnectionId,
        event: &EventText,
    ) -> Result<(), PushError> {
        let Turn::Missing { after } = self.gateway.offer(connection, event)? else {
            return Ok(());
        };
        let log = self.log.after(event.order, after).await.map_err(failed)?;
        self.gateway.fill(connection, event.seq, &log)
    }

    async fn deliver(
        &self,
        engine: Uuid,
        connection: &ConnectionId,
        content: Content,
    ) -> Result<(), PushError> {
        let sent = self.deliveries.send(engine, connection, &content).await;
        if sent.map_err(failed)? {
            Ok(())
        } else {
            Err(PushError::Gone) // and so is its engine
        }
    }
}

#[async_trait]
impl Push for Sockets {
    async fn push(&self, connection: &ConnectionId, text: Arc<str>) -> Result<(), PushError> {
        match self.owner(connection) {
            Owner::Own => self.gateway.push(connection, text).await,
            Owner::Other(engine) => {
                self.deliver(engine, connection, Content::Message(text))
                    .await
            }
            Owner::Nobody => Err(PushError::Gone),
        }
    }

    async fn push_event(
        &self,
        connection: &ConnectionId,
        event: &EventText,
    ) -> Result<(), PushError> {
        match self.owner(connection) {
            Owner::Own => self.push_own(connection, event).await,
            Owner::Other(engine) => {
                let content = Content::Event {
                    order: event.order,
                    seq: event.seq,
                };
                self.deliver(engine, connection, content).await
            }
            Owner::Nobody => Err(PushError::Gone),
        }
    }

    fn restart(&self, connection: &ConnectionId, order: OrderId, seq: u64) {
        self.gateway.restart(connection, order, seq); // another's it does not know
    }

    fn follow_all(&self, connection: &ConnectionId, since: Timestamp) {
        self.gateway.follow_all(connection, since);
    }

    async fn close(&self, connection: &ConnectionId) -> Result<(), PushError> {
        match self.owner(connection) {
            Owner::Own => self.gateway.close(connection).await,
            Owner::Other(engine) => match self.deliver(engine, connection, Content::Close).await {
                Ok(()) | Err(PushError::Gone) => Ok(()),
                failed => failed,
            },
            Owner::Nobody => Ok(()),
        }
    }
}

fn failed(error: StoreError) -> PushError {
    PushError::Failed(error.to_string())
}
