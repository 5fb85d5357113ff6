//! The order book, for reading.

use async_trait::async_trait;
use engine::{
    account::AccountId,
    order::{EventRecord, Market, Order, OrderId, Status},
    ports::{Corrupt, OrderFilter, OrderLog, OrderReader, PageQuery, StoreError},
};

use tokio_postgres::Row;

use super::{
    Param, PostgresOrders,
    rows::{self, BARE_COLUMNS, EVENT_COLUMNS, ORDER_COLUMNS, WITH_WAITING},
};

#[async_trait]
impl OrderReader for PostgresOrders {
    async fn ping(&self) -> Result<(), StoreError> {
        self.database.run_repeatable("SELECT 1", &[]).await?;
        Ok(())
    }

    async fn order(&self, account: &AccountId, id: OrderId) -> Result<Option<Order>, StoreError> {
        let sql = format!(
            "SELECT {ORDER_COLUMNS} FROM orders o {WITH_WAITING} \
            WHERE o.id = $1 AND o.account_id = $2"
        );
        let found = self
            .database
            .run_repeatable(&sql, &[&id.0, &account.as_str()])
            .await?;
        Ok(found.first().map(rows::order).transpose()?)
    }

    async fn page(
        &self,
        account: &AccountId,
        query: &PageQuery,
    ) -> Result<Vec<Result<Order, Corrupt>>, StoreError> {
        let (sql, params) = page_sql(account, query);
        let params: Vec<&(dyn Param + Sync)> = params.iter().map(|param| &**param as _).collect();
        let found = self.database.run_repeatable(&sql, &params).await?;
        Ok(found.iter().map(rows::order).collect())
    }

    async fn events(
        &self,
        account: &AccountId,
        id: OrderId,
        after: u64,
    ) -> Result<Vec<EventRecord>, StoreError> {
        let account = account.as_str();
        let found = self
            .database
            .run_repeatable(&log_sql("account_id = $3"), &[&id.0, &seq(after), &account])
            .await?;
        records(&found)
    }
}

#[async_trait]
impl OrderLog for PostgresOrders {
    async fn log(&self, id: OrderId, after: u64) -> Result<Vec<EventRecord>, StoreError> {
        let found = self
            .database
            .run_repeatable(&log_sql("true"), &[&id.0, &seq(after)])
            .await?;
        records(&found)
    }
}

/// The order is looked up once, and not for each of its events.
fn log_sql(only: &str) -> String {
    format!(
        "WITH o AS MATERIALIZED ( \
            SELECT decimals_in, decimals_out, created_at FROM orders WHERE id = $1 AND {only}) \
        SELECT {EVENT_COLUMNS} FROM o CROSS JOIN order_events e \
        WHERE e.order_id = $1 AND e.seq > $2 ORDER BY e.seq"
    )
}

fn seq(after: u64) -> i64 {
    i64::try_from(after).unwrap_or(i64::MAX)
}

fn records(found: &[Row]) -> Result<Vec<EventRecord>, StoreError> {
    let events: Result<_, _> = found.iter().map(rows::event_record).collect();
    Ok(events?)
}

