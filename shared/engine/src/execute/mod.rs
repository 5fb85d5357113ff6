//! Execute: take an order up and do the one thing that its status calls for, again and again, until it is final.
//!
//! A worker may die between any two lines of this file. What it leaves behind is a status and, when that is `submitted`, a
//! stored transaction; both say exactly what the next worker has to do.

mod settle;

use std::{sync::Arc, time::Duration};

use futures::{
    FutureExt,
    channel::mpsc,
    future::{BoxFuture, Shared, join, try_join},
};
use jiff::Timestamp;

use crate::{
    failure::{Failure, FailureCode},
    follow::Follow,
    lifecycle::{Change, Status},
    observe,
    policy::Policy,
    ports::{
        Chain, Claim, Clock, ExecuteOrder, Held, Orders, Prepare, Queue, Subscriptions,
        TransactionEnd, Unavailable, WriteError,
    },
    progress::Progress,
    router::Router,
};
use settle::Sent;

/// Resolves when the worker should come to a safe point and give its orders back: the end of its time, or a shutdown.
pub type Ending = Shared<BoxFuture<'static, ()>>;

/// The use case behind the queue.
#[derive(Clone)]
pub struct Execute {
    /// The order book.
    pub orders: Arc<dyn Orders>,
    /// Where retries are announced.
    pub queue: Arc<dyn Queue>,
    /// Where to trade.
    pub router: Router,
    /// Who executes.
    pub chain: Arc<dyn Chain>,
    /// Who watches; for those whom a dead worker left without news.
    pub subscriptions: Arc<dyn Subscriptions>,
    /// Tells the watchers.
    pub follow: Follow,
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
    /// The order was given back and comes again.
    Parked,
    /// Another worker has it.
    Elsewhere,
    /// The message was about something that is over.
    Stale,
}

impl Execute {
    /// Executes the order of a message as far as possible.
    ///
    /// # Errors
    /// [`Unavailable`] when the order book does not answer; the message must be delivered again.
    pub async fn execute(
        &self,
        message: &ExecuteOrder,
        ending: &Ending,
    ) -> Result<Executed, Unavailable> {
        match self.orders.claim(message, self.policy.lease).await? {
            Claim::Busy => Ok(Executed::Elsewhere),
            Claim::Stale => Ok(Executed::Stale),
            Claim::Held(held) => {
                // Work and telling run side by side: a slow watcher never delays an order.
                let (out, deliveries) = mpsc::unbounded();
                let work = self.run(*held, out, ending);
                join(work, self.follow.deliver(deliveries)).await.0
            }
        }
    }

    async fn run(
        &self,
        held: Held,
        out: mpsc::UnboundedSender<crate::follow::Delivery>,
        ending: &Ending,
    ) -> Result<Executed, Unavailable> {
        let (id, abandoned) = (held.order.id, held.abandoned);
        observe::attempt_taken(&held.order, abandoned);
        let progress = Progress::new(Arc::clone(&self.orders), held, self.policy.lease, out);
        if abandoned {
            progress
                .repeat_log(&self.subscriptions.live(id).await?)
                .await?;
        }
        match self.advance(progress, ending).await {
            Ok(executed) => Ok(executed),
            Err(WriteError::Fenced) => {
                observe::fenced(id);
                Ok(Executed::Elsewhere)
            }
            Err(WriteError::Unavailable(problem)) => Err(problem),
        }
    }

    async fn advance(
        &self,
        mut progress: Progress,
        ending: &Ending,
    ) -> Result<Executed, WriteError> {
        let attempt = progress.order().attempt;
        let sent = match progress.transaction() {
            Some(_) => Sent::Perhaps,
            None => Sent::NotYet,
        };
        loop {
            let order = progress.order();
            if order.status.is_final() {
                return Ok(Executed::Final(order.status));
            }
            if order.attempt > attempt {
                return Ok(Executed::Retrying);
            }
            let overdue = self.is_overdue(order.deadline);
            match order.status {
                Status::Submitted => {
                    if let Some(pause) = self.settle(&mut progress, sent, ending).await? {
                        return self.park(progress, pause).await;
                    }
                }
                _ if overdue => self.fail(&mut progress, out_of_time(), None).await?,
                Status::Pending | Status::Routing => self.choose_venue(&mut progress).await?,
                _ => self.sign(&mut progress).await?,
            }
        }
    }

