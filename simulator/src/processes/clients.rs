//! Clients that post orders: with a key until they are answered, without one once.

use std::sync::Arc;

use engine::{
    order::{Bps, IdempotencyKey, NewOrder, OrderId, Swap, Token},
    ports::Unavailable,
    submit::Submitted,
};
use futures::FutureExt;
use uuid::Uuid;

use super::watch;
use crate::{fault::Fault, stage::Stage};

/// What a client is going to do.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    pub(crate) amount_in: u64,
    pub(crate) at: u64,
    pub(crate) key: Option<String>,
    /// When each watcher comes, counted from the acceptance.
    pub(crate) watchers: Vec<u64>,
}

/// Posts an order and sends its watchers off.
pub(crate) async fn post(stage: Stage, plan: Plan) {
    let wire = stage.wire(stage.clients);
    wire.pause(plan.at).await;
    let repeated = plan.key.is_some() && stage.world.lock().strikes(Fault::Repeated);
    let copies = if repeated { 3 } else { 1 };
    stage.world.lock().open_posts += copies - 1;
    let plan = Arc::new(plan);
    for copy in 0..copies {
        let (stage, plan) = (stage.clone(), Arc::clone(&plan));
        let posting = async move {
            until_answered(&stage, &plan, copy == 0).await;
            stage.world.lock().open_posts -= 1;
        }
        .boxed();
        wire.world.lock().spawn(wire.process, posting);
    }
}

async fn until_answered(stage: &Stage, plan: &Plan, watched: bool) {
    let wire = stage.wire(stage.clients);
    loop {
        let order = new_order(stage, plan);
        let answer = stage.ask(stage.submit, |ports| async move {
            ports.submit().submit(&order).await
        });
        match answer.await {
            Ok(Ok(submitted)) => return accepted(stage, plan, submitted, watched),
            Ok(Err(Unavailable(_))) | Err(_) if plan.key.is_some() => {}
            Ok(Err(Unavailable(_))) | Err(_) => return,
        }
        let pause = wire.world.lock().dice.between(200, 3_000);
        wire.pause(pause).await;
    }
}

fn new_order(stage: &Stage, plan: &Plan) -> NewOrder {
    let mut world = stage.world.lock();
    let random = (u128::from(world.dice.draw()) << 64) | u128::from(world.dice.draw());
    let token = |symbol: &str, decimals| Token {
        symbol: symbol.into(),
        decimals,
    };
    let slippage = Bps::DEFAULT_SLIPPAGE;
    NewOrder {
        id: OrderId(Uuid::from_u128(random)),
        swap: Swap {
            token_in: token("SOL", 9),
            token_out: token("USDC", 6),
            amount_in: plan.amount_in,
            slippage,
        },
        idempotency: plan.key.clone().map(|key| IdempotencyKey {
            key,
            request_hash: [7; 32],
        }),
    }
}

fn accepted(stage: &Stage, plan: &Plan, submitted: Submitted, watched: bool) {
    let mut world = stage.world.lock();
    let id = match submitted {
        Submitted::Accepted(id) | Submitted::Replayed(id) => id,
        Submitted::KeyReused => {
            return world.violated("the same request is never a reuse", || format!("{plan:?}"));
        }
    };
    if !world.store.rows.contains_key(&id) {
        world.violated("accepted means durable", || {
            format!("order {id} is not stored")
        });
    }
    let key = plan.key.as_ref();
    let first = key.map_or(id, |key| *world.answers.entry(key.clone()).or_insert(id));
    if first != id {
        world.violated("one key, one order", || format!("{first} and {id}"));
    }
    world.note(|| format!("order {id} is accepted"));
    for &pause in plan.watchers.iter().filter(|_| watched) {
        let watching = watch(stage.clone(), id, pause).boxed();
        world.spawn(stage.clients, watching);
    }
}
