//! Orders a second at the venues' usual delays with ten workers of ten orders each.

use super::{Bench, capacity::wait_confirmed};
use crate::{
    Outcome,
    engine::{Engine, Environment},
    figure::Figure,
    load, site,
};

/// A backlog is placed at once and worked off. Counted is the steady part: the middle half of the
/// confirmations.
pub(super) async fn run(bench: &Bench) -> Outcome<Vec<Figure>> {
    let mut rates = Vec::new();
    for _ in 0..bench.scale.few() {
        let url = bench.database().await?;
        rates.push(measure(bench, &url, bench.scale.pick(3_000, 200)).await?);
    }
    Ok(vec![
        Figure::new("usual delays, 10 workers", "orders/s", &rates).at_least(28.0),
    ])
}

/// The rate at which a backlog of so many orders is worked off on that database, which is empty.
pub(super) async fn measure(bench: &Bench, url: &str, orders: usize) -> Outcome<f64> {
    let engine = Engine::start(&bench.programs, &Environment::on(url), bench.site.folder()).await?;
    load::submit(engine.address, 10, orders).await?;
    wait_confirmed(&mut engine.connection().await?, orders).await?;
    steady_rate(url).await
}

async fn steady_rate(url: &str) -> Outcome<f64> {
    const STEADY: &str = "WITH ended AS (SELECT updated_at, percent_rank() OVER (ORDER BY updated_at) AS rank FROM orders) \
        SELECT (count(*) / extract(epoch FROM max(updated_at) - min(updated_at)))::double precision \
        FROM ended WHERE rank BETWEEN 0.25 AND 0.75";
    Ok(site::connect(url)
        .await?
        .query_one(STEADY, &[])
        .await?
        .get(0))
}
