//! How long pushes take when a thousand clients watch.

use std::time::Instant;

use futures::future::try_join_all;
use jiff::Timestamp;

use super::Bench;
use crate::{
    Outcome,
    engine::{Engine, Environment},
    figure::Figure,
    sample::{ms, percentile},
    socket::Socket,
};

/// Long enough for every socket to be open and live before the order lands.
const EXECUTION_MS: &str = "6000";

/// One order with many sockets, then many orders with one each.
pub(super) async fn run(bench: &Bench) -> Outcome<Vec<Figure>> {
    let sockets = bench.scale.pick(1_000, 100);
    let (mut spreads, mut memory) = (Vec::new(), Vec::new());
    let (mut p50, mut p99) = (Vec::new(), Vec::new());
    for _ in 0..bench.scale.few() {
        let engine = start(bench).await?;
        spreads.push(one_order(&engine, sockets).await?);
        memory.push(engine.memory(true)?);
        drop(engine);
        let lags = many_orders(&start(bench).await?, sockets).await?;
        p50.push(percentile(&lags, 50));
        p99.push(percentile(&lags, 99));
    }
    Ok(vec![
        Figure::new(
            "fan-out: 1,000 sockets on one order, first to last",
            "ms",
            &spreads,
        )
        .at_most(50.0),
        Figure::new(
            "fan-out: 1,000 orders with a socket each, commit to client, p50",
            "ms",
            &p50,
        ),
        Figure::new(
            "fan-out: 1,000 orders with a socket each, commit to client, p99",
            "ms",
            &p99,
        ),
        Figure::new("memory: with 1,000 sockets", "MB", &memory).at_most(40.0),
    ])
}

async fn start(bench: &Bench) -> Outcome<Engine> {
    let environment = Environment::on(&bench.database().await?)
        .with("SIM_EXECUTION_DELAY_MS", EXECUTION_MS)
        .with("WORKER_BATCH_SIZE", "100"); // a thousand orders in flight
    Engine::start(&bench.programs, &environment, bench.site.folder()).await
}

/// From the first to the last delivery of the confirmation.
async fn one_order(engine: &Engine, sockets: usize) -> Outcome<f64> {
    let id = engine.connection().await?.place_order().await?;
    let open = try_join_all((0..sockets).map(|_| Socket::open(engine.address, Some(&id)))).await?;
    // Nobody hangs up before the last one was served.
    let served = try_join_all(open.into_iter().map(async |mut socket| {
        socket.wait_for("submitted").await?;
        socket.wait_for("confirmed").await?;
        Outcome::Ok((Instant::now(), socket))
    }))
    .await?;
    let arrivals = || served.iter().map(|(at, _)| *at);
    let (Some(first), Some(last)) = (arrivals().min(), arrivals().max()) else {
        return Err("nobody watched".into());
    };
    Ok(ms(last - first))
}

/// For each order, from the commit of its confirmation to its arrival. Database and client have the
/// same clock, and the commit's time is in whole milliseconds.
async fn many_orders(engine: &Engine, orders: usize) -> Outcome<Vec<f64>> {
    let mut client = engine.connection().await?;
    let mut open = Vec::new();
    for _ in 0..orders {
        let id = client.place_order().await?;
        open.push(Socket::open(engine.address, Some(&id)).await?);
    }
    let served = try_join_all(open.into_iter().map(async |mut socket| {
        let event = socket.wait_for("confirmed").await?;
        let at: Timestamp = event.at.ok_or("an event without its time")?.parse()?;
        let lag = Timestamp::now().duration_since(at).as_secs_f64() * 1_000.0;
        Outcome::Ok((lag, socket))
    }))
    .await?;
    Ok(served.into_iter().map(|(lag, _)| lag).collect())
}
