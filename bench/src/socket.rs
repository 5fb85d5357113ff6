//! Sockets that watch orders.

use std::{net::SocketAddr, pin::pin};

use futures::{SinkExt, StreamExt};
use serde::Deserialize;
use tokio::net::TcpStream;
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async_with_config,
    tungstenite::{Message, protocol::WebSocketConfig},
};

use crate::Outcome;

/// An open socket.
pub(crate) struct Socket(WebSocketStream<MaybeTlsStream<TcpStream>>);

/// What is read of an event.
#[derive(Debug, Deserialize)]
pub(crate) struct Event {
    /// Its place in the order's log.
    #[serde(default)]
    pub(crate) seq: u64,
    /// The order's status after it.
    #[serde(default)]
    pub(crate) status: String,
    /// When it was committed.
    pub(crate) at: Option<String>,
}

impl Socket {
    /// Opens a socket that watches `order`; nothing, if none is named.
    pub(crate) async fn open(address: SocketAddr, order: Option<&str>) -> Outcome<Self> {
        let query = order.map(|id| format!("?orderId={id}")).unwrap_or_default();
        Self::open_with(address, &query).await
    }

    /// Opens a socket that watches `order` from the event after `after` on.
    pub(crate) async fn follow(address: SocketAddr, order: &str, after: u64) -> Outcome<Self> {
        Self::open_with(address, &format!("?orderId={order}&after={after}")).await
    }

    async fn open_with(address: SocketAddr, query: &str) -> Outcome<Self> {
        let url = format!("ws://{address}/api/orders/ws{query}");
        // Thousands of them share the machine.
        let small = WebSocketConfig::default().read_buffer_size(4 * 1_024);
        let (socket, _) = connect_async_with_config(url, Some(small), true).await?;
        Ok(Self(socket))
    }

    /// Begins to watch an order.
    pub(crate) async fn subscribe(&mut self, order: &str) -> Outcome<()> {
        let text = serde_json::json!({ "action": "subscribe", "orderId": order }).to_string();
        Ok(self.0.send(Message::Text(text.into())).await?)
    }

    /// Reads until something has come about, so that the engine's pings are answered; whatever else
    /// it says is passed over.
    pub(crate) async fn idle_until<T>(&mut self, about: impl Future<Output = T>) -> Outcome<T> {
        let mut about = pin!(about);
        loop {
            tokio::select! {
                biased; // what comes after it is the caller's
                come = &mut about => return Ok(come),
                said = self.next_text() => { said?; }
            }
        }
    }

    /// The next event with this status.
    pub(crate) async fn wait_for(&mut self, status: &str) -> Outcome<Event> {
        loop {
            let text = self.next_text().await?;
            let event: Event = serde_json::from_str(&text)?;
            match event.status.as_str() {
                reached if reached == status => return Ok(event),
                "failed" => return Err(format!("the order failed: {text}").into()),
                "" if text.contains("\"error\"") => return Err(format!("refused: {text}").into()),
                _ => {}
            }
        }
    }

    /// The next event, whatever it is.
    pub(crate) async fn next_event(&mut self) -> Outcome<Event> {
        Ok(serde_json::from_str(&self.next_text().await?)?)
    }

    async fn next_text(&mut self) -> Outcome<String> {
        loop {
            let message = self.0.next().await.ok_or("the socket ended too early")??;
            if let Message::Text(text) = message {
                return Ok(text.to_string());
            }
        }
    }
}
