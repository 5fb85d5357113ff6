//! How it went: what became of the orders of an hour, a day, a week.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use futures::lock::Mutex;
use jiff::Timestamp;
use rust_decimal::Decimal;

use crate::{
    account::AccountId,
    order::Status,
    ports::{Cell, Clock, OrderStatistics, Percentiles, StoreError, Tally, Window},
};

/// For how long an answer serves whoever asks again.
const KEPT: Duration = Duration::from_secs(1);

/// The use case behind `GET /api/stats`. Cheap to clone; clones share what they saw, and one of
/// them looks for an account at a time: a look may read many orders, on the database that executes
/// them.
#[derive(Clone)]
pub struct Statistics {
    book: Arc<dyn OrderStatistics>,
    clock: Arc<dyn Clock>,
    latest: Arc<Mutex<BTreeMap<(AccountId, Window), Seen>>>,
}

/// The newest look of one account at one window. Who looks holds the lock.
type Seen = Arc<Mutex<Option<Look>>>;

struct Look {
    at: Timestamp,
    report: Result<Arc<Report>, StoreError>,
}

/// What became of the orders that were accepted in a window.
#[derive(Clone, Debug)]
pub struct Report {
    /// The window.
    pub window: Window,
    /// When it began.
    pub since: Timestamp,
    /// The moment of the look.
    pub until: Timestamp,
    /// All of them.
    pub total: Counts,
    /// How many failed or expired, by the code that says why.
    pub failures: BTreeMap<String, u64>,
    /// From acceptance to the end of those that were confirmed; `None` when none was.
    pub to_confirmed: Option<Percentiles>,
    /// What was swapped, by the symbols of the tokens sold and bought.
    pub volume: BTreeMap<(String, String), Volume>,
    /// The same counts by the time of acceptance, by when each bucket began; without a gap.
    pub buckets: BTreeMap<Timestamp, Counts>,
}

/// How many orders, and what became of them.
#[derive(Clone, Debug)]
pub struct Counts {
    /// All.
    pub orders: u64,
    /// Those that are open.
    pub open: u64,
    /// The others by their final status.
    pub ended: BTreeMap<String, u64>,
}

/// What was swapped in one direction.
#[derive(Clone, Copy, Debug, Default)]
pub struct Volume {
    /// By how many orders.
    pub orders: u64,
    /// What they sold, in whole tokens.
    pub amount_in: Decimal,
    /// What they received, in whole tokens.
    pub amount_out: Decimal,
}

impl Statistics {
    /// Statistics of that order book.
    pub fn new(book: Arc<dyn OrderStatistics>, clock: Arc<dyn Clock>) -> Self {
        Self {
            book,
            clock,
            latest: Arc::default(),
        }
    }

    /// What became of an account's orders of that window: seen a second ago at the most.
    ///
    /// # Errors
    /// [`StoreError`] when the order book does not answer.
    pub async fn report(
        &self,
        account: &AccountId,
        window: Window,
    ) -> Result<Arc<Report>, StoreError> {
        let seen = self.seen(account, window).await;
        let mut seen = seen.lock().await;
        let now = self.clock.now();
        if let Some(look) = seen.as_ref().filter(|look| look.serves(now)) {
            return look.report.clone();
        }
        let tally = self.book.tally(account, window).await;
        let report = tally.map(|tally| Arc::new(Report::of(window, tally)));
        *seen = Some(Look {
            at: self.clock.now(),
            report: report.clone(),
        });
        report
    }

    /// The place of an account's look, made room for by those that serve nobody any more.
    async fn seen(&self, account: &AccountId, window: Window) -> Seen {
        let mut latest = self.latest.lock().await;
        let now = self.clock.now();
        latest.retain(|_, seen| {
            let in_use = |seen: &Option<Look>| seen.as_ref().is_some_and(|look| look.serves(now));
            seen.try_lock().is_none_or(|seen| in_use(&seen))
        });
        let place = latest.entry((account.clone(), window)).or_default();
        Arc::clone(place)
    }
}

impl Look {
    /// A clock that was set back must not keep an answer for ever.
    fn serves(&self, now: Timestamp) -> bool {
        Duration::try_from(now.duration_since(self.at)).is_ok_and(|age| age < KEPT)
    }
}

impl Report {
    fn of(window: Window, tally: Tally) -> Self {
        let mut report = Self {
            window,
            since: tally.since,
            until: tally.until,
            total: Counts::default(),
            failures: BTreeMap::new(),
            to_confirmed: tally.to_confirmed,
            volume: BTreeMap::new(),
            buckets: BTreeMap::new(),
        };
        let mut bucket = window.bucket_of(tally.since);
        while bucket <= tally.until {
            report.buckets.insert(bucket, Counts::default());
            bucket += window.bucket();
        }
        for cell in tally.cells {
            report.add(cell);
        }
        report
    }

    fn add(&mut self, cell: Cell) {
        self.total.add(&cell);
        self.buckets.entry(cell.bucket).or_default().add(&cell);
        if let Some(code) = cell.failure_code {
            *self.failures.entry(code).or_default() += cell.orders;
        }
        if let Some(amount_out) = cell.amount_out {
            let pair = (cell.token_in, cell.token_out);
            let volume = self.volume.entry(pair).or_default();
            volume.orders += cell.orders;
            volume.amount_in += cell.amount_in;
            volume.amount_out += amount_out;
        }
    }
}

impl Default for Counts {
    /// None, in each final status.
    fn default() -> Self {
        let ends = Status::ALL.into_iter().filter(|status| status.is_final());
        Self {
            orders: 0,
            open: 0,
            ended: ends.map(|status| (status.name().to_owned(), 0)).collect(),
        }
    }
}

impl Counts {
    fn add(&mut self, cell: &Cell) {
        self.orders += cell.orders;
        match &cell.ended {
            None => self.open += cell.orders,
            Some(status) => *self.ended.entry(status.clone()).or_default() += cell.orders,
        }
    }
}
