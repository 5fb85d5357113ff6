//! The engine is killed at each step of an order, and started again. What became of the orders is
//! asked of the chain.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use serde_json::Value;

use crate::{SWAPS, desk::Desk, market, unconfirmed};

/// The step after which the engine is killed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Step {
    /// It was taken, and may have been quoted.
    Accepted,
    /// It is simulated and signed.
    Building,
    /// What was signed is stored, and may have been sent.
    Stored,
    /// It was sent, and the chain has lost it.
    Lost,
    /// The chain has it, and not for good.
    Landed,
    /// It is final, and the engine may know.
    Final,
}

const STEPS: [Step; 6] = [
    Step::Accepted,
    Step::Building,
    Step::Stored,
    Step::Lost,
    Step::Landed,
    Step::Final,
];

/// Lives of the engine, each ended by `kill -9`.
const KILLS: usize = 54;
const ORDERS_A_LIFE: usize = 3;

/// Longer than an order takes to be settled.
const LIFE: Duration = Duration::from_secs(20);

impl Step {
    /// Whether an order has got so far. `None` when it is over, and the step was not seen.
    fn is_reached(self, desk: &Desk, order: &Value) -> Option<bool> {
        let status = order["status"].as_str()?;
        if !["pending", "routing", "building", "submitted"].contains(&status) {
            return None;
        }
        let landed = || {
            order["txHash"]
                .as_str()
                .map(|signature| desk.status(signature))
        };
        Some(match self {
            Self::Accepted => true,
            Self::Building => status == "building",
            Self::Stored | Self::Lost => status == "submitted",
            Self::Landed => landed().is_some_and(|seen| !seen.is_null()),
            Self::Final => landed().is_some_and(|seen| seen["confirmationStatus"] == "finalized"),
        })
    }

    /// Waits for it, and answers whether it was seen.
    fn awaited(self, desk: &Desk, id: &str) -> bool {
        let begin = Instant::now();
        while begin.elapsed() < LIFE {
            let order = desk.order(id).expect("the engine lives");
            match self.is_reached(desk, &order) {
                Some(false) => {}
                Some(true) => return true,
                None => return false,
            }
        }
        panic!("{id} does not come to {self:?}, nor to its end")
    }
}

/// Every signature that an order had, in their order.
fn signatures(order: &Value) -> Vec<&str> {
    let events = order["events"].as_array().unwrap().iter();
    let submitted = events.filter(|event| event["status"] == "submitted");
    submitted
        .filter_map(|event| event["payload"]["txHash"].as_str())
        .collect()
}

#[test]
fn killed_after_each_step_each_order_has_one_landed_transaction() {
    let mut desk = Desk::open();
    let before = desk.balances();
    let mut ids = Vec::new();
    let mut seen: BTreeMap<Step, usize> = BTreeMap::new();
    for kill in 0..KILLS {
        let step = STEPS[kill % STEPS.len()];
        if step == Step::Lost {
            desk.drop_sends(3);
        }
        let placed =
            (0..ORDERS_A_LIFE).map(|n| desk.place(&market(SWAPS[(kill + n) % SWAPS.len()])));
        let placed: Vec<String> = placed.collect();
        if step.awaited(&desk, placed.last().unwrap()) {
            *seen.entry(step).or_default() += 1;
        }
        ids.extend(placed);
        desk.kill();
        desk.start();
    }
    println!("of {KILLS} kills, after {seen:?}");
    for step in STEPS {
        assert!(
            seen.contains_key(&step),
            "never killed after {step:?}: {seen:?}"
        );
    }

    let orders: Vec<Value> = ids.iter().map(|id| desk.ended(id)).collect();
    let confirmed = orders.iter().filter(|order| order["status"] == "confirmed");
    assert_eq!(confirmed.count(), ids.len(), "{:#?}", unconfirmed(&orders));
    for (id, order) in ids.iter().zip(&orders) {
        let signed = signatures(order);
        let landed = signed.iter().filter(|signature| {
            let status = desk.status(signature);
            !status.is_null() && status["err"].is_null()
        });
        let landed: Vec<&&str> = landed.collect();
        assert_eq!(landed, [&order["txHash"].as_str().unwrap()], "{order:#}");
        assert!(desk.accounts_of(landed[0]).contains(&desk.marker(id)));
    }
    desk.assert_moved(&before, &orders);
}
