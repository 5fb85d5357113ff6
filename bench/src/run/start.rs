//! From the start of the process to the first accepted order.

use std::time::Duration;

use embedded_postgres::Server;
use tokio::time::sleep;

use super::Bench;
use crate::{
    Outcome,
    engine::{Engine, Environment},
    figure::Figure,
    sample::ms,
};

/// With PostgreSQL up; and with a PostgreSQL of its own to start, on a folder that exists.
pub(super) async fn run(bench: &Bench) -> Outcome<Vec<Figure>> {
    let database = bench.database().await?;
    let own = bench.folder("own");
    let own = Environment::default().with("DATA_DIR", own.to_string_lossy());
    first_order(bench, &own).await?; // creates the cluster
    stop_left(bench)?;
    let (mut beside, mut alone) = (Vec::new(), Vec::new());
    for _ in 0..bench.scale.rounds {
        beside.push(first_order(bench, &Environment::on(&database)).await?);
        alone.push(first_order(bench, &own).await?);
        stop_left(bench)?;
    }
    Ok(vec![
        Figure::new(
            "start to first accepted order, PostgreSQL up",
            "ms",
            &beside,
        )
        .at_most(200.0),
        Figure::new(
            "start to first accepted order, its own PostgreSQL started",
            "ms",
            &alone,
        ),
    ])
}

async fn first_order(bench: &Bench, environment: &Environment) -> Outcome<f64> {
    let engine = Engine::spawn(&bench.programs, environment, bench.site.folder())?;
    let accepted = async {
        loop {
            // It may accept a connection before it serves, and end it again.
            if let Ok(mut client) = engine.connection().await
                && client.place_order().await.is_ok()
            {
                return engine.begin.elapsed();
            }
            sleep(Duration::from_millis(1)).await;
        }
    };
    Ok(ms(
        tokio::time::timeout(Duration::from_secs(30), accepted).await?
    ))
}

/// The engine is killed, so the PostgreSQL that it started is left; each start is to begin without
/// one.
fn stop_left(bench: &Bench) -> Outcome<()> {
    Server::stop_left_running(&bench.folder("own"))?;
    Ok(())
}
