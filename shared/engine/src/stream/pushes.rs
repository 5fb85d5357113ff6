//! Pushing: how often it is tried, and what becomes of a connection that is gone.

use std::{sync::Arc, time::Duration};

use futures::future::{Either, join_all, select};

use super::OrderStream;
use crate::{
    observe,
    ports::{ConnectionId, EventText, PushError},
};

/// What is pushed.
#[derive(Clone, Copy)]
pub(super) enum Message<'a> {
    Event(&'a EventText),
    Other(&'a Arc<str>),
}

/// Pauses between tries of one push.
const PUSH_RETRY: Duration = Duration::from_millis(100);

impl OrderStream {
    /// Pushes to all of them at once. Answers those that were reached.
    pub(super) async fn push_each(
        &self,
        connections: Vec<ConnectionId>,
        event: &EventText,
    ) -> Vec<ConnectionId> {
        let pushes = connections
            .into_iter()
            .map(|connection| self.push_live(connection, event));
        join_all(pushes).await.into_iter().flatten().collect()
    }

    /// Two tries; a connection that is gone is forgotten. Answers the connection when it was
    /// reached.
    async fn push_live(&self, connection: ConnectionId, event: &EventText) -> Option<ConnectionId> {
        let pushed = self.push_patiently(&connection, Message::Event(event), false);
        match pushed.await {
            Ok(()) => Some(connection),
            Err(error) => {
                observe::push_failed(&connection, &error);
                if matches!(error, PushError::Gone)
                    && let Err(error) = self.subscriptions.forget(&connection).await
                {
                    observe::subscription_unkept(&error);
                }
                None
            }
        }
    }

    pub(super) async fn push_patiently(
        &self,
        connection: &ConnectionId,
        message: Message<'_>,
        opening: bool,
    ) -> Result<(), PushError> {
        let begin = self.clock.now();
        let mut tries = 0;
        loop {
            let error = match self.push_once(connection, message).await {
                Ok(()) => return Ok(()),
                Err(error) => error,
            };
            tries += 1;
            let again = match error {
                PushError::Gone => {
                    let waited = self.clock.now().duration_since(begin).unsigned_abs();
                    opening && waited < self.policy.connect_grace
                }
                PushError::Failed(_) => tries < 2,
            };
            if !again {
                return Err(error);
            }
            self.clock.sleep(PUSH_RETRY).await;
        }
    }

    async fn push_once(
        &self,
        connection: &ConnectionId,
        message: Message<'_>,
    ) -> Result<(), PushError> {
        let push = match message {
            Message::Event(event) => self.push.push_event(connection, event),
            Message::Other(text) => self.push.push(connection, Arc::clone(text)),
        };
        match select(push, self.clock.sleep(self.policy.push_deadline)).await {
            Either::Left((answer, _)) => answer,
            Either::Right(_) => Err(PushError::Failed("no answer in time".into())),
        }
    }
}
