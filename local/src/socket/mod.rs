//! One WebSocket: the handshake, what comes in, what goes out.

mod farewell;
mod handshake;
mod talk;

use std::{sync::Arc, time::Duration};

use api::{Code, refusal};
use axum::{
    extract::{Request, State},
    response::Response,
};
use engine::ports::{ConnectionId, ReplayRequest};
use hyper::upgrade::{OnUpgrade, Upgraded};
use hyper_util::rt::TokioIo;
use tokio::sync::Semaphore;
use tokio_tungstenite::{
    WebSocketStream,
    tungstenite::protocol::{Role, WebSocketConfig},
};
use websocket::{Connect, Connected, MAX_MESSAGE, Sockets};

use crate::{door::PageOrigin, gateway::Gateway};
use talk::{Ended, Talk};

/// What sockets are served with.
#[derive(Clone)]
pub(crate) struct SocketState {
    pub(crate) sockets: Sockets,
    pub(crate) gateway: Arc<Gateway>,
    /// A permit for each socket. Fewer than connections, so that requests find a seat whoever
    /// watches.
    pub(crate) seats: Arc<Semaphore>,
}

/// A client's end of a socket. The driver is used as it is: it tells by type what a client did
/// wrong.
type Stream = WebSocketStream<TokioIo<Upgraded>>;

/// Clients say little. The driver's default, 128 KiB for each of them, would be most of the
/// engine's memory.
const BUFFER: usize = 2 * 1_024;
/// How often a replay is tried when the database does not answer, and the pause in between.
const REPLAY_TRIES: u32 = 30;
const REPLAY_PAUSE: Duration = Duration::from_secs(1);

/// `GET /api/orders/ws`
pub(crate) async fn upgrade(State(state): State<SocketState>, mut request: Request) -> Response {
    let accepted = match handshake::accept(&request) {
        Ok(accepted) => accepted,
        Err(refused) => return *refused,
    };
    let Ok(seat) = Arc::clone(&state.seats).try_acquire_owned() else {
        let detail = "as many sockets are open as the engine keeps; connect again later";
        return refusal(Code::TooManyRequests, detail);
    };
    let connection = state.gateway.name_connection();
    let page = request.extensions().get::<PageOrigin>();
    let connect = Connect {
        connection: connection.clone(),
        origin: page.and_then(PageOrigin::foreign),
        ticket: handshake::parameter(&request, "ticket"),
        order: handshake::parameter(&request, "orderId"),
        after: handshake::parameter(&request, "after"),
    };
    match state.sockets.connect(&connect).await {
        Connected::Forbidden => {
            return refusal(Code::Forbidden, "pages of this origin may open no socket");
        }
        Connected::Unauthorized => {
            let detail = "a ticket is needed that is not a minute old: POST /api/tickets makes one";
            return refusal(Code::Unauthorized, detail);
        }
        Connected::Unavailable => {
            return refusal(
                Code::Unavailable,
                "the replay cannot be promised now; connect again",
            );
        }
        Connected::Accepted => {}
    }
    let upgrade = hyper::upgrade::on(&mut request);
    tokio::spawn(async move {
        open(state, connection, upgrade).await;
        drop(seat);
    });
    accepted
}

async fn open(state: SocketState, connection: ConnectionId, upgrade: OnUpgrade) {
    let Ok(upgraded) = upgrade.await else {
        state.gateway.closed(&connection); // the client went before it was answered
        let _ = state.sockets.stream.connections.forget(&connection).await; // or its age ends it
        return;
    };
    let config = WebSocketConfig::default()
        .max_message_size(Some(MAX_MESSAGE))
        .max_frame_size(Some(MAX_MESSAGE))
        .read_buffer_size(BUFFER)
        .write_buffer_size(0);
    let io = TokioIo::new(upgraded);
    let stream = WebSocketStream::from_raw_socket(io, Role::Server, Some(config)).await;
    serve(state, connection, stream).await;
}

async fn serve(state: SocketState, connection: ConnectionId, stream: Stream) {
    let (outgoing, asked) = state.gateway.open(&connection);
    let replay = asked.map(|request| tokio::spawn(replay(state.sockets.clone(), request)));
    let talk = Talk {
        sockets: &state.sockets,
        connection: &connection,
        stream,
        outgoing,
        replay: replay.as_ref(),
        spoken: false,
        closing: None,
        closing_since: None,
    };
    let ended = talk.run().await;
    state.gateway.closed(&connection);
    if let Some(replay) = replay {
        replay.abort();
    }
    let forgotten = match ended {
        // No subscription is left to forget, only who it was.
        Ended::NothingToWatch => state.sockets.stream.connections.forget(&connection).await,
        Ended::Gone => state.sockets.disconnect(&connection).await,
    };
    if let Err(error) = forgotten {
        tracing::debug!(%error, "a closed connection could not be forgotten, a push will do it");
    }
}

/// As the replay queue does it on AWS: a request that could not be answered is delivered again.
async fn replay(sockets: Sockets, request: ReplayRequest) {
    for _ in 0..REPLAY_TRIES {
        match sockets.replay(&request).await {
            Ok(()) => return,
            Err(error) => {
                tracing::debug!(%error, "a replay could not be sent, it is tried again")
            }
        }
        tokio::time::sleep(REPLAY_PAUSE).await;
    }
}