/// Where orders are found quickly, newest first.
struct Source {
    from: String,
    /// What lets the planner see it.
    which: &'static str,
    /// The columns that say when an order was accepted, and which it is.
    place: [&'static str; 2],
    /// What says whose an order is. Nothing is looked up for those that are not meant, which would
    /// also tell by its time how many others there are.
    of_account: &'static str,
    /// The row that says what it swaps: what waits has that in its own.
    terms: &'static str,
}

/// An open order has a row in the short outbox, or it waits; one statement reads both, so that none
/// slips from the one to the other in between. Each is looked up by its key, whatever
/// the planner would rather do: OFFSET 0 keeps it from reading all of the history in order until it
/// has met enough open orders.
fn sources(only: &OrderFilter) -> Vec<Source> {
    let by_key = |table: &str| Source {
        from: format!(
            "{table} q CROSS JOIN LATERAL (SELECT {BARE_COLUMNS}, closed_at FROM orders \
            WHERE id = q.order_id OFFSET 0) o"
        ),
        which: "true",
        place: ["o.created_at", "o.id"],
        // A program from before accounts were noted there leaves none.
        of_account: "(q.account_id = ? OR q.account_id IS NULL) AND o.account_id = ?",
        terms: "o",
    };
    let waiting = |which| Source {
        which,
        place: ["q.created_at", "q.order_id"],
        of_account: "q.account_id = ?",
        terms: "q",
        ..by_key("waiting")
    };
    let all = |which| Source {
        from: "orders o".into(),
        which,
        place: ["o.created_at", "o.id"],
        of_account: "o.account_id = ?",
        terms: "o",
    };
    match (only.status, only.open, only.kind) {
        // The words of an index.
        (Some(Status::Failed | Status::Expired), _, _) => vec![all("o.failure_code IS NOT NULL")],
        (Some(Status::Cancelled), _, _) => vec![all("o.cancel_requested")],
        (Some(Status::Confirmed), _, _) => vec![all("true")],
        (Some(Status::Waiting), _, _) => vec![waiting("true")],
        (Some(Status::Pending | Status::Routing | Status::Building | Status::Submitted), _, _) => {
            vec![by_key("outbox")]
        }
        (None, Some(true), _) => vec![by_key("outbox"), waiting("NOT q.woken")],
        (None, Some(false) | None, Some(kind)) if kind != Market::NAME => {
            vec![all("o.type <> 'market'")]
        }
        (None, Some(false) | None, Some(_) | None) => vec![all("true")],
    }
}

type OwnedParam = Box<dyn Param + Sync + Send>;

fn page_sql(account: &AccountId, query: &PageQuery) -> (String, Vec<OwnedParam>) {
    let OrderFilter {
        status,
        kind,
        open,
        token_in,
        token_out,
        client_order_id,
        since,
        until,
    } = &query.only;
    let mut params: Vec<OwnedParam> = vec![
        Box::new(i64::from(query.limit)),
        Box::new(account.as_str().to_owned()),
    ];
    let mut conditions = Vec::new();
    let mut only = |condition: &str, param: OwnedParam| {
        params.push(param);
        conditions.push(condition.replace('?', &format!("${}", params.len())));
    };
    if let Some(status) = status {
        only("o.status = ?", Box::new(status.name()));
    }
    if let Some(kind) = kind {
        only("o.type = ?", Box::new(*kind));
    }
    if let Some(open) = open {
        only("(o.closed_at IS NULL) = ?", Box::new(*open));
    }
    if let Some(symbol) = token_in {
        only("{terms}.token_in = ?", Box::new(symbol.clone()));
    }
    if let Some(symbol) = token_out {
        only("{terms}.token_out = ?", Box::new(symbol.clone()));
    }
    if let Some(name) = client_order_id {
        only("o.client_order_id = ?", Box::new(name.as_str().to_owned()));
    }
    if let Some(since) = since {
        only("o.created_at >= ?", Box::new(*since));
    }
    if let Some(until) = until {
        only("o.created_at < ?", Box::new(*until));
    }
    let mut older = String::new();
    if let Some((at, id)) = &query.before {
        params.push(Box::new(*at));
        params.push(Box::new(id.0));
        older = format!(" AND (at, id) < (${}, ${})", params.len() - 1, params.len());
    }
    let conditions: String = conditions.iter().map(|one| format!(" AND {one}")).collect();
    let parts = sources(&query.only).into_iter().map(|source| {
        let Source {
            from,
            which,
            place: [at, id],
            of_account,
            terms,
        } = source;
        let older = older.replace("(at, id)", &format!("({at}, {id})"));
        let conditions = conditions.replace("{terms}", terms);
        let own = of_account.replace('?', "$2");
        format!(
            "SELECT {ORDER_COLUMNS} FROM {from} {WITH_WAITING} WHERE {own} AND {which}{conditions}{older} \
            ORDER BY {at} DESC, {id} DESC LIMIT $1"
        )
    });
    let parts: Vec<String> = parts.collect();
    let sql = match &parts[..] {
        [one] => one.clone(),
        several => format!(
            "({}) ORDER BY created_at DESC, id DESC LIMIT $1",
            several.join(") UNION ALL (")
        ),
    };
    (sql, params)
}
