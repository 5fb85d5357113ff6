//! A sniper order's condition: a pool of the token that it buys which misses nothing of its terms.
//! The first of them in the chain's log fires the order, once: from then on it buys there or not at
//! all.

use std::time::Duration;

use futures::future::{Either, join_all, select};

use super::{ClaimedOrder, Execute, ExecuteError, Step, condition::executable};
use crate::{
    launch::{LaunchedPool, PoolAge, PoolCondition},
    launch_reader::LaunchReader,
    observe,
    order::{
        Cause, Fired, Order, OrderEvent, SeenPool, Sniper, Status, TriggerPool, Unmet,
        WaitingReason,
    },
    policy::Policy,
    ports::{StoreError, Unavailable, Wake},
    routing::RoutingDecision,
};

/// Why a pool is not bought from.
struct Missed {
    unmet: Unmet,
    /// When it is worth another look; `None` when it never is.
    look_after: Option<Duration>,
    pool: Option<SeenPool>,
}

/// What the chain says of a pool: `Ok(None)` when there is none any more.
type Inspected = Result<Option<PoolCondition>, Unavailable>;

impl Execute {
    /// Looks for the pool of an order that has not begun, and takes what it pays; else it waits.
    pub(super) async fn look_for_pool(
        &self,
        claimed: &mut ClaimedOrder,
        sniper: &Sniper,
    ) -> Result<Step, ExecuteError> {
        let mint = &claimed.order().swap.token_out.symbol;
        let is_read = self.log_is_read().await?;
        let pools = self.launch_log.of_mint(mint).await?;
        let found = match is_read {
            true => self.first_good(claimed, sniper, &pools).await?,
            false => Err(self.unread(claimed.order())),
        };
        let missed = match found {
            Ok((pool, decision)) => {
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
                observe::triggered(claimed.order(), &fired);
                let begun = OrderEvent::RoutingStarted { fired: Some(fired) };
                claimed.record(begun).await?;
                return self.take(claimed, decision).await;
            }
            Err(missed) => missed,
        };
        let order = claimed.order();
        let wake = Wake {
            at_price: None,
            after: missed.look_after,
            pool_after: match fired_pool(order) {
                None => Some(pools.last().map_or(0, |newest| newest.place.slot)),
                Some(_) => None,
            },
        };
        if order.status == Status::Waiting {
            claimed.wait_again(&missed.unmet, wake).await?;
        } else {
            let event = OrderEvent::WaitingStarted {
                unmet: missed.unmet,
                pool: missed.pool,
                settled: None,
            };
            claimed.wait(event, wake).await?;
        }
        Ok(Step::Waits)
    }

    /// Whether a pool that is created from now on will be known, whatever happens to this engine.
    async fn log_is_read(&self) -> Result<bool, StoreError> {
        let reader = LaunchReader {
            launches: &*self.launches,
            log: &*self.launch_log,
            clock: &*self.clock,
            limit: self.policy.venue_deadline,
        };
        reader.begin().await
    }

    /// Nobody may wait for a pool that nobody looks for.
    fn unread(&self, order: &Order) -> Missed {
        let reason = WaitingReason::VenuesUnavailable;
        Missed {
            unmet: Unmet { reason, best: None },
            look_after: self.next_look(order, reason, PoolAge::Open(0)),
            pool: None,
        }
    }

    /// Whether the pool that fired an order misses nothing now, either. What it misses is what the
    /// order waits for again.
    pub(super) async fn still_good(
        &self,
        order: &Order,
        sniper: &Sniper,
    ) -> Result<Result<(), Unmet>, StoreError> {
        let mint = &order.swap.token_out.symbol;
        let pools = self.launch_log.of_mint(mint).await?;
        let mut reason = WaitingReason::NoPoolYet;
        for pool in pools
            .iter()
            .filter(|pool| self.may_buy(order, sniper, pool))
        {
            match self.missing(sniper, self.inspected(pool).await) {
                None => return Ok(Ok(())),
                Some((missing, _)) => reason = missing,
            }
        }
        Ok(Err(Unmet { reason, best: None }))
    }

