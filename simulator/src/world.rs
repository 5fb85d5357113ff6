//! Everything outside of the engine, in one value: clocks, chance, the services, the processes, the
//! judge's notes.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::Waker,
};

use engine::{account::AccountId, order::OrderId};
use futures::future::BoxFuture;

use crate::{
    chain::SimulatedChain,
    fault::{Fault, Faults},
    gateway::Gateway,
    launches::LaunchSchedule,
    point::{Coverage, Role},
    queue::SimulatedQueue,
    rng::Rng,
    store::Store,
};

/// The world as its inhabitants hold it. One thread runs it; the lock only satisfies `Sync`.
#[derive(Clone)]
pub(crate) struct Shared(Arc<Mutex<World>>);

impl Shared {
    pub(crate) fn new(world: World) -> Self {
        Self(Arc::new(Mutex::new(world)))
    }

    pub(crate) fn lock(&self) -> MutexGuard<'_, World> {
        // A panic in here is already a failed run.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

pub(crate) type ProcessId = usize;

/// A process of the engine, or the clients.
#[derive(Debug)]
pub(crate) struct Process {
    pub(crate) role: Role,
    /// It is being started, or runs.
    pub(crate) up: bool,
    pub(crate) frozen_until: u64,
    /// Added to the true time by its clock.
    pub(crate) skew_ms: i64,
}

/// What happens at a moment.
pub(crate) enum Alarm {
    Wake(Waker),
    Effect(Effect),
    Start(ProcessId),
}

/// Something that takes effect without anybody waiting for it.
pub(crate) type Effect = Box<dyn FnOnce(&mut World) + Send>;
/// When, and which of those due then.
pub(crate) type AlarmKey = (u64, u64);

/// A promise that did not hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// The invariant, in a few words.
    pub invariant: &'static str,
    /// What was seen.
    pub detail: String,
}

/// What a client was told that did not get its order in.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Refused {
    pub(crate) at: u64,
    /// Whether it was told that nothing is stored and nothing will be.
    pub(crate) for_good: bool,
}

pub(crate) struct World {
    pub(crate) now: u64,
    pub(crate) step: u64,
    pub(crate) rng: Rng,
    pub(crate) faults: Faults,
    pub(crate) coverage: Coverage,
    pub(crate) processes: Vec<Process>,
    pub(crate) store: Store,
    pub(crate) queue: SimulatedQueue,
    pub(crate) visibility_ms: u64,
    pub(crate) chain: SimulatedChain,
    /// Which pools are created, and when.
    pub(crate) launches: LaunchSchedule,
    pub(crate) gateway: Gateway,
    /// Amounts whose order ends every worker that routes it.
    pub(crate) poisonous: Vec<u64>,
    /// Whether a row was damaged behind the engine's back.
    pub(crate) damaged: bool,
    /// What the path of the price is made of.
    pub(crate) market: u64,
    /// When the store and the queue are away.
    pub(crate) store_outage: Option<(u64, u64)>,
    pub(crate) queue_outage: Option<(u64, u64)>,
    /// Whether something happened after which a live stream may have a gap.
    pub(crate) disturbed: bool,
    /// Clients that have not been answered yet.
    pub(crate) open_posts: usize,
    /// Orders that nobody waits for any more: whoever sent them has been told so.
    pub(crate) given_up: BTreeSet<OrderId>,
    /// Orders whose clients were told that nothing is stored, and that it is not known.
    pub(crate) refused: BTreeMap<OrderId, Refused>,
    /// The first answer to each idempotency key.
    pub(crate) answers: BTreeMap<(AccountId, String), OrderId>,
    pub(crate) violation: Option<Violation>,
    pub(crate) alarms: BTreeMap<AlarmKey, Alarm>,
    last_alarm: u64,
    pub(crate) killed: Vec<ProcessId>,
    pub(crate) spawned: Vec<(ProcessId, BoxFuture<'static, ()>)>,
    trace: Option<Vec<String>>,
}

impl World {
    pub(crate) fn new(rng: Rng, chain: SimulatedChain, visibility_ms: u64) -> Self {
        Self {
            now: 0,
            step: 0,
            rng,
            faults: Faults::none(),
            coverage: Coverage::new(),
            processes: Vec::new(),
            store: Store::default(),
            queue: SimulatedQueue::default(),
            visibility_ms,
            chain,
            launches: LaunchSchedule::default(),
            gateway: Gateway::default(),
            poisonous: Vec::new(),
            damaged: false,
            market: 0,
            store_outage: None,
            queue_outage: None,
            disturbed: false,
            open_posts: 0,
            given_up: BTreeSet::new(),
            refused: BTreeMap::new(),
            answers: BTreeMap::new(),
            violation: None,
            alarms: BTreeMap::new(),
            last_alarm: 0,
            killed: Vec::new(),
            spawned: Vec::new(),
            trace: None,
        }
    }

