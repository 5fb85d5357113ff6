//! One seed, from the first step to the verdict.

use futures::{FutureExt, future::BoxFuture};

use crate::{
    executor::Executor,
    judge::Judge,
    point::{Coverage, Role},
    processes::{post, relay, watch, work},
    scenario::Scenario,
    stage::Stage,
    time::ms,
    variants::Variant,
    world::{ProcessId, Violation, World},
};

/// What a seed showed.
pub struct Outcome {
    /// The first promise that did not hold.
    pub violation: Option<Violation>,
    /// Steps taken.
    pub steps: u64,
    /// Orders stored.
    pub orders: u64,
    /// How often each fault fired, in the order of [`crate::Fault::ALL`].
    pub faults: Vec<u64>,
    /// What happened, line by line, if a trace was asked for.
    pub trace: Vec<String>,
    pub(crate) coverage: Coverage,
}

/// A run that takes more steps than this is going in circles.
const MAX_STEPS: u64 = 300_000;

/// Plays a seed, on the engine as it is or on a broken variant.
pub fn play(seed: u64, variant: Option<Variant>, traced: bool) -> Outcome {
    let scenario = Scenario::drawn(seed, variant, traced);
    let (world, clients) = (scenario.stage.world.clone(), scenario.stage.clients);
    let mut judge = match variant {
        Some(Variant::NoFenceNoIndex) => Judge::of_swaps_alone(&scenario.stage.policy),
        _ => Judge::new(&scenario.stage.policy),
    };
    let ending = Ending::of(&scenario);
    let mut executor = Executor::new(world.clone());
    let mut posts: Vec<BoxFuture<'static, ()>> = scenario
        .plans
        .iter()
        .map(|plan| post(scenario.stage.clone(), plan.clone()).boxed())
        .collect();
    let mut start = |process| {
        if process == clients {
            return futures::future::join_all(posts.drain(..)).map(drop).boxed();
        }
        begin(&scenario, process)
    };
    executor.run(&mut start, |world| {
        judge.inspect(world);
        world.violation.is_some() || ending.has_come(world)
    });
    let mut world = world.lock();
    if world.violation.is_none() {
        judge.conclude(&mut world);
    }
    Outcome {
        violation: world.violation.clone(),
        steps: world.step,
        orders: world.store.rows.len() as u64,
        faults: world.faults.fired().to_vec(),
        trace: world.take_trace(),
        coverage: world.coverage.clone(),
    }
}

/// What a process does from its start on.
fn begin(scenario: &Scenario, process: ProcessId) -> BoxFuture<'static, ()> {
    let stage: Stage = scenario.stage.clone();
    let role = stage.world.lock().processes[process].role;
    match role {
        Role::Worker => work(stage, process, scenario.batch).boxed(),
        Role::Monitor => watch(stage, process).boxed(),
        Role::Relay => relay(stage, process, scenario.relay_period).boxed(),
        // They only answer what they are asked.
        Role::Clients | Role::Submit | Role::Socket => futures::future::ready(()).boxed(),
    }
}

/// When a run is over: everything is done, or its time is up.
struct Ending {
    calm_from: u64,
    margin: u64,
    lifetime: u64,
}

impl Ending {
    fn of(scenario: &Scenario) -> Self {
        Self {
            calm_from: scenario.calm_from,
            margin: scenario.margin,
            lifetime: ms(scenario.stage.policy.market_lifetime),
        }
    }

    fn has_come(&self, world: &mut World) -> bool {
        if world.step > MAX_STEPS {
            world.violated("a run comes to an end", || format!("{MAX_STEPS} steps"));
        }
        let accepted = world
            .store
            .rows
            .values()
            .map(|row| row.created_at)
            .max()
            .unwrap_or(0);
        let deadline = (accepted + self.lifetime).max(self.calm_from);
        let done = world.open_posts == 0
            && world.store.rows.values().all(|row| !row.order.is_open())
            && world
                .gateway
                .subscribers
                .iter()
                .all(|subscriber| subscriber.complete);
        done || world.now > deadline + self.margin
    }
}