    /// Of the pools that the order may buy from, the first that misses nothing, with what it pays;
    /// else what is worth the next look is told.
    async fn first_good<'a>(
        &self,
        claimed: &ClaimedOrder,
        sniper: &Sniper,
        pools: &'a [LaunchedPool],
    ) -> Result<Result<(&'a LaunchedPool, RoutingDecision), Missed>, StoreError> {
        let order = claimed.order();
        let pools = pools
            .iter()
            .filter(|pool| self.may_buy(order, sniper, pool));
        let looks = pools.map(async |pool| (pool, self.inspected(pool).await));
        let mut missed = Missed {
            unmet: Unmet {
                reason: WaitingReason::NoPoolYet,
                best: None,
            },
            look_after: None,
            pool: None,
        };
        let mut renewed_at = self.clock.now();
        for (pool, inspected) in join_all(looks).await {
            let other = match self.missing(sniper, inspected) {
                Some((reason, age)) => self.missed(order, pool, reason, age),
                None => {
                    // Each answer may take seconds.
                    if self.since(renewed_at) >= self.policy.lease / 4 {
                        claimed.renew().await?;
                        renewed_at = self.clock.now();
                    }
                    match self.quoted(order, pool).await {
                        Ok(decision) => return Ok(Ok((pool, decision))),
                        Err(unmet) => {
                            let other = self.missed(order, pool, unmet.reason, PoolAge::Open(0));
                            Missed { unmet, ..other }
                        }
                    }
                }
            };
            // It may be the first that is good enough: nobody goes past it unseen.
            if other.unmet.reason == WaitingReason::VenuesUnavailable {
                return Ok(Err(other));
            }
            if other.is_sooner_than(&missed) {
                missed = other;
            }
        }
        Ok(Err(missed))
    }

    fn may_buy(&self, order: &Order, sniper: &Sniper, pool: &LaunchedPool) -> bool {
        pool.against == order.swap.token_in.symbol
            && sniper.buys_at(&pool.venue)
            && self.router.knows(&pool.venue)
            && fired_pool(order).is_none_or(|fired| fired.pool == pool.pool)
    }

    async fn inspected(&self, pool: &LaunchedPool) -> Inspected {
        let limit = self.clock.sleep(self.policy.venue_deadline);
        let inspected = match select(self.launches.inspect(pool), limit).await {
            Either::Left((inspected, _)) => inspected,
            Either::Right(_) => Err(Unavailable("no answer in time".into())),
        };
        inspected.inspect_err(|error| observe::pool_unknown(&pool.pool, error))
    }

    /// What a pool misses, and how old it is.
    fn missing(&self, sniper: &Sniper, inspected: Inspected) -> Option<(WaitingReason, PoolAge)> {
        match inspected {
            Ok(Some(condition)) => Some((sniper.misses(&condition)?, condition.age)),
            Ok(None) => Some((WaitingReason::NoPoolYet, PoolAge::Open(0))),
            Err(_) => Some((WaitingReason::VenuesUnavailable, PoolAge::Open(0))),
        }
    }

    /// What the order is paid in that pool, if that is what it accepts.
    async fn quoted(&self, order: &Order, pool: &LaunchedPool) -> Result<RoutingDecision, Unmet> {
        let mut swap = order.swap.clone();
        swap.token_out.decimals = pool.decimals;
        let quoted = self
            .router
            .route_at(&pool.venue, &pool.pool, &swap, &order.kind);
        let decision = quoted.await.map_err(|no_route| Unmet {
            reason: WaitingReason::after(no_route.failure.code)
                .unwrap_or(WaitingReason::VenuesUnavailable),
            best: None,
        })?;
        let floor = order.kind.floor(&swap);
        if floor.is_some_and(|floor| decision.quoted_out.units() < floor.units()) {
            return Err(Unmet {
                reason: WaitingReason::LimitNotMet,
                best: Some(executable(order, &decision)),
            });
        }
        Ok(decision)
    }

    fn missed(
        &self,
        order: &Order,
        pool: &LaunchedPool,
        reason: WaitingReason,
        age: PoolAge,
    ) -> Missed {
        Missed {
            unmet: Unmet { reason, best: None },
            look_after: self.next_look(order, reason, age),
            pool: Some(SeenPool {
                pool: pool.pool.clone(),
                opens_at: pool.opens_at,
            }),
        }
    }

    fn next_look(&self, order: &Order, reason: WaitingReason, age: PoolAge) -> Option<Duration> {
        let looks = order.waiting.as_ref().map_or(1, |waiting| waiting.checks);
        next_look(&self.policy, order, looks, reason, age)
    }
}

