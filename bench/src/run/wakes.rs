//! What the watch of the market costs when many orders wait, and how soon it wakes those whose
//! price is met.

use std::time::{Duration, Instant};

use tokio::time::sleep;
use tokio_postgres::Client;

use super::{Bench, capacity, waiting};
use crate::{
    Outcome,
    engine::{Engine, Environment},
    figure::Figure,
    http::Connection,
    sample::{ms, rate},
    site,
};

/// A price that meets some of the orders that wait.
const MOVE: &str = include_str!("../../sql/price_moves.sql");
/// The shortest pause between two looks. At the usual one the pause is most of what is measured.
const WATCH_EVERY_MS: &str = "100";
/// How long a wake may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// What one database gave, a value for each round.
#[derive(Default)]
struct Runs {
    /// Processor time of engine and PostgreSQL for a look that wakes none, ms.
    look: Vec<f64>,
    /// From the price of one order to its wake, ms.
    one: Vec<f64>,
    /// From the price of many orders to the wake of the last, ms.
    many: Vec<f64>,
    /// And to its confirmation.
    done: Vec<f64>,
}

/// In turns where many wait, and where only those wait that are woken in the end.
pub(super) async fn run(bench: &Bench) -> Outcome<Vec<Figure>> {
    let woken = bench.scale.pick(1_000, 100);
    let rounds = bench.scale.few();
    let many = waiting::fill(bench, bench.scale.pick(100_000, 5_000)).await?;
    let few = waiting::fill(bench, rounds * (woken + 1)).await?;
    let (mut among, mut alone) = (Runs::default(), Runs::default());
    for _ in 0..rounds {
        for (url, runs) in [(&many, &mut among), (&few, &mut alone)] {
            measure(bench, url, woken, runs).await?;
        }
    }
    let figure = |what: &str, part: fn(&Runs) -> &Vec<f64>| {
        let name = format!("100,000 orders wait, beside few: {what}");
        Figure::new(name, "ms", part(&among)).beside(part(&alone))
    };
    Ok(vec![
        figure("a look that wakes none, processor time", |runs| &runs.look),
        figure("one is met, to its wake", |runs| &runs.one),
        figure("1,000 are met, to the wake of the last", |runs| &runs.many),
        figure("1,000 are met, to the last confirmed", |runs| &runs.done),
    ])
}

async fn measure(bench: &Bench, url: &str, woken: usize, runs: &mut Runs) -> Outcome<()> {
    let environment = Environment::on(url)
        .without_delays()
        .with("SIM_VOLATILITY", "0") // no price moves but those that are to
        .with("WATCH_EVERY_MS", WATCH_EVERY_MS);
    let engine = Engine::start(&bench.programs, &environment, bench.site.folder()).await?;
    let mut probe = engine.connection().await?;
    let database = site::connect(url).await?;
    // Connections are made, statements prepared.
    while looks(&mut probe).await? < 10 {
        if engine.begin.elapsed() > PATIENCE {
            return Err(format!("the market is not looked at after {PATIENCE:?}").into());
        }
        sleep(Duration::from_millis(50)).await;
    }
    runs.look.push(look(bench, url, &engine, &mut probe).await?);
    runs.one.push(ms(wake(&database, 1).await?));
    capacity::wait_confirmed(&mut probe, 1).await?;
    let begin = Instant::now();
    runs.many.push(ms(wake(&database, woken).await?));
    capacity::wait_confirmed(&mut probe, 1 + woken).await?;
    runs.done.push(ms(begin.elapsed()));
    Ok(())
}

/// The processor time of one look while no price moves, with its share of what the engine does
/// every second besides, ms.
async fn look(bench: &Bench, url: &str, engine: &Engine, probe: &mut Connection) -> Outcome<f64> {
    let spell = Duration::from_secs(bench.scale.pick(10, 2));
    let used = async || {
        let postgres = bench.site.processor_time(url).await?;
        Outcome::Ok(postgres + engine.processor_time()?)
    };
    let (before, from) = (looks(probe).await?, used().await?);
    sleep(spell).await;
    let (after, to) = (looks(probe).await?, used().await?);
    Ok(1_000.0 / rate(after - before, to - from))
}

/// So many orders are met: until the last of them is woken.
async fn wake(database: &Client, orders: usize) -> Outcome<Duration> {
    const ASLEEP: &str = "SELECT count(*) FROM waiting \
        WHERE token_in = 'SOL' AND token_out = 'USDC' AND wake_at_price <= 1 AND NOT woken";
    let met = database.execute(MOVE, &[&i64::try_from(orders)?]).await?;
    let begin = Instant::now();
    if usize::try_from(met)? != orders {
        return Err(format!("only {met} orders wait, {orders} are to be woken").into());
    }
    while database.query_one(ASLEEP, &[]).await?.get::<_, i64>(0) > 0 {
        if begin.elapsed() > PATIENCE {
            return Err(format!("not all of {orders} orders are woken after {PATIENCE:?}").into());
        }
        sleep(Duration::from_millis(2)).await;
    }
    Ok(begin.elapsed())
}

/// How often the engine has looked at the market.
async fn looks(probe: &mut Connection) -> Outcome<usize> {
    let metrics = probe.get("/metrics").await?.body;
    let told = metrics
        .lines()
        .find_map(|line| line.strip_prefix("order_engine_monitor_ticks_total "));
    Ok(told.map_or(Ok(0), str::parse)?) // there is no such line before the first
}
