//! The gateway's semantics, and what the clients at its other end have seen.

use std::{collections::BTreeMap, task::Waker};

use engine::{order::OrderId, ports::ConnectionId};

/// Every connection that ever was, and every subscriber.
#[derive(Debug, Default)]
pub(crate) struct Gateway {
    connections: BTreeMap<ConnectionId, Connection>,
    pub(crate) subscribers: Vec<Subscriber>,
}

#[derive(Debug)]
struct Connection {
    subscriber: usize,
    /// Before this moment a push is answered "gone".
    open_from: u64,
    open: bool,
}

/// A client that wants to see all of an order's life.
#[derive(Debug)]
pub(crate) struct Subscriber {
    pub(crate) order: OrderId,
    /// It has seen the events up to this one without a gap.
    pub(crate) seen: u64,
    /// It has seen the final event, and everything before.
    pub(crate) complete: bool,
    /// The connection cannot serve it any more: a gap, a close, or no answer.
    pub(crate) must_reconnect: bool,
    waker: Option<Waker>,
}

/// What arrived at a client.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Arrived {
    pub(crate) subscriber: usize,
    pub(crate) seq: u64,
    /// Whether numbers between the last one seen and this one are missing.
    pub(crate) gap: bool,
}

impl Gateway {
    pub(crate) fn subscriber(&mut self, order: OrderId) -> usize {
        self.subscribers.push(Subscriber {
            order,
            seen: 0,
            complete: false,
            must_reconnect: false,
            waker: None,
        });
        self.subscribers.len() - 1
    }

    pub(crate) fn connect(&mut self, subscriber: usize, open_from: u64) -> ConnectionId {
        let connection = ConnectionId(format!("connection-{}", self.connections.len() + 1).into());
        self.connections.insert(
            connection.clone(),
            Connection {
                subscriber,
                open_from,
                open: true,
            },
        );
        self.subscribers[subscriber].must_reconnect = false;
        connection
    }

    /// Delivers a text; `None` when the connection is gone or not open yet.
    pub(crate) fn deliver(
        &mut self,
        connection: &ConnectionId,
        text: &str,
        now: u64,
    ) -> Option<Option<Arrived>> {
        let to = self.connections.get(connection)?;
        if !to.open || to.open_from > now {
            return None;
        }
        Some(self.subscribers[to.subscriber].read(to.subscriber, text))
    }

    /// Closes a connection from the server's side.
    pub(crate) fn close(&mut self, connection: &ConnectionId) {
        if let Some(subscriber) = self.hang_up(connection) {
            let subscriber = &mut self.subscribers[subscriber];
            subscriber.must_reconnect |= !subscriber.complete;
            subscriber.wake();
        }
    }

    /// What the connection asked for will not come; a later connection is not meant.
    pub(crate) fn give_up(&mut self, subscriber: usize, connection: &ConnectionId) {
        if self
            .connections
            .get(connection)
            .is_some_and(|connection| connection.open)
        {
            self.subscribers[subscriber].must_reconnect = true;
            self.subscribers[subscriber].wake();
        }
    }

    /// Closes a connection from the client's side. Answers its subscriber, if it was open.
    pub(crate) fn hang_up(&mut self, connection: &ConnectionId) -> Option<usize> {
        let found = self.connections.get_mut(connection)?;
        std::mem::take(&mut found.open).then_some(found.subscriber)
    }
}

impl Subscriber {
    fn read(&mut self, subscriber: usize, text: &str) -> Option<Arrived> {
        let event: serde_json::Value = serde_json::from_str(text).ok()?;
        let seq = event.get("seq")?.as_u64()?;
        let gap = seq > self.seen + 1;
        if seq == self.seen + 1 {
            self.seen = seq;
            let status = event.get("status").and_then(serde_json::Value::as_str);
            self.complete |= matches!(
                status,
                Some("confirmed" | "failed" | "cancelled" | "expired")
            );
        }
        self.must_reconnect |= gap;
        self.wake();
        Some(Arrived {
            subscriber,
            seq,
            gap,
        })
    }

    pub(crate) fn wait(&mut self, waker: &Waker) {
        self.waker = Some(waker.clone());
    }

    fn wake(&mut self) {
        if let Some(waker) = self.waker.take() {
            waker.wake();
        }
    }
}