    /// Quotes only read, so the venues are asked while the step to `routing` is still being written.
    async fn choose_venue(&self, progress: &mut Progress) -> Result<(), WriteError> {
        let (swap, status) = (progress.order().swap.clone(), progress.order().status);
        let written = async {
            match status {
                Status::Pending => progress.record(Change::Routing).await,
                _ => Ok(()),
            }
        };
        let ((), routed) = try_join(written, self.router.route(&swap).map(Ok)).await?;
        match routed {
            Ok(route) => {
                let (dex, quoted_out) = (route.chosen.dex, route.chosen.amount_out);
                let change = Change::Building {
                    offers: route.offers,
                    dex,
                    quoted_out,
                    reason: route.reason,
                };
                progress.record(change).await
            }
            Err(no_route) => self.fail(progress, no_route.failure, None).await,
        }
    }

    /// Signs, and stores what was signed. It is sent by [`Execute::settle`], never before it is stored.
    async fn sign(&self, progress: &mut Progress) -> Result<(), WriteError> {
        let order = progress.order();
        let (Some(dex), Some(quoted)) = (order.chosen_dex, order.quoted_out) else {
            let reason = "the chosen quote is not known any more";
            return self
                .fail(
                    progress,
                    Failure::new(FailureCode::VenuesUnavailable, reason),
                    None,
                )
                .await;
        };
        let min_out = order.swap.slippage.minimum_of(quoted);
        let request = Prepare {
            id: order.id,
            swap: &order.swap,
            dex,
            min_out,
        };
        match self.chain.prepare(&request).await {
            Ok(transaction) => progress.record(Change::Submitted { transaction }).await,
            Err(failure) => self.fail(progress, failure, None).await,
        }
    }

    /// Ends the attempt: another one after a pause, or none. `settled` says how its transaction ended, if it had one.
    async fn fail(
        &self,
        progress: &mut Progress,
        failure: Failure,
        settled: Option<TransactionEnd>,
    ) -> Result<(), WriteError> {
        let order = progress.order();
        observe::attempt_failed(order, &failure);
        let pause = self
            .policy
            .pause_after(order.attempt, order.id)
            .filter(|_| failure.code.is_retryable() && !self.is_overdue(order.deadline));
        let Some(after) = pause else {
            return progress.record(Change::Failed { failure, settled }).await;
        };
        progress
            .record(Change::Retrying {
                failure,
                settled,
                after,
            })
            .await?;
        self.announce(progress, after).await;
        Ok(())
    }

    async fn park(&self, progress: Progress, pause: Duration) -> Result<Executed, WriteError> {
        let order = progress.order();
        let (id, attempt) = (order.id, order.attempt);
        progress.release(pause).await?;
        observe::parked(id, pause);
        self.send_message(ExecuteOrder { id, attempt }, pause).await;
        Ok(Executed::Parked)
    }

    async fn announce(&self, progress: &Progress, pause: Duration) {
        let order = progress.order();
        self.send_message(
            ExecuteOrder {
                id: order.id,
                attempt: order.attempt,
            },
            pause,
        )
        .await;
    }

    /// The outbox row is stored already; this is the fast path.
    async fn send_message(&self, message: ExecuteOrder, pause: Duration) {
        match self.queue.send(&[(message, pause)]).await {
            Ok(accepted) if accepted.iter().all(|&yes| yes) => {}
            Ok(_) => observe::queue_refused(message.id, "refused"),
            Err(problem) => observe::queue_refused(message.id, &problem.0),
        }
    }

    fn is_overdue(&self, deadline: Timestamp) -> bool {
        self.clock.now() > deadline
    }
}

fn out_of_time() -> Failure {
    Failure::new(
        FailureCode::DeadlineExceeded,
        "the order could not be executed within its time",
    )
}