    /// Whether that fault strikes now.
    pub(crate) fn strikes(&mut self, fault: Fault) -> bool {
        let strikes = self.faults.strikes(fault, &mut self.rng, self.now);
        if strikes {
            self.disturbed |= fault.disturbs_pushes();
            self.note(|| format!("fault: {}", fault.name()));
        }
        strikes
    }

    /// A process of that role, not started yet.
    pub(crate) fn add_process(&mut self, role: Role) -> ProcessId {
        let skewed = role != Role::Clients && self.strikes(Fault::ClockSkewed);
        let drawn = self.rng.between(0, 6_000);
        let skew_ms = if skewed {
            i64::try_from(drawn).unwrap_or(0) - 3_000
        } else {
            0
        };
        self.processes.push(Process {
            role,
            up: false,
            frozen_until: 0,
            skew_ms,
        });
        self.processes.len() - 1
    }

    pub(crate) fn alarm(&mut self, at: u64, alarm: Alarm) -> AlarmKey {
        self.last_alarm += 1;
        let key = (at, self.last_alarm);
        self.alarms.insert(key, alarm);
        key
    }

    /// Lets something take effect after `pause` ms, whoever is alive then.
    pub(crate) fn later(&mut self, pause: u64, effect: impl FnOnce(&mut Self) + Send + 'static) {
        let at = self.now + pause;
        self.alarm(at, Alarm::Effect(Box::new(effect)));
    }

    /// Ends a process; it is started again after a while.
    pub(crate) fn kill(&mut self, process: ProcessId) {
        if std::mem::take(&mut self.processes[process].up) {
            self.killed.push(process);
            let back = self.now + self.rng.between(50, 5_000);
            self.alarm(back, Alarm::Start(process));
            self.note(|| format!("process {process} is killed"));
        }
    }

    /// Runs a future in a process. It is dropped at once when the process is down.
    pub(crate) fn spawn(&mut self, process: ProcessId, future: BoxFuture<'static, ()>) {
        if self.processes[process].up {
            self.spawned.push((process, future));
        }
    }

    /// Remembers the first promise that did not hold.
    pub(crate) fn violated(&mut self, invariant: &'static str, detail: impl FnOnce() -> String) {
        if self.violation.is_none() {
            let violation = Violation {
                invariant,
                detail: detail(),
            };
            self.note(|| format!("VIOLATION {invariant}: {}", violation.detail));
            self.violation = Some(violation);
        }
    }

    pub(crate) fn keep_trace(&mut self) {
        self.trace = Some(Vec::new());
    }

    /// Adds a line to the trace, if one is kept.
    pub(crate) fn note(&mut self, line: impl FnOnce() -> String) {
        if let Some(trace) = &mut self.trace {
            trace.push(format!(
                "{:>8} ms  step {:>5}  {}",
                self.now,
                self.step,
                line()
            ));
        }
    }

    pub(crate) fn take_trace(&mut self) -> Vec<String> {
        self.trace.take().unwrap_or_default()
    }
}
