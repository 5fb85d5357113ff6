//! The pure parts by themselves: how long a quote, a routing decision, a transition and a message
//! take.

use std::{
    hint::black_box,
    sync::Arc,
    time::{Duration, Instant},
};

use engine::{
    message,
    order::{
        Market as MarketOrder, OrderEvent, OrderId, OrderKind, SlippageTolerance, Status, Swap,
        Token, TokenAmount,
    },
    policy::Policy,
    ports::ExecuteOrder,
    routing::Router,
};
use futures::FutureExt;
use runtime::clock::SystemClock;
use simulation::{Market, Settings};
use uuid::Uuid;
use venues::registry::VENUES;

use super::Bench;
use crate::{Outcome, figure::Figure, sample::ms};

/// How long one repetition runs.
const SPELL: Duration = Duration::from_millis(200);

/// A quote is the whole way in the default market: the pools of the slot, then the swap, 10 SOL.
pub(super) async fn run(bench: &Bench) -> Outcome<Vec<Figure>> {
    let market = Market::new(1);
    let mut slot = 400_000_000;
    let mut quote = |venue| {
        slot += 1;
        market.swap(venue, "SOL", "USDC", black_box(10_000_000_000), slot)
    };
    let [raydium, meteora] = VENUES.map(|venue| repeat(bench, || quote(venue.name)));
    let (router, swap) = (router(bench).await?, swap());
    let kind = OrderKind::Market(MarketOrder {
        slippage: SlippageTolerance::DEFAULT,
        min_amount_out: None,
    });
    let route = repeat(bench, || {
        router.route(black_box(&swap), &kind).now_or_never()
    });
    let event = OrderEvent::RoutingStarted { fired: None };
    let transition = repeat(bench, || black_box(Status::Pending).after(&event));
    let transition: Vec<f64> = transition.iter().map(|us| us * 1_000.0).collect();
    let amount = repeat(bench, || {
        TokenAmount::parse(black_box("123456.123456789"), 9)
    });
    let first = ExecuteOrder {
        id: OrderId(Uuid::nil()),
        attempt: 1,
    };
    let text = message::write_execute(&first);
    let parse = repeat(bench, || message::read_execute(black_box(&text)));
    Ok(vec![
        Figure::new("quote: Raydium", "µs", &raydium).at_most(1.0),
        Figure::new("quote: Meteora", "µs", &meteora).at_most(20.0),
        Figure::new("route: each venue asked, compared, explained", "µs", &route),
        Figure::new("transition: one looked up", "ns", &transition),
        Figure::new("parse: an amount", "µs", &amount),
        Figure::new("parse: a queue message", "µs", &parse),
    ])
}

/// Microseconds of one call, for each repetition.
fn repeat<T>(bench: &Bench, mut work: impl FnMut() -> T) -> Vec<f64> {
    let spell = bench.scale.pick(SPELL, SPELL / 10);
    let mut once = || {
        let (begin, mut calls) = (Instant::now(), 0u32);
        while begin.elapsed() < spell {
            for _ in 0..64 {
                black_box(work());
            }
            calls += 64;
        }
        ms(begin.elapsed()) * 1_000.0 / f64::from(calls)
    };
    once(); // caches and clocks settle
    (0..bench.scale.rounds).map(|_| once()).collect()
}

/// The engine's router over the venues of the simulation, without delay. Its chain is not used.
async fn router(bench: &Bench) -> Outcome<Router> {
    let url = bench.site.migrated_database().await?;
    let database = postgres::Database::connect(&url, 1)?;
    let none = (Duration::ZERO, Duration::ZERO);
    let settings = Settings {
        quote_delay: none,
        execution_delay: none,
        failure_rate: 0,
        seed: 1,
        launch_every: Duration::from_secs(240),
        volatility: 1_000,
    };
    let (_, trading) = simulation::trading(&database, &settings);
    Ok(Router {
        venues: trading.venues,
        reference: trading.reference,
        clock: Arc::new(SystemClock),
        policy: Arc::new(Policy::default()),
    })
}

fn swap() -> Swap {
    let token = |symbol: &str, decimals| Token {
        symbol: symbol.to_owned(),
        decimals,
    };
    Swap {
        token_in: token("SOL", 9),
        token_out: token("USDC", 6),
        amount_in: TokenAmount::from_units(10_000_000_000, 9),
    }
}
