//! Clients that take a place and do nothing with it.

use std::{
    io,
    net::{Ipv4Addr, SocketAddr},
    time::Duration,
};

use futures::future::join_all;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpSocket, TcpStream},
    time::{sleep, timeout},
};

use super::Testbed;
use crate::Outcome;

/// Where they call from.
const SOURCE: Ipv4Addr = Ipv4Addr::new(127, 0, 0, 9);
const SILENT: usize = 1_500;
const SILENT_FOR: Duration = Duration::from_secs(20);
const UNREAD: usize = 60;
const UNREAD_FOR: Duration = Duration::from_secs(25);
/// How long one of them tries to come in.
const COMING: Duration = Duration::from_secs(5);
/// Little room, so that what is not read soon fills it.
const ROOM: u32 = 4_096;

/// Connections that never say a word.
pub(super) async fn silent(testbed: &Testbed) {
    let come = (0..SILENT).map(|_| timeout(COMING, connect(testbed.address)));
    let here = join_all(come).await; // whoever was not let in is not here
    sleep(SILENT_FOR).await;
    drop(here);
}

/// Sockets that ask for every order and read nothing of it.
pub(super) async fn unread(testbed: &Testbed) -> Outcome<()> {
    let come = (0..UNREAD).map(|_| timeout(COMING, follow_all(testbed.address)));
    let here = join_all(come).await;
    if !here.iter().any(|one| matches!(one, Ok(Ok(_)))) {
        return Err("no socket was let in".into());
    }
    sleep(UNREAD_FOR).await;
    drop(here);
    Ok(())
}

async fn connect(address: SocketAddr) -> io::Result<TcpStream> {
    let socket = TcpSocket::new_v4()?;
    socket.set_recv_buffer_size(ROOM)?;
    socket.bind((SOURCE, 0).into())?;
    socket.connect(address).await
}

/// By hand: a client library would read.
async fn follow_all(address: SocketAddr) -> io::Result<TcpStream> {
    const SUBSCRIBE: &[u8] = br#"{"action":"subscribe","all":true}"#;
    let mut stream = connect(address).await?;
    let hello = format!(
        "GET /api/orders/ws HTTP/1.1\r\nhost: {address}\r\nupgrade: websocket\r\n\
         connection: Upgrade\r\nsec-websocket-version: 13\r\n\
         sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    );
    stream.write_all(hello.as_bytes()).await?;
    let mut status = [0; 12];
    stream.read_exact(&mut status).await?;
    if !status.ends_with(b"101") {
        return Err(io::Error::other("no socket"));
    }
    // A text frame, masked with zeros, which leave it as it is.
    let length = u8::try_from(SUBSCRIBE.len()).map_err(io::Error::other)?;
    let frame = [&[0x81, 0x80 | length, 0, 0, 0, 0], SUBSCRIBE].concat();
    stream.write_all(&frame).await?;
    Ok(stream)
}
