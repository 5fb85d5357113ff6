//! Three clients that want more than the engine can do, and behave: they wait when they are asked
//! to, and repeat under the same key what they do not know.

use std::{
    net::{Ipv4Addr, SocketAddr},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use tokio::{
    sync::{Mutex, mpsc, watch},
    task::JoinSet,
    time::sleep,
};

use super::{
    book::Book,
    posting::{Intent, Post},
};

/// One of them: a name for its keys, an address of its own, and how much it wants.
#[derive(Clone, Copy, Debug)]
pub(super) struct Client {
    /// What the keys of its orders begin with.
    pub(super) name: &'static str,
    /// Where it calls from: the engine is fair to addresses.
    pub(super) source: Ipv4Addr,
    /// Its share of the flood.
    pub(super) share: f64,
    /// Its connections.
    connections: usize,
}

/// The flooder and two that want little.
pub(super) const CLIENTS: [Client; 3] = [
    Client {
        name: "flooder",
        source: Ipv4Addr::new(127, 0, 0, 2),
        share: 0.8,
        connections: 48,
    },
    Client {
        name: "second",
        source: Ipv4Addr::new(127, 0, 0, 3),
        share: 0.1,
        connections: 12,
    },
    Client {
        name: "third",
        source: Ipv4Addr::new(127, 0, 0, 4),
        share: 0.1,
        connections: 12,
    },
];

/// How often new orders are thought of.
const TICK: Duration = Duration::from_millis(10);
/// What waits for a connection for longer than this is not sent at all.
const LATE: f64 = 10.0;

/// Intents on their way to a free connection.
#[derive(Clone)]
pub(super) struct Line {
    into: mpsc::UnboundedSender<Intent>,
    waiting: Arc<AtomicUsize>,
    /// Those that are not settled, wherever they are.
    open: Arc<AtomicUsize>,
    /// Whether the flood is over.
    stop: watch::Receiver<bool>,
}

impl Line {
    /// Back into the line, after a pause. When the flood is over meanwhile, only for those who
    /// `need` to know.
    pub(super) fn again(&self, intent: Intent, pause: Duration, need: bool) {
        let (line, mut stop) = (self.clone(), self.stop.clone());
        tokio::spawn(async move {
            tokio::select! {
                () = sleep(pause) => line.join(intent),
                _ = stop.wait_for(|stop| *stop), if !need => line.settled(),
            }
        });
    }

    /// The client has all it can have of this one.
    pub(super) fn settled(&self) {
        self.open.fetch_sub(1, Ordering::Relaxed);
    }

    fn join(&self, intent: Intent) {
        self.waiting.fetch_add(1, Ordering::Relaxed);
        let _ = self.into.send(intent); // the connections live as long as the flood
    }
}

/// Wants `rate` orders a second until it is told to stop, and returns when each of them is settled.
pub(super) async fn flood(
    client: Client,
    (address, rate): (SocketAddr, f64),
    book: Arc<Book>,
    mut stop: watch::Receiver<bool>,
) {
    let (into, from) = mpsc::unbounded_channel();
    let line = Line {
        into,
        waiting: Arc::default(),
        open: Arc::default(),
        stop: stop.clone(),
    };
    let from = Arc::new(Mutex::new(from));
    let mut connections = JoinSet::new();
    for _ in 0..client.connections {
        let post = Post::new(client.source, address, Arc::clone(&book), line.clone());
        connections.spawn(serve(post, Arc::clone(&from), line.clone()));
    }
    tokio::select! {
        () = want(client, rate, &book, &line) => {}
        _ = stop.wait_for(|stop| *stop) => {}
    }
    while line.open.load(Ordering::Relaxed) > 0 {
        sleep(TICK).await;
    }
    connections.shutdown().await;
}

/// Thinks of new orders at a steady rate, whatever becomes of those before.
async fn want(client: Client, rate: f64, book: &Book, line: &Line) {
    let begin = Instant::now();
    let mut wanted = 0_u32;
    loop {
        while f64::from(wanted) < rate * begin.elapsed().as_secs_f64() {
            wanted += 1;
            book.count(|counts| counts.wanted += 1);
            let waiting = u32::try_from(line.waiting.load(Ordering::Relaxed)).unwrap_or(u32::MAX);
            if f64::from(waiting) > rate * LATE {
                book.count(|counts| counts.unsent += 1);
                continue;
            }
            line.open.fetch_add(1, Ordering::Relaxed);
            line.join(Intent::new(format!("{}-{wanted}", client.name), wanted));
        }
        sleep(TICK).await;
    }
}

/// One connection: the next intent, again and again.
async fn serve(mut post: Post, from: Arc<Mutex<mpsc::UnboundedReceiver<Intent>>>, line: Line) {
    loop {
        let next = from.lock().await.recv().await;
        let Some(intent) = next else { return };
        line.waiting.fetch_sub(1, Ordering::Relaxed);
        post.place(intent).await;
    }
}
