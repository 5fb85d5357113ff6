//! Execute: take an order up and do the one thing that its status calls for, again and again, until
//! it is final.
//!
//! A worker may die between any two lines of this file. What it leaves behind is a status and, when
//! that is `submitted`, a stored transaction; both say exactly what the next worker has to do.

mod claimed;
mod condition;
mod earlier;
mod launch;
mod settle;

use std::{sync::Arc, time::Duration};

use futures::{
    channel::mpsc,
    future::{BoxFuture, Shared, join},
};
use tracing::Instrument;

use crate::{
    observe,
    order::{
        Canceller, Failure, FailureCode, InvalidTransition, Lifetime, Order, OrderEvent, Status,
        TransactionEnd, Trigger,
    },
    policy::Policy,
    ports::{
        Chain, Claim, Clock, Envelope, ExecuteOrder, LaunchLog, Launches, LeasedOrder, OrderLog,
        OrderWriter, Prepare, Queue, StoreError, Subscriptions,
    },
    routing::{NoRoute, Router, RoutingDecision},
    stream::{Delivery, OrderStream},
    trace,
};
use claimed::ClaimedOrder;
use settle::Sent;

/// Resolves when the worker should come to a safe point and give its orders back: the end of its
/// time, or a shutdown.
pub type Shutdown = Shared<BoxFuture<'static, ()>>;

/// The use case behind the queue.
#[derive(Clone)]
pub struct Execute {
    /// The order book, for reading.
    pub log: Arc<dyn OrderLog>,
    /// The order book, for writing.
    pub writer: Arc<dyn OrderWriter>,
    /// Where retries are announced.
    pub queue: Arc<dyn Queue>,
    /// Where to trade.
    pub router: Router,
    /// Who executes.
    pub chain: Arc<dyn Chain>,
    /// The pools that are created, as the chain has them.
    pub launches: Arc<dyn Launches>,
    /// Those of them that are known.
    pub launch_log: Arc<dyn LaunchLog>,
    /// Who follows; for those whom a dead worker left without news.
    pub subscriptions: Arc<dyn Subscriptions>,
    /// Notifies the subscribers.
    pub stream: OrderStream,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// The protocol's numbers.
    pub policy: Arc<Policy>,
}

/// How an execution ended. In each case the message has served.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Executed {
    /// The order is final.
    Final(Status),
    /// The attempt failed; the next one is announced.
    Retrying,
    /// Its condition is not met; the monitor wakes it.
    Waiting,
    /// The order was given back and comes again.
    Parked,
    /// Another worker has it.
    Elsewhere,
    /// The message was about something that is over.
    Stale,
}

/// Why an execution came to no end. The message has not served.
#[derive(Clone, Debug, thiserror::Error)]
pub enum ExecuteError {
    /// The order book did not do its part.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The program asked for a move that the table does not have.
    #[error("defect: {0}")]
    Defect(#[from] InvalidTransition),
}

/// What a step has come to.
enum Step {
    /// The order goes on, here or in its next attempt.
    On,
    /// It waits again, and is ours no more.
    Waits,
    /// Nobody can tell yet how it goes on: somebody is to come back for it.
    Pause(Duration),
    /// It is to be closed by this event, without a swap.
    End(OrderEvent),
}

impl Execute {
    /// Executes the order of a message as far as possible.
    ///
    /// # Errors
    /// [`ExecuteError`]; the message must be delivered again. One that never succeeds ends among
    /// the dead letters, where a person looks.
    pub async fn execute(
        &self,
        message: &ExecuteOrder,
        shutdown: &Shutdown,
    ) -> Result<Executed, ExecuteError> {
        let span = trace::execute(message);
        let executed = self
            .take_up(message, shutdown)
            .instrument(span.clone())
            .await;
        trace::executed(&span, &executed);
        executed
    }

    async fn take_up(
        &self,
        message: &ExecuteOrder,
        shutdown: &Shutdown,
    ) -> Result<Executed, ExecuteError> {
        let claim = self.writer.claim(message, self.policy.lease);
        match claim.instrument(trace::claim()).await? {
            Claim::Busy => Ok(Executed::Elsewhere),
            Claim::Stale => Ok(Executed::Stale),
            Claim::Leased(leased) => {
                // Work and pushes run side by side: a slow subscriber never delays an order.
                let (out, deliveries) = mpsc::unbounded();
                let work = self.run(*leased, out, shutdown);
                join(work, self.stream.deliver(deliveries)).await.0
            }
        }
    }

