//! The socket gateway of one machine: connections by name, pushes to them, and the requests that
//! came while they opened.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use async_trait::async_trait;
use engine::{
    order::OrderId,
    ports::{ConnectionId, EventText, Push, PushError, ReplayQueue, ReplayRequest, Unavailable},
};
use jiff::Timestamp;
use tokio::sync::{Notify, mpsc};
use uuid::Uuid;

use crate::sequence::{Sequence, Turn};

/// Messages that may wait for a client to read. One that falls further behind is cut off: the log
/// has what it missed.
const BACKLOG: usize = 1_024;

/// What a connection is to do.
#[derive(Debug)]
pub(crate) enum Outgoing {
    Text(Arc<str>),
    /// The connection follows nothing any more.
    Close,
    /// The client is to connect again, to whichever engine serves then.
    GoAway,
}

/// All open connections of this engine.
pub struct Gateway {
    engine: Uuid,
    state: Mutex<State>,
    closed: Notify,
}

#[derive(Default)]
struct State {
    open: HashMap<ConnectionId, Open>,
    /// Requests of connections that are being opened.
    asked: HashMap<ConnectionId, ReplayRequest>,
}

struct Open {
    sender: mpsc::Sender<Outgoing>,
    sequence: Sequence,
}

impl Gateway {
    /// The gateway of that engine, with no connection.
    pub fn new(engine: Uuid) -> Self {
        Self {
            engine,
            state: Mutex::default(),
            closed: Notify::new(),
        }
    }

    /// Which engine's it is.
    pub const fn engine(&self) -> Uuid {
        self.engine
    }

    /// A name for a connection to be. It tells whose it is.
    pub(crate) fn name_connection(&self) -> ConnectionId {
        ConnectionId(format!("{}.{}", self.engine, Uuid::new_v4().simple()).into())
    }

    /// How many connections are open.
    pub fn live(&self) -> usize {
        self.lock().open.len()
    }

    /// Sends every client away (1001). One that does not read is cut off.
    pub fn close_all(&self) {
        let gone_away = |open: &mut Open| open.sender.try_send(Outgoing::GoAway).is_ok();
        self.lock().open.retain(|_, open| gone_away(open));
    }

    /// Resolves when no connection is open.
    pub async fn emptied(&self) {
        loop {
            let closed = self.closed.notified();
            if self.live() == 0 {
                return;
            }
            closed.await;
        }
    }

    /// Registers an open connection. Answers what it has to send, and the replay that was asked for
    /// while it opened.
    pub(crate) fn open(
        &self,
        connection: &ConnectionId,
    ) -> (mpsc::Receiver<Outgoing>, Option<ReplayRequest>) {
        let (sender, receiver) = mpsc::channel(BACKLOG);
        let mut state = self.lock();
        let open = Open {
            sender,
            sequence: Sequence::default(),
        };
        state.open.insert(connection.clone(), open);
        (receiver, state.asked.remove(connection))
    }

    /// Forgets a connection that is closed, or that never opened.
    pub(crate) fn closed(&self, connection: &ConnectionId) {
        let mut state = self.lock();
        state.open.remove(connection);
        state.asked.remove(connection);
        drop(state);
        self.closed.notify_one();
    }

    /// Sends an event if it is the connection's next one of its order. Answers what it is.
    pub(crate) fn offer(
        &self,
        connection: &ConnectionId,
        event: &EventText,
    ) -> Result<Turn, PushError> {
        self.offer_one(connection, event, None)
    }

    /// Sends what the connection lacks of an order's log, now that event `came` has come.
    pub(crate) fn fill(
        &self,
        connection: &ConnectionId,
        came: u64,
        log: &[EventText],
    ) -> Result<(), PushError> {
        for event in log {
            self.offer_one(connection, event, Some(came))?;
        }
        Ok(())
    }

    fn offer_one(
        &self,
        connection: &ConnectionId,
        event: &EventText,
        filling: Option<u64>,
    ) -> Result<Turn, PushError> {
        let mut state = self.lock();
        let open = state.open.get_mut(connection).ok_or(PushError::Gone)?;
        let turn = open.sequence.turn(event, filling);
        if turn == Turn::Next {
            state.send(connection, Outgoing::Text(Arc::clone(&event.text)))?;
            if let Some(open) = state.open.get_mut(connection) {
                open.sequence.sent(event);
            }
        }
        Ok(turn)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // No code panics while it holds the lock.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn send(&self, connection: &ConnectionId, outgoing: Outgoing) -> Result<(), PushError> {
        self.lock().send(connection, outgoing)
    }
}

impl State {
    fn send(&mut self, connection: &ConnectionId, outgoing: Outgoing) -> Result<(), PushError> {
        let open = self.open.get(connection).ok_or(PushError::Gone)?;
        open.sender.try_send(outgoing).map_err(|_| {
            self.open.remove(connection); // it ends when its sender is gone
            PushError::Gone
        })
    }
}

#[async_trait]
impl Push for Gateway {
    async fn push(&self, connection: &ConnectionId, text: Arc<str>) -> Result<(), PushError> {
        self.send(connection, Outgoing::Text(text))
    }

    async fn close(&self, connection: &ConnectionId) -> Result<(), PushError> {
        match self.send(connection, Outgoing::Close) {
            Ok(()) | Err(PushError::Gone) => Ok(()),
            failed => failed,
        }
    }

    fn restart(&self, connection: &ConnectionId, order: OrderId, seq: u64) {
        if let Some(open) = self.lock().open.get_mut(connection) {
            open.sequence.restart(order, seq);
        }
    }

    fn follow_all(&self, connection: &ConnectionId, since: Timestamp) {
        if let Some(open) = self.lock().open.get_mut(connection) {
            open.sequence.follow_all(since);
        }
    }
}

#[async_trait]
impl ReplayQueue for Gateway {
    async fn send(&self, request: &ReplayRequest) -> Result<(), Unavailable> {
        self.lock()
            .asked
            .insert(request.connection.clone(), request.clone());
        Ok(())
    }
}
