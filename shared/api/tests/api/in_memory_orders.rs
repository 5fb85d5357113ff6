//! An order book in memory, as far as the API reads and writes one.

use std::{
    cmp::Reverse,
    sync::{
        Mutex, MutexGuard,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use engine::{
    account::AccountId,
    order::{
        EventRecord, IdempotencyKey, Lifetime, LoggedEvent, NewOrder, Order, OrderEvent, OrderId,
        Unmet,
    },
    ports::{
        Appended, Authority, Cell, Claim, Corrupt, ExecuteOrder, HealthCheck, Inserted, Lease,
        OrderFilter, OrderLog, OrderReader, OrderStatistics, OrderWriter, PageQuery, Percentiles,
        StoreError, Subscribers, Tally, Transition, Unavailable, Unhealthy, Wake, Window,
    },
};
use jiff::Timestamp;
use tokio::sync::RwLock;

/// Orders, their events, and switches for trouble.
#[derive(Default)]
pub(crate) struct InMemoryOrders {
    rows: Mutex<Vec<Row>>,
    /// It does not answer any call.
    pub(crate) down: AtomicBool,
    /// Every call is answered with this error.
    pub(crate) error: Mutex<Option<StoreError>>,
    /// Every call panics.
    pub(crate) broken: AtomicBool,
    /// Whoever holds this for writing keeps every call waiting.
    pub(crate) stall: RwLock<()>,
    /// How often it was asked how it is.
    pub(crate) looks: AtomicUsize,
    /// How often it was added up.
    pub(crate) tallies: AtomicUsize,
}

/// How long a worker takes for a step.
const STEP: Duration = Duration::from_millis(250);

/// When the first order is accepted.
const BEGIN: Timestamp = Timestamp::constant(1_800_000_000, 0);

struct Row {
    order: Order,
    account: AccountId,
    /// Whether the row, but not its place in the history, was damaged.
    unreadable: bool,
    key: Option<IdempotencyKey>,
    events: Vec<EventRecord>,
}

impl Row {
    fn read(&self) -> Result<Order, Corrupt> {
        if self.unreadable {
            return Err(Corrupt {
                id: self.order.id,
                created_at: self.order.created_at,
                what: "column secret_column".into(),
            });
        }
        Ok(self.order.clone())
    }
}

impl InMemoryOrders {
    /// How many orders are stored.
    pub(crate) fn len(&self) -> usize {
        self.rows().len()
    }

    /// Moves an order as a worker would, event and all.
    pub(crate) fn advance(&self, id: &str, event: OrderEvent) {
        self.change(id, |row| {
            row.order.apply(&event).expect("a legal transition");
            row.order.updated_at += STEP;
            row.events.push(logged(&row.order, event));
        });
    }

    /// Damages the row of an order.
    pub(crate) fn make_unreadable(&self, id: &str) {
        self.change(id, |row| row.unreadable = true);
    }

    /// Damages the newest event of an order.
    pub(crate) fn make_newest_event_unreadable(&self, id: &str) {
        self.change(id, |row| {
            let newest = row.events.last_mut().expect("an event");
            newest.event = LoggedEvent::Unreadable;
        });
    }

    fn change(&self, id: &str, change: impl FnOnce(&mut Row)) {
        let mut rows = self.rows();
        let row = rows
            .iter_mut()
            .find(|row| row.order.id.to_string() == id)
            .expect("the order");
        change(row);
    }

    fn rows(&self) -> MutexGuard<'_, Vec<Row>> {
        self.rows.lock().expect("no test panics while it writes")
    }

    async fn trouble(&self) -> Result<(), StoreError> {
        drop(self.stall.read().await);
        assert!(
            !self.broken.load(Ordering::Relaxed),
            "secret of the inside: /etc/engine"
        );
        if self.down.load(Ordering::Relaxed) {
            return Err(Unavailable("connection to db.internal:5432 refused".into()).into());
        }
        let error = self.error.lock().expect("no test panics while it writes");
        error.clone().map_or(Ok(()), Err)
    }
}

fn logged(order: &Order, event: OrderEvent) -> EventRecord {
    EventRecord {
        order_id: order.id,
        seq: order.last_seq,
        status: order.status,
        attempt: order.attempt,
        at: order.updated_at,
        event: LoggedEvent::Known(event),
    }
}

#[async_trait]
impl HealthCheck for InMemoryOrders {
    fn name(&self) -> &'static str {
        "database"
    }

    async fn check(&self) -> Result<(), Unhealthy> {
        self.looks.fetch_add(1, Ordering::Relaxed);
        self.trouble().await.map_err(|error| Unhealthy {
            reason: "it does not answer".into(),
            cause: Some(error.to_string()),
        })
    }
}

