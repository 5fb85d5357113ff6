//! The only thread: polls what is ready in an order that the seed draws, and moves the clock when
//! nothing is.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
    task::{Context, Poll, Wake, Waker},
};

use futures::future::BoxFuture;

use crate::world::{Alarm, ProcessId, Shared, World};

/// The tasks of one world.
pub(crate) struct Executor {
    world: Shared,
    tasks: BTreeMap<u64, Task>,
    ready: Arc<Mutex<Vec<u64>>>,
    last: u64,
}

struct Task {
    process: ProcessId,
    future: BoxFuture<'static, ()>,
    waker: Waker,
}

struct Ready {
    task: u64,
    ready: Arc<Mutex<Vec<u64>>>,
}

impl Wake for Ready {
    fn wake(self: Arc<Self>) {
        let mut ready = self.ready.lock().unwrap_or_else(PoisonError::into_inner);
        if !ready.contains(&self.task) {
            ready.push(self.task);
        }
    }
}

/// Starts a process: answers what it does.
pub(crate) type Start<'a> = &'a mut dyn FnMut(ProcessId) -> BoxFuture<'static, ()>;

impl Executor {
    pub(crate) fn new(world: Shared) -> Self {
        Self {
            world,
            tasks: BTreeMap::new(),
            ready: Arc::default(),
            last: 0,
        }
    }

    /// Takes steps until `done` says so, or nothing can ever happen again. `done` sees the world
    /// after each step.
    pub(crate) fn run(&mut self, start: Start<'_>, mut done: impl FnMut(&mut World) -> bool) {
        loop {
            self.settle();
            if done(&mut self.world.lock()) {
                return;
            }
            match self.next_ready() {
                Some(task) => self.poll(task),
                None if self.advance_clock(start) => {}
                None => return,
            }
        }
    }

    /// Drops what was killed and takes in what was spawned.
    fn settle(&mut self) {
        loop {
            let (killed, spawned) = {
                let mut world = self.world.lock();
                (
                    std::mem::take(&mut world.killed),
                    std::mem::take(&mut world.spawned),
                )
            };
            if killed.is_empty() && spawned.is_empty() {
                return;
            }
            for (process, future) in spawned {
                self.spawn(process, future);
            }
            // Dropping a future may lock the world, so it must not be locked here.
            self.tasks.retain(|_, task| !killed.contains(&task.process));
        }
    }

    fn spawn(&mut self, process: ProcessId, future: BoxFuture<'static, ()>) {
        self.last += 1;
        let ready = Ready {
            task: self.last,
            ready: Arc::clone(&self.ready),
        };
        let waker = Waker::from(Arc::new(ready));
        waker.wake_by_ref();
        self.tasks.insert(
            self.last,
            Task {
                process,
                future,
                waker,
            },
        );
    }

    /// A task that is ready and whose process is not frozen, drawn by the seed.
    fn next_ready(&mut self) -> Option<u64> {
        let mut world = self.world.lock();
        let mut ready = self.ready.lock().unwrap_or_else(PoisonError::into_inner);
        ready.retain(|task| self.tasks.contains_key(task));
        let runs = |task: &u64| {
            let process = self.tasks[task].process;
            world.processes[process].frozen_until <= world.now
        };
        let runnable: Vec<usize> = (0..ready.len()).filter(|&i| runs(&ready[i])).collect();
        if runnable.is_empty() {
            return None;
        }
        let drawn = world.rng.pick(&runnable);
        Some(ready.swap_remove(drawn))
    }

    fn poll(&mut self, id: u64) {
        self.world.lock().step += 1;
        let Some(task) = self.tasks.get_mut(&id) else {
            return;
        };
        let waker = task.waker.clone();
        if task.future.as_mut().poll(&mut Context::from_waker(&waker)) == Poll::Ready(()) {
            self.tasks.remove(&id);
        }
    }

    /// Moves the clock to the next alarm or thaw. False when there is none.
    fn advance_clock(&mut self, start: Start<'_>) -> bool {
        let mut world = self.world.lock();
        let now = world.now;
        let thaw = world
            .processes
            .iter()
            .map(|process| process.frozen_until)
            .filter(|&t| t > now);
        let next = thaw
            .chain(world.alarms.keys().next().map(|&(at, _)| at))
            .min();
        let Some(next) = next else { return false };
        world.now = next.max(now);
        while let Some(entry) = world
            .alarms
            .first_entry()
            .filter(|alarm| alarm.key().0 <= next)
        {
            match entry.remove() {
                Alarm::Wake(waker) => waker.wake(),
                Alarm::Effect(effect) => effect(&mut world),
                Alarm::Start(process) => {
                    world.processes[process].up = true;
                    world.processes[process].frozen_until = 0;
                    world.note(|| format!("process {process} starts"));
                    drop(world);
                    let future = start(process);
                    self.spawn(process, future);
                    return true;
                }
            }
        }
        true
    }
}
