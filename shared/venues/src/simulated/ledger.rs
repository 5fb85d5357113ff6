//! The chain's record: what was received, when it lands, and with what outcome. Rows are written once and never changed.

use std::time::Duration;

use deadpool_postgres::Pool;
use engine::ports::Unavailable;
use rust_decimal::Decimal;
use tokio_postgres::{Row, types::ToSql};
use uuid::Uuid;

use super::{
    time::{FINALITY, SLOT_MS},
    transaction::Message,
};

/// The ledger in the schema `chain`.
#[derive(Clone)]
pub struct Ledger {
    pool: Pool,
}

/// A swap that landed, as an independent judge sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Landed {
    /// The transaction.
    pub signature: String,
    /// The order that it was marked with.
    pub order: Uuid,
    /// Base units received.
    pub amount_out: u64,
}

/// What the chain decided when it received a transaction.
pub(super) struct Verdict {
    pub(super) delay: Duration,
    pub(super) landing_height: u64,
    /// Base units received, or the code of an error.
    pub(super) outcome: Result<u64, &'static str>,
}

/// A row, seen now.
pub(super) struct Entry {
    /// How long until it lands; zero when it has.
    pub(super) wait: Duration,
    pub(super) outcome: Result<u64, String>,
}

impl Ledger {
    /// The ledger in the database of that pool.
    pub fn new(pool: Pool) -> Self {
        Self { pool }
    }

    /// Every swap that landed for these orders; for all orders when none are named.
    ///
    /// # Errors
    /// [`Unavailable`] when the database does not answer.
    pub async fn landed(&self, orders: Option<&[Uuid]>) -> Result<Vec<Landed>, Unavailable> {
        const LANDED: &str = "SELECT signature, order_id, amount_out FROM chain.transactions \
            WHERE error IS NULL AND lands_at <= clock_timestamp() AND ($1::uuid[] IS NULL OR order_id = ANY ($1))";
        let rows = self.query(LANDED, &[&orders]).await?;
        rows.iter()
            .map(|row| {
                let amount_out = row.try_get("amount_out").ok().and_then(units);
                Ok(Landed {
                    signature: row.try_get("signature").map_err(unreadable)?,
                    order: row.try_get("order_id").map_err(unreadable)?,
                    amount_out: amount_out
                        .ok_or_else(|| Unavailable("amount_out cannot be read".into()))?,
                })
            })
            .collect()
    }

    /// Records a transaction, unless it is known or can no longer land. The database's clock is the chain's: the same
    /// that [`Ledger::finalized_height`] reads, so a transaction that was declared dead cannot come in afterwards.
    pub(super) async fn receive(
        &self,
        signature: &str,
        message: &Message,
        verdict: &Verdict,
    ) -> Result<(), Unavailable> {
        const RECEIVE: &str = "INSERT INTO chain.transactions (signature, order_id, venue, token_in, token_out, \
                amount_in, min_out, last_valid_height, received_at, lands_at, landing_height, amount_out, error) \
            SELECT $1::text, $2::uuid, $3::text, $4::text, $5::text, $6::numeric, $7::numeric, $8::bigint, \
                clock_timestamp(), clock_timestamp() + $9::bigint * interval '1 millisecond', $10::bigint, \
                $11::numeric, $12::text \
            WHERE $10::bigint <= $8::bigint \
              AND floor(extract(epoch FROM clock_timestamp()) * 1000 / $13::numeric) <= $8::bigint \
            ON CONFLICT (signature) DO NOTHING";
        let (amount_out, error) = match verdict.outcome {
            Ok(units) => (Some(Decimal::from(units)), None),
            Err(code) => (None, Some(code)),
        };
        self.query(
            RECEIVE,
            &[
                &signature,
                &message.order,
                &message.venue,
                &message.token_in,
                &message.token_out,
                &Decimal::from(message.amount_in),
                &Decimal::from(message.min_out),
                &signed(message.last_valid_height),
                &signed(u64::try_from(verdict.delay.as_millis()).unwrap_or(u64::MAX)),
                &signed(verdict.landing_height),
                &amount_out,
                &error,
                &Decimal::from(SLOT_MS),
            ],
        )
        .await
        .map(drop)
    }

    /// The row of a signature.
    pub(super) async fn entry(&self, signature: &str) -> Result<Option<Entry>, Unavailable> {
        const ENTRY: &str = "SELECT amount_out, error, \
                ceil(greatest(extract(epoch FROM lands_at - clock_timestamp()), 0) * 1000)::bigint AS wait_ms \
            FROM chain.transactions WHERE signature = $1";
        let rows = self.query(ENTRY, &[&signature]).await?;
        let Some(row) = rows.first() else {
            return Ok(None);
        };
        let wait: i64 = row.try_get("wait_ms").map_err(unreadable)?;
        let error: Option<String> = row.try_get("error").map_err(unreadable)?;
        let paid = row.try_get("amount_out").ok().and_then(units).unwrap_or(0);
        Ok(Some(Entry {
            wait: Duration::from_millis(wait.unsigned_abs()),
            outcome: error.map_or(Ok(paid), Err),
        }))
    }

    /// The height that is final now.
    pub(super) async fn finalized_height(&self) -> Result<u64, Unavailable> {
        const HEIGHT: &str = "SELECT floor(extract(epoch FROM clock_timestamp()) * 1000 / $1::numeric)::bigint AS height";
        let rows = self.query(HEIGHT, &[&Decimal::from(SLOT_MS)]).await?;
        let height: i64 = rows
            .first()
            .ok_or_else(|| Unavailable("no height".into()))?
            .try_get("height")
            .map_err(unreadable)?;
        Ok(height.unsigned_abs().saturating_sub(FINALITY))
    }

    async fn query(
        &self,
        sql: &str,
        params: &[&(dyn ToSql + Sync)],
    ) -> Result<Vec<Row>, Unavailable> {
        let client = self
            .pool
            .get()
            .await
            .map_err(|problem| Unavailable(format!("no ledger connection: {problem}")))?;
        let work = async {
            let statement = client.prepare_cached(sql).await?;
            client.query(&statement, params).await
        };
        match tokio::time::timeout(STATEMENT, work).await {
            Ok(result) => result.map_err(|problem| explained(&problem)),
            Err(_) => Err(Unavailable(format!(
                "ledger: no answer within {STATEMENT:?}"
            ))),
        }
    }
}

/// Less than the chain takes to finalize a height: what is being written cannot be overlooked by a later look.
const STATEMENT: Duration = Duration::from_secs(5);

fn units(value: Decimal) -> Option<u64> {
    u64::try_from(value).ok()
}

fn signed(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

fn unreadable(problem: tokio_postgres::Error) -> Unavailable {
    explained(&problem)
}

/// The driver's error with its cause: "db error" alone helps nobody.
fn explained(problem: &tokio_postgres::Error) -> Unavailable {
    let cause =
        std::error::Error::source(problem).map_or_else(String::new, |cause| format!(": {cause}"));
    Unavailable(format!("ledger: {problem}{cause}"))
}