#[async_trait]
impl OrderReader for InMemoryOrders {
    async fn ping(&self) -> Result<(), StoreError> {
        self.trouble().await
    }

    async fn order(&self, account: &AccountId, id: OrderId) -> Result<Option<Order>, StoreError> {
        self.trouble().await?;
        let rows = self.rows();
        let mut own = rows.iter().filter(|row| row.account == *account);
        let row = own.find(|row| row.order.id == id);
        Ok(row.map(Row::read).transpose()?)
    }

    async fn page(
        &self,
        account: &AccountId,
        query: &PageQuery,
    ) -> Result<Vec<Result<Order, Corrupt>>, StoreError> {
        self.trouble().await?;
        let rows = self.rows();
        let mut page: Vec<&Row> = rows.iter().collect();
        let place = |row: &Row| (row.order.created_at, row.order.id);
        page.retain(|row| {
            row.account == *account
                && query.before.is_none_or(|before| place(row) < before)
                && is_meant(&row.order, &query.only)
        });
        page.sort_by_key(|row| Reverse(place(row)));
        page.truncate(query.limit.into());
        Ok(page.into_iter().map(Row::read).collect())
    }

    async fn events(
        &self,
        account: &AccountId,
        id: OrderId,
        after: u64,
    ) -> Result<Vec<EventRecord>, StoreError> {
        self.trouble().await?;
        let rows = self.rows();
        let events = rows
            .iter()
            .filter(|row| row.account == *account && row.order.id == id)
            .flat_map(|row| &row.events);
        Ok(events.filter(|event| event.seq > after).cloned().collect())
    }
}

#[async_trait]
impl OrderLog for InMemoryOrders {
    async fn log(&self, id: OrderId, after: u64) -> Result<Vec<EventRecord>, StoreError> {
        self.trouble().await?;
        let rows = self.rows();
        let events = rows
            .iter()
            .filter(|row| row.order.id == id)
            .flat_map(|row| &row.events);
        Ok(events.filter(|event| event.seq > after).cloned().collect())
    }
}

/// A second after the newest order was accepted.
#[async_trait]
impl OrderStatistics for InMemoryOrders {
    async fn tally(&self, account: &AccountId, window: Window) -> Result<Tally, StoreError> {
        self.tallies.fetch_add(1, Ordering::Relaxed);
        self.trouble().await?;
        let rows = self.rows();
        let own = rows.iter().filter(|row| row.account == *account);
        let orders = own.map(|row| &row.order);
        let newest = orders.clone().map(|order| order.created_at).max();
        let until = newest.unwrap_or(BEGIN) + Duration::from_secs(1);
        let since = until - window.length();
        let meant: Vec<&Order> = orders.filter(|order| order.created_at >= since).collect();
        let filled = meant.iter().filter(|order| order.fill.is_some());
        let times = filled.map(|order| order.updated_at.duration_since(order.created_at));
        let mut times: Vec<Duration> = times.filter_map(|time| time.try_into().ok()).collect();
        times.sort();
        let percentile = |share: usize| {
            let place = (times.len() * share).div_ceil(100);
            times.get(place.checked_sub(1)?).copied()
        };
        let to_confirmed = percentile(50).zip(percentile(95)).zip(percentile(99));
        Ok(Tally {
            since,
            until,
            cells: meant.into_iter().map(|order| cell(order, window)).collect(),
            to_confirmed: to_confirmed.map(|((p50, p95), p99)| Percentiles { p50, p95, p99 }),
        })
    }
}

fn cell(order: &Order, window: Window) -> Cell {
    Cell {
        bucket: window.bucket_of(order.created_at),
        ended: (!order.is_open()).then(|| order.status.name().to_owned()),
        failure_code: order
            .failure
            .as_ref()
            .map(|failure| failure.code.name().to_owned()),
        token_in: order.swap.token_in.symbol.clone(),
        token_out: order.swap.token_out.symbol.clone(),
        orders: 1,
        amount_in: order.swap.amount_in.to_decimal(),
        amount_out: order.fill.as_ref().map(|fill| fill.amount_out.to_decimal()),
    }
}

