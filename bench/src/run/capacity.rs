//! How many orders a second the engine takes from submission to confirmed when the venues have no
//! delay.

use std::time::{Duration, Instant};

use tokio::time::sleep;

use super::Bench;
use crate::{
    Outcome,
    engine::{Engine, Environment},
    figure::Figure,
    http::Connection,
    load,
    sample::rate,
    site,
    yardstick::{life_script, pgbench},
};

/// Clients of the burst.
const CONNECTIONS: usize = 50;
/// Clients of the yardstick: as many as the engine has connections to the database.
const CLIENTS: usize = 24;
/// How long a burst may take.
const PATIENCE: Duration = Duration::from_secs(120);

/// One burst.
pub(super) struct Burst {
    /// Orders a second, from the first one stored to the last one confirmed, by the order book's
    /// own times.
    pub(super) rate: f64,
    /// Processor time of the engine for an order, µs.
    engine: f64,
    /// Processor time of PostgreSQL for an order, µs.
    postgres: f64,
    /// Resident memory before the first order, MB.
    idle: f64,
    /// And after the last.
    after: f64,
}

/// A burst of 5,000 orders on a fresh database; `pgbench` then runs the same statements for each of
/// its orders.
pub(super) async fn run(bench: &Bench) -> Outcome<Vec<Figure>> {
    let (mut bursts, mut yardstick) = (Vec::new(), Vec::new());
    for _ in 0..bench.scale.rounds {
        let url = bench.database().await?;
        bursts.push(burst(bench, &url, bench.scale.pick(5_000, 300)).await?);
        if bench.yardsticks {
            let seconds = bench.scale.pick(5, 2);
            let life = pgbench(&bench.site, &life_script(), CLIENTS, seconds).await?;
            yardstick.push(life.rate);
        }
    }
    let of = |part: fn(&Burst) -> f64| bursts.iter().map(part).collect::<Vec<_>>();
    Ok(vec![
        Figure::new(
            "capacity: burst of 5,000 to confirmed",
            "orders/s",
            &of(|burst| burst.rate),
        )
        .beside(&yardstick)
        .at_least(1_500.0)
        .ratio_at_least(0.6),
        Figure::new(
            "processor time of the engine for an order",
            "µs",
            &of(|burst| burst.engine),
        ),
        Figure::new(
            "processor time of PostgreSQL for an order",
            "µs",
            &of(|burst| burst.postgres),
        ),
        Figure::new("memory: idle", "MB", &of(|burst| burst.idle)),
        Figure::new("memory: after the burst", "MB", &of(|burst| burst.after)).at_most(40.0),
    ])
}

/// Runs one burst on the engine's tables in `url`, whatever they hold already.
pub(super) async fn burst(bench: &Bench, url: &str, orders: usize) -> Outcome<Burst> {
    let environment = Environment::on(url).without_delays();
    let engine = Engine::start(&bench.programs, &environment, bench.site.folder()).await?;
    // Connections are made, statements prepared.
    load::submit(engine.address, CONNECTIONS, CONNECTIONS * 2).await?;
    let mut probe = engine.connection().await?;
    wait_confirmed(&mut probe, CONNECTIONS * 2).await?;
    let idle = engine.memory(false)?;
    let engine_before = engine.processor_time()?;
    let postgres_before = bench.site.processor_time(url).await?;
    load::submit(engine.address, CONNECTIONS, orders).await?;
    wait_confirmed(&mut probe, CONNECTIONS * 2 + orders).await?;
    let each = |used: Duration| 1e6 / rate(orders, used);
    Ok(Burst {
        rate: rate(orders, lifetime(url, orders).await?),
        engine: each(engine.processor_time()? - engine_before),
        postgres: each(bench.site.processor_time(url).await? - postgres_before),
        idle,
        after: engine.memory(false)?,
    })
}

/// Waits until so many orders are confirmed, by the engine's own count.
pub(super) async fn wait_confirmed(probe: &mut Connection, orders: usize) -> Outcome<()> {
    let begin = Instant::now();
    loop {
        let confirmed = confirmed(&probe.get("/metrics").await?.body);
        if confirmed >= orders {
            return Ok(());
        }
        if begin.elapsed() > PATIENCE {
            return Err(
                format!("{confirmed} of {orders} orders are confirmed after {PATIENCE:?}").into(),
            );
        }
        sleep(Duration::from_millis(20)).await;
    }
}

fn confirmed(metrics: &str) -> usize {
    metrics
        .lines()
        .filter(|line| line.contains("orders_final_total{") && line.contains("\"confirmed\""))
        .filter_map(|line| line.rsplit(' ').next()?.parse::<usize>().ok())
        .sum()
}

/// From the first of the newest `orders` orders stored to the last of them confirmed.
async fn lifetime(url: &str, orders: usize) -> Outcome<Duration> {
    const SPAN: &str = "SELECT (extract(epoch FROM max(updated_at) - min(created_at)) * 1000)::bigint, \
        count(*) FILTER (WHERE status = 'confirmed') \
        FROM (SELECT * FROM orders ORDER BY created_at DESC, id DESC LIMIT $1) AS burst";
    let row = site::connect(url)
        .await?
        .query_one(SPAN, &[&i64::try_from(orders)?])
        .await?;
    let (ms, confirmed): (i64, i64) = (row.get(0), row.get(1));
    if usize::try_from(confirmed)? != orders {
        return Err(format!("only {confirmed} of {orders} orders are confirmed").into());
    }
    Ok(Duration::from_millis(ms.unsigned_abs()))
}
