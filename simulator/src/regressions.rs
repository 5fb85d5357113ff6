//! Defects of the engine that seeds brought to light, each as the smallest schedule that shows it.

use std::{sync::Arc, time::Duration};

use engine::{
    follow::Delivery,
    lifecycle::{Change, Status},
    order::{Bps, NewOrder, OrderId, Swap, Token},
    policy::Policy,
    ports::{Claim, ConnectionId, ExecuteOrder, Transition},
    update::Update,
};
use futures::{FutureExt, channel::mpsc, future::join};
use serde_json::json;
use uuid::Uuid;

use crate::{
    chain::SimulatedChain,
    executor::Executor,
    network::Network,
    point::Role,
    ports::Ports,
    rng::Rng,
    world::{Alarm, Shared, World},
};

const ORDER: OrderId = OrderId(Uuid::from_u128(1));
const HOUR: Duration = Duration::from_secs(3_600);

fn order() -> NewOrder {
    let token = |symbol: &str, decimals| Token {
        symbol: symbol.into(),
        decimals,
    };
    NewOrder {
        id: ORDER,
        swap: Swap {
            token_in: token("SOL", 9),
            token_out: token("USDC", 6),
            amount_in: 1_000_000,
            slippage: Bps::DEFAULT_SLIPPAGE,
        },
        idempotency: None,
    }
}

/// The order's next event, committed and pushed as a worker does it.
async fn begin_routing(ports: &Ports) {
    let message = ExecuteOrder {
        id: ORDER,
        attempt: 1,
    };
    let Ok(Claim::Held(held)) = ports.orders.claim(&message, HOUR).await else {
        panic!("the order is free");
    };
    let (change, payload) = (Change::Routing, json!({}));
    let to = Status::Routing;
    let transition = Transition {
        hold: held.hold(),
        to,
        change: &change,
        payload: &payload,
        lease: HOUR,
    };
    let recorded = ports
        .orders
        .advance(&transition)
        .await
        .expect("the hold stands");
    let update = Update {
        order_id: ORDER,
        seq: recorded.seq,
        status: to,
        attempt: 1,
        at: recorded.at,
        payload,
    };
    let (out, deliveries) = mpsc::unbounded();
    out.unbounded_send(Delivery {
        update,
        subscribers: recorded.subscribers,
    })
    .expect("it is open");
    drop(out);
    ports.follow().deliver(deliveries).await;
}

/// The replay had nothing to send, so the subscription went live while the connection was still opening; the next event
/// was answered 410, and that ended the subscription of a client that was there.
#[test]
fn a_client_that_connects_again_with_everything_seen_gets_what_comes_next() {
    let mut world = World::new(Rng::new(1), SimulatedChain::new(150, 32), 30_000);
    let process = world.add_process(Role::Clients);
    world.alarm(0, Alarm::Start(process));
    world
        .store
        .insert(&order(), HOUR, 0)
        .expect("an empty store");
    let subscriber = world.gateway.subscriber(ORDER);
    world.gateway.subscribers[subscriber].seen = 1;
    let connection: ConnectionId = world.gateway.connect(subscriber, 1_000);
    let world = Shared::new(world);
    let network = Network {
        world: world.clone(),
        process,
    };
    let mut story = Some(
        async move {
            let ports = Ports::new(&network, &Arc::new(Policy::default()));
            let follow = ports.follow();
            let later = async {
                network.pause(500).await;
                begin_routing(&ports).await;
            };
            let (followed, ()) = join(follow.subscribe(&connection, ORDER, 1, true), later).await;
            followed.expect("nothing fails here");
        }
        .boxed(),
    );
    let mut start = |_| story.take().expect("it starts once");
    Executor::new(world.clone()).run(&mut start, |_| false);
    let world = world.lock();
    assert_eq!(world.violation, None);
    assert_eq!(world.gateway.subscribers[subscriber].seen, 2);
    assert_eq!(world.store.live(ORDER).len(), 1, "and it goes on following");
}
