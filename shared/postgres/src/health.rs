//! The database's part of health: writes are tried, not supposed.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use deadpool_postgres::Object;
use engine::{
    order::Status,
    ports::{HealthCheck, Unhealthy},
};
use tokio::time::timeout;
use tokio_postgres::error::SqlState;
use uuid::Uuid;

use super::{
    Database,
    error::explain,
    migrate::{HISTORY, newest_version},
};

/// Longer than the statements' own limits, and shorter than health's patience: a probe that is
/// given up is given up here, where its connection can be thrown away.
const PROBE: Duration = Duration::from_millis(700);

/// The checks of a database on which orders are to be stored.
pub fn health_checks(database: &Database) -> Vec<Arc<dyn HealthCheck>> {
    vec![
        Arc::new(WriteProbe(database.clone())),
        Arc::new(SchemaVersion(database.clone())),
    ]
}

/// The relay's part of health for a program that cannot see the relay: what it should have done is
/// not left undone.
pub fn relay_check(database: &Database) -> Arc<dyn HealthCheck> {
    Arc::new(RelayProgress(database.clone()))
}

/// Whether an order can be stored.
struct WriteProbe(Database);

#[async_trait]
impl HealthCheck for WriteProbe {
    fn name(&self) -> &'static str {
        "database"
    }

    async fn check(&self) -> Result<(), Unhealthy> {
        let database = self.0.clone();
        // A task of its own: given up by its caller, it still comes to its end.
        tokio::spawn(async move { probe(&database).await })
            .await
            .unwrap_or_else(|_| Err(Unhealthy::new("the probe ended early")))
    }
}

async fn probe(database: &Database) -> Result<(), Unhealthy> {
    let mut client = None;
    let work = async {
        let client = client.insert(database.client().await.map_err(|error| Unhealthy {
            reason: "no connection to the database".into(),
            cause: Some(error.to_string()),
        })?);
        let id = Uuid::now_v7().to_string();
        let sql = include_str!("sql/health_probe.sql")
            .replace("{id}", &id)
            .replace("{status}", Status::Pending.name());
        client.batch_execute(&sql).await.map_err(|e| refused(&e))
    };
    let result = timeout(PROBE, work)
        .await
        .unwrap_or_else(|_| Err(Unhealthy::new("a write takes too long")));
    if result.is_err()
        && let Some(client) = client
    {
        // It may stand in the middle of a transaction: nobody else is to get it.
        drop(Object::take(client));
    }
    result
}

/// What a refusal means, in words for everybody.
fn refused(error: &tokio_postgres::Error) -> Unhealthy {
    let reason = match error.code() {
        None => "the database does not answer",
        Some(&SqlState::READ_ONLY_SQL_TRANSACTION) => "the database is read-only",
        Some(&SqlState::DISK_FULL) => "the database's disk is full",
        Some(&SqlState::LOCK_NOT_AVAILABLE | &SqlState::QUERY_CANCELED) => {
            "a write waits for a lock, or takes too long"
        }
        Some(&SqlState::INSUFFICIENT_PRIVILEGE) => "a right to write is missing",
        Some(code) => match code.code().get(..2) {
            Some("53") => "the database has run out of resources",
            Some("57") => "the database is shutting down",
            _ => "the database refuses a write",
        },
    };
    Unhealthy {
        reason: reason.into(),
        cause: Some(explain(error)),
    }
}

/// Whether the schema has what this program needs: all that it knows, and, when a newer program has
/// changed it since, still enough for this one.
struct SchemaVersion(Database);

#[async_trait]
impl HealthCheck for SchemaVersion {
    fn name(&self) -> &'static str {
        "schema"
    }

    async fn check(&self) -> Result<(), Unhealthy> {
        let found: Option<i32> = one(
            &self.0,
            &format!("SELECT max(version) FROM {HISTORY}"),
            "the schema's version cannot be read",
        )
        .await?;
        let oldest: Option<i32> = one(
            &self.0,
            &format!(
                "SELECT max(oldest_program) FROM schema_compatibility WHERE history = '{HISTORY}'"
            ),
            "whom the schema has enough for cannot be read",
        )
        .await?;
        let known = newest_version();
        match (found.unwrap_or(0), oldest.unwrap_or(0)) {
            (version, _) if version < known => Err(Unhealthy::new(format!(
                "the schema is at version {version}, this program needs {known}"
            ))),
            (version, oldest) if oldest > known => Err(Unhealthy::new(format!(
                "the schema is at version {version} and has nothing for programs before {oldest}; \
                this one knows {known}"
            ))),
            _ => Ok(()),
        }
    }
}

/// Whether the relay sends what is due. It has a minute's schedule where this is asked.
struct RelayProgress(Database);

#[async_trait]
impl HealthCheck for RelayProgress {
    fn name(&self) -> &'static str {
        "relay"
    }

    async fn check(&self) -> Result<(), Unhealthy> {
        const LATE: &str = "SELECT EXISTS ( \
            SELECT FROM outbox b JOIN orders o ON o.id = b.order_id \
            WHERE b.sent_at IS NULL AND b.available_at < now() - interval '3 minutes' \
              AND (o.lease_until IS NULL OR o.lease_until < now()))";
        if one(&self.0, LATE, "the outbox cannot be read").await? {
            return Err(Unhealthy::new(
                "an order waits for over three minutes to be sent",
            ));
        }
        Ok(())
    }
}

/// The only value of the only row.
async fn one<T>(database: &Database, sql: &str, otherwise: &'static str) -> Result<T, Unhealthy>
where
    T: for<'a> tokio_postgres::types::FromSql<'a>,
{
    let failed = |cause: String| Unhealthy {
        reason: otherwise.into(),
        cause: Some(cause),
    };
    let rows = database
        .run(sql, &[])
        .await
        .map_err(|error| failed(error.to_string()))?;
    let row = rows.first().ok_or_else(|| failed("no row".into()))?;
    row.try_get(0).map_err(|error| failed(error.to_string()))
}
