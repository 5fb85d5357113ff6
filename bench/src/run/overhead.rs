//! What the engine itself adds to the venues' delays, as a client sees it: from the request to the
//! pushed confirmation.

use std::time::Instant;

use super::Bench;
use crate::{
    Outcome,
    engine::{Engine, Environment},
    figure::Figure,
    sample::{ms, percentile},
    socket::Socket,
};

/// Fixed delays, so that they can be taken off: the venues are asked at once, then the swap lands.
const QUOTE_MS: u32 = 20;
const EXECUTION_MS: u32 = 30;

/// One order after the other, each watched over a socket that was opened before.
pub(super) async fn run(bench: &Bench) -> Outcome<Vec<Figure>> {
    let (mut p50, mut p99) = (Vec::new(), Vec::new());
    for _ in 0..bench.scale.rounds {
        let own = orders(bench, bench.scale.pick(200, 20)).await?;
        p50.push(percentile(&own, 50));
        p99.push(percentile(&own, 99));
    }
    Ok(vec![
        Figure::new(
            "overhead: submit to confirmed less the delays, p50",
            "ms",
            &p50,
        )
        .at_most(8.0),
        Figure::new(
            "overhead: submit to confirmed less the delays, p99",
            "ms",
            &p99,
        ),
    ])
}

async fn orders(bench: &Bench, count: usize) -> Outcome<Vec<f64>> {
    let environment = Environment::on(&bench.database().await?)
        .with("SIM_QUOTE_DELAY_MS", QUOTE_MS.to_string())
        .with("SIM_EXECUTION_DELAY_MS", EXECUTION_MS.to_string());
    let engine = Engine::start(&bench.programs, &environment, bench.site.folder()).await?;
    let mut client = engine.connection().await?;
    let mut own = Vec::new();
    for n in 0..count + 5 {
        let mut socket = Socket::open(engine.address, None).await?;
        let begin = Instant::now();
        let id = client.place_order().await?;
        socket.subscribe(&id).await?;
        socket.wait_for("confirmed").await?;
        if n >= 5 {
            // Statements are prepared by now.
            own.push(ms(begin.elapsed()) - f64::from(QUOTE_MS + EXECUTION_MS));
        }
    }
    Ok(own)
}
