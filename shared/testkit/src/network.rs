//! A bad network in front of a server on this machine.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt, copy, sink},
    net::{
        TcpListener, TcpStream,
        tcp::{OwnedReadHalf, OwnedWriteHalf},
    },
    sync::watch,
    task::JoinHandle,
};

/// What is done to the bytes of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Weather {
    /// They pass.
    Fair,
    /// They are taken and never delivered, also later: the path behind is gone.
    Swallowed,
    /// The connection is reset.
    Reset,
}

/// Forwards connections to a server, as well or badly as it is told.
pub struct Network {
    address: SocketAddr,
    state: Arc<State>,
    listener: JoinHandle<()>,
}

struct State {
    target: SocketAddr,
    /// Of connections that are open, by generation: a new generation begins in fair weather.
    open: watch::Sender<(usize, Weather)>,
    held: watch::Sender<bool>,
    refusing: watch::Sender<bool>,
    opened: AtomicUsize,
}

impl Network {
    /// A network in fair weather before the server at `target`.
    ///
    /// # Panics
    /// If no port is free.
    pub async fn before(target: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("bound");
        let state = Arc::new(State {
            target,
            open: watch::Sender::new((0, Weather::Fair)),
            held: watch::Sender::new(false),
            refusing: watch::Sender::new(false),
            opened: AtomicUsize::new(0),
        });
        let accepting = Arc::clone(&state);
        let listener = tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                if !*accepting.refusing.borrow() {
                    accepting.opened.fetch_add(1, Ordering::SeqCst);
                    tokio::spawn(Arc::clone(&accepting).forward(client));
                } // else it is closed at once
            }
        });
        Self {
            address,
            state,
            listener,
        }
    }

    /// A network before the database of that URL, and the URL that leads through it.
    ///
    /// # Panics
    /// If the URL names no address and port.
    pub async fn before_database(url: &str) -> (Self, String) {
        let authority = url
            .split_once('@')
            .and_then(|(_, rest)| rest.split_once('/'))
            .map(|(authority, _)| authority)
            .expect("postgres://user:password@address:port/name");
        let target = authority.parse().expect("an address and a port");
        let network = Self::before(target).await;
        let through = url.replacen(authority, &network.address.to_string(), 1);
        (network, through)
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// How many connections were opened through it.
    pub fn opened(&self) -> usize {
        self.state.opened.load(Ordering::SeqCst)
    }

    /// From now on every byte waits, of old connections and of new ones.
    pub fn hold(&self) {
        self.state.held.send_replace(true);
    }

    /// What waits is delivered.
    pub fn release(&self) {
        self.state.held.send_replace(false);
    }

    /// Connections that are open now fall silent for ever, and stay open; new ones work.
    pub fn stall(&self) {
        self.strike(Weather::Swallowed);
    }

    /// Connections that are open now are reset; new ones work.
    pub fn reset(&self) {
        self.strike(Weather::Reset);
    }

    /// Whether new connections are closed at once.
    pub fn refuse(&self, yes: bool) {
        self.state.refusing.send_replace(yes);
    }

    fn strike(&self, weather: Weather) {
        self.state
            .open
            .send_modify(|(generation, now)| (*generation, *now) = (*generation + 1, weather));
    }
}

impl Drop for Network {
    fn drop(&mut self) {
        self.listener.abort();
        self.strike(Weather::Reset);
    }
}

impl State {
    async fn forward(self: Arc<Self>, client: TcpStream) {
        let born = self.open.borrow().0;
        let Ok(server) = TcpStream::connect(self.target).await else {
            return;
        };
        let resettable = [&client, &server].map(|stream| stream.set_zero_linger());
        if resettable.iter().any(Result::is_err) || client.set_nodelay(true).is_err() {
            return;
        }
        let ((from_client, to_client), (from_server, to_server)) =
            (client.into_split(), server.into_split());
        tokio::join!(
            self.pump(born, from_client, to_server),
            self.pump(born, from_server, to_client)
        );
    }

    /// Forwards until one end closes, or the weather ends it. Both ends are dropped then, which
    /// resets them.
    async fn pump(&self, born: usize, mut from: OwnedReadHalf, mut to: OwnedWriteHalf) {
        let (mut open, mut held) = (self.open.subscribe(), self.held.subscribe());
        let mut buffer = vec![0; 64 * 1024];
        loop {
            let struck = async {
                let struck = open.wait_for(|(generation, _)| *generation > born).await;
                struck.map_or(Weather::Reset, |now| now.1)
            };
            let read = tokio::select! {
                weather = struck => match weather {
                    Weather::Swallowed => {
                        let _ = copy(&mut from, &mut sink()).await; // until the client gives up
                        return;
                    }
                    Weather::Fair | Weather::Reset => return,
                },
                read = from.read(&mut buffer) => read,
            };
            let Ok(count @ 1..) = read else { return };
            if held.wait_for(|held| !*held).await.is_err() {
                return;
            }
            if open.borrow().0 == born && to.write_all(&buffer[..count]).await.is_err() {
                return;
            }
        }
    }
}
