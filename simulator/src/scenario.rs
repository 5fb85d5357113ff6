//! What a seed decides before the first step: who is there, what they want, and what may go wrong.

use std::{sync::Arc, time::Duration};

use engine::{account::AccountId, order::TimeInForce, policy::Policy};

use crate::{
    chain::SimulatedChain,
    fault::{Fault, Faults},
    launches::{LaunchSchedule, MINTS},
    nodes::Nodes,
    point::Role,
    ports::VENUES,
    processes::{Plan, SniperTerms, Terms},
    rng::Rng,
    stage::Stage,
    variants::Variant,
    world::{Alarm, ProcessId, Shared, World},
};

/// A drawn world before its first step.
pub(crate) struct Scenario {
    pub(crate) stage: Stage,
    pub(crate) plans: Vec<Plan>,
    pub(crate) batch: usize,
    pub(crate) relay_period: u64,
    /// From this moment on nothing goes wrong any more.
    pub(crate) calm_from: u64,
    /// How long after calm and deadline the last order may take, at most.
    pub(crate) margin: u64,
}

impl Scenario {
    /// The world of a seed.
    pub(crate) fn drawn(seed: u64, variant: Option<Variant>, traced: bool) -> Self {
        let mut rng = Rng::new(seed);
        let mut chain = SimulatedChain::new(rng.pick(&[10, 20, 60, 150]), rng.pick(&[2, 2, 8, 32]));
        chain.nodes = Nodes::drawn(&mut rng);
        let (relay_period, batch) = (rng.pick(&[1_000, 5_000, 60_000]), rng.pick(&[1, 2, 5]));
        let calm_from = rng.pick(&[15_000, 40_000, 90_000]);
        let policy = Policy {
            market_lifetime: Duration::from_millis(rng.pick(&[20_000, 60_000, 180_000])),
            relay_grace: Duration::from_millis(rng.pick(&[2_000, 30_000])),
            ..Policy::default()
        };
        let margin = 2 * chain.certainty() + 5 * relay_period + 60_000;
        let plans = plans(&mut rng);
        let visibility = rng.pick(&[30_000, 120_000]);
        let mut world = World::new(rng, chain, visibility);
        if traced {
            world.keep_trace();
        }
        world.market = world.rng.draw();
        world.launches = LaunchSchedule::drawn(&mut world.rng);
        world.open_posts = plans.len();
        world.draw_faults(calm_from, &plans);
        world.take_locks_out(variant);
        let (clients, submit, socket) = world.add_cast(variant);
        let stage = Stage {
            world: Shared::new(world),
            policy: Arc::new(policy),
            variant,
            clients,
            submit,
            socket,
        };
        Self {
            stage,
            plans,
            batch,
            relay_period,
            calm_from,
            margin,
        }
    }
}

/// Whose orders they are, in turn.
const ACCOUNTS: [&str; 2] = ["one", "another"];

fn plans(rng: &mut Rng) -> Vec<Plan> {
    let orders = rng.between(1, 3);
    (1..=orders)
        .map(|n| Plan {
            amount_in: n * 1_000_000,
            at: rng.between(0, 8_000),
            account: ACCOUNTS[(n % 2) as usize]
                .parse()
                .unwrap_or_else(|_| AccountId::local()),
            // Two accounts use the same ones.
            key: rng.chance(700).then(|| format!("key-{}", n.div_ceil(2))),
            subscribers: (0..rng.below(3))
                .map(|_| rng.pick(&[0, 300, 3_000, 30_000]))
                .collect(),
            terms: terms(rng),
            cancels: cancels(rng),
        })
        .collect()
}

fn terms(rng: &mut Rng) -> Terms {
    if rng.chance(250) {
        return Terms::Sniper(SniperTerms {
            mint: rng.between(1, MINTS),
            venue: rng.chance(300).then(|| rng.pick(&VENUES)),
            rich: rng.chance(300),
            safe: rng.chance(500),
            max_age_slots: rng.pick(&[15, 60, 300]),
            thousandths: rng.chance(300).then(|| rng.between(950, 1_030)),
        });
    }
    if rng.chance(550) {
        return Terms::Market(rng.chance(200).then(|| rng.between(940, 1_030)));
    }
    let time_in_force = if rng.chance(800) {
        TimeInForce::Gtd
    } else {
        TimeInForce::Ioc
    };
    Terms::Limit(rng.between(950, 1_030), time_in_force)
}

/// At any moment of an order's life, and some of them twice.
fn cancels(rng: &mut Rng) -> Vec<u64> {
    let wishes = if rng.chance(250) {
        rng.between(1, 2)
    } else {
        0
    };
    (0..wishes)
        .map(|_| {
            let longest = rng.pick(&[500, 3_000, 30_000]);
            rng.between(0, longest)
        })
        .collect()
}

impl World {
    fn draw_faults(&mut self, until: u64, plans: &[Plan]) {
        self.faults = Faults::drawn(&mut self.rng, until);
        for plan in plans {
            if self.strikes(Fault::Poisonous) {
                self.poisonous.push(plan.amount_in);
            }
        }
        let mut outage = |fault| {
            let from = self.rng.below(until);
            let until = from + self.rng.between(500, 15_000);
            self.faults
                .has(fault, &mut self.rng)
                .then_some((from, until))
        };
        self.store_outage = outage(Fault::StoreOutage);
        self.queue_outage = outage(Fault::QueueOutage);
    }

    fn take_locks_out(&mut self, variant: Option<Variant>) {
        let unfenced = matches!(variant, Some(Variant::NoFence | Variant::NoFenceNoIndex));
        self.store.locks.fence = !unfenced;
        self.store.locks.one_live_transaction = variant != Some(Variant::NoFenceNoIndex);
        self.store.locks.keys_of_account = variant != Some(Variant::OneKeyForAll);
        self.store.locks.time_fence = variant != Some(Variant::NoTimeFence);
        self.store.locks.stop_fence = variant != Some(Variant::CancelWithoutFence);
        self.store.locks.wakes_at_once = variant != Some(Variant::WakeBeforeQueue);
        self.store.locks.open_keys = variant != Some(Variant::OpenKeyPurged);
    }

    /// Adds the processes and has them started. Answers clients, submit and socket.
    fn add_cast(&mut self, variant: Option<Variant>) -> (ProcessId, ProcessId, ProcessId) {
        let first = [Role::Clients, Role::Submit, Role::Socket].map(|role| self.add_process(role));
        for _ in 0..self.rng.between(2, 3) {
            self.add_process(Role::Worker);
        }
        let relays = if variant == Some(Variant::NoRelay) {
            0
        } else {
            self.rng.between(1, 2)
        };
        for _ in 0..relays {
            self.add_process(Role::Relay);
        }
        for _ in 0..self.rng.between(1, 2) {
            self.add_process(Role::Monitor);
        }
        for process in 0..self.processes.len() {
            self.alarm(0, Alarm::Start(process));
        }
        (first[0], first[1], first[2])
    }
}
