//! Sockets: who connects, what they ask for, and the replay of what they missed.
//!
//! [`Sockets`] is the same on one machine and behind API Gateway; [`event`] translates what API
//! Gateway and SQS send. Nothing is ever answered but by [`engine::ports::Push`], so both ways look
//! alike to a client.

mod action;
mod error;
pub mod event;

use std::sync::Arc;

use auth::{Refused, TicketOffice};
use engine::{
    order::{OrderId, read_seq},
    ports::{ConnectionId, PushError, ReplayQueue, ReplayRequest, StoreError, Visitor},
    stream::{OrderStream, StreamError, Subscribed},
};
use tracing::{debug, warn};

use action::Action;
pub use action::MAX_MESSAGE;
pub use error::SocketError;

/// Orders that one socket may follow at once. Whoever wants more opens another one.
pub const MAX_WATCHED: u64 = 1_000;

/// What sockets are served with.
#[derive(Clone)]
pub struct Sockets {
    /// Subscriptions and replay.
    pub stream: OrderStream,
    /// Where requests go that come while a connection is opening.
    pub replays: Arc<dyn ReplayQueue>,
    /// Who may open one.
    pub door: Door,
    /// Origins of pages that may open a socket, as browsers write them. One machine adds its own.
    pub allowed_origins: Vec<String>,
}

/// Who may open a socket.
#[derive(Clone)]
pub enum Door {
    /// Everybody, for the account `local`.
    Open,
    /// Who shows a ticket.
    WithTicket(TicketOffice),
}

/// A request to open a socket.
#[derive(Clone, Debug)]
pub struct Connect {
    /// The connection that will be.
    pub connection: ConnectionId,
    /// The `Origin` header. Absent: it is no browser.
    pub origin: Option<String>,
    /// `ticket` of the query, unchecked.
    pub ticket: Option<String>,
    /// `orderId` of the query: the order to follow at once, unchecked.
    pub order: Option<String>,
    /// `after` of the query: the last event that the client has seen, unchecked.
    pub after: Option<String>,
}

/// Whether a socket may open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Connected {
    /// Yes.
    Accepted,
    /// No: the page's origin is not allowed. 403.
    Forbidden,
    /// No: a ticket is needed, and there is none, or one that is not valid. 401.
    Unauthorized,
    /// Not now: what it asked for cannot be promised. 500; the client connects again.
    Unavailable,
}

impl Sockets {
    /// Decides about a connection and asks for the replay that its query names. Posts nothing: the
    /// connection is not open before this has answered.
    pub async fn connect(&self, connect: &Connect) -> Connected {
        if let Some(origin) = &connect.origin
            && !self.allows(origin)
        {
            return Connected::Forbidden;
        }
        match self.admit(connect).await {
            Ok(()) => {}
            Err(Refused::Missing | Refused::Invalid) => return Connected::Unauthorized,
            Err(Refused::Store(error)) => {
                warn!(%error, "who opens a socket could not be noted, it is refused");
                return Connected::Unavailable;
            }
        }
        let Some(order) = &connect.order else {
            return Connected::Accepted;
        };
        let request = ReplayRequest {
            connection: connect.connection.clone(),
            order: order.clone(),
            after: connect.after.clone(),
        };
        match self.replays.send(&request).await {
            Ok(()) => Connected::Accepted,
            Err(error) => {
                warn!(%error, "the replay queue did not take a request, the socket is refused");
                Connected::Unavailable
            }
        }
    }

    /// Notes who opens the connection.
    async fn admit(&self, connect: &Connect) -> Result<(), Refused> {
        let Door::WithTicket(office) = &self.door else {
            return Ok(());
        };
        let visitor = office.visitor(connect.ticket.as_deref()).await?;
        let connections = &self.stream.connections;
        match connections.admit(&connect.connection, &visitor).await? {
            true => Ok(()),
            false => Err(Refused::Invalid),
        }
    }

    /// Answers a replay request, now that its connection is open or about to be. An order that
    /// cannot be read is told on the socket: to try again would not mend it.
    ///
    /// # Errors
    /// [`StreamError`] when it could not be answered now; the request must be delivered again.
    pub async fn replay(&self, request: &ReplayRequest) -> Result<(), StreamError> {
        let connection = &request.connection;
        match asked_for(request) {
            Ok((order, after)) => match self.subscribe(connection, order, after, true).await {
                Err(StreamError::Store(error @ StoreError::Corrupt(_))) => {
                    let answer = SocketError::from(error).to_text();
                    self.notify(connection, &answer, true).await
                }
                done => done,
            },
            Err(error) => self.notify(connection, &error.to_text(), true).await,
        }
    }

