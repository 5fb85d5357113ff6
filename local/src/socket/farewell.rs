//! How a socket ends so that its client learns why: a close frame, and no reset behind it.

use std::time::Duration;

use futures::{SinkExt, StreamExt};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    time::timeout,
};
use tokio_tungstenite::tungstenite::{
    Error,
    protocol::{CloseFrame, frame::coding::CloseCode},
};

use super::Stream;

/// How long a client may take to say goodbye.
const GOODBYE: Duration = Duration::from_secs(5);

/// The code for a client that broke the protocol; `None` when the connection itself is gone.
pub(super) fn code(error: &Error) -> Option<CloseCode> {
    match error {
        Error::Capacity(_) => Some(CloseCode::Size),
        Error::Utf8(_) => Some(CloseCode::Invalid),
        Error::Protocol(_) | Error::AttackAttempt => Some(CloseCode::Protocol),
        Error::ConnectionClosed
        | Error::AlreadyClosed
        | Error::Io(_)
        | Error::Tls(_)
        | Error::WriteBufferFull(_)
        | Error::Url(_)
        | Error::Http(_)
        | Error::HttpFormat(_) => None,
    }
}

/// Closes, and waits a while for the client's answer.
pub(super) async fn close(stream: &mut Stream, code: CloseCode) {
    let frame = CloseFrame {
        code,
        reason: "".into(),
    };
    let goodbye = async {
        if stream.send_close(frame).await {
            while let Some(Ok(_)) = stream.next().await {}
        }
    };
    let _ = timeout(GOODBYE, goodbye).await; // a client that does not answer is left alone
    leave(stream).await;
}

/// The client closes: its frame is answered with the same code.
pub(super) async fn answer(stream: &mut Stream) {
    // The driver has the answer ready, and calls the connection closed when it is sent.
    let _ = timeout(GOODBYE, stream.flush()).await;
    leave(stream).await;
}

/// Ends the connection. A connection that is closed with bytes unread is reset, and what was said
/// last is lost: so nothing more is sent, and what still comes is read and dropped.
async fn leave(stream: &mut Stream) {
    let raw = stream.get_mut();
    let last = async {
        let mut dropped = [0; 4_096];
        let _ = raw.shutdown().await; // it may be closed already
        while raw.read(&mut dropped).await.is_ok_and(|read| read > 0) {}
    };
    let _ = timeout(GOODBYE, last).await;
}

/// A close frame that is sent at once, also behind an error.
trait SendClose {
    async fn send_close(&mut self, frame: CloseFrame) -> bool;
}

impl SendClose for Stream {
    async fn send_close(&mut self, frame: CloseFrame) -> bool {
        self.close(Some(frame)).await.is_ok() && self.flush().await.is_ok()
    }
}
