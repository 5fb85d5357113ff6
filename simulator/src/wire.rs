//! The way from a process to a service: every call passes here, and here it may be late, fail, or be the caller's last.

use std::time::Duration;

use engine::ports::Unavailable;

use crate::{
    fault::{CallFaults, Fault},
    point::{Phase, Point, Role, Service},
    sleep::{Sleep, Yield},
    time::at,
    world::{ProcessId, Shared, World},
};

/// A process's connection to the world.
#[derive(Clone)]
pub(crate) struct Wire {
    pub(crate) world: Shared,
    pub(crate) process: ProcessId,
}

/// How one call goes.
struct Course {
    there: u64,
    back: u64,
    freeze: Option<(Phase, u64)>,
    end: End,
}

enum End {
    Answered,
    Refused,
    AnswerLost,
    /// The caller is told an error; the effect comes so many ms later.
    Late(u64),
    Killed(Phase),
    Panicked(Phase),
}

/// A statement is given up after so many milliseconds.
const STATEMENT: u64 = 5_000;

impl Wire {
    /// Calls a service. `effect` is what the call does there, at one moment.
    pub(crate) async fn call<T: Send + 'static>(
        &self,
        point: Point,
        effect: impl FnOnce(&mut World) -> T + Send + 'static,
    ) -> Result<T, Unavailable> {
        let course = self.world.lock().course(self.process, point);
        self.freeze_in(Phase::Before, course.freeze).await;
        self.pause(course.there).await;
        let answer = match course.end {
            End::Answered => Ok(effect(&mut self.world.lock())),
            End::Refused => Err(Unavailable(format!("{} does not answer", point.name()))),
            End::AnswerLost => {
                effect(&mut self.world.lock());
                Err(Unavailable(format!(
                    "{}: the answer was lost",
                    point.name()
                )))
            }
            End::Late(pause) => {
                self.world.lock().later(pause, |world| drop(effect(world)));
                Err(Unavailable(format!("{}: no answer in time", point.name())))
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
        self.freeze_in(Phase::After, course.freeze).await;
        self.pause(course.back).await;
        answer
    }

    fn note<T>(&self, point: Point, answer: &Result<T, Unavailable>) {
        let mut world = self.world.lock();
        let (process, role) = (self.process, world.processes[self.process].role);
        if point != Point::Sleep {
            let outcome = answer
                .as_ref()
                .map_or_else(|problem| &*problem.0, |_| "done");
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
                let pause = world.dice.between(0, STATEMENT);
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

impl World {
    fn course(&mut self, process: ProcessId, point: Point) -> Course {
        let role = self.processes[process].role;
        let longest = self.dice.pick(&[0, 0, 5, 40]);
        let (there, back) = (self.dice.between(0, longest), self.dice.between(0, longest));
        let mut course = Course {
            there,
            back,
            freeze: None,
            end: End::Answered,
        };
        if role == Role::Clients {
            return course;
        }
        self.coverage.reach(role, point);
        if self.strikes(Fault::Killed) {
            let phase = self.dice.pick(&Phase::ALL);
            self.coverage.crash(role, point, phase);
            self.note(|| format!("process {process} dies at {} ({phase:?})", point.name()));
            course.end = End::Killed(phase);
            return course;
        }
        if self.strikes(Fault::Panicked) {
            let phase = self.dice.pick(&[Phase::Before, Phase::After]);
            self.note(|| format!("process {process} panics at {} ({phase:?})", point.name()));
            course.end = End::Panicked(phase);
            return course;
        }
        if self.strikes(Fault::Frozen) {
            let phase = self.dice.pick(&[Phase::Before, Phase::After]);
            course.freeze = Some((phase, self.dice.between(100, 30_000)));
        }
        self.troubled(course, point)
    }

    /// What the service at the other end adds.
    fn troubled(&mut self, mut course: Course, point: Point) -> Course {
        let Some(faults) = CallFaults::of(point.service()) else {
            return course;
        };
        if self.is_away(point.service()) || self.strikes(faults.refused) {
            course.end = End::Refused;
        } else if faults.answer_lost.is_some_and(|fault| self.strikes(fault)) {
            course.end = End::AnswerLost;
            course.back = self.dice.pick(&[0, STATEMENT]);
        } else if faults.late.is_some_and(|fault| self.strikes(fault)) {
            course.back = STATEMENT;
            course.end = End::Late(self.dice.between(0, 2 * STATEMENT));
        } else if self.strikes(faults.slow) {
            course.there += self.dice.between(0, 2_500);
            course.back += self.dice.between(0, 2_400);
        }
        course
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

/// Milliseconds of a duration.
pub(crate) fn ms(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
