//! From `kill -9` in the middle of work to the last order confirmed by the next engine.

use std::time::{Duration, Instant};

use embedded_postgres::Server;
use tokio::time::sleep;

use super::{Bench, capacity::wait_confirmed};
use crate::{
    Outcome,
    engine::{Engine, Environment},
    figure::Figure,
    http::Connection,
    load,
    sample::ms,
};

/// On a database that others may use, where leases have to end; and on its own PostgreSQL, where
/// they are taken over.
pub(super) async fn run(bench: &Bench) -> Outcome<Vec<Figure>> {
    let own = bench.folder("recovery");
    let (mut shared, mut alone) = (Vec::new(), Vec::new());
    for _ in 0..bench.scale.few() {
        let url = bench.database().await?;
        shared.push(recover(bench, &Environment::on(&url)).await? / 1_000.0);
        let environment = Environment::default().with("DATA_DIR", own.to_string_lossy());
        alone.push(recover(bench, &environment).await? / 1_000.0);
        Server::stop_left_running(&own)?;
        std::fs::remove_dir_all(&own)?; // the next one begins without orders
    }
    let figure = |on: &str, seconds: &[f64]| {
        let name = format!("recovery: kill -9 to the last order confirmed, {on}");
        Figure::new(name, "s", seconds).at_most(12.0)
    };
    Ok(vec![
        figure("on a given database", &shared),
        figure("on its own PostgreSQL", &alone),
    ])
}

/// Twenty orders are on their way when the engine is killed; it is started again at once.
async fn recover(bench: &Bench, environment: &Environment) -> Outcome<f64> {
    const ORDERS: usize = 20;
    let mut engine = Engine::start(&bench.programs, environment, bench.site.folder()).await?;
    load::submit(engine.address, 10, ORDERS).await?;
    let mut probe = engine.connection().await?;
    while count(&mut probe, "submitted").await? == 0 {
        sleep(Duration::from_millis(5)).await;
    }
    let finished = count(&mut probe, "confirmed").await?;
    engine.kill()?;
    let begin = Instant::now();
    let engine = Engine::start(&bench.programs, environment, bench.site.folder()).await?;
    wait_confirmed(&mut engine.connection().await?, ORDERS - finished).await?;
    Ok(ms(begin.elapsed()))
}

async fn count(probe: &mut Connection, status: &str) -> Outcome<usize> {
    let answer = probe
        .get(&format!("/api/orders?status={status}&limit=100"))
        .await?;
    Ok(serde_json::from_str::<Vec<serde_json::Value>>(&answer.body)?.len())
}
