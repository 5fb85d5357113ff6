//! A crowd of sockets at one engine: connected, watching, and told.

use std::{future::pending, time::Instant};

use futures::{
    future::{try_join, try_join_all},
    stream::{self, StreamExt, TryStreamExt},
};
use jiff::Timestamp;
use tokio::{
    sync::{Barrier, Semaphore},
    task::JoinSet,
};

use crate::{
    Outcome,
    engine::{Engine, Environment},
    run::{Bench, waiting},
    sample::ms,
    site,
    socket::{Event, Socket},
};

/// Long enough that an order is watched before it lands.
const EXECUTION_MS: &str = "6000";
/// Handshakes, and requests to watch, at a time: more only queue up before the engine's door, and
/// it refuses those that wait too long for a connection to the database.
const OPENING: usize = 100;

/// Clients that are connected at once.
#[derive(Clone, Copy)]
pub(super) struct Crowd {
    pub(super) sockets: usize,
    /// How many of them watch an order that is executed when each watches its own; the others'
    /// orders wait.
    pub(super) executed: usize,
}

/// What a crowd gave that watched one order.
pub(super) struct Together {
    /// From the first to the last delivery of its end, ms.
    pub(super) first_to_last: f64,
    /// From the commit of its end to each delivery, ms.
    pub(super) lags: Vec<f64>,
    /// What the engine's memory grew by for a socket that watches nothing yet, kB.
    pub(super) idle: f64,
    /// The most memory that the engine had, MB.
    pub(super) peak: f64,
}

/// What a crowd gave of which each watched an order of its own.
pub(super) struct Each {
    /// From the commit of an order's confirmation to its delivery, ms.
    pub(super) lags: Vec<f64>,
    /// What the engine's memory grew by for a socket with its order, kB.
    pub(super) watching: f64,
}

impl Crowd {
    /// Connections that the engine is to take: it gives three quarters of them to sockets.
    const fn connections(self) -> usize {
        self.sockets + self.sockets / 2 + 100
    }

    /// Files that engine and client each need, what is no connection included.
    pub(super) fn files(self) -> u64 {
        self.connections() as u64 + 200
    }

    async fn engine(self, bench: &Bench, url: &str) -> Outcome<Engine> {
        let environment = Environment::on(url)
            .with("MAX_CONNECTIONS", self.connections().to_string())
            .with("SIM_EXECUTION_DELAY_MS", EXECUTION_MS)
            .with("WORKER_BATCH_SIZE", "100"); // a thousand orders in flight
        Engine::start(&bench.programs, &environment, bench.site.folder()).await
    }
}

/// All sockets are opened and say nothing; then all watch one order that waits; then it is
/// cancelled. So nothing is hurried, however many they are.
pub(super) async fn one_order(bench: &Bench, crowd: Crowd) -> Outcome<Together> {
    let engine = crowd.engine(bench, &bench.database().await?).await?;
    let id = engine.connection().await?.place_waiting_order().await?;
    let before = engine.memory(false)?;
    let (opening, all) = (Semaphore::new(OPENING), Barrier::new(crowd.sockets + 1));
    let watch = async |_| {
        let turn = opening.acquire().await?;
        let mut socket = Socket::open(engine.address, None).await?;
        drop(turn);
        socket.idle_until(all.wait()).await?; // are open
        socket.idle_until(all.wait()).await?; // are weighed
        let turn = socket.idle_until(opening.acquire()).await??;
        socket.subscribe(&id).await?;
        socket.wait_for("waiting").await?;
        drop(turn);
        socket.idle_until(all.wait()).await?; // watch
        let event = socket.wait_for("cancelled").await?;
        Outcome::Ok((Instant::now(), lag(&event)?, socket)) // nobody hangs up before the last
    };
    let conduct = async {
        all.wait().await;
        let grown = engine.memory(false)? - before;
        all.wait().await;
        all.wait().await;
        engine.connection().await?.cancel_order(&id).await?;
        Ok(grown)
    };
    let watching = try_join_all((0..crowd.sockets).map(watch));
    let (served, grown) = try_join(watching, conduct).await?;
    let arrivals = || served.iter().map(|(at, ..)| *at);
    let (Some(first), Some(last)) = (arrivals().min(), arrivals().max()) else {
        return Err("nobody watched".into());
    };
    Ok(Together {
        first_to_last: ms(last - first),
        lags: served.iter().map(|(_, lag, _)| *lag).collect(),
        idle: for_each(grown, crowd.sockets),
        peak: engine.memory(true)?,
    })
}

/// Some orders are executed, each watched by a client of its own, among clients whose orders wait.
pub(super) async fn each_its_own(bench: &Bench, crowd: Crowd) -> Outcome<Each> {
    let others = crowd.sockets - crowd.executed;
    let url = waiting::fill(bench, others).await?;
    let engine = crowd.engine(bench, &url).await?;
    let before = engine.memory(false)?;
    let mut opening = stream::iter(ids(&url).await?)
        .map(async |id: String| {
            let mut socket = Socket::open(engine.address, Some(&id)).await?;
            socket.wait_for("waiting").await?;
            Outcome::Ok(socket)
        })
        .buffer_unordered(OPENING);
    let mut asleep = JoinSet::new();
    while let Some(mut socket) = opening.try_next().await? {
        asleep.spawn(async move { socket.idle_until(pending::<()>()).await });
    }
    let mut client = engine.connection().await?;
    let mut told = Vec::new();
    for _ in 0..crowd.executed {
        let id = client.place_order().await?;
        let mut socket = Socket::open(engine.address, Some(&id)).await?;
        // Of its own, so that nobody is served late because others are still coming.
        told.push(tokio::spawn(async move {
            let lag = lag(&socket.wait_for("confirmed").await?)?;
            Outcome::Ok((lag, socket))
        }));
    }
    let grown = engine.memory(false)? - before;
    let told = try_join_all(told).await?;
    drop(asleep);
    Ok(Each {
        lags: told
            .into_iter()
            .map(|told| Ok(told?.0))
            .collect::<Outcome<_>>()?,
        watching: for_each(grown, crowd.sockets),
    })
}

/// The orders that wait.
async fn ids(url: &str) -> Outcome<Vec<String>> {
    const IDS: &str = "SELECT order_id::text FROM waiting";
    let rows = site::connect(url).await?.query(IDS, &[]).await?;
    Ok(rows.iter().map(|row| row.get(0)).collect())
}

/// From the commit of an event to now, ms. Database and client have the same clock, and the
/// commit's time is in whole milliseconds.
fn lag(event: &Event) -> Outcome<f64> {
    let at: Timestamp = event
        .at
        .as_deref()
        .ok_or("an event without its time")?
        .parse()?;
    Ok(Timestamp::now().duration_since(at).as_secs_f64() * 1_000.0)
}

/// Kilobytes of one of so many, of megabytes of all.
#[expect(clippy::cast_precision_loss, reason = "counts stay far below 2^52")]
fn for_each(megabytes: f64, count: usize) -> f64 {
    megabytes * 1_000.0 / count as f64
}