/// About a slot of the chain.
const SLOT: Duration = Duration::from_millis(400);

/// When a pool is worth another look: when it opens, but a creator may change his mind about that;
/// else after a while that grows with the looks in vain, and no faster than the pool ages, so that
/// none of the little time is lost in which it may be bought from.
fn next_look(
    policy: &Policy,
    order: &Order,
    looks: u32,
    reason: WaitingReason,
    age: PoolAge,
) -> Option<Duration> {
    match (reason, age) {
        (WaitingReason::TooLate | WaitingReason::NoPoolYet, _) => None,
        (_, PoolAge::OpensIn(wait)) => Some(wait.min(policy.max_recheck)),
        (_, PoolAge::Open(slots)) => {
            let slots = u32::try_from(slots).unwrap_or(u32::MAX);
            let quarter = SLOT.saturating_mul(slots) / 4;
            let first = policy.recheck_after(1, order.id);
            Some(
                policy
                    .recheck_after(looks, order.id)
                    .min(quarter.max(first)),
            )
        }
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

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use uuid::Uuid;

    use super::*;
    use crate::{
        account::{AccountId, Actor},
        order::{
            Market, NewOrder, OrderId, OrderKind, SlippageTolerance, Swap, Token, TokenAmount,
        },
    };

    fn order() -> Order {
        let token = |symbol: &str| Token {
            symbol: symbol.into(),
            decimals: 6,
        };
        let new = NewOrder {
            by: Actor::of(AccountId::local()),
            id: OrderId(Uuid::from_u128(7)),
            swap: Swap {
                token_in: token("SOL"),
                token_out: token("CAT"),
                amount_in: TokenAmount::from_units(1, 6),
            },
            kind: OrderKind::Market(Market {
                slippage: SlippageTolerance::DEFAULT,
                min_amount_out: None,
            }),
            idempotency: None,
            client_order_id: None,
        };
        Order::accepted(&new, Timestamp::UNIX_EPOCH, Timestamp::UNIX_EPOCH)
    }

    #[test]
    fn a_pool_is_looked_at_again_in_time() {
        let (policy, order) = (Policy::default(), order());
        let next = |looks, reason, age| next_look(&policy, &order, looks, reason, age);
        let opens = |wait| next(1, WaitingReason::PoolOpensLater, PoolAge::OpensIn(wait));
        let minute = Duration::from_secs(60);
        assert_eq!(opens(minute), Some(minute));
        // Nobody is believed for thousands of years.
        assert_eq!(opens(Duration::MAX), Some(policy.max_recheck));
        let too_late = next(1, WaitingReason::TooLate, PoolAge::Open(301));
        assert_eq!(too_late, None, "only another pool can help");
        // However often it was looked at, a pool that may be bought from for two minutes is looked
        // at every half of one.
        for (slots, most) in [(0, 6), (75, 8), (300, 31)] {
            let pause = next(20, WaitingReason::LpNotBurned, PoolAge::Open(slots));
            let most = Duration::from_secs(most);
            assert!(
                pause.is_some_and(|pause| pause <= most),
                "{slots}: {pause:?}"
            );
        }
        let patient = next(20, WaitingReason::LpNotBurned, PoolAge::Open(200_000));
        assert!(patient.is_some_and(|pause| pause > Duration::from_secs(200)));
    }
}
