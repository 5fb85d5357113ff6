//! The client: one keep-alive HTTP/1.1 connection, with as little work of its own as the protocol
//! allows, because it shares the cores with what it measures.

use std::{
    io,
    net::{Ipv4Addr, SocketAddr},
    time::Duration,
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpSocket, TcpStream},
};

/// An open connection.
pub(crate) struct Connection {
    stream: TcpStream,
    address: SocketAddr,
    buffer: Vec<u8>,
}

/// An answer.
#[derive(Debug)]
pub(crate) struct Answer {
    /// The status code.
    pub(crate) status: u16,
    /// The body, as text.
    pub(crate) body: String,
    /// After what pause the client is asked to come back.
    pub(crate) retry_after: Option<Duration>,
}

/// The order of all benchmarks: 1 SOL.
const ORDER: &str =
    r#"{"type":"market","tokenIn":"SOL","tokenOut":"USDC","amount":1,"slippageBps":100}"#;
/// One that waits for a price far away.
const WAITING_ORDER: &str =
    r#"{"type":"limit","tokenIn":"SOL","tokenOut":"USDC","amount":1,"limitPrice":"9999"}"#;

impl Connection {
    /// Connects.
    pub(crate) async fn open(address: SocketAddr) -> io::Result<Self> {
        Self::over(TcpStream::connect(address).await?, address)
    }

    /// Connects from this one of the machine's own addresses: as another client.
    pub(crate) async fn open_from(source: Ipv4Addr, address: SocketAddr) -> io::Result<Self> {
        let socket = TcpSocket::new_v4()?;
        socket.bind((source, 0).into())?;
        Self::over(socket.connect(address).await?, address)
    }

    fn over(stream: TcpStream, address: SocketAddr) -> io::Result<Self> {
        stream.set_nodelay(true)?;
        Ok(Self {
            stream,
            address,
            buffer: Vec::with_capacity(4_096),
        })
    }

    /// `GET`.
    pub(crate) async fn get(&mut self, path: &str) -> io::Result<Answer> {
        let request = format!("GET {path} HTTP/1.1\r\nhost: {}\r\n\r\n", self.address);
        self.ask(request.as_bytes()).await
    }

    /// Places an order and answers its id.
    pub(crate) async fn place_order(&mut self) -> io::Result<String> {
        self.place(&order_request(self.address, None)).await
    }

    /// Places an order that waits until it is cancelled, and answers its id.
    pub(crate) async fn place_waiting_order(&mut self) -> io::Result<String> {
        self.place(&request(self.address, "", WAITING_ORDER)).await
    }

    /// Cancels an order that is not on its way to the chain.
    pub(crate) async fn cancel_order(&mut self, id: &str) -> io::Result<()> {
        let head = format!(
            "DELETE /api/orders/{id} HTTP/1.1\r\nhost: {}\r\n\r\n",
            self.address
        );
        let answer = self.ask(head.as_bytes()).await?;
        match answer.status {
            200 => Ok(()),
            status => Err(io::Error::other(format!(
                "not cancelled: {status} {}",
                answer.body
            ))),
        }
    }

    async fn place(&mut self, request: &str) -> io::Result<String> {
        let answer = self.ask(request.as_bytes()).await?;
        if answer.status != 202 {
            return Err(io::Error::other(format!(
                "not accepted: {} {}",
                answer.status, answer.body
            )));
        }
        let accepted: serde_json::Value = serde_json::from_str(&answer.body)?;
        Ok(accepted["orderId"].as_str().unwrap_or_default().to_owned())
    }

    /// Sends a request and reads its whole answer.
    pub(crate) async fn ask(&mut self, request: &[u8]) -> io::Result<Answer> {
        self.stream.write_all(request).await?;
        self.buffer.clear();
        loop {
            if self.stream.read_buf(&mut self.buffer).await? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            if let Some(answer) = complete(&self.buffer) {
                return Ok(answer);
            }
        }
    }
}

/// The bytes that place an order, with the key of an account if there is one to show.
pub(crate) fn order_request(address: SocketAddr, key: Option<&str>) -> String {
    let shown = key.map(|key| format!("authorization: Bearer {key}\r\n"));
    request(address, &shown.unwrap_or_default(), ORDER)
}

/// The bytes that place an order under an idempotency key.
pub(crate) fn keyed_order_request(address: SocketAddr, key: &str) -> String {
    request(address, &format!("idempotency-key: {key}\r\n"), ORDER)
}

fn request(address: SocketAddr, headers: &str, order: &str) -> String {
    let length = order.len();
    format!(
        "POST /api/orders/execute HTTP/1.1\r\nhost: {address}\r\ncontent-type: application/json\r\n\
         {headers}content-length: {length}\r\n\r\n{order}"
    )
}

/// The answer, if all of it is there. The engine names the length of every body that we ask for.
fn complete(bytes: &[u8]) -> Option<Answer> {
    let end = bytes.windows(4).position(|window| window == b"\r\n\r\n")?;
    let head = std::str::from_utf8(&bytes[..end]).ok()?;
    let body = &bytes[end + 4..];
    let number = |wanted: &str| -> Option<u32> {
        head.lines().find_map(|line| {
            let (name, value) = line.split_once(':')?;
            name.eq_ignore_ascii_case(wanted)
                .then(|| value.trim().parse().ok())?
        })
    };
    let length = usize::try_from(number("content-length").unwrap_or(0)).ok()?;
    if body.len() < length {
        return None;
    }
    let status = head.get(9..12)?.parse().ok()?;
    Some(Answer {
        status,
        body: String::from_utf8_lossy(&body[..length]).into_owned(),
        retry_after: number("retry-after").map(|seconds| Duration::from_secs(seconds.into())),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_complete_with_its_last_byte_and_not_before() {
        let bytes = b"HTTP/1.1 202 Accepted\r\nContent-Length: 2\r\n\r\n{}";
        assert!((0..bytes.len()).all(|end| complete(&bytes[..end]).is_none()));
        let answer = complete(bytes).expect("all of it");
        assert_eq!((answer.status, answer.body.as_str()), (202, "{}"));
    }
}
