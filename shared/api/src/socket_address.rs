//! Where a client finds the socket that streams its order.

use axum::http::{HeaderMap, header, uri::Authority};
use engine::order::OrderId;

/// How the address of the socket is known.
#[derive(Clone, Debug)]
pub enum SocketAddress {
    /// A fixed address, for example `wss://….amazonaws.com/prod`; the query is added to it.
    Fixed(String),
    /// `/api/orders/ws` on the host and port that the client itself used.
    OfRequest {
        /// The host and port when the request names none that can be used.
        otherwise: String,
    },
    /// This installation has no socket.
    Absent,
}

/// How the client reached the engine, if whoever stands before the API knows better than the
/// request's own headers. An extension of the request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reached {
    /// The host, and the port if it is not the scheme's own.
    pub host: String,
    /// With TLS.
    pub secure: bool,
}

impl SocketAddress {
    /// The address for one order's events, with the ticket that it needs.
    pub(crate) fn for_order(
        &self,
        id: OrderId,
        ticket: Option<&str>,
        headers: &HeaderMap,
        reached: Option<&Reached>,
    ) -> Option<String> {
        let ticket = ticket.map(|ticket| format!("&ticket={ticket}"));
        let ticket = ticket.unwrap_or_default();
        match self {
            Self::Fixed(base) => Some(format!("{base}?orderId={id}{ticket}")),
            Self::OfRequest { otherwise } => {
                let host = reached.map(|reached| reached.host.as_str()).or_else(|| {
                    let host = headers.get(header::HOST)?;
                    host.to_str().ok()
                });
                let host = host.filter(|host| is_host(host)).unwrap_or(otherwise);
                let secure = reached.is_some_and(|reached| reached.secure);
                let scheme = if secure { "wss" } else { "ws" };
                Some(format!(
                    "{scheme}://{host}/api/orders/ws?orderId={id}{ticket}"
                ))
            }
            Self::Absent => None,
        }
    }
}

/// A name or address with or without a port. The answer repeats it, so nothing else may be in it.
fn is_host(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b".-:[]".contains(&byte);
    text.len() <= 255 && text.bytes().all(plain) && text.parse::<Authority>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(host: &'static str) -> String {
        let id = OrderId(uuid::Uuid::nil());
        let headers = [(header::HOST, host.parse().expect("a header value"))]
            .into_iter()
            .collect();
        let address = SocketAddress::OfRequest {
            otherwise: "127.0.0.1:3000".into(),
        }
        .for_order(id, None, &headers, None)
        .expect("it has a socket");
        let (host, _) = address
            .split_once("/api/orders/ws?orderId=00000000-")
            .expect("the path");
        host.to_owned()
    }

    #[test]
    fn the_clients_own_name_for_the_engine_is_used() {
        for host in [
            "localhost:3000",
            "10.0.0.7",
            "[::1]:3000",
            "engine.example:8080",
        ] {
            assert_eq!(address(host), format!("ws://{host}"));
        }
    }

    #[test]
    fn what_is_no_host_is_not_repeated() {
        for host in [
            "",
            "a b",
            "user@host",
            "host/path",
            "host?x=1",
            "host:port:x",
            "\"<script>\"",
        ] {
            assert_eq!(address(host), "ws://127.0.0.1:3000", "{host}");
        }
    }
}
