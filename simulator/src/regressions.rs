//! Defects of the engine that seeds brought to light, each as the smallest schedule that shows it.

use std::{sync::Arc, time::Duration};

use engine::{
    account::{AccountId, Actor},
    order::{
        Lifetime, LogEntry, Market, NewOrder, Order, OrderId, OrderKind, SlippageTolerance, Swap,
        Token,
    },
    policy::Policy,
    ports::{Claim, ConnectionId, ExecuteOrder},
    stream::Delivery,
};
use futures::{FutureExt, channel::mpsc, future::join};
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
    let token_in = token("SOL", 9);
    NewOrder {
        id: ORDER,
        by: Actor::of(AccountId::local()),
        swap: Swap {
            amount_in: token_in.units(1_000_000),
            token_in,
            token_out: token("USDC", 6),
        },
        kind: OrderKind::Market(Market {
            slippage: SlippageTolerance::DEFAULT,
            min_amount_out: None,
        }),
        idempotency: None,
        client_order_id: None,
    }
}

/// The order's next event, committed and pushed as a worker does it.
async fn begin_routing(ports: &Ports) {
    let message = ExecuteOrder {
        id: ORDER,
        attempt: 1,
    };
    let writer = &ports.base.writer;
    let Ok(Claim::Leased(leased)) = writer.claim(&message, HOUR).await else {
        panic!("the order is free");
    };
    let begun = leased.begun.expect("it begins at once");
    let entry = LogEntry {
        event: Order::BEGINNING,
        status: leased.order.status,
        attempt: leased.order.attempt,
    };
    let record = entry.recorded(ORDER, begun.seq, begun.at);
    let (out, deliveries) = mpsc::unbounded();
    out.unbounded_send(Delivery {
        record,
        subscribers: begun.subscribers,
    })
    .expect("it is open");
    drop(out);
    ports.stream().deliver(deliveries).await;
}

/// The replay had nothing to send, so the subscription went live while the connection was still
/// opening; the next event was answered 410, and that ended the subscription of a client that was
/// there.
#[test]
fn a_client_that_connects_again_with_everything_seen_gets_what_comes_next() {
    let mut world = World::new(Rng::new(1), SimulatedChain::new(150, 32), 30_000);
    let process = world.add_process(Role::Clients);
    world.alarm(0, Alarm::Start(process));
    world
        .store
        .insert(&order(), Lifetime::For(HOUR), 0)
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
            let stream = ports.stream();
            let later = async {
                network.pause(500).await;
                begin_routing(&ports).await;
            };
            let (subscribed, ()) = join(
                stream.subscribe(&connection, &AccountId::local(), ORDER, 1, true),
                later,
            )
            .await;
            subscribed.expect("nothing fails here");
        }
        .boxed(),
    );
    let mut start = |_| story.take().expect("it starts once");
    Executor::new(world.clone()).run(&mut start, |_| false);
    let world = world.lock();
    assert_eq!(world.violation, None);
    assert_eq!(world.gateway.subscribers[subscriber].seen, 2);
    assert_eq!(
        world.store.live(ORDER).of_order.len(),
        1,
        "and it goes on following"
    );
}
