//! An order's condition: whether it is met by what the venues offer for its size, and when to look
//! again when it is not.

use std::time::Duration;

use rust_decimal::Decimal;

use super::{ClaimedOrder, Execute, ExecuteError, Step};
use crate::{
    amount::price,
    observe,
    order::{
        Cause, ExecutablePrice, Failure, FailureCode, Fired, LimitPrice, Order, OrderEvent,
        TimeInForce, TransactionEnd, Trigger, Unmet, WaitingReason,
    },
    ports::Wake,
    routing::RoutingDecision,
};

impl Execute {
    /// Looks whether an order that waits may begin; else it waits again.
    pub(super) async fn look_again(
        &self,
        claimed: &mut ClaimedOrder,
    ) -> Result<Step, ExecuteError> {
        let kind = claimed.order().kind.clone();
        if let Trigger::PoolCreated(sniper) = kind.trigger() {
            return self.look_for_pool(claimed, sniper).await;
        }
        let order = claimed.order();
        let unmet = match self.router.route(&order.swap, &order.kind).await {
            Ok(decision) if pays_enough(order, &decision) => {
                let fired = Fired {
                    at: self.clock.now(),
                    by: Cause::Price(executable(order, &decision)),
                };
                observe::triggered(order, &fired);
                claimed
                    .record(OrderEvent::RoutingStarted { fired: Some(fired) })
                    .await?;
                return self.take(claimed, decision).await;
            }
            Ok(decision) => too_low(order, &decision),
            Err(no_route) => Unmet {
                reason: WaitingReason::after(no_route.failure.code)
                    .unwrap_or(WaitingReason::VenuesUnavailable),
                best: None,
            },
        };
        let looks = order.waiting.as_ref().map_or(1, |waiting| waiting.checks);
        let wake = self.wake(order, &unmet, looks).await;
        claimed.wait_again(&unmet, wake).await?;
        Ok(Step::Waits)
    }

    /// Goes where the router says, unless the order's floor forbids it.
    pub(super) async fn take(
        &self,
        claimed: &mut ClaimedOrder,
        decision: RoutingDecision,
    ) -> Result<Step, ExecuteError> {
        let order = claimed.order();
        if pays_enough(order, &decision) {
            return self.choose(claimed, decision).await;
        }
        match order.kind.trigger() {
            Trigger::Immediately => {
                let failure =
                    Failure::new(FailureCode::MinAmountOut, below_the_floor(order, &decision));
                self.fail(claimed, failure, None).await
            }
            Trigger::PriceAtLeast(_, TimeInForce::Ioc) => {
                let failure =
                    Failure::new(FailureCode::LimitNotMet, below_the_floor(order, &decision));
                let settled = None;
                Ok(Step::End(OrderEvent::Expired { failure, settled }))
            }
            Trigger::PriceAtLeast(_, TimeInForce::Gtd) | Trigger::PoolCreated(_) => {
                let unmet = too_low(order, &decision);
                self.wait(claimed, unmet, None).await
            }
        }
    }

    /// Lets an order wait whose condition is not met, or that failed for a reason which time can
    /// mend. One that has begun too often in vain has failed.
    pub(super) async fn wait(
        &self,
        claimed: &mut ClaimedOrder,
        unmet: Unmet,
        settled: Option<TransactionEnd>,
    ) -> Result<Step, ExecuteError> {
        let order = claimed.order();
        if order.triggers >= self.policy.max_triggers {
            let reason = "its condition was met too often without a swap";
            let failure = Failure::new(FailureCode::TooManyTriggers, reason);
            return Ok(Step::End(OrderEvent::Failed { failure, settled }));
        }
        let wake = self.wake(order, &unmet, order.triggers.max(1)).await;
        let event = OrderEvent::WaitingStarted {
            unmet,
            pool: None,
            settled,
        };
        claimed.wait(event, wake).await?;
        Ok(Step::On)
    }

    async fn wake(&self, order: &Order, unmet: &Unmet, looks: u32) -> Wake {
        let pause = self.policy.recheck_after(looks, order.id);
        match order.kind.trigger() {
            Trigger::Immediately => Wake::default(),
            Trigger::PriceAtLeast(limit, _) => {
                let (token_in, token_out) = (&order.swap.token_in, &order.swap.token_out);
                let marginal = self.router.marginal_price(token_in, token_out).await;
                wake_of(limit, marginal, unmet, pause)
            }
            // It was fired, and buys at that pool or not at all.
            Trigger::PoolCreated(_) => Wake {
                after: (unmet.reason != WaitingReason::TooLate).then_some(pause),
                ..Wake::default()
            },
        }
    }
}

