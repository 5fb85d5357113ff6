//! Looking back: a transaction that was taken for dead may have landed all the same. Whoever goes
//! on with its order, or ends it, asks before.

use std::time::Duration;

use super::{ClaimedOrder, Execute, ExecuteError, Step};
use crate::{
    observe,
    order::{Failure, Order, OrderEvent, Status, TransactionEnd},
    ports::{EarlierSwap, Unavailable},
    quote::Route,
};

impl Execute {
    /// Asked of an order that is in another attempt than its first: one of its transactions that
    /// has landed is settled, and nothing else is done. While nobody can tell, nothing is.
    pub(super) async fn look_back(&self, claimed: &mut ClaimedOrder) -> Result<Step, ExecuteError> {
        let order = claimed.order();
        match self.chain.landed(order.id).await {
            Ok(None) => {
                // That took some of the lease, and signing takes the most of one.
                if order.status == Status::Building {
                    claimed.renew().await?;
                }
                Ok(Step::On)
            }
            Ok(Some(earlier)) => self.return_to(claimed, earlier).await,
            Err(doubt) => Ok(Step::Pause(self.in_doubt(order, &doubt))),
        }
    }

    /// Closes an order without a swap, once it is certain that there was none. Answers a pause
    /// while it is not.
    pub(super) async fn end(
        &self,
        claimed: &mut ClaimedOrder,
        event: OrderEvent,
    ) -> Result<Option<Duration>, ExecuteError> {
        let order = claimed.order();
        let ends = event.settles();
        if order.attempt == 1 && ends.is_none() {
            claimed.record(event).await?;
            return Ok(None);
        }
        let earlier = match self.chain.landed(order.id).await {
            Ok(None) => {
                claimed.record(event).await?;
                return Ok(None);
            }
            Ok(Some(earlier)) => earlier,
            Err(doubt) => return Ok(Some(self.in_doubt(order, &doubt))),
        };
        match ends {
            None => self.return_to(claimed, earlier).await?,
            // It is not dead: the next look settles it.
            Some(_) if order.tx_hash.as_ref() == Some(&earlier.transaction.signature) => {
                return Ok(Some(self.policy.recheck_after(1, order.id)));
            }
            Some(end) => self.overtaken(claimed, end).await?,
        };
        Ok(None)
    }

    /// Ends an attempt whose transaction can swap nothing any more, because an earlier one has. The
    /// next attempt returns to that, whether a try is left or not.
    pub(super) async fn overtaken(
        &self,
        claimed: &mut ClaimedOrder,
        end: TransactionEnd,
    ) -> Result<Step, ExecuteError> {
        let event = OrderEvent::AttemptFailed {
            failure: Failure::overtaken(),
            settled: Some(end),
        };
        claimed.retry(event, Duration::ZERO).await?;
        self.announce(claimed.order(), Duration::ZERO).await;
        Ok(Step::On)
    }

    /// Submits once more what was signed before, to be settled: a worker that dies between the two
    /// events leaves an order that is looked back on again.
    async fn return_to(
        &self,
        claimed: &mut ClaimedOrder,
        earlier: EarlierSwap,
    ) -> Result<Step, ExecuteError> {
        observe::landed_after_all(claimed.order(), &earlier.transaction);
        let chosen = OrderEvent::VenueChosen {
            route: Route {
                venue: earlier.venue,
                pool: None,
            },
            quoted_out: earlier.quoted_out,
            offers: Vec::new(),
            reason: "an earlier transaction of the order has landed".to_owned(),
        };
        claimed.record(chosen).await?;
        claimed.submit(earlier.transaction).await?;
        Ok(Step::On)
    }

    fn in_doubt(&self, order: &Order, doubt: &Unavailable) -> Duration {
        observe::may_have_landed(order.id, doubt);
        self.policy.recheck_after(1, order.id)
    }
}
