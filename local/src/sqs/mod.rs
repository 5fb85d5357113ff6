//! A queue of SQS in the place of this process's own: several engines share it, and what is in it
//! outlives each of them.

mod reach;
mod work;

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use aws::sqs::{Delivery, Depth, NoQueue, Receiver, SqsQueue};
use config::HttpUrl;
use engine::{
    execute::Shutdown,
    ports::{Envelope, HealthCheck, Queue, Unavailable},
};
use futures::FutureExt;
use tokio::{sync::Mutex, time::sleep};

use reach::Reach;
pub(crate) use work::work;

/// The orders queue on SQS.
pub(crate) struct SharedQueue {
    url: HttpUrl,
    sending: SqsQueue,
    receiving: Receiver,
    /// Whose turn it is to ask for messages. One worker asks at a time: whoever gets some lets the
    /// next one ask, and where there are none one call waits instead of ten.
    turn: Mutex<()>,
    reach: Arc<Reach>,
}

/// Between two calls while SQS does not answer.
const PAUSE: Duration = Duration::from_secs(1);

impl SharedQueue {
    /// The queue at `url`, in the AWS that the environment names. A message that a worker took is
    /// not seen by anybody else for `visibility`, and longer as long as the worker says so.
    ///
    /// # Errors
    /// [`NoQueue`] with what is missing or wrong.
    pub(crate) async fn open(url: &HttpUrl, visibility: Duration) -> Result<Self, NoQueue> {
        let sdk = aws::sdk().await;
        Ok(Self {
            url: url.clone(),
            receiving: Receiver::open(&sdk, url, visibility).await?,
            sending: SqsQueue::new(&sdk, url),
            turn: Mutex::default(),
            reach: Arc::new(Reach::new(PAUSE)),
        })
    }

    /// Its address.
    pub(crate) const fn url(&self) -> &HttpUrl {
        &self.url
    }

    /// Its part of the engine's health.
    pub(crate) fn health(&self) -> Arc<dyn HealthCheck> {
        self.reach.clone()
    }

    /// How full it is.
    pub(crate) async fn depth(&self) -> Result<Depth, Unavailable> {
        self.noted(self.receiving.depth().await)
    }

    /// Waits for messages and takes up to `most` of them; none when `shutdown` resolves before.
    async fn take(&self, most: usize, shutdown: &Shutdown) -> Vec<Delivery> {
        let turn = self.turn.lock();
        let _turn = tokio::select! {
            biased;
            () = shutdown.clone() => return Vec::new(),
            turn = turn => turn,
        };
        while shutdown.clone().now_or_never().is_none() {
            // Not given up at a shutdown: SQS would go on, and hand messages to nobody.
            match self.noted(self.receiving.receive(most).await) {
                Ok(taken) if taken.is_empty() => {}
                Ok(taken) if shutdown.clone().now_or_never().is_some() => {
                    self.give_back(&taken).await;
                }
                Ok(taken) => return taken,
                Err(_) => tokio::select! {
                    () = shutdown.clone() => {}
                    () = sleep(PAUSE) => {}
                },
            }
        }
        Vec::new()
    }

    /// Forgets messages that were served. One that is not forgotten comes again, and its order is
    /// found done.
    async fn delete(&self, served: &[Delivery]) {
        let _ = self.noted(self.receiving.delete(served).await);
    }

    /// Lets others take them. If SQS does not hear of it, they come when their time is over.
    async fn give_back(&self, unserved: &[Delivery]) {
        let _ = self.noted(self.receiving.give_back(unserved).await);
    }

    /// Keeps them from others for a while longer.
    async fn hold(&self, held: &[Delivery]) {
        let _ = self.noted(self.receiving.hold(held).await);
    }

    fn noted<T>(&self, answer: Result<T, Unavailable>) -> Result<T, Unavailable> {
        match &answer {
            Ok(_) => self.reach.answered(),
            Err(error) => self.reach.failed(error),
        }
        answer
    }
}

#[async_trait]
impl Queue for SharedQueue {
    /// That SQS does not answer is said once, not for each message. What it did not take is in the
    /// outbox, so that nobody has to wait here while it is known to be away.
    async fn send(&self, batch: &[Envelope]) -> Result<Vec<bool>, Unavailable> {
        let sent = match self.reach.just_failed() {
            true => None,
            false => self.noted(self.sending.send(batch).await).ok(),
        };
        Ok(sent.unwrap_or_else(|| vec![false; batch.len()]))
    }

    async fn waiting(&self) -> Result<u64, Unavailable> {
        match self.reach.just_failed() {
            true => Err(Unavailable("SQS has just not answered".into())),
            false => self.noted(self.sending.waiting().await),
        }
    }
}
