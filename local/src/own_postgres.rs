//! The engine's own PostgreSQL, looked after while the engine lives: one that ends by itself
//! (killed, out of memory) is started again, and one that cannot be ends the engine.

use std::{sync::Arc, time::Duration};

use embedded_postgres::{Haste, Server, StartError, StopError};
use engine::observe;
use tokio::{
    sync::{Notify, oneshot},
    task::{AbortHandle, JoinHandle, spawn_blocking},
    time::{Instant, sleep},
};

/// How often it is looked at. Clients are told 503 until it is seen, and started again.
const LOOK: Duration = Duration::from_millis(200);
/// How often it is tried to start it again, and the pause in between.
const TRIES: u32 = 3;
const PAUSE: Duration = Duration::from_secs(1);
/// One that ends so soon after its start cannot be helped by another; after so many in a row the
/// engine gives up.
const SOON: Duration = Duration::from_secs(10);

/// A PostgreSQL that is looked after. Dropping it stops PostgreSQL.
pub(crate) struct OwnPostgres {
    /// Answers the server when it is to be stopped; none when there is none any more.
    keeper: JoinHandle<Option<Server>>,
    abort: AbortHandle,
    stop: Arc<Notify>,
    failed: oneshot::Receiver<StartError>,
    haste: Haste,
}

impl OwnPostgres {
    /// Begins to look after a server.
    pub(crate) fn keep(server: Server) -> Self {
        let haste = server.haste();
        let (stop, (tell, failed)) = (Arc::<Notify>::default(), oneshot::channel());
        let keeper = tokio::spawn(keep(server, Arc::clone(&stop), tell));
        Self {
            abort: keeper.abort_handle(),
            keeper,
            stop,
            failed,
            haste,
        }
    }

    /// Resolves when it has ended and cannot be started again, with what it said itself.
    pub(crate) async fn failed(&mut self) -> StartError {
        match (&mut self.failed).await {
            Ok(error) => error,
            Err(_) => std::future::pending().await, // it is being stopped
        }
    }

    /// To say that a stop has to come to its end at once.
    pub(crate) fn haste(&self) -> Haste {
        self.haste.clone()
    }

    /// Stops it; when this returns, nothing of it is left.
    pub(crate) async fn stop(mut self) -> Result<(), StopError> {
        self.stop.notify_one();
        let Ok(Some(server)) = (&mut self.keeper).await else {
            return Ok(()); // it has ended, and was not started again
        };
        spawn_blocking(|| server.stop()).await.unwrap_or(Ok(()))
    }
}

impl Drop for OwnPostgres {
    fn drop(&mut self) {
        self.abort.abort();
    }
}

async fn keep(
    mut server: Server,
    stop: Arc<Notify>,
    failed: oneshot::Sender<StartError>,
) -> Option<Server> {
    let (mut started, mut ended_soon) = (Instant::now(), 0);
    loop {
        tokio::select! {
            biased;
            () = stop.notified() => return Some(server),
            () = sleep(LOOK) => {}
        }
        // What cannot be found out is looked at again.
        if !server.has_ended().unwrap_or(false) {
            continue;
        }
        observe::own_postgres_ended();
        let soon = started.elapsed() < SOON;
        ended_soon = if soon { ended_soon + 1 } else { 0 };
        let running = match ended_soon {
            TRIES => Err(ends_again_and_again()),
            _ => started_again(server).await,
        };
        match running {
            Ok(running) => (server, started) = (running, Instant::now()),
            Err(error) => {
                let _ = failed.send(error); // nobody listens any more when the engine ends
                return None;
            }
        }
    }
}

fn ends_again_and_again() -> StartError {
    let each = format!("{TRIES} times in a row it ended within {SOON:?}; postgres.log says why");
    StartError::Io {
        what: "keeping PostgreSQL running".into(),
        source: std::io::Error::other(each),
    }
}

async fn started_again(mut server: Server) -> Result<Server, StartError> {
    for attempt in 1.. {
        let start = move || (server.start_again(), server);
        let (started, same) = match spawn_blocking(start).await {
            Ok(done) => done,
            Err(_) => break,
        };
        server = same;
        match started {
            Ok(()) => {
                observe::own_postgres_started_again();
                return Ok(server);
            }
            Err(error) => {
                observe::own_postgres_not_started(attempt, &error);
                if attempt == TRIES {
                    return Err(error);
                }
            }
        }
        sleep(PAUSE).await;
    }
    Err(StartError::Io {
        what: "starting PostgreSQL again".into(),
        source: std::io::Error::other("the starting thread died"),
    })
}
