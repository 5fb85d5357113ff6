//! A client that follows an order: connects, reads, and connects again from where it was when the
//! stream breaks.

use std::{
    pin::{Pin, pin},
    task::{Context, Poll},
};

use engine::{account::AccountId, order::OrderId, ports::ConnectionId, stream::Subscribed};
use futures::{FutureExt, future::select};

use crate::{fault::Fault, stage::Stage, world::Shared};

/// Connects after `pause` ms and follows until it has seen everything.
pub(crate) async fn follow(stage: Stage, account: AccountId, order: OrderId, pause: u64) {
    let network = stage.network(stage.clients);
    let subscriber = network.world.lock().gateway.subscriber(order);
    network.pause(pause).await;
    loop {
        let (connection, after, patience) = {
            let mut world = network.world.lock();
            let open_from = world.now + world.rng.between(0, 1_000);
            let patience = if world.strikes(Fault::Hangup) {
                world.rng.between(0, 20_000)
            } else {
                u64::MAX / 2
            };
            let connection = world.gateway.connect(subscriber, open_from);
            (
                connection,
                world.gateway.subscribers[subscriber].seen,
                patience,
            )
        };
        request_replay(&stage, (subscriber, &account, order), &connection, after);
        let turn = Turn {
            world: &network.world,
            subscriber,
        };
        select(turn, pin!(network.pause(patience))).await;
        let pause = {
            let mut world = network.world.lock();
            world.gateway.hang_up(&connection);
            if world.gateway.subscribers[subscriber].complete {
                return;
            }
            world.note(|| format!("subscriber {subscriber} connects again"));
            world.rng.between(100, 3_000)
        };
        tell_goodbye(&stage, connection);
        network.pause(pause).await;
    }
}

/// Asks for the replay, as the replay queue does: up to three times, perhaps twice at once.
fn request_replay(
    stage: &Stage,
    (subscriber, account, order): (usize, &AccountId, OrderId),
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
        let account = account.clone();
        let clients = (stage.world.clone(), stage.clients);
        let replaying = async move {
            if !replayed(&stage, (&account, order), &connection, after).await {
                stage.world.lock().gateway.give_up(subscriber, &connection);
            }
        };
        clients.0.lock().spawn(clients.1, replaying.boxed());
    }
}

/// Whether the subscription is served.
async fn replayed(
    stage: &Stage,
    (account, order): (&AccountId, OrderId),
    connection: &ConnectionId,
    after: u64,
) -> bool {
    for _ in 0..3 {
        let (connection, account) = (connection.clone(), account.clone());
        let answer = stage.ask(stage.socket, |ports| async move {
            ports
                .stream()
                .subscribe(&connection, &account, order, after, true)
                .await
        });
        match answer.await {
            Ok(Ok(Subscribed::Live | Subscribed::Complete)) => return true,
            Ok(Ok(Subscribed::Gone)) => return false,
            Ok(Ok(Subscribed::UnknownOrder)) => {
                let mut world = stage.world.lock();
                world.violated("an accepted order is known", || format!("order {order}"));
                return true;
            }
            Ok(Err(_)) | Err(_) => stage.network(stage.clients).pause(5_000).await,
        }
    }
    false
}

/// Half of the time the gateway tells that the client is gone; nobody may rely on it.
fn tell_goodbye(stage: &Stage, connection: ConnectionId) {
    if stage.world.lock().rng.chance(500) {
        drop(stage.ask(stage.socket, |ports| async move {
            ports.stream().disconnect(&connection).await
        }));
    }
}

/// Resolves when the subscriber is complete or has to connect again.
struct Turn<'a> {
    world: &'a Shared,
    subscriber: usize,
}

impl Future for Turn<'_> {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let mut world = self.world.lock();
        let subscriber = &mut world.gateway.subscribers[self.subscriber];
        if subscriber.complete || subscriber.must_reconnect {
            return Poll::Ready(());
        }
        subscriber.wait(context.waker());
        Poll::Pending
    }
}
