//! The socket gateway of one machine: connections by name, pushes to them, and the requests that
//! came while they opened.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use async_trait::async_trait;
use engine::ports::{ConnectionId, Push, PushError, ReplayQueue, ReplayRequest, Unavailable};
use tokio::sync::mpsc;

/// Messages that may wait for a client to read. One that falls further behind is cut off: the log
/// has what it missed.
const BACKLOG: usize = 1_024;

/// What a connection is to do.
#[derive(Debug)]
pub(crate) enum Outgoing {
    Text(Arc<str>),
    Close,
}

/// All open connections.
#[derive(Default)]
pub struct Gateway {
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    open: HashMap<ConnectionId, mpsc::Sender<Outgoing>>,
    /// Requests of connections that are being opened.
    asked: HashMap<ConnectionId, ReplayRequest>,
}

impl Gateway {
    /// How many connections are open.
    pub fn live(&self) -> usize {
        self.lock().open.len()
    }

    /// Cuts off every connection; clients see the socket close.
    pub fn close_all(&self) {
        self.lock().open.clear();
    }

    /// Registers an open connection. Answers what it has to send, and the replay that was asked for
    /// while it opened.
    pub(crate) fn open(
        &self,
        connection: &ConnectionId,
    ) -> (mpsc::Receiver<Outgoing>, Option<ReplayRequest>) {
        let (sender, receiver) = mpsc::channel(BACKLOG);
        let mut state = self.lock();
        state.open.insert(connection.clone(), sender);
        (receiver, state.asked.remove(connection))
    }

    /// Forgets a connection that is closed, or that never opened.
    pub(crate) fn closed(&self, connection: &ConnectionId) {
        let mut state = self.lock();
        state.open.remove(connection);
        state.asked.remove(connection);
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // No code panics while it holds the lock.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn send(&self, connection: &ConnectionId, outgoing: Outgoing) -> Result<(), PushError> {
        let mut state = self.lock();
        let sender = state.open.get(connection).ok_or(PushError::Gone)?;
        sender.try_send(outgoing).map_err(|_| {
            state.open.remove(connection); // it ends when its sender is gone
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
