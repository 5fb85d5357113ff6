//! The way from a process to a service: every call passes here, and here it may be late, fail, or
//! be the caller's last.

use engine::ports::{PushError, StoreError, Unavailable};

use crate::{
    fault::{CallFaults, Fault},
    point::{Phase, Point, Role, Service},
    sleep::{Sleep, Yield},
    time::at,
    world::{ProcessId, Shared, World},
};

/// A process's connection to the world.
#[derive(Clone)]
pub(crate) struct Network {
    pub(crate) world: Shared,
    pub(crate) process: ProcessId,
}

/// Why a caller has no answer.
#[derive(Clone, Debug)]
pub(crate) enum CallError {
    /// The call did not reach the service and never will.
    Unreached(String),
    /// It did, or will; the answer is lost.
    Unanswered(String),
}

/// How one call goes.
struct FaultPlan {
    there: u64,
    back: u64,
    freeze: Option<(Phase, u64)>,
    end: End,
}

enum End {
    Answered,
    Refused,
    AnswerLost,
    /// The caller is told an error; the effect comes this many ms later.
    Late(u64),
    Killed(Phase),
    Panicked(Phase),
}

/// A statement is given up after this many milliseconds.
const STATEMENT: u64 = 5_000;

impl Network {
    /// Calls a service. `effect` is what the call does there, at one moment.
    pub(crate) async fn call<T: Send + 'static>(
        &self,
        point: Point,
        effect: impl FnOnce(&mut World) -> T + Send + 'static,
    ) -> Result<T, CallError> {
        let plan = self.world.lock().plan_call(self.process, point);
        self.freeze_in(Phase::Before, plan.freeze).await;
        self.pause(plan.there).await;
        let answer = match plan.end {
            End::Answered => Ok(effect(&mut self.world.lock())),
            End::Refused => Err(CallError::Unreached(format!(
                "{} does not answer",
                point.name()
            ))),
            End::AnswerLost => {
                effect(&mut self.world.lock());
                Err(CallError::Unanswered(format!(
                    "{}: the answer was lost",
                    point.name()
                )))
            }
            End::Late(pause) => {
                self.world.lock().later(pause, |world| drop(effect(world)));
                Err(CallError::Unanswered(format!(
                    "{}: no answer in time",
                    point.name()
                )))
            }
            End::Killed(phase) => {
                self.strike_down(phase, effect);
                std::future::pending().await
            }
            End::Panicked(phase) => {
                self.take_effect(phase, effect);
                // Unwinds as a panic does, without its message on the terminal.
                std::panic::resume_unwind(Box::new("a simulated panic"))
            }
        };
        self.note(point, &answer);
        self.freeze_in(Phase::After, plan.freeze).await;
        self.pause(plan.back).await;
        answer
    }

    fn note<T>(&self, point: Point, answer: &Result<T, CallError>) {
        let mut world = self.world.lock();
        let (process, role) = (self.process, world.processes[self.process].role);
        if point != Point::Sleep {
            let outcome = answer.as_ref().map_or_else(CallError::text, |_| "done");
            world.note(|| format!("{role:?} {process}: {}: {outcome}", point.name()));
        }
    }

    fn strike_down<T>(&self, phase: Phase, effect: impl FnOnce(&mut World) -> T + Send + 'static) {
        self.take_effect(phase, effect);
        self.world.lock().kill(self.process);
    }

    fn take_effect<T>(&self, phase: Phase, effect: impl FnOnce(&mut World) -> T + Send + 'static) {
        let mut world = self.world.lock();
        match phase {
            Phase::Before => {}
            Phase::InFlight => {
                let pause = world.rng.between(0, STATEMENT);
                world.later(pause, |world| drop(effect(world)));
            }
            Phase::After => drop(effect(&mut world)),
        }
    }

    async fn freeze_in(&self, now: Phase, freeze: Option<(Phase, u64)>) {
        let Some((_, pause)) = freeze.filter(|(phase, _)| *phase == now) else {
            return;
        };
        {
            let mut world = self.world.lock();
            world.processes[self.process].frozen_until = world.now + pause;
            world.note(|| format!("process {} stands still for {pause} ms", self.process));
        }
        Yield::default().await;
    }

    /// Waits by the world's clock. Even no time at all lets others run first.
    pub(crate) async fn pause(&self, ms: u64) {
        if ms == 0 {
            return Yield::default().await;
        }
        let until = self.world.lock().now + ms;
        Sleep::until(&self.world, until).await;
    }

    /// What the process's clock shows.
    pub(crate) fn now(&self) -> jiff::Timestamp {
        let world = self.world.lock();
        let skew = world.processes[self.process].skew_ms;
        at(world.now) + jiff::SignedDuration::from_millis(skew)
    }
}

impl CallError {
    fn text(&self) -> &str {
        let (Self::Unreached(text) | Self::Unanswered(text)) = self;
        text
    }

