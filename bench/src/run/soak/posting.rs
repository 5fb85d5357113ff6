//! One try to place an order, and what a client that behaves does with its answer.

use std::{
    net::{Ipv4Addr, SocketAddr},
    sync::Arc,
    time::{Duration, Instant},
};

use serde_json::Value;
use tokio::time::timeout;
use uuid::Uuid;

use super::{book::Book, clients::Line};
use crate::http::{Answer, Connection, keyed_order_request};

/// An order that a client wants.
pub(super) struct Intent {
    key: String,
    /// Whether the client asks again after `unavailable`. One that does not must find nothing
    /// stored, ever.
    stubborn: bool,
    /// Whether it was asked to wait, and did.
    came_back: bool,
    since: Instant,
}

impl Intent {
    /// The `n`th of a client: every other one is stubborn.
    pub(super) fn new(key: String, n: u32) -> Self {
        Self {
            key,
            stubborn: n.is_multiple_of(2),
            came_back: false,
            since: Instant::now(),
        }
    }
}

/// A place from which orders are posted.
pub(super) struct Post {
    source: Ipv4Addr,
    address: SocketAddr,
    open: Option<Connection>,
    book: Arc<Book>,
    line: Line,
}

/// What came back.
enum Heard {
    /// There was no connection, so nothing was sent.
    Nothing,
    /// It was sent, and there was no answer.
    Lost,
    /// This.
    Answer(Answer),
}

/// What the client does next with an intent.
enum Next {
    /// It has all it can have.
    Settled,
    /// It asks again after this pause.
    Again(Duration),
}

/// How long a connection, and an answer, may take.
const CONNECT: Duration = Duration::from_secs(5);
const ANSWER: Duration = Duration::from_secs(20);
/// The pause after a connection that broke.
const PAUSE: Duration = Duration::from_millis(200);
/// Nobody asks for longer than this.
const PATIENCE: Duration = Duration::from_secs(120);
/// The pause that an answer without one asks for.
const USUAL_PAUSE: Duration = Duration::from_secs(1);

impl Post {
    /// For a client at `source`.
    pub(super) fn new(source: Ipv4Addr, address: SocketAddr, book: Arc<Book>, line: Line) -> Self {
        Self {
            source,
            address,
            open: None,
            book,
            line,
        }
    }

    /// Tries once.
    pub(super) async fn place(&mut self, mut intent: Intent) {
        let sent = Instant::now();
        let heard = self.ask(&intent.key).await;
        match self.consider(&mut intent, heard, sent) {
            Next::Again(pause) if intent.since.elapsed() < PATIENCE => {
                let need = self.book.is_unknown(&intent.key);
                self.line.again(intent, pause, need);
            }
            Next::Again(_) | Next::Settled => self.line.settled(),
        }
    }

    async fn ask(&mut self, key: &str) -> Heard {
        let mut connection = match self.open.take() {
            Some(connection) => connection,
            None => {
                match timeout(CONNECT, Connection::open_from(self.source, self.address)).await {
                    Ok(Ok(connection)) => connection,
                    Ok(Err(_)) | Err(_) => return Heard::Nothing,
                }
            }
        };
        let request = keyed_order_request(self.address, key);
        match timeout(ANSWER, connection.ask(request.as_bytes())).await {
            Ok(Ok(answer)) => {
                self.open = Some(connection);
                Heard::Answer(answer)
            }
            Ok(Err(_)) | Err(_) => Heard::Lost,
        }
    }

    fn consider(&self, intent: &mut Intent, heard: Heard, sent: Instant) -> Next {
        let (book, key) = (&self.book, intent.key.as_str());
        let answer = match heard {
            Heard::Nothing => {
                book.refuse(key);
                return Next::Again(PAUSE);
            }
            Heard::Lost => {
                book.count(|counts| counts.lost += 1);
                book.lose(key);
                return Next::Again(PAUSE);
            }
            Heard::Answer(answer) => answer,
        };
        let body: Value = serde_json::from_str(&answer.body).unwrap_or_default();
        let pause = answer.retry_after.unwrap_or(USUAL_PAUSE);
        match (answer.status, body["code"].as_str().unwrap_or_default()) {
            (202, _) => self.accepted(intent, &body, sent),
            (429, _) => self.busy(intent, pause),
            (503, "unavailable") => {
                book.count(|counts| counts.unavailable += 1);
                book.refuse(key);
                if intent.stubborn || book.is_unknown(key) {
                    Next::Again(pause)
                } else {
                    Next::Settled
                }
            }
            (503, "outcome_unknown") => {
                book.count(|counts| counts.unknown += 1);
                book.lose(key);
                Next::Again(pause)
            }
            (status, _) => {
                book.wonder(format!("{key} was answered {status} {}", answer.body));
                book.lose(key);
                Next::Settled
            }
        }
    }

    fn accepted(&self, intent: &Intent, body: &Value, sent: Instant) -> Next {
        let id = body["orderId"].as_str().unwrap_or_default();
        match Uuid::parse_str(id) {
            Ok(id) => self.book.accept(&intent.key, id, sent),
            Err(_) => self.book.wonder(format!("202 without an id: {body}")),
        }
        if intent.came_back {
            self.book.count(|counts| counts.came_back_accepted += 1);
        }
        Next::Settled
    }

    /// It comes back once: who wants twice the capacity will not get it by asking more often.
    fn busy(&self, intent: &mut Intent, pause: Duration) -> Next {
        self.book.count(|counts| counts.busy += 1);
        self.book.refuse(&intent.key);
        if self.book.is_unknown(&intent.key) {
            return Next::Again(pause);
        }
        if intent.came_back {
            return Next::Settled;
        }
        intent.came_back = true;
        self.book.count(|counts| counts.came_back += 1);
        Next::Again(pause)
    }
}
