//! Clients that post orders: with a key until they are answered, without one once.

use std::sync::Arc;

use engine::{
    account::{AccountId, Actor},
    cancel::Cancelled,
    order::{
        IdempotencyKey, Limit, LimitPrice, Market, NewOrder, OrderId, OrderKind, Requirements,
        SlippageTolerance, Sniper, Status, Swap, TimeInForce, Token,
    },
    ports::StoreError,
    routing::VenueId,
    submit::Submitted,
};
use futures::FutureExt;
use uuid::Uuid;

use super::follow;
use crate::{
    fault::Fault,
    launches::mint,
    ports::thousandths_of_the_middle,
    stage::Stage,
    time::{at, ms},
    world::Refused,
};

/// What a client is going to do.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    /// In base units of the token sold.
    pub(crate) amount_in: u64,
    pub(crate) at: u64,
    /// Whose order it is.
    pub(crate) account: AccountId,
    pub(crate) key: Option<String>,
    /// When each subscriber comes, counted from the acceptance.
    pub(crate) subscribers: Vec<u64>,
    /// What kind of order it is.
    pub(crate) terms: Terms,
    /// When it is cancelled, counted from the acceptance.
    pub(crate) cancels: Vec<u64>,
}

/// The kind of an order that is to be placed.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Terms {
    /// At the market; at least so many thousandths of the middle price, if it is set.
    Market(Option<u64>),
    /// At so many thousandths of the middle price, or better.
    Limit(u64, TimeInForce),
    /// As soon as there is a pool.
    Sniper(SniperTerms),
}

/// What a sniper order demands.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SniperTerms {
    /// Which token it buys.
    pub(crate) mint: u64,
    /// Where; anywhere if it does not say.
    pub(crate) venue: Option<&'static str>,
    /// Whether much must lie in the pool.
    pub(crate) rich: bool,
    /// Whether nobody may be able to mint more.
    pub(crate) safe: bool,
    /// How old the pool may be.
    pub(crate) max_age_slots: u64,
    /// At so many thousandths of the middle price, or better.
    pub(crate) thousandths: Option<u64>,
}

/// Posts an order and sends its subscribers off.
pub(crate) async fn post(stage: Stage, plan: Plan) {
    let network = stage.network(stage.clients);
    network.pause(plan.at).await;
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
        network.world.lock().spawn(network.process, posting);
    }
}

async fn until_answered(stage: &Stage, plan: &Plan, followed: bool) {
    let network = stage.network(stage.clients);
    loop {
        let order = new_order(stage, plan);
        let id = order.id;
        let answer = stage.ask(stage.submit, |ports| async move {
            ports.submit().submit(&order, None).await
        });
        match answer.await {
            Ok(Ok(submitted)) => return accepted(stage, plan, submitted, followed),
            Ok(Err(error)) => refused(stage, id, &error),
            Err(_) => {} // nothing was heard
        }
        if plan.key.is_none() {
            return;
        }
        let pause = network.world.lock().rng.between(200, 3_000);
        network.pause(pause).await;
    }
}

fn new_order(stage: &Stage, plan: &Plan) -> NewOrder {
    let mut world = stage.world.lock();
    let random = (u128::from(world.rng.draw()) << 64) | u128::from(world.rng.draw());
    let token = |symbol: &str, decimals| Token {
        symbol: symbol.into(),
        decimals,
    };
    let token_in = token("SOL", 9);
    let slippage = SlippageTolerance::DEFAULT;
    let now = world.now;
    let kind = match plan.terms {
        Terms::Market(minimum) => OrderKind::Market(Market {
            slippage,
            min_amount_out: minimum
                .map(|minimum| token("USDC", 6).units(plan.amount_in * 80 * minimum / 1_000)),
        }),
        Terms::Limit(thousandths, time_in_force) => OrderKind::Limit(Limit {
            slippage,
            price: LimitPrice::new(thousandths_of_the_middle(thousandths))
                .unwrap_or_else(|| unreachable!("it has few digits")),
            time_in_force,
            expires_at: at(now + ms(stage.policy.market_lifetime)),
        }),
        Terms::Sniper(terms) => OrderKind::Sniper(Sniper {
            slippage: SlippageTolerance::SNIPER_DEFAULT,
            price: terms
                .thousandths
                .and_then(|thousandths| LimitPrice::new(thousandths_of_the_middle(thousandths))),
            venues: terms.venue.into_iter().map(VenueId::new).collect(),
            min_liquidity: terms.rich.then(|| token_in.units(50_000_000_000)),
            max_liquidity: None,
            max_age_slots: terms.max_age_slots,
            require: Requirements {
                mint_authority_revoked: terms.safe,
                ..Requirements::default()
            },
            expires_at: at(now + ms(stage.policy.market_lifetime)),
        }),
    };
    let token_out = match plan.terms {
        Terms::Market(_) | Terms::Limit(..) => token("USDC", 6),
        Terms::Sniper(terms) => token(&mint(terms.mint), 0),
    };
    NewOrder {
        id: OrderId(Uuid::from_u128(random)),
        by: Actor::of(plan.account.clone()),
        swap: Swap {
            amount_in: token_in.units(plan.amount_in),
            token_in,
            token_out,
        },
        kind,
        client_order_id: None,
        idempotency: plan.key.clone().map(|key| IdempotencyKey {
            key,
            request_hash: [7; 32],
        }),
    }
}