    /// Does what a message from a client asks for. Whatever is wrong is answered on the socket,
    /// which stays open.
    pub async fn message(&self, connection: &ConnectionId, text: &str) {
        let done = match Action::read(text) {
            Ok(action) => self.act(connection, action).await,
            Err(error) => self.notify(connection, &error.to_text(), false).await,
        };
        match done {
            Ok(()) => {}
            Err(StreamError::Store(error)) => {
                let answer = SocketError::from(error).to_text();
                if let Err(error) = self.notify(connection, &answer, false).await {
                    debug!(connection = %connection.0, %error, "nor could that be told");
                }
            }
            Err(StreamError::Push(error)) => {
                debug!(connection = %connection.0, %error, "an answer could not be pushed");
            }
        }
    }

    /// Forgets a connection that was closed.
    ///
    /// # Errors
    /// [`StoreError`] when the store does not do its part. Nothing is lost: a push to the closed
    /// connection, or the subscription's age, ends it as well.
    pub async fn disconnect(&self, connection: &ConnectionId) -> Result<(), StoreError> {
        self.stream.disconnect(connection).await
    }

    fn allows(&self, origin: &str) -> bool {
        self.allowed_origins
            .iter()
            .any(|allowed| allowed.eq_ignore_ascii_case(origin))
    }

    async fn act(&self, connection: &ConnectionId, action: Action) -> Result<(), StreamError> {
        match action {
            Action::Subscribe { order, after } => {
                if self.stream.watched(connection).await? >= MAX_WATCHED {
                    let text = SocketError::TooManySubscriptions.to_text();
                    return self.notify(connection, &text, false).await;
                }
                self.subscribe(connection, order, after, false).await
            }
            Action::SubscribeAll => self.subscribe_all(connection).await,
            Action::UnsubscribeAll => Ok(self.stream.unsubscribe_all(connection).await?),
            Action::Unsubscribe { order } => Ok(self.stream.unsubscribe(connection, order).await?),
            Action::Ping => self.notify(connection, r#"{"event":"pong"}"#, false).await,
        }
    }

    async fn subscribe(
        &self,
        connection: &ConnectionId,
        order: OrderId,
        after: u64,
        opening: bool,
    ) -> Result<(), StreamError> {
        let visitor = self.stream.connections.visitor(connection).await?;
        let subscribed = match visitor.filter(|visitor| visitor.may_follow(order)) {
            Some(Visitor { account, .. }) => {
                let stream = &self.stream;
                stream
                    .subscribe(connection, &account, order, after, opening)
                    .await?
            }
            None => Subscribed::UnknownOrder,
        };
        match subscribed {
            Subscribed::UnknownOrder => {
                let text = SocketError::UnknownOrder(order).to_text();
                self.notify(connection, &text, opening).await
            }
            Subscribed::Live | Subscribed::Complete | Subscribed::Gone => Ok(()),
        }
    }

    async fn subscribe_all(&self, connection: &ConnectionId) -> Result<(), StreamError> {
        let visitor = self.stream.connections.visitor(connection).await?;
        match visitor.filter(|visitor| visitor.orders.is_none()) {
            Some(Visitor { account, .. }) => {
                Ok(self.stream.subscribe_all(connection, &account).await?)
            }
            None => {
                let text = SocketError::Forbidden.to_text();
                self.notify(connection, &text, false).await
            }
        }
    }

    /// A connection that is gone has nothing to be told.
    async fn notify(
        &self,
        connection: &ConnectionId,
        text: &str,
        opening: bool,
    ) -> Result<(), StreamError> {
        match self.stream.notify(connection, text, opening).await {
            Ok(()) | Err(PushError::Gone) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }
}

/// The order and the last event seen that a query named.
fn asked_for(request: &ReplayRequest) -> Result<(OrderId, u64), SocketError> {
    let order = request.order.parse().map_err(|_| SocketError::InvalidId)?;
    let after = match request.after.as_deref() {
        None | Some("") => 0,
        Some(text) => read_seq(text).ok_or(SocketError::InvalidAfter)?,
    };
    Ok((order, after))
}
