//! Monitor: wake the orders whose condition may be met.
//!
//! It asks once for each pair and direction for the best marginal price, which bounds the price of
//! any size, and wakes the orders that this could fill; and those whose time has come. It reads the
//! chain's log of new pools slot by slot, and wakes the orders that wait for one of them. And it
//! notes the price that it has seen.
//!
//! It decides nothing: whoever is woken is looked at by a worker. Two monitors at once are
//! harmless, and one that dies between any two lines loses nothing: what it did not wake the next
//! tick wakes, and what it did not send the relay sends.

use std::sync::Arc;

use futures::future::{join, join_all};

use crate::{
    catalogue::Catalogue,
    launch_reader::LaunchReader,
    observe,
    order::{Swap, Token, price},
    ports::{Envelope, LaunchLog, Launches, PriceLog, Queue, SeenPrice, StoreError, WaitingOrders},
    routing::Router,
    trace,
};

/// The use case behind the watch.
#[derive(Clone)]
pub struct Monitor {
    /// The orders that wait.
    pub waiting: Arc<dyn WaitingOrders>,
    /// Where messages go.
    pub queue: Arc<dyn Queue>,
    /// The venues' prices.
    pub router: Router,
    /// The pairs that are watched.
    pub catalogue: Arc<Catalogue>,
    /// The chain's log of new pools.
    pub launches: Arc<dyn Launches>,
    /// What was read of it.
    pub launch_log: Arc<dyn LaunchLog>,
    /// Where prices are noted.
    pub prices: Arc<dyn PriceLog>,
}

/// How many orders one tick wakes for each reason: for each pair and direction, for a new pool, for
/// the end of their time, for another look. The rest is the next tick's.
const WOKEN: u32 = 500;

impl Monitor {
    /// One look at everything. What does not succeed is logged and left to the next one; pairs do
    /// not depend on each other. Answers how many orders were woken.
    pub async fn tick(&self) -> usize {
        let pairs = self.catalogue.pairs.iter();
        let directed = pairs.flat_map(|(a, b)| [(a, b), (b, a)]);
        let tokens = directed
            .filter_map(|(a, b)| Some((self.catalogue.token(a)?, self.catalogue.token(b)?)));
        let looks = tokens.map(|(token_in, token_out)| self.wake_pair(token_in, token_out));
        let mut woken = self.told(self.waiting.wake_due(WOKEN).await).await;
        // A chain that does not answer keeps nobody waiting.
        let ((), pairs) = join(self.read_launches(), join_all(looks)).await;
        woken += self.told(self.waiting.wake_launched(WOKEN).await).await;
        for pair in pairs {
            woken += self.told(pair).await;
        }
        self.note_prices().await;
        observe::watched(woken);
        woken
    }

    /// Notes the reference price of each pair.
    async fn note_prices(&self) {
        let seen = self.catalogue.pairs.iter().map(async |(base, quote)| {
            let (token_in, token_out) = (self.catalogue.token(base)?, self.catalogue.token(quote)?);
            let swap = Swap {
                // So many that the price has all digits that the token bought can tell.
                amount_in: token_in.whole(1_000),
                token_in: token_in.clone(),
                token_out: token_out.clone(),
            };
            let amount_out = self.router.reference.amount_out(&swap).await?;
            Some(SeenPrice {
                base: base.clone(),
                quote: quote.clone(),
                price: price(swap.amount_in, amount_out),
            })
        });
        let seen: Vec<SeenPrice> = join_all(seen).await.into_iter().flatten().collect();
        if let Err(error) = self.prices.note(&seen).await {
            observe::prices_not_noted(&error);
        }
    }

    async fn read_launches(&self) {
        if !self.catalogue.tells_launches {
            return;
        }
        let reader = LaunchReader {
            launches: &*self.launches,
            log: &*self.launch_log,
            clock: &*self.router.clock,
            limit: self.router.policy.venue_deadline,
        };
        if let Err(error) = reader.read_on().await {
            observe::watch_failed(&error);
        }
    }

    async fn wake_pair(
        &self,
        token_in: &Token,
        token_out: &Token,
    ) -> Result<Vec<Envelope>, StoreError> {
        let Some(price) = self.router.marginal_price(token_in, token_out).await else {
            observe::price_unknown(&token_in.symbol, &token_out.symbol);
            return Ok(Vec::new());
        };
        self.waiting
            .wake_at(&token_in.symbol, &token_out.symbol, price, WOKEN)
            .await
    }

    /// Sends what was woken, in its order. Their outbox rows are stored, so what the queue does
    /// not take is the relay's.
    async fn told(&self, woken: Result<Vec<Envelope>, StoreError>) -> usize {
        let woken = match woken {
            Ok(woken) if woken.is_empty() => return 0,
            Ok(woken) => woken,
            Err(error) => {
                observe::watch_failed(&error);
                return 0;
            }
        };
        let spans: Vec<_> = woken
            .iter()
            .map(|woken| trace::sent_again(woken, "monitor"))
            .collect();
        let sent = self.queue.send(&woken).await;
        drop(spans);
        if let Err(error) = sent {
            observe::queue_refused(woken[0].message.id, &error.0);
        }
        woken.len()
    }
}