fn refused(stage: &Stage, id: OrderId, error: &StoreError) {
    let mut world = stage.world.lock();
    let told = Refused {
        at: world.now,
        for_good: matches!(error, StoreError::Unavailable(_)),
    };
    world.refused.insert(id, told);
}

fn accepted(stage: &Stage, plan: &Plan, submitted: Submitted, followed: bool) {
    let mut world = stage.world.lock();
    let id = match submitted {
        Submitted::Accepted(id) | Submitted::Replayed(id) => id,
        Submitted::KeyReused => {
            return world.violated("the same request is never a reuse", || format!("{plan:?}"));
        }
        Submitted::NameTaken(_) => {
            return world.violated("an order without a name has nobody's", || {
                format!("{plan:?}")
            });
        }
        Submitted::Limited(_) => {
            return world.violated("no account has limits", || format!("{plan:?}"));
        }
        Submitted::Busy(_) => {
            return world.violated("every order is admitted", || format!("{plan:?}"));
        }
    };
    match world.store.rows.get(&id).map(|row| &row.order.account) {
        None => world.violated("accepted means durable", || {
            format!("order {id} is not stored")
        }),
        Some(account) if *account != plan.account => {
            world.violated("an answer is about the account's own order", || {
                format!("{plan:?} was told of order {id}")
            });
        }
        Some(_) => {}
    }
    let key = plan
        .key
        .as_ref()
        .map(|key| (plan.account.clone(), key.clone()));
    let first = key.map_or(id, |key| *world.answers.entry(key).or_insert(id));
    if first != id {
        world.violated("one key, one order", || format!("{first} and {id}"));
    }
    world.note(|| format!("order {id} is accepted"));
    for &pause in plan.cancels.iter().filter(|_| followed) {
        let cancelling = cancel(stage.clone(), plan.account.clone(), id, pause).boxed();
        world.spawn(stage.clients, cancelling);
    }
    for &pause in plan.subscribers.iter().filter(|_| followed) {
        let following = follow(stage.clone(), plan.account.clone(), id, pause).boxed();
        world.spawn(stage.clients, following);
    }
}

/// Wants an order cancelled, once. What it is answered must be true.
async fn cancel(stage: Stage, account: AccountId, id: OrderId, pause: u64) {
    let network = stage.network(stage.clients);
    network.pause(pause).await;
    let answer = stage.ask(stage.submit, |ports| async move {
        ports.cancel().cancel(&Actor::of(account), id).await
    });
    let Ok(Ok(cancelled)) = answer.await else {
        return; // nothing was heard, or nothing is known
    };
    let mut world = stage.world.lock();
    let status = world.store.rows.get(&id).map(|row| row.order.status);
    let holds = match cancelled {
        Cancelled::Now(_) => status == Some(Status::Cancelled),
        Cancelled::Requested(_) => true,
        Cancelled::TooLate(told) => status == Some(told),
        Cancelled::Unknown => false,
    };
    if !holds {
        world.violated("a cancel is what its answer says", || {
            format!("order {id}: {cancelled:?}, and it is {status:?}")
        });
    }
}
