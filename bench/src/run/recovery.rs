//! From `kill -9` in the middle of work to the last order confirmed by the next engine.

use std::time::{Duration, Instant};

use tokio::time::sleep;

use super::{Bench, capacity::wait_confirmed};
use crate::{
    Outcome,
    engine::{Engine, Environment},
    figure::Figure,
    load,
    sample::ms,
    site,
};

/// Twenty orders are on the chain when the engine is killed; it is started again at once.
pub(super) async fn run(bench: &Bench) -> Outcome<Vec<Figure>> {
    let mut seconds = Vec::new();
    for _ in 0..bench.scale.pick(bench.scale.rounds.min(3), 1) {
        seconds.push(recover(bench).await? / 1_000.0);
    }
    Ok(vec![
        Figure::new(
            "recovery: kill -9 to the last order confirmed",
            "s",
            &seconds,
        )
        .at_most(12.0),
    ])
}

async fn recover(bench: &Bench) -> Outcome<f64> {
    const ORDERS: usize = 20;
    let url = bench.site.migrated_database().await?;
    let (database, environment) = (site::connect(&url).await?, Environment::on(&url));
    let mut engine = Engine::start(&bench.programs, &environment, bench.site.folder()).await?;
    load::submit(engine.address, 10, ORDERS).await?;
    while count(&database, "submitted").await? == 0 {
        sleep(Duration::from_millis(5)).await;
    }
    let finished = count(&database, "confirmed").await?;
    engine.kill()?;
    let begin = Instant::now();
    let engine = Engine::start(&bench.programs, &environment, bench.site.folder()).await?;
    wait_confirmed(&mut engine.connection().await?, ORDERS - finished).await?;
    Ok(ms(begin.elapsed()))
}

async fn count(database: &tokio_postgres::Client, status: &str) -> Outcome<usize> {
    let row = database
        .query_one("SELECT count(*) FROM orders WHERE status = $1", &[&status])
        .await?;
    Ok(usize::try_from(row.get::<_, i64>(0))?)
}
