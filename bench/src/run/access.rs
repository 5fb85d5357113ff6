//! What keys and limits cost: orders accepted a second, beside an engine that asks nobody.

use super::Bench;
use crate::{
    Outcome,
    engine::{Engine, Environment},
    figure::Figure,
    load::{self, Throughput},
};

const CONNECTIONS: usize = 50;
const ACCOUNT: &str = "desk";

/// Who may place orders.
#[derive(Clone, Copy)]
enum Caller {
    /// Any program of this machine.
    Anybody,
    /// Who shows a key.
    WithKey,
    /// Who shows the key of an account that has limits, far away.
    Limited,
}

/// In turns, each on a fresh database, since the machine's speed is not steady.
pub(super) async fn run(bench: &Bench) -> Outcome<Vec<Figure>> {
    let (mut free, mut keyed, mut limited) = (vec![], vec![], vec![]);
    for _ in 0..bench.scale.rounds {
        free.push(measure(bench, Caller::Anybody).await?);
        keyed.push(measure(bench, Caller::WithKey).await?);
        limited.push(measure(bench, Caller::Limited).await?);
    }
    let of = |runs: &[Throughput], part: fn(&Throughput) -> f64| {
        runs.iter().map(part).collect::<Vec<_>>()
    };
    let beside = |what: &str, unit, runs: &[Throughput], part| {
        let name = format!("submit, {CONNECTIONS} connections, {what}, beside no key");
        Figure::new(name, unit, &of(runs, part)).beside(&of(&free, part))
    };
    let rate = beside("with a key: rate", "requests/s", &keyed, |run| run.rate);
    Ok(vec![
        rate.ratio_at_least(0.97),
        beside("with a key: p99", "ms", &keyed, |run| run.p99),
        beside(
            "of one account with limits: rate",
            "requests/s",
            &limited,
            |run| run.rate,
        ),
        beside("of one account with limits: p99", "ms", &limited, |run| {
            run.p99
        }),
    ])
}

async fn measure(bench: &Bench, caller: Caller) -> Outcome<Throughput> {
    let url = bench.database().await?;
    let environment = Environment::on(&url).with("MAX_WAIT_S", "300");
    let key = match caller {
        Caller::Anybody => None,
        Caller::WithKey | Caller::Limited => Some(bench.programs.administer(
            &url,
            &[
                "keys",
                "create",
                "--account",
                ACCOUNT,
                "--scopes",
                "orders:write",
            ],
        )?),
    };
    if let Caller::Limited = caller {
        let limits = ["--max-open-orders", "10000", "--max-per-day", "SOL=1000000"];
        let set = [&["limits", "set", "--account", ACCOUNT][..], &limits].concat();
        bench.programs.administer(&url, &set)?;
    }
    let environment = match key {
        Some(_) => environment.with("AUTH", "keys"),
        None => environment,
    };
    let engine = Engine::start(&bench.programs, &environment, bench.site.folder()).await?;
    let key = key.as_deref();
    load::submit_as(engine.address, key, CONNECTIONS, CONNECTIONS * 20).await?;
    let orders = bench.scale.pick(8_000, 400);
    load::submit_as(engine.address, key, CONNECTIONS, orders).await
}
