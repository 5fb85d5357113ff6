//! Sockets that follow some of the orders to their end, whatever happens to the connection.

use std::{net::SocketAddr, time::Duration};

use tokio::{
    sync::mpsc,
    task::{JoinHandle, JoinSet},
    time::{sleep, timeout},
};
use uuid::Uuid;

use crate::socket::Socket;

/// What one saw.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Seen {
    /// The order.
    pub(super) order: Uuid,
    /// The last event; every one before it was seen, in order.
    pub(super) last: u64,
    /// How often the connection had to be made anew.
    pub(super) reconnects: u32,
    /// How often an event was missing, which then came with `after`.
    pub(super) gaps: u32,
}

/// All of them.
pub(super) struct Followers {
    into: Option<mpsc::UnboundedSender<Uuid>>,
    all: JoinHandle<Vec<Seen>>,
}

/// How long a socket may take to open.
const OPEN: Duration = Duration::from_secs(5);
/// After so long without a word a client looks for itself.
const SILENCE: Duration = Duration::from_secs(30);
/// The pause before another connection.
const PAUSE: Duration = Duration::from_millis(200);

impl Followers {
    /// Follows every order that is sent into the channel.
    pub(super) fn of(address: SocketAddr) -> (Self, mpsc::UnboundedSender<Uuid>) {
        let (into, mut from) = mpsc::unbounded_channel::<Uuid>();
        let all = tokio::spawn(async move {
            let mut following = JoinSet::new();
            while let Some(order) = from.recv().await {
                if order.is_nil() {
                    break; // the end
                }
                following.spawn(follow(address, order));
            }
            following.join_all().await
        });
        let followers = Self {
            into: Some(into.clone()),
            all,
        };
        (followers, into)
    }

    /// Waits until each has seen the end of its order; `None` if one does not in that time.
    pub(super) async fn finish(mut self, patience: Duration) -> Option<Vec<Seen>> {
        if let Some(into) = self.into.take() {
            let _ = into.send(Uuid::nil()); // if nobody receives, that shows below
        }
        match timeout(patience, &mut self.all).await {
            Ok(seen) => seen.ok(),
            Err(_) => {
                self.all.abort();
                None
            }
        }
    }
}

async fn follow(address: SocketAddr, order: Uuid) -> Seen {
    let mut seen = Seen {
        order,
        ..Seen::default()
    };
    let id = order.to_string();
    loop {
        let open = timeout(OPEN, Socket::follow(address, &id, seen.last)).await;
        if let Ok(Ok(socket)) = open
            && read(socket, &mut seen).await
        {
            return seen;
        }
        seen.reconnects += 1;
        sleep(PAUSE).await;
    }
}

/// Reads until the order's end; `false` when another connection is needed.
async fn read(mut socket: Socket, seen: &mut Seen) -> bool {
    while let Ok(Ok(event)) = timeout(SILENCE, socket.next_event()).await {
        if event.seq > seen.last + 1 {
            seen.gaps += 1;
            return false;
        }
        // One that was seen already comes again when a connection ended half-way.
        if event.seq == seen.last + 1 {
            seen.last = event.seq;
            if ["confirmed", "failed"].contains(&event.status.as_str()) {
                return true;
            }
        } else if event.seq == 0 {
            return false; // an error
        }
    }
    false
}
