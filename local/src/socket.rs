//! One WebSocket: the handshake, what comes in, what goes out.

use std::{sync::Arc, time::Duration};

use axum::{
    body::Bytes,
    extract::{
        Query, State, WebSocketUpgrade,
        ws::{CloseFrame, Message, WebSocket, close_code},
    },
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use engine::ports::{ConnectionId, ReplayRequest};
use futures::{SinkExt, StreamExt, stream::SplitSink};
use tokio::{
    sync::mpsc,
    time::{Instant, MissedTickBehavior, interval, timeout},
};
use websocket::{Connect, Connected, MAX_MESSAGE, Sockets};

use crate::gateway::{Gateway, Outgoing};

/// What sockets are served with.
#[derive(Clone)]
pub(crate) struct SocketState {
    pub(crate) sockets: Sockets,
    pub(crate) gateway: Arc<Gateway>,
}

/// Clients say little. The driver's default, 128 KiB for each of them, would be most of the
/// engine's memory.
const READ_BUFFER: usize = 2 * 1_024;
/// What is read of a message, so that the refusal of one that is too long arrives: a socket that is
/// closed with bytes unread is reset, and what was said last is lost.
const READ_AT_MOST: usize = 4 * MAX_MESSAGE;
/// How often a silent client is asked whether it is still there; one that does not answer twice is
/// gone.
const PING_EVERY: Duration = Duration::from_secs(30);
/// How long a client may take to say goodbye.
const GOODBYE: Duration = Duration::from_secs(2);
/// How often a replay is tried when the database does not answer, and the pause in between.
const REPLAY_TRIES: u32 = 30;
const REPLAY_PAUSE: Duration = Duration::from_secs(1);

/// `GET /api/orders/ws`
pub(crate) async fn upgrade(
    State(state): State<SocketState>,
    Query(query): Query<Vec<(String, String)>>,
    headers: HeaderMap,
    upgrade: Result<WebSocketUpgrade, axum::extract::ws::rejection::WebSocketUpgradeRejection>,
) -> Response {
    let upgrade = match upgrade {
        Ok(upgrade) => upgrade,
        Err(rejection) => return rejection.into_response(),
    };
    let connection = state.gateway.name_connection();
    let named = |name: &str| {
        query
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.clone())
    };
    let connect = Connect {
        connection: connection.clone(),
        origin: foreign_origin(&headers),
        order: named("orderId"),
        after: named("after"),
    };
    match state.sockets.connect(&connect).await {
        Connected::Forbidden => return StatusCode::FORBIDDEN.into_response(),
        Connected::Unavailable => return StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        Connected::Accepted => {}
    }
    let (gateway, failed) = (Arc::clone(&state.gateway), connection.clone());
    upgrade
        .max_message_size(READ_AT_MOST)
        .max_frame_size(READ_AT_MOST)
        .read_buffer_size(READ_BUFFER)
        .on_failed_upgrade(move |_| gateway.closed(&failed))
        .on_upgrade(move |socket| serve(state, connection, socket))
}

/// The page's origin, unless it is the engine's own page: then its host is the one that was called.
/// A name proves nothing, since its owner can let it point here; an address, or `localhost`, does.
fn foreign_origin(headers: &HeaderMap) -> Option<String> {
    let origin = headers.get(header::ORIGIN)?.to_str().unwrap_or("null");
    let called = headers
        .get(header::HOST)
        .and_then(|host| host.to_str().ok());
    let own = called.is_some_and(|called| {
        let page = origin
            .strip_prefix("http://")
            .or_else(|| origin.strip_prefix("https://"));
        page == Some(called) && is_address(called)
    });
    (!own).then(|| origin.to_owned())
}

/// `127.0.0.1:3000`, `[::1]`, `localhost:3000`
fn is_address(host: &str) -> bool {
    let name = host
        .rsplit_once(':')
        .filter(|(_, port)| port.parse::<u16>().is_ok())
        .map_or(host, |(name, _)| name);
    let bare = name.trim_start_matches('[').trim_end_matches(']');
    name == "localhost" || bare.parse::<std::net::IpAddr>().is_ok()
}

