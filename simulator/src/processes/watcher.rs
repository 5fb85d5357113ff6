//! A client that watches an order: connects, reads, and connects again from where it was when the stream breaks.

use std::{
    pin::{Pin, pin},
    task::{Context, Poll},
};

use engine::{follow::Followed, order::OrderId, ports::ConnectionId};
use futures::{FutureExt, future::select};

use crate::{fault::Fault, stage::Stage, world::Shared};

/// Connects after `pause` ms and watches until it has seen everything.
pub(crate) async fn watch(stage: Stage, order: OrderId, pause: u64) {
    let wire = stage.wire(stage.clients);
    let watcher = wire.world.lock().gateway.watcher(order);
    wire.pause(pause).await;
    loop {
        let (connection, after, patience) = {
            let mut world = wire.world.lock();
            let open_from = world.now + world.dice.between(0, 1_000);
            let patience = if world.strikes(Fault::Hangup) {
                world.dice.between(0, 20_000)
            } else {
                u64::MAX / 2
            };
            let connection = world.gateway.connect(watcher, open_from);
            (connection, world.gateway.watchers[watcher].seen, patience)
        };
        request_replay(&stage, (watcher, order), &connection, after);
        let turn = Turn {
            world: &wire.world,
            watcher,
        };
        select(turn, pin!(wire.pause(patience))).await;
        let pause = {
            let mut world = wire.world.lock();
            world.gateway.hang_up(&connection);
            if world.gateway.watchers[watcher].complete {
                return;
            }
            world.note(|| format!("watcher {watcher} connects again"));
            world.dice.between(100, 3_000)
        };
        tell_goodbye(&stage, connection);
        wire.pause(pause).await;
    }
}

/// Asks for the replay, as the replay queue does: up to three times, perhaps twice at once.
fn request_replay(
    stage: &Stage,
    (watcher, order): (usize, OrderId),
    connection: &ConnectionId,
    after: u64,
) {
    let copies = if stage.world.lock().strikes(Fault::Duplicated) {
        2
    } else {
        1
    };
    for _ in 0..copies {
        let (stage, connection) = (stage.clone(), connection.clone());
        let clients = (stage.world.clone(), stage.clients);
        let replaying = async move {
            if !replayed(&stage, order, &connection, after).await {
                stage.world.lock().gateway.give_up(watcher, &connection);
            }
        };
        clients.0.lock().spawn(clients.1, replaying.boxed());
    }
}

/// Whether the subscription is served.
async fn replayed(stage: &Stage, order: OrderId, connection: &ConnectionId, after: u64) -> bool {
    for _ in 0..3 {
        let connection = connection.clone();
        let answer = stage.ask(stage.socket, |ports| async move {
            ports
                .follow()
                .subscribe(&connection, order, after, true)
                .await
        });
        match answer.await {
            Ok(Ok(Followed::Live | Followed::Complete)) => return true,
            Ok(Ok(Followed::Gone)) => return false,
            Ok(Ok(Followed::UnknownOrder)) => {
                let mut world = stage.world.lock();
                world.violated("an accepted order is known", || format!("order {order}"));
                return true;
            }
            Ok(Err(_)) | Err(_) => stage.wire(stage.clients).pause(5_000).await,
        }
    }
    false
}

/// Half of the time the gateway tells that the client is gone; nobody may rely on it.
fn tell_goodbye(stage: &Stage, connection: ConnectionId) {
    if stage.world.lock().dice.chance(500) {
        drop(stage.ask(stage.socket, |ports| async move {
            ports.follow().disconnect(&connection).await
        }));
    }
}

/// Resolves when the watcher is complete or has to connect again.
struct Turn<'a> {
    world: &'a Shared,
    watcher: usize,
}

impl Future for Turn<'_> {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let mut world = self.world.lock();
        let watcher = &mut world.gateway.watchers[self.watcher];
        if watcher.complete || watcher.must_reconnect {
            return Poll::Ready(());
        }
        watcher.wait(context.waker());
        Poll::Pending
    }
}
