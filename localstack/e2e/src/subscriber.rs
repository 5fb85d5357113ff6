//! A client that watches an order on the socket.

use std::{net::TcpStream, time::Instant};

use serde_json::Value;
use tokio_tungstenite::tungstenite::{
    self, Message, WebSocket,
    protocol::{CloseFrame, frame::coding::CloseCode},
    stream::MaybeTlsStream,
};

use crate::wait::PATIENCE;

/// An open socket.
pub struct Subscriber {
    socket: WebSocket<MaybeTlsStream<TcpStream>>,
}

impl Subscriber {
    /// Opens a socket at `url`.
    ///
    /// # Panics
    /// When it is refused.
    pub fn open(url: &str) -> Self {
        let (socket, _) =
            tungstenite::connect(url).unwrap_or_else(|error| panic!("no socket at {url}: {error}"));
        if let MaybeTlsStream::Plain(stream) = socket.get_ref() {
            stream
                .set_read_timeout(Some(PATIENCE))
                .expect("two minutes are a valid time-out");
        }
        Self { socket }
    }

    /// Opens a socket at `url`; `None` when it is refused.
    pub fn try_open(url: &str) -> Option<Self> {
        let (socket, _) = tungstenite::connect(url).ok()?;
        Some(Self { socket })
    }

    /// Sends a message.
    ///
    /// # Panics
    /// When the socket is closed.
    pub fn say(&mut self, message: &Value) {
        self.socket
            .send(Message::text(message.to_string()))
            .expect("the socket is open");
    }

    /// The next message; `None` once the server has closed the socket.
    ///
    /// # Panics
    /// When nothing comes for two minutes.
    pub fn hear(&mut self) -> Option<Value> {
        let begun = Instant::now();
        loop {
            match self.socket.read() {
                Ok(Message::Text(text)) => {
                    return Some(
                        serde_json::from_str(&text).expect("the server sends one JSON object"),
                    );
                }
                Ok(Message::Close(frame)) => {
                    assert!(
                        normal(frame.as_ref()),
                        "the socket was closed with {frame:?}"
                    );
                    return None;
                }
                Ok(_) => {}
                Err(tungstenite::Error::ConnectionClosed) => return None,
                Err(error) => panic!("after {:?} the socket broke: {error}", begun.elapsed()),
            }
        }
    }

    /// Everything until the server closes the socket.
    ///
    /// # Panics
    /// When it does not.
    pub fn hear_all(mut self) -> Vec<Value> {
        std::iter::from_fn(|| self.hear()).collect()
    }

    /// Messages up to one with this status.
    ///
    /// # Panics
    /// When the socket is closed before.
    pub fn hear_until(&mut self, status: &str) -> Vec<Value> {
        let mut heard = Vec::new();
        loop {
            let Some(event) = self.hear() else {
                panic!("the socket was closed before `{status}`, after {heard:?}")
            };
            let found = event["status"] == status;
            heard.push(event);
            if found {
                return heard;
            }
        }
    }
}

fn normal(frame: Option<&CloseFrame>) -> bool {
    frame.is_none_or(|frame| frame.code == CloseCode::Normal)
}

/// The sequence numbers of events, each once: a subscriber may hear an event twice.
pub fn seqs(events: &[Value]) -> Vec<u64> {
    let mut seqs: Vec<u64> = events
        .iter()
        .filter_map(|event| event["seq"].as_u64())
        .collect();
    seqs.sort_unstable();
    seqs.dedup();
    seqs
}

/// The statuses of events in order of their sequence number.
pub fn statuses(events: &[Value]) -> Vec<&str> {
    let mut ordered: Vec<&Value> = events.iter().collect();
    ordered.sort_by_key(|event| event["seq"].as_u64());
    ordered.dedup_by_key(|event| event["seq"].as_u64());
    ordered
        .iter()
        .filter_map(|event| event["status"].as_str())
        .collect()
}

/// That these are all events of an order that was executed at its first attempt.
///
/// # Panics
/// When one is missing.
pub fn assert_whole_life(events: &[Value]) {
    assert_eq!(
        statuses(events),
        ["pending", "routing", "building", "submitted", "confirmed"],
        "{events:#?}"
    );
    assert_eq!(seqs(events), [1, 2, 3, 4, 5]);
}
