//! Passes on what other engines have to say to this one's connections.

use std::{collections::HashMap, sync::Arc, time::Duration};

use engine::{
    observe,
    order::OrderId,
    ports::{ConnectionId, EventText, Push, PushError, StoreError, Subscriptions},
};
use postgres::{Content, Deliveries, StoredDelivery};
use tokio::{sync::watch, time::sleep};

use super::sockets::EventLog;
use crate::{gateway::Gateway, sequence::Turn};

/// How often it looks, while there are other engines.
const EVERY: Duration = Duration::from_millis(100);
/// How much it takes at a time.
const BATCH: usize = 1_000;

pub(super) struct Inbox {
    pub(super) deliveries: Deliveries,
    pub(super) gateway: Arc<Gateway>,
    pub(super) subscriptions: Arc<dyn Subscriptions>,
    pub(super) log: EventLog,
}

/// Events of the orders of one batch, each order's read once.
type Logs = HashMap<OrderId, Vec<EventText>>;

impl Inbox {
    /// Looks again and again while there is company.
    pub(super) async fn run(self, mut company: watch::Receiver<bool>) {
        while company.wait_for(|company| *company).await.is_ok() {
            match self.empty().await {
                Ok(BATCH) => {} // there is more
                Ok(_) => sleep(EVERY).await,
                Err(error) => {
                    observe::sharing_failed("deliveries", &error);
                    sleep(EVERY * 10).await;
                }
            }
        }
    }

    /// One batch. A delivery is deleted after it was passed on: should that fail, it comes again,
    /// and what was sent is known.
    async fn empty(&self) -> Result<usize, StoreError> {
        let limit = u32::try_from(BATCH).unwrap_or(u32::MAX);
        let waiting = self
            .deliveries
            .waiting(self.gateway.engine(), limit)
            .await?;
        let (mut logs, mut passed_on) = (Logs::new(), Vec::new());
        let mut failed = Ok(waiting.len());
        for delivery in &waiting {
            match self.pass_on(delivery, &mut logs).await {
                // One order that cannot be read must not keep the others waiting.
                Err(StoreError::Corrupt(corrupt)) => observe::corrupt(&corrupt),
                Err(error) => {
                    failed = Err(error);
                    break;
                }
                Ok(()) => {}
            }
            passed_on.push(delivery.id);
        }
        if !passed_on.is_empty() {
            self.deliveries.delete(&passed_on).await?;
        }
        failed
    }

    async fn pass_on(&self, delivery: &StoredDelivery, logs: &mut Logs) -> Result<(), StoreError> {
        let connection = &delivery.connection;
        let sent = match &delivery.content {
            Content::Event { order, seq } => {
                if !logs.contains_key(order) {
                    logs.insert(*order, self.log.after(*order, 0).await?);
                }
                self.send(connection, *seq, &logs[order])
            }
            Content::Message(text) => self.gateway.push(connection, Arc::clone(text)).await,
            Content::Close if delivery.obsolete => Ok(()),
            Content::Close => self.gateway.close(connection).await,
        };
        match sent {
            Ok(()) => Ok(()),
            Err(PushError::Gone) => self.subscriptions.forget(connection).await,
            Err(error) => {
                observe::push_failed(connection, &error);
                Ok(())
            }
        }
    }

    /// Sends the event, or what the connection lacks, so that its events stay in their order.
    fn send(
        &self,
        connection: &ConnectionId,
        seq: u64,
        log: &[EventText],
    ) -> Result<(), PushError> {
        let Some(event) = log.iter().find(|event| event.seq == seq) else {
            return Ok(()); // an order that is not there any more
        };
        match self.gateway.offer(connection, event)? {
            Turn::Next | Turn::Known => Ok(()),
            Turn::Missing { .. } => self.gateway.fill(connection, seq, log),
        }
    }
}
