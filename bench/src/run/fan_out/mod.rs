//! How long pushes take, and what sockets weigh, when a thousand clients watch, and ten thousand.

mod crowd;

use super::Bench;
use crate::{Outcome, figure::Figure, files, sample::percentile};
use crowd::{Crowd, Each, Together, each_its_own, one_order};

/// What one crowd gave, a value for each round.
struct Runs {
    crowd: Crowd,
    together: Vec<Together>,
    each: Vec<Each>,
}

/// Both crowds in turns: one order with all sockets, then an order for each of them.
pub(super) async fn run(bench: &Bench) -> Outcome<Vec<Figure>> {
    let executed = bench.scale.pick(1_000, 100);
    let crowd = |sockets| Runs::new(Crowd { sockets, executed });
    let mut few = crowd(bench.scale.pick(1_000, 100));
    let mut many = crowd(bench.scale.pick(10_000, 1_000));
    files::need(many.crowd.files())?;
    for _ in 0..bench.scale.few() {
        few.measure(bench).await?;
        many.measure(bench).await?;
    }
    let [first_to_last, peak, rest @ ..] = few.figures("1,000", "1,000 orders");
    let few = [
        &[first_to_last.at_most(50.0), peak.at_most(40.0)][..],
        &rest,
    ]
    .concat();
    let many = many.figures("10,000", "1,000 of 10,000 orders");
    let beside = many.into_iter().zip(&few);
    let many: Vec<Figure> = beside
        .map(|(many, few)| many.beside(&[few.value]))
        .collect();
    Ok([few, many].concat())
}

impl Runs {
    const fn new(crowd: Crowd) -> Self {
        Self {
            crowd,
            together: Vec::new(),
            each: Vec::new(),
        }
    }

    async fn measure(&mut self, bench: &Bench) -> Outcome<()> {
        self.together.push(one_order(bench, self.crowd).await?);
        self.each.push(each_its_own(bench, self.crowd).await?);
        Ok(())
    }

    fn figures(&self, sockets: &str, orders: &str) -> [Figure; 10] {
        let together = |part: &dyn Fn(&Together) -> f64| -> Vec<f64> {
            self.together.iter().map(part).collect()
        };
        let each =
            |part: &dyn Fn(&Each) -> f64| -> Vec<f64> { self.each.iter().map(part).collect() };
        let figure = |what: &str, unit, values: &[f64]| {
            Figure::new(what.replace("{}", sockets), unit, values)
        };
        let on_one = |name: &str, percent| {
            let what = format!("fan-out: {{}} sockets on one order, commit to client, {name}");
            figure(
                &what,
                "ms",
                &together(&|run| percentile(&run.lags, percent)),
            )
        };
        let on_each = |name: &str, percent| {
            let what = format!("fan-out: {orders} with a socket each, commit to client, {name}");
            figure(&what, "ms", &each(&|run| percentile(&run.lags, percent)))
        };
        [
            figure(
                "fan-out: {} sockets on one order, first to last",
                "ms",
                &together(&|run| run.first_to_last),
            ),
            figure("memory: with {} sockets", "MB", &together(&|run| run.peak)),
            on_one("p50", 50),
            on_one("p99", 99),
            on_one("last", 100),
            on_each("p50", 50),
            on_each("p99", 99),
            on_each("last", 100),
            figure(
                "memory: an idle socket of {}",
                "kB",
                &together(&|run| run.idle),
            ),
            figure(
                "memory: a socket that watches its order, of {}",
                "kB",
                &each(&|run| run.watching),
            ),
        ]
    }
}
