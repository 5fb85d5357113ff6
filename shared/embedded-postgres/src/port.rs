//! Which TCP port on 127.0.0.1 to listen on.

use std::io;
use std::net::{Ipv4Addr, TcpListener};

/// Below the range from which Linux and macOS draw ports for outgoing connections. A server's
/// port in that range can be taken while the server is down, even by a client that reconnects
/// and so talks to itself.
const FIRST: u16 = 20_000;
const COUNT: u16 = 10_000;

/// Whether nothing listens on `port` now.
pub(crate) fn is_free(port: u16) -> bool {
    TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok()
}

/// A port that is free now. It may be taken before it is used: the caller must cope.
pub(crate) fn any_free() -> io::Result<u16> {
    for _ in 0..100 {
        let port = FIRST + crate::random::below(COUNT)?;
        if is_free(port) {
            return Ok(port);
        }
    }
    // A crowded or restricted machine: let the kernel choose.
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?
        .local_addr()
        .map(|address| address.port())
}