    async fn run(
        &self,
        leased: LeasedOrder,
        out: mpsc::UnboundedSender<Delivery>,
        shutdown: &Shutdown,
    ) -> Result<Executed, ExecuteError> {
        let (id, abandoned) = (leased.order.id, leased.abandoned);
        observe::attempt_taken(&leased.order, abandoned);
        let mut claimed =
            ClaimedOrder::new(Arc::clone(&self.writer), leased, self.policy.lease, out);
        if abandoned {
            let subscribers = self.subscriptions.live(id).await?;
            claimed.repeat_log(self.log.as_ref(), &subscribers).await?;
        } else {
            claimed.tell_beginning();
        }
        match self.advance(claimed, shutdown).await {
            Err(ExecuteError::Store(StoreError::Conflict)) => {
                observe::fenced(id);
                Ok(Executed::Elsewhere)
            }
            ended => ended,
        }
    }

    async fn advance(
        &self,
        mut claimed: ClaimedOrder,
        shutdown: &Shutdown,
    ) -> Result<Executed, ExecuteError> {
        let attempt = claimed.order().attempt;
        let sent = match claimed.transaction() {
            Some(_) => Sent::Maybe,
            None => Sent::No,
        };
        // An order that had a transaction is looked back on once in each status.
        let mut looked_back = None;
        loop {
            let order = claimed.order();
            let status = order.status;
            if order.attempt > attempt {
                return Ok(if status == Status::Waiting {
                    Executed::Waiting
                } else {
                    Executed::Retrying
                });
            }
            let step = match status {
                Status::Confirmed | Status::Failed | Status::Cancelled | Status::Expired => {
                    return Ok(Executed::Final(status));
                }
                Status::Submitted => {
                    let settled = self.settle(&mut claimed, sent, shutdown);
                    settled.instrument(trace::settle()).await?
                }
                Status::Pending | Status::Waiting | Status::Routing | Status::Building
                    if order.cancel_requested =>
                {
                    cancelled(None)
                }
                Status::Pending | Status::Waiting | Status::Routing if self.is_overdue(order) => {
                    self.run_out(order, None)
                }
                Status::Waiting | Status::Routing | Status::Building
                    if order.attempt > 1 && looked_back != Some(status) =>
                {
                    looked_back = Some(status);
                    self.look_back(&mut claimed).await?
                }
                Status::Waiting => self.look_again(&mut claimed).await?,
                Status::Pending => self.begin(&mut claimed).instrument(trace::route()).await?,
                Status::Routing => {
                    let chosen = self.choose_venue(&mut claimed);
                    chosen.instrument(trace::route()).await?
                }
                Status::Building => self.build(&mut claimed).instrument(trace::sign()).await?,
            };
            let pause = match step {
                Step::On => None,
                Step::Waits => return Ok(Executed::Waiting),
                Step::Pause(pause) => Some(pause),
                Step::End(event) => self.end(&mut claimed, event).await?,
            };
            if let Some(pause) = pause {
                return self.park(claimed, pause).await;
            }
        }
    }

    /// Begins with an order that the claim has not begun with, or lets it wait.
    async fn begin(&self, claimed: &mut ClaimedOrder) -> Result<Step, ExecuteError> {
        let kind = claimed.order().kind.clone();
        if let Trigger::PoolCreated(sniper) = kind.trigger() {
            return self.look_for_pool(claimed, sniper).await;
        }
        claimed.record(Order::BEGINNING).await?;
        Ok(Step::On)
    }

    async fn choose_venue(&self, claimed: &mut ClaimedOrder) -> Result<Step, ExecuteError> {
        let order = claimed.order();
        let decision = match launch::fired_pool(order) {
            Some(fired) => {
                self.router
                    .route_at(&fired.venue, &fired.pool, &order.swap, &order.kind)
                    .await
            }
            None => self.router.route(&order.swap, &order.kind).await,
        };
        self.go(claimed, decision).await
    }

    async fn go(
        &self,
        claimed: &mut ClaimedOrder,
        decision: Result<RoutingDecision, NoRoute>,
    ) -> Result<Step, ExecuteError> {
        match decision {
            Ok(decision) => self.take(claimed, decision).await,
            Err(no_route) => self.fail(claimed, no_route.failure, None).await,
        }
    }

    /// Writes where the order goes; together with what is signed for that, if nobody has to be
    /// asked before: neither the chain, nor whether an earlier transaction has landed, nor whether
    /// the order's pool is still good.
    async fn choose(
        &self,
        claimed: &mut ClaimedOrder,
        decision: RoutingDecision,
    ) -> Result<Step, ExecuteError> {
        let order = claimed.order();
        let asks_nobody = match order.kind.trigger() {
            Trigger::Immediately | Trigger::PriceAtLeast(..) => order.attempt == 1,
            Trigger::PoolCreated(_) => false,
        };
        let request = Prepare {
            id: order.id,
            swap: &order.swap,
            route: &decision.route,
            min_out: order.kind.min_out(&order.swap, decision.quoted_out),
        };
        let signed = (asks_nobody && !self.is_overdue(order))
            .then(|| self.chain.prepare_at_once(&request))
            .flatten();
        let chosen = OrderEvent::VenueChosen {
            route: decision.route,
            quoted_out: decision.quoted_out,
            offers: decision.offers,
            reason: decision.reason,
        };
        match signed {
            Some(transaction) => claimed.choose_and_submit(chosen, transaction).await?,
            None => claimed.record(chosen).await?,
        }
        Ok(Step::On)
    }