/// Why a socket is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ended {
    /// The last order that it watched is final.
    NothingToWatch,
    /// The client went, was cut off, or broke the protocol; the engine ends.
    Gone,
}

async fn serve(state: SocketState, connection: ConnectionId, socket: WebSocket) {
    let (outgoing, asked) = state.gateway.open(&connection);
    let replay = asked.map(|request| tokio::spawn(replay(state.sockets.clone(), request)));
    let ended = talk(&state, &connection, socket, outgoing).await;
    state.gateway.closed(&connection);
    if let Some(replay) = replay {
        replay.abort();
    }
    if ended == Ended::NothingToWatch {
        return; // so nothing is left to forget
    }
    if let Err(error) = state.sockets.disconnect(&connection).await {
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

async fn talk(
    state: &SocketState,
    connection: &ConnectionId,
    socket: WebSocket,
    mut outgoing: mpsc::Receiver<Outgoing>,
) -> Ended {
    let (mut sink, mut stream) = socket.split();
    let mut pings = interval(PING_EVERY);
    pings.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut heard = Instant::now();
    loop {
        tokio::select! {
            next = outgoing.recv() => match next {
                Some(Outgoing::Text(text)) => {
                    if sink.send(Message::Text((&*text).into())).await.is_err() {
                        return Ended::Gone;
                    }
                }
                Some(Outgoing::Close) => {
                    say_goodbye(&mut sink, &mut stream, close_code::NORMAL).await;
                    return Ended::NothingToWatch;
                }
                Some(Outgoing::GoAway) => {
                    say_goodbye(&mut sink, &mut stream, close_code::AWAY).await;
                    return Ended::Gone;
                }
                None => {
                    say_goodbye(&mut sink, &mut stream, close_code::POLICY).await;
                    return Ended::Gone;
                }
            },
            incoming = stream.next() => {
                heard = Instant::now();
                match incoming {
                    Some(Ok(message)) if length(&message) > MAX_MESSAGE => {
                        say_goodbye(&mut sink, &mut stream, close_code::SIZE).await;
                        return Ended::Gone;
                    }
                    Some(Ok(Message::Text(text))) => state.sockets.message(connection, &text).await,
                    // As API Gateway does: bytes are taken for text.
                    Some(Ok(Message::Binary(bytes))) => {
                        state.sockets.message(connection, &String::from_utf8_lossy(&bytes)).await;
                    }
                    Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                    Some(Ok(Message::Close(_))) | None => return Ended::Gone,
                    Some(Err(error)) => {
                        let code = if is_too_big(&error) { close_code::SIZE } else { close_code::PROTOCOL };
                        say_goodbye(&mut sink, &mut stream, code).await;
                        return Ended::Gone;
                    }
                }
            }
            _ = pings.tick() => {
                if heard.elapsed() > PING_EVERY * 2 || sink.send(Message::Ping(Bytes::new())).await.is_err() {
                    return Ended::Gone;
                }
            }
        }
    }
}

fn length(message: &Message) -> usize {
    match message {
        Message::Text(text) => text.len(),
        Message::Binary(bytes) | Message::Ping(bytes) | Message::Pong(bytes) => bytes.len(),
        Message::Close(_) => 0,
    }
}

/// The driver does not export its error; the words are those of its only error about sizes.
fn is_too_big(error: &axum::Error) -> bool {
    error.to_string().contains("too long") || error.to_string().contains("too big")
}

async fn say_goodbye(
    sink: &mut SplitSink<WebSocket, Message>,
    stream: &mut futures::stream::SplitStream<WebSocket>,
    code: u16,
) {
    let farewell = CloseFrame {
        code,
        reason: "".into(),
    };
    let goodbye = async {
        if sink.send(Message::Close(Some(farewell))).await.is_ok() {
            while let Some(Ok(_)) = stream.next().await {}
        }
    };
    let _ = timeout(GOODBYE, goodbye).await; // a client that does not answer is left alone
}
