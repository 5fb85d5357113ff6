//! A sniper order's condition: a pool of the token that it buys which misses nothing of its terms.
//! The first of them in the chain's log fires the order, once: from then on it buys there or not at
//! all.

use std::time::Duration;

use futures::future::{Either, select};

use super::{ClaimedOrder, Execute, ExecuteError};
use crate::{
    launch::{LaunchedPool, PoolAge},
    observe,
    order::{
        Cause, Fired, Order, OrderEvent, SeenPool, Sniper, Status, TriggerPool, Unmet,
        WaitingReason,
    },
    ports::{StoreError, Unavailable, Wake},
};

/// Why a pool is not bought from.
struct Missed {
    reason: WaitingReason,
    /// When it is worth another look; `None` when it never is.
    look_after: Option<Duration>,
    pool: Option<SeenPool>,
}

impl Execute {
    /// Looks for the pool of an order that has not begun. Answers whether it goes on; else it
    /// waits, and is ours no more.
    pub(super) async fn look_for_pool(
        &self,
        claimed: &mut ClaimedOrder,
        sniper: &Sniper,
    ) -> Result<bool, ExecuteError> {
        let order = claimed.order();
        let pools = self
            .launch_log
            .of_mint(&order.swap.token_out.symbol)
            .await?;
        let missed = match self.first_good(order, sniper, &pools).await {
            Ok(pool) => {
                let fired = Fired {
                    at: self.clock.now(),
                    by: Cause::Pool(TriggerPool {
                        pool: pool.pool.clone(),
                        venue: pool.venue.clone(),
                        slot: pool.place.slot,
                        opens_at: pool.opens_at,
                        decimals: pool.decimals,
                    }),
                };
                observe::triggered(order, &fired);
                let begun = OrderEvent::RoutingStarted { fired: Some(fired) };
                claimed.record(begun).await?;
                return Ok(true);
            }
            Err(missed) => missed,
        };
        let wake = Wake {
            at_price: None,
            after: missed.look_after,
            pool_after: match fired_pool(order) {
                None => Some(pools.last().map_or(0, |newest| newest.place.slot)),
                Some(_) => None,
            },
        };
        let unmet = Unmet {
            reason: missed.reason,
            best: None,
        };
        if order.status == Status::Waiting {
            claimed.wait_again(&unmet, wake).await?;
        } else {
            let event = OrderEvent::WaitingStarted {
                unmet,
                pool: missed.pool,
                settled: None,
            };
            claimed.wait(event, wake).await?;
        }
        Ok(false)
    }

    /// The pool that an order was fired by misses nothing now, either. What it misses is what the
    /// order waits for again.
    pub(super) async fn still_good(
        &self,
        order: &Order,
        sniper: &Sniper,
    ) -> Result<Result<(), Unmet>, StoreError> {
        let pools = self
            .launch_log
            .of_mint(&order.swap.token_out.symbol)
            .await?;
        let looked = self.first_good(order, sniper, &pools).await;
        Ok(looked.map(drop).map_err(|missed| Unmet {
            reason: missed.reason,
            best: None,
        }))
    }

    /// Of the pools that the order may buy from, the first that misses nothing; else what is worth
    /// the next look is told.
    async fn first_good<'a>(
        &self,
        order: &Order,
        sniper: &Sniper,
        pools: &'a [LaunchedPool],
    ) -> Result<&'a LaunchedPool, Missed> {
        let mut missed = Missed {
            reason: WaitingReason::NoPoolYet,
            look_after: None,
            pool: None,
        };
        for pool in pools
            .iter()
            .filter(|pool| self.may_buy(order, sniper, pool))
        {
            match self.misses(order, sniper, pool).await {
                None => return Ok(pool),
                // It may be the first that is good enough: nobody goes past it unseen.
                Some(unseen) if unseen.reason == WaitingReason::VenuesUnavailable => {
                    return Err(unseen);
                }
                Some(other) if other.is_sooner_than(&missed) => missed = other,
                Some(_) => {}
            }
        }
        Err(missed)
    }

    fn may_buy(&self, order: &Order, sniper: &Sniper, pool: &LaunchedPool) -> bool {
        pool.against == order.swap.token_in.symbol
            && sniper.buys_at(&pool.venue)
            && self.router.knows(&pool.venue)
            && fired_pool(order).is_none_or(|fired| fired.pool == pool.pool)
    }

    async fn misses(&self, order: &Order, sniper: &Sniper, pool: &LaunchedPool) -> Option<Missed> {
        let looks = order.waiting.as_ref().map_or(1, |waiting| waiting.checks);
        let pause = self.policy.recheck_after(looks, order.id);
        let limit = self.clock.sleep(self.policy.venue_deadline);
        let condition = match select(self.launches.inspect(pool), limit).await {
            Either::Left((condition, _)) => condition,
            Either::Right(_) => Err(Unavailable("no answer in time".into())),
        };
        let (reason, look_after) = match condition {
            Ok(condition) => {
                let reason = sniper.misses(&condition)?;
                let look_after = match condition.age {
                    PoolAge::OpensIn(wait) => Some(wait),
                    PoolAge::Open(_) => (reason != WaitingReason::TooLate).then_some(pause),
                };
                (reason, look_after)
            }
            Err(error) => {
                observe::launches_unknown(&error);
                (WaitingReason::VenuesUnavailable, Some(pause))
            }
        };
        Some(Missed {
            reason,
            look_after,
            pool: Some(SeenPool {
                pool: pool.pool.clone(),
                opens_at: pool.opens_at,
            }),
        })
    }
}

impl Missed {
    /// Any pool is worth more than none, and one that is worth a look more than one that is not.
    fn is_sooner_than(&self, other: &Self) -> bool {
        match (self.look_after, other.look_after) {
            (Some(this), Some(other)) => this < other,
            (Some(_), None) => true,
            (None, _) => other.pool.is_none(),
        }
    }
}

/// The pool that fired an order.
pub(super) fn fired_pool(order: &Order) -> Option<&TriggerPool> {
    match &order.fired.as_ref()?.by {
        Cause::Pool(pool) => Some(pool),
        Cause::Price(_) => None,
    }
}