    /// Signs, and stores what was signed. It is sent by [`Execute::settle`], never before it is
    /// stored.
    async fn build(&self, claimed: &mut ClaimedOrder) -> Result<Step, ExecuteError> {
        let order = claimed.order();
        let (Some(route), Some(quoted_out)) = (&order.route, order.quoted_out) else {
            let reason = "the chosen quote is not known any more";
            let failure = Failure::new(FailureCode::VenuesUnavailable, reason);
            return self.fail(claimed, failure, None).await;
        };
        if self.is_overdue(order) {
            return Ok(self.run_out(order, None));
        }
        if let Trigger::PoolCreated(sniper) = order.kind.trigger()
            && let Err(unmet) = self.still_good(order, sniper).await?
        {
            return self.wait(claimed, unmet, None).await;
        }
        // That may have taken a while, and nothing is signed out of time.
        if self.is_overdue(order) {
            return Ok(self.run_out(order, None));
        }
        // Its former worker may have died, and the market has moved on.
        if self.since(order.updated_at) > self.policy.quote_max_age {
            return self.choose_venue(claimed).await;
        }
        let request = Prepare {
            id: order.id,
            swap: &order.swap,
            route,
            min_out: order.kind.min_out(&order.swap, quoted_out),
        };
        match self.chain.prepare(&request).await {
            Ok(transaction) => {
                claimed.submit(transaction).await?;
                Ok(Step::On)
            }
            Err(failure) => self.fail(claimed, failure, None).await,
        }
    }

    /// Ends the attempt: another one after a pause, or when its condition is met again, or none.
    /// `settled` says how its transaction ended, if it had one.
    async fn fail(
        &self,
        claimed: &mut ClaimedOrder,
        failure: Failure,
        settled: Option<TransactionEnd>,
    ) -> Result<Step, ExecuteError> {
        let order = claimed.order();
        observe::attempt_failed(order, &failure);
        trace::failed(&failure);
        if order.cancel_requested {
            return Ok(cancelled(settled));
        }
        let overdue = self.is_overdue(order);
        if overdue && self.expires(order) {
            return Ok(self.run_out(order, settled));
        }
        let pause = self
            .policy
            .pause_after(order.tries, order.id)
            .filter(|_| failure.code.is_retryable() && !overdue);
        let Some(pause) = pause else {
            return match condition::waits_after(order, &failure) {
                Some(unmet) => self.wait(claimed, unmet, settled).await,
                None => Ok(Step::End(OrderEvent::Failed { failure, settled })),
            };
        };
        let event = OrderEvent::AttemptFailed { failure, settled };
        claimed.retry(event, pause).await?;
        self.announce(claimed.order(), pause).await;
        Ok(Step::On)
    }

    /// Ends an order whose time has ended: it has expired, or failed.
    fn run_out(&self, order: &Order, settled: Option<TransactionEnd>) -> Step {
        let failure = Failure::new(
            FailureCode::DeadlineExceeded,
            "the order could not be executed within its time",
        );
        Step::End(if self.expires(order) {
            OrderEvent::Expired { failure, settled }
        } else {
            OrderEvent::Failed { failure, settled }
        })
    }

    async fn park(&self, claimed: ClaimedOrder, pause: Duration) -> Result<Executed, ExecuteError> {
        let order = claimed.order().clone();
        claimed.release(pause).await?;
        observe::parked(order.id, pause);
        self.announce(&order, pause).await;
        Ok(Executed::Parked)
    }

    /// The outbox row is stored already; this is the fast path.
    async fn announce(&self, order: &Order, pause: Duration) {
        match self.queue.send(&[Envelope::of(order, pause)]).await {
            Ok(accepted) if accepted.iter().all(|&yes| yes) => {}
            Ok(_) => observe::queue_refused(order.id, "refused"),
            Err(error) => observe::queue_refused(order.id, &error.0),
        }
    }

    fn is_overdue(&self, order: &Order) -> bool {
        self.clock.now() > order.deadline
    }

    fn expires(&self, order: &Order) -> bool {
        match order.kind.lifetime(&self.policy) {
            Lifetime::For(_) => false,
            Lifetime::Until(_) => true,
        }
    }
}

fn cancelled(settled: Option<TransactionEnd>) -> Step {
    let by = Canceller::Client;
    Step::End(OrderEvent::Cancelled { by, settled })
}