/// What an order waits for after its tries ended in that failure; `None` when it does not.
pub(super) fn waits_after(order: &Order, failure: &Failure) -> Option<Unmet> {
    match order.kind.trigger() {
        Trigger::Immediately | Trigger::PriceAtLeast(_, TimeInForce::Ioc) => None,
        Trigger::PriceAtLeast(_, TimeInForce::Gtd) | Trigger::PoolCreated(_) => {
            let reason = WaitingReason::after(failure.code)?;
            Some(Unmet { reason, best: None })
        }
    }
}

/// An order far away is woken by the price alone, of which the marginal one is a bound. When that
/// seems to be met and is not for this size, the order is looked at again when the marginal price
/// has risen in proportion, which is an estimate, so after a while in any case. And when it is not
/// the price that is missing, after a while.
fn wake_of(limit: LimitPrice, marginal: Option<Decimal>, unmet: &Unmet, pause: Duration) -> Wake {
    let limit = limit.value();
    match (marginal, &unmet.best, unmet.reason) {
        (Some(marginal), _, _) if marginal < limit => Wake {
            at_price: Some(limit),
            ..Wake::default()
        },
        (Some(marginal), Some(best), WaitingReason::LimitNotMet) => Wake {
            at_price: limit
                .checked_mul(marginal)
                .and_then(|product| product.checked_div(best.price)),
            after: Some(pause),
            pool_after: None,
        },
        (Some(_) | None, Some(_) | None, _) => Wake {
            after: Some(pause),
            ..Wake::default()
        },
    }
}

fn pays_enough(order: &Order, decision: &RoutingDecision) -> bool {
    let floor = order.kind.floor(&order.swap);
    floor.is_none_or(|floor| decision.quoted_out.units() >= floor.units())
}

/// What is offered for all of an order.
pub(super) fn executable(order: &Order, decision: &RoutingDecision) -> ExecutablePrice {
    ExecutablePrice {
        price: price(order.swap.amount_in, decision.quoted_out),
        venue: decision.route.venue.clone(),
    }
}

fn too_low(order: &Order, decision: &RoutingDecision) -> Unmet {
    Unmet {
        reason: WaitingReason::LimitNotMet,
        best: Some(executable(order, decision)),
    }
}

fn below_the_floor(order: &Order, decision: &RoutingDecision) -> String {
    let symbol = &order.swap.token_out.symbol;
    let floor = order.kind.floor(&order.swap);
    format!(
        "{} pays {} {symbol}, and the order accepts no less than {} {symbol}",
        decision.route.venue,
        decision.quoted_out,
        floor.unwrap_or(decision.quoted_out),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{policy::Policy, venue::VenueId};

    fn wake(
        limit: &str,
        marginal: Option<&str>,
        best: Option<&str>,
        reason: WaitingReason,
    ) -> Wake {
        let decimal = |text: &str| text.parse::<Decimal>().expect("a number");
        let unmet = Unmet {
            reason,
            best: best.map(|price| ExecutablePrice {
                price: decimal(price),
                venue: VenueId::new("Raydium"),
            }),
        };
        let limit = LimitPrice::new(decimal(limit)).expect("a price");
        let pause = Policy::default().max_recheck;
        wake_of(limit, marginal.map(decimal), &unmet, pause)
    }

    #[test]
    fn an_order_is_woken_by_a_bound_by_an_estimate_or_by_time() {
        let wait = Some(Policy::default().max_recheck);
        let not_met = WaitingReason::LimitNotMet;
        let far = wake("90", Some("80"), Some("79"), not_met);
        assert_eq!((far.at_price, far.after), (Some(90.into()), None));
        let too_large = wake("90", Some("100"), Some("75"), not_met);
        assert_eq!(
            (too_large.at_price, too_large.after),
            (Some(120.into()), wait)
        );
        let nobody_tells = wake("90", None, Some("75"), not_met);
        assert_eq!((nobody_tells.at_price, nobody_tells.after), (None, wait));
        let poor = wake("90", Some("100"), None, WaitingReason::InsufficientFunds);
        assert_eq!((poor.at_price, poor.after), (None, wait));
    }
}
