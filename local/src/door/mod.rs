//! The door of one machine: who may be connected, for how long, and how its connections end.
//!
//! No client is waited for without bound: [`HEADER`] for a request's head, the API's own patience
//! for a body, [`patient::WRITE`] for an answer that is not taken. When there is no room left, the
//! `crowd` decides who makes it.

mod bodies;
mod crowd;
mod files;
mod forwarded;
mod hosts;
mod house;
mod patient;
mod tally;

use std::{net::SocketAddr, sync::Arc, time::Duration};

use axum::{Router, extract::Request, response::Response};
use engine::{execute::Shutdown, observe};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::oneshot,
    task::JoinSet,
    time::sleep,
};
use tower::ServiceExt;

pub(crate) use house::{House, PageOrigin, admit};

pub(crate) use files::room_for;

use crowd::{Crowd, Seat, Seated};
use patient::Patient;
use tally::Tally;

/// For how long a client may take to send the head of a request; also how long a connection may
/// rest between two requests.
const HEADER: Duration = Duration::from_secs(30);
/// What a connection keeps of a client's bytes at the most: a head, or a part of a body.
const BUFFER: usize = 32 * 1024;
/// The pause after the system would not give a connection.
const BREATH: Duration = Duration::from_millis(50);

/// Between whom a request's connection is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ends {
    /// The client, or the proxy that it comes through.
    pub(crate) peer: SocketAddr,
    /// This machine's end.
    pub(crate) local: SocketAddr,
}

/// Serves until `shutdown`, then until the last answers are given.
pub(crate) async fn serve(listener: TcpListener, routes: Router, most: usize, shutdown: Shutdown) {
    let crowd = Crowd::new(most);
    let tally = Arc::new(Tally::default());
    let mut connections = JoinSet::new();
    loop {
        let accepted = tokio::select! {
            () = shutdown.clone() => break,
            Some(_) = connections.join_next() => continue,
            accepted = listener.accept() => accepted,
        };
        let (stream, peer) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                observe::connection_not_accepted(&error);
                sleep(BREATH).await;
                continue;
            }
        };
        let Some((seat, leave, seated)) = crowd.seat(peer.ip()) else {
            tally.ended("no_room");
            continue;
        };
        if seated == Seated::ForAnother {
            tally.ended("made_room");
        }
        let connection = Connection {
            routes: routes.clone(),
            seat,
            tally: Arc::clone(&tally),
        };
        connections.spawn(connection.run(stream, peer, leave, shutdown.clone()));
        crowd.settled().await;
    }
    drop(listener); // so that nobody waits in its queue
    while connections.join_next().await.is_some() {}
}

struct Connection {
    routes: Router,
    seat: Arc<Seat>,
    tally: Arc<Tally>,
}

impl Connection {
    async fn run(
        self,
        stream: TcpStream,
        peer: SocketAddr,
        leave: oneshot::Receiver<()>,
        shutdown: Shutdown,
    ) {
        // Small answers and pushes must not wait for more to send.
        let _ = stream.set_nodelay(true); // an optimisation
        let Ok(local) = stream.local_addr() else {
            return; // it is closed already
        };
        let ends = Ends { peer, local };
        let (routes, seat) = (self.routes, Arc::clone(&self.seat));
        let service = service_fn(move |request: hyper::Request<Incoming>| {
            answer(routes.clone(), Arc::clone(&seat), ends, request)
        });
        let io = TokioIo::new(Patient::new(stream, self.seat));
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(HEADER)
            .max_buf_size(BUFFER)
            .serve_connection(io, service)
            .with_upgrades();
        let mut connection = std::pin::pin!(connection);
        let ended = tokio::select! {
            ended = &mut connection => ended,
            Ok(()) = leave => return,
            () = shutdown => {
                connection.as_mut().graceful_shutdown();
                connection.await
            }
        };
        if let Err(error) = ended {
            self.tally.failed(&error);
        }
    }
}

async fn answer(
    routes: Router,
    seat: Arc<Seat>,
    ends: Ends,
    request: hyper::Request<Incoming>,
) -> Result<Response, std::convert::Infallible> {
    let mut request: Request = request.map(|body| bodies::coming(body, &seat));
    request.extensions_mut().insert(ends);
    let response = routes.oneshot(request).await?;
    Ok(response.map(|body| bodies::going(body, &seat)))
}
