//! The chain's record: what was received, when it lands, and with what outcome. Rows are written
//! once and never changed.

mod statements;

use std::time::Duration;

use jiff::Timestamp;
use postgres::{Database, StatementBatcher, StatementError};
use rust_decimal::Decimal;
use uuid::Uuid;

use self::statements::{Look, Receive, Received, unreadable, unreadable_column};
use super::{
    time::{FINALITY, SLOT_MS},
    transaction::Message,
};

/// The ledger in the schema `chain`.
#[derive(Clone)]
pub struct Ledger {
    database: Database,
    received: StatementBatcher<Receive>,
    looks: StatementBatcher<Look>,
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
    /// The token bought.
    pub(super) token_out: String,
    /// That token's, if the transaction said so.
    pub(super) decimals_out: Option<u8>,
    pub(super) outcome: Result<u64, String>,
}

impl Ledger {
    /// The ledger in that database.
    pub fn new(database: &Database) -> Self {
        Self {
            database: database.clone(),
            received: StatementBatcher::new(Receive(database.clone())),
            looks: StatementBatcher::new(Look(database.clone())),
        }
    }

    /// The chain's time.
    pub(super) fn now(&self) -> Timestamp {
        self.database.now()
    }

    /// Every swap that landed for these orders; for all orders when none are named.
    ///
    /// # Errors
    /// [`StatementError`] when the database does not answer, or a row cannot be read.
    pub async fn landed(&self, orders: Option<&[Uuid]>) -> Result<Vec<Landed>, StatementError> {
        const LANDED: &str = "SELECT signature, order_id, amount_out FROM chain.transactions \
            WHERE error IS NULL AND lands_at <= clock_timestamp() AND ($1::uuid[] IS NULL OR order_id = ANY ($1))";
        let rows = self.database.run_repeatable(LANDED, &[&orders]).await?;
        rows.iter()
            .map(|row| {
                let amount_out = row.try_get("amount_out").ok().and_then(units);
                Ok(Landed {
                    signature: row.try_get("signature").map_err(unreadable)?,
                    order: row.try_get("order_id").map_err(unreadable)?,
                    amount_out: amount_out.ok_or_else(|| unreadable_column("amount_out"))?,
                })
            })
            .collect()
    }

    /// Records a transaction, unless it is known or can no longer land. The database's clock is the
    /// chain's: the same that [`Ledger::finalized_height`] reads, so a transaction that was
    /// declared dead cannot come in afterwards; and a statement ends sooner than a height is final,
    /// so what is being written cannot be overlooked by a later look.
    pub(super) async fn receive(
        &self,
        signature: &str,
        message: &Message,
        verdict: &Verdict,
    ) -> Result<(), StatementError> {
        let row = Received::new(signature, message, verdict);
        self.received
            .run(signature.to_owned(), &row)
            .await
            .map(drop)
    }

    /// The row of a signature.
    pub(super) async fn entry(&self, signature: &str) -> Result<Option<Entry>, StatementError> {
        self.looks.run(signature.to_owned(), &signature).await
    }

    /// The height that is final now.
    pub(super) async fn finalized_height(&self) -> Result<u64, StatementError> {
        const HEIGHT: &str = "SELECT floor(extract(epoch FROM clock_timestamp()) * 1000 / $1::numeric)::bigint AS height";
        let slot = Decimal::from(SLOT_MS);
        let rows = self.database.run_repeatable(HEIGHT, &[&slot]).await?;
        let height: i64 = rows
            .first()
            .ok_or_else(|| unreadable_column("height"))?
            .try_get("height")
            .map_err(unreadable)?;
        Ok(height.unsigned_abs().saturating_sub(FINALITY))
    }
}

fn units(value: Decimal) -> Option<u64> {
    u64::try_from(value).ok()
}
