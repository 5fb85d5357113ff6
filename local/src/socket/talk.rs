//! What is said on an open socket, in both directions.

use std::{io, time::Duration};

use engine::{observe, ports::ConnectionId};
use futures::{SinkExt, StreamExt};
use tokio::{
    sync::mpsc,
    task::JoinHandle,
    time::{Instant, MissedTickBehavior, interval_at, sleep_until},
};
use tokio_tungstenite::tungstenite::{Bytes, Error, Message, protocol::frame::coding::CloseCode};
use websocket::Sockets;

use super::{Stream, farewell};
use crate::gateway::Outgoing;

/// How often a silent client is asked whether it is still there; one that does not answer twice is
/// gone.
const PING_EVERY: Duration = Duration::from_secs(30);
/// When nothing is left to watch: how long requests that are on their way may take to come.
const ON_THE_WAY: Duration = Duration::from_millis(250);
/// However many come.
const ALL_ON_THE_WAY: Duration = Duration::from_secs(5);

/// Why a socket is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ended {
    /// The last order that it watched is final.
    NothingToWatch,
    /// The client went, was cut off, or broke the protocol; the engine ends.
    Gone,
}

/// A socket, and what it needs to be served.
pub(super) struct Talk<'a> {
    pub(super) sockets: &'a Sockets,
    pub(super) connection: &'a ConnectionId,
    pub(super) stream: Stream,
    pub(super) outgoing: mpsc::Receiver<Outgoing>,
    /// Answers what the handshake asked for.
    pub(super) replay: Option<&'a JoinHandle<()>>,
    /// Whether the client has sent any message: only then may it watch more than its handshake
    /// asked for.
    pub(super) spoken: bool,
    /// When to close, unless something comes before.
    pub(super) closing: Option<Instant>,
    /// Since when it is about to close.
    pub(super) closing_since: Option<Instant>,
}

impl Talk<'_> {
    /// Until the socket is closed.
    pub(super) async fn run(mut self) -> Ended {
        let mut pings = interval_at(Instant::now() + PING_EVERY, PING_EVERY);
        pings.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut heard = Instant::now();
        loop {
            let closing = self.closing.unwrap_or_else(Instant::now);
            let ended = tokio::select! {
                next = self.outgoing.recv() => self.say(next).await,
                incoming = self.stream.next() => {
                    heard = Instant::now();
                    self.hear(incoming).await
                }
                () = sleep_until(closing), if self.closing.is_some() => self.close_if_idle().await,
                _ = pings.tick() => {
                    let silent = heard.elapsed() > PING_EVERY * 2;
                    let ping = Message::Ping(Bytes::new());
                    (silent || self.stream.send(ping).await.is_err()).then_some(Ended::Gone)
                }
            };
            if let Some(ended) = ended {
                return ended;
            }
        }
    }

    async fn say(&mut self, next: Option<Outgoing>) -> Option<Ended> {
        match next {
            Some(Outgoing::Text(text)) => {
                let sent = self.stream.send(Message::Text((&*text).into())).await;
                let error = sent.err()?;
                if let Error::Io(cause) = error
                    && cause.kind() == io::ErrorKind::TimedOut
                {
                    observe::socket_unread();
                }
                Some(Ended::Gone)
            }
            Some(Outgoing::Close) => {
                let now = Instant::now();
                self.closing_since.get_or_insert(now);
                self.closing = Some(now + ON_THE_WAY);
                None
            }
            Some(Outgoing::GoAway) => {
                farewell::close(&mut self.stream, CloseCode::Away).await;
                Some(Ended::Gone)
            }
            None => {
                observe::socket_unread(); // it fell too far behind
                farewell::close(&mut self.stream, CloseCode::Policy).await;
                Some(Ended::Gone)
            }
        }
    }

    async fn hear(&mut self, incoming: Option<Result<Message, Error>>) -> Option<Ended> {
        match incoming {
            Some(Ok(Message::Text(text))) => self.serve(&text).await,
            // As API Gateway does: bytes are taken for text.
            Some(Ok(Message::Binary(bytes))) => {
                self.serve(&String::from_utf8_lossy(&bytes)).await;
            }
            Some(Ok(Message::Ping(_) | Message::Pong(_) | Message::Frame(_))) => {}
            Some(Ok(Message::Close(_))) => {
                farewell::answer(&mut self.stream).await;
                return Some(Ended::Gone);
            }
            Some(Err(error)) => {
                if let Some(code) = farewell::code(&error) {
                    farewell::close(&mut self.stream, code).await;
                }
                return Some(Ended::Gone);
            }
            None => return Some(Ended::Gone),
        }
        None
    }

    async fn serve(&mut self, text: &str) {
        self.spoken = true;
        self.sockets.message(self.connection, text).await;
        if let (Some(_), Some(since)) = (self.closing, self.closing_since) {
            self.closing = Some((Instant::now() + ON_THE_WAY).min(since + ALL_ON_THE_WAY));
        }
    }

    /// "Nothing to watch" was true when it was said; a request that was read since may have changed
    /// it. Not for a client whose key is worth nothing any more.
    async fn close_if_idle(&mut self) -> Option<Ended> {
        (self.closing, self.closing_since) = (None, None);
        if self.spoken && !self.is_idle().await && self.is_welcome().await {
            return None;
        }
        farewell::close(&mut self.stream, CloseCode::Normal).await;
        Some(Ended::NothingToWatch)
    }

    async fn is_welcome(&mut self) -> bool {
        let visitor = self.sockets.stream.connections.visitor(self.connection);
        // The relay closes again whom it should.
        visitor.await.map_or(true, |visitor| visitor.is_some())
    }

    async fn is_idle(&mut self) -> bool {
        let opened = self.replay.is_none_or(JoinHandle::is_finished);
        match self.sockets.stream.watched(self.connection).await {
            Ok(watched) => opened && watched == 0,
            // The relay completes what is left, and closes again.
            Err(error) => {
                tracing::debug!(%error, "what a socket watches could not be read, it stays open");
                false
            }
        }
    }
}