    /// The text, for the log.
    pub(crate) fn into_text(self) -> String {
        let (Self::Unreached(text) | Self::Unanswered(text)) = self;
        text
    }
}

impl From<CallError> for StoreError {
    fn from(error: CallError) -> Self {
        match error {
            CallError::Unreached(text) => Unavailable(text).into(),
            CallError::Unanswered(text) => Self::Unknown(text),
        }
    }
}

impl From<CallError> for Unavailable {
    fn from(error: CallError) -> Self {
        Self(error.into_text())
    }
}

impl From<CallError> for PushError {
    fn from(error: CallError) -> Self {
        Self::Failed(error.into_text())
    }
}

impl World {
    fn plan_call(&mut self, process: ProcessId, point: Point) -> FaultPlan {
        let role = self.processes[process].role;
        let longest = self.rng.pick(&[0, 0, 5, 40]);
        let (there, back) = (self.rng.between(0, longest), self.rng.between(0, longest));
        let mut plan = FaultPlan {
            there,
            back,
            freeze: None,
            end: End::Answered,
        };
        if role == Role::Clients {
            return plan;
        }
        self.coverage.reach(role, point);
        if self.strikes(Fault::Killed) {
            let phase = self.rng.pick(&Phase::ALL);
            self.coverage.crash(role, point, phase);
            self.note(|| format!("process {process} dies at {} ({phase:?})", point.name()));
            plan.end = End::Killed(phase);
            return plan;
        }
        if self.strikes(Fault::Panicked) {
            let phase = self.rng.pick(&[Phase::Before, Phase::After]);
            self.note(|| format!("process {process} panics at {} ({phase:?})", point.name()));
            plan.end = End::Panicked(phase);
            return plan;
        }
        if self.strikes(Fault::Frozen) {
            let phase = self.rng.pick(&[Phase::Before, Phase::After]);
            plan.freeze = Some((phase, self.rng.between(100, 30_000)));
        }
        self.troubled(plan, point)
    }

    /// What the service at the other end adds.
    fn troubled(&mut self, mut plan: FaultPlan, point: Point) -> FaultPlan {
        let Some(faults) = CallFaults::of(point.service()) else {
            return plan;
        };
        if self.is_away(point.service()) || self.strikes(faults.refused) {
            plan.end = End::Refused;
        } else if faults.answer_lost.is_some_and(|fault| self.strikes(fault)) {
            plan.end = End::AnswerLost;
            plan.back = self.rng.pick(&[0, STATEMENT]);
        } else if faults.late.is_some_and(|fault| self.strikes(fault)) {
            plan.back = STATEMENT;
            plan.end = End::Late(self.rng.between(0, 2 * STATEMENT));
        } else if self.strikes(faults.slow) {
            plan.there += self.rng.between(0, 2_500);
            plan.back += self.rng.between(0, 2_400);
        }
        plan
    }

    fn is_away(&mut self, service: Service) -> bool {
        let (outage, fault) = match service {
            Service::Store => (self.store_outage, Fault::StoreOutage),
            Service::Queue => (self.queue_outage, Fault::QueueOutage),
            _ => return false,
        };
        let away = outage.is_some_and(|(from, until)| (from..until).contains(&self.now));
        if away {
            self.disturbed |= fault.disturbs_pushes();
            self.faults.count(fault);
        }
        away
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use engine::ports::OrderReader;
    use futures::FutureExt;

    use super::*;
    use crate::{
        chain::SimulatedChain, executor::Executor, fault::Faults, ports::OrdersPort, rng::Rng,
        world::Alarm,
    };

    /// What a worker hears of the store when that fault always strikes.
    fn heard(fault: Fault) -> StoreError {
        let mut world = World::new(Rng::new(1), SimulatedChain::new(150, 32), 30_000);
        let process = world.add_process(Role::Worker);
        world.alarm(0, Alarm::Start(process));
        world.faults = Faults::always(fault);
        let world = Shared::new(world);
        let store = OrdersPort(Network {
            world: world.clone(),
            process,
        });
        let answer = Arc::new(Mutex::new(None));
        let kept = Arc::clone(&answer);
        let asking = async move {
            *kept.lock().expect("one thread") = store.ping().await.err();
        };
        let mut asking = Some(asking.boxed());
        let mut start = |_| asking.take().expect("it starts once");
        Executor::new(world).run(&mut start, |_| false);
        let heard = answer.lock().expect("one thread").take();
        heard.expect("the fault strikes")
    }

    #[test]
    fn only_a_call_that_never_arrived_is_told_to_have_done_nothing() {
        assert!(matches!(
            heard(Fault::StoreDown),
            StoreError::Unavailable(_)
        ));
        for fault in [Fault::StoreAckLost, Fault::StoreLate] {
            assert!(matches!(heard(fault), StoreError::Unknown(_)), "{fault:?}");
        }
    }
}
