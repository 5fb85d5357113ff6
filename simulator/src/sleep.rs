//! Waiting in virtual time.

use std::{
    pin::Pin,
    task::{Context, Poll},
};

use crate::world::{Alarm, AlarmKey, Shared};

/// Resolves at a moment and not before.
pub(crate) struct Sleep {
    world: Shared,
    until: u64,
    alarm: Option<AlarmKey>,
}

impl Sleep {
    pub(crate) fn until(world: &Shared, until: u64) -> Self {
        Self {
            world: world.clone(),
            until,
            alarm: None,
        }
    }
}

impl Future for Sleep {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let this = &mut *self;
        let mut world = this.world.lock();
        if world.now >= this.until {
            return Poll::Ready(());
        }
        let wake = Alarm::Wake(context.waker().clone());
        match this.alarm {
            Some(key) => {
                world.alarms.insert(key, wake);
            }
            None => this.alarm = Some(world.alarm(this.until, wake)),
        }
        Poll::Pending
    }
}

impl Drop for Sleep {
    fn drop(&mut self) {
        if let Some(key) = self.alarm {
            self.world.lock().alarms.remove(&key);
        }
    }
}

/// Lets others run first.
#[derive(Default)]
pub(crate) struct Yield(bool);

impl Future for Yield {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        if std::mem::replace(&mut self.0, true) {
            return Poll::Ready(());
        }
        context.waker().wake_by_ref();
        Poll::Pending
    }
}