#[async_trait]
impl OrderWriter for InMemoryOrders {
    async fn insert(&self, order: &NewOrder, lifetime: Lifetime) -> Result<Inserted, StoreError> {
        self.trouble().await?;
        let mut rows = self.rows();
        let key = order.idempotency.clone();
        if let Some(known) = known(&rows, order) {
            return Ok(known);
        }
        // One order a second, so that the newest is never in doubt.
        let at = BEGIN + Duration::from_secs(rows.len() as u64);
        let deadline = match lifetime {
            Lifetime::For(duration) => at + duration,
            Lifetime::Until(moment) => moment,
        };
        let account = order.by.account.clone();
        let order = Order::accepted(order, at, deadline);
        let events = vec![logged(&order, OrderEvent::Accepted)];
        rows.push(Row {
            order,
            account,
            unreadable: false,
            key,
            events,
        });
        Ok(Inserted::New)
    }

    async fn known(&self, order: &NewOrder) -> Result<Option<Inserted>, StoreError> {
        self.trouble().await?;
        Ok(known(&self.rows(), order))
    }

    async fn claim(&self, _: &ExecuteOrder, _: Duration) -> Result<Claim, StoreError> {
        unreachable!("the API executes nothing")
    }

    /// What the API moves, it has seen.
    async fn append(&self, transition: &Transition<'_>) -> Result<Appended, StoreError> {
        self.trouble().await?;
        let Authority::Seen { order, status, seq } = transition.by else {
            unreachable!("the API holds no lease")
        };
        let mut rows = self.rows();
        let row = rows.iter_mut().find(|row| {
            let found = &row.order;
            (found.id, found.status, found.last_seq) == (order, status, seq)
        });
        let row = row.ok_or(StoreError::Conflict)?;
        row.order = transition.order.clone();
        for entry in transition.entries {
            row.events.push(logged(&row.order, entry.event.clone()));
        }
        Ok(Appended {
            seq: row.order.last_seq,
            at: row.order.updated_at,
            subscribers: Subscribers::default(),
        })
    }

    async fn wait_again(&self, _: &Lease, _: &Unmet, _: &Wake) -> Result<(), StoreError> {
        unreachable!("the API executes nothing")
    }

    async fn renew(&self, _: &Lease, _: Duration) -> Result<(), StoreError> {
        unreachable!("the API executes nothing")
    }

    async fn release(&self, _: &Lease, _: Duration) -> Result<(), StoreError> {
        unreachable!("the API executes nothing")
    }
}

fn is_meant(order: &Order, only: &OrderFilter) -> bool {
    let swap = &order.swap;
    let is =
        |wanted: &Option<String>, found: &str| wanted.as_ref().is_none_or(|wanted| wanted == found);
    only.status.is_none_or(|status| order.status == status)
        && only.kind.is_none_or(|kind| order.kind.name() == kind)
        && only.open.is_none_or(|open| order.is_open() == open)
        && is(&only.token_in, &swap.token_in.symbol)
        && is(&only.token_out, &swap.token_out.symbol)
        && (only.client_order_id.is_none() || only.client_order_id == order.client_order_id)
        && only.since.is_none_or(|since| order.created_at >= since)
        && only.until.is_none_or(|until| order.created_at < until)
}

/// The order of the same key, or of the same name.
fn known(rows: &[Row], order: &NewOrder) -> Option<Inserted> {
    let own = || rows.iter().filter(|row| row.account == order.by.account);
    let by_key = own().find_map(|row| {
        let (known, given) = (row.key.as_ref()?, order.idempotency.as_ref()?);
        (known.key == given.key).then(|| Inserted::Known {
            id: row.order.id,
            request_hash: known.request_hash.to_vec(),
        })
    });
    let by_name = || {
        let name = order.client_order_id.as_ref()?;
        let row = own().find(|row| row.order.client_order_id.as_ref() == Some(name))?;
        Some(Inserted::NameTaken(row.order.id))
    };
    by_key.or_else(by_name)
}
