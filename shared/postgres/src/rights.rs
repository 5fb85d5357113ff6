//! What a program that serves may do: the statements that it has, and nothing to the schema itself.
//!
//! Whoever migrates owns the schema and gives the role that serves these rights each time, so that
//! what a migration has just made is among them. A program looks at its own before it serves.

use super::{
    Database, DatabaseError,
    error::explain,
    migrate::{HISTORY, LOCK},
};

/// A table, a sequence or a function, and what a program that serves does with it.
#[derive(Clone, Copy, Debug)]
pub struct Right {
    /// The schema that it is in; empty for the engine's, whatever that is called.
    pub schema: &'static str,
    /// What it is called there.
    pub name: &'static str,
    /// PostgreSQL's words for what is done: `USAGE` with a sequence, `EXECUTE` with a function.
    pub may: &'static [&'static str],
}

/// Read, and written by whoever migrates.
const READ: &[&str] = &["SELECT"];
/// Written once.
const NOTED: &[&str] = &["SELECT", "INSERT"];
/// Written once, and deleted when it is old.
const LOGGED: &[&str] = &["SELECT", "INSERT", "DELETE"];
/// Written again and again, and never deleted.
const KEPT: &[&str] = &["SELECT", "INSERT", "UPDATE"];
/// All that is done with rows.
const WORKED_ON: &[&str] = &["SELECT", "INSERT", "UPDATE", "DELETE"];

const fn right(name: &'static str, may: &'static [&'static str]) -> Right {
    Right {
        schema: "",
        name,
        may,
    }
}

/// What is done with the engine's own schema.
pub const RIGHTS: &[Right] = &[
    right("api_keys", KEPT),
    right("audit_trail", LOGGED),
    right("chain_cursor", KEPT),
    right("chain_identity", KEPT),
    right("connections", WORKED_ON),
    right("deliveries", LOGGED),
    right("engines", WORKED_ON),
    right("health_probe", KEPT),
    right("launches", KEPT),
    right("limits", WORKED_ON),
    right("open_orders", &["EXECUTE"]),
    right("order_events", LOGGED),
    right("orders", WORKED_ON),
    right("outbox", WORKED_ON),
    right("prices", KEPT),
    right("refinery_schema_history", READ),
    right("reserve", &["EXECUTE"]),
    right("schema_compatibility", READ),
    right("subscriptions", WORKED_ON),
    right("subscriptions_to_all", WORKED_ON),
    right("taken_names", NOTED),
    right("ticket_secret", KEPT),
    right("transactions", WORKED_ON),
    right("waiting", WORKED_ON),
    right("wallet_orders", WORKED_ON),
    right("wallet_orders_place_seq", &["USAGE"]),
];

/// Gives a role what it lacks of these rights; one that has them all is left alone. To be called by
/// the schema's owner, after its migrations.
///
/// # Errors
/// [`DatabaseError::Unreachable`], and [`DatabaseError::Grant`] when there is no such role, or who
/// calls is not the owner.
pub async fn give_rights(
    database: &Database,
    rights: &[Right],
    role: &str,
) -> Result<(), DatabaseError> {
    let refused = |cause: String| DatabaseError::Grant {
        role: role.to_owned(),
        cause,
    };
    let lacking = lacking_rights(database, rights, Some(role)).await;
    if lacking.map_err(refused)?.is_empty() {
        return Ok(());
    }
    // As migrations do, behind the same lock: two that give at once would change one row of the
    // catalogue, which PostgreSQL refuses.
    let mut client = database.own_client().await?;
    let in_words = |error: tokio_postgres::Error| refused(explain(&error));
    let giving = client.transaction().await.map_err(in_words)?;
    let lock = format!("SET LOCAL statement_timeout = 0; SELECT pg_advisory_xact_lock({LOCK})");
    giving.batch_execute(&lock).await.map_err(in_words)?;
    let grants = lacking_rights(database, rights, Some(role)).await;
    for grant in grants.map_err(refused)? {
        let quoted = role.replace('"', "\"\"");
        let grant = format!("GRANT {grant} TO \"{quoted}\"");
        giving.batch_execute(&grant).await.map_err(in_words)?;
    }
    giving.commit().await.map_err(in_words)?;
    tracing::info!(role, "the role that serves was given its rights");
    Ok(())
}

/// Whether this program's own login has these rights: better told at a start than in the middle of
/// an order. What the schema does not have yet is no matter of rights.
///
/// # Errors
/// [`DatabaseError::Rights`] with those that are lacking; [`DatabaseError::Unreachable`] when the
/// database cannot be asked.
pub async fn check_rights(database: &Database, rights: &[Right]) -> Result<(), DatabaseError> {
    let lacking = lacking_rights(database, rights, None).await;
    let lacking = lacking.map_err(|cause| DatabaseError::Unreachable {
        target: database.target().to_owned(),
        cause,
    })?;
    if lacking.is_empty() {
        return Ok(());
    }
    Err(DatabaseError::Rights(lacking.join(", ")))
}

async fn lacking_rights(
    database: &Database,
    rights: &[Right],
    role: Option<&str>,
) -> Result<Vec<String>, String> {
    let each = rights
        .iter()
        .flat_map(|right| right.may.iter().map(move |may| (right, *may)));
    let (mut schemas, mut names, mut words) = (Vec::new(), Vec::new(), Vec::new());
    for (right, may) in each {
        schemas.push(right.schema);
        names.push(right.name);
        words.push(may);
    }
    let sql = include_str!("sql/lacking_rights.sql");
    let rows = database
        .run_repeatable(sql, &[&role, &HISTORY, &schemas, &names, &words])
        .await
        .map_err(|error| error.to_string())?;
    rows.iter()
        .map(|row| row.try_get("lacking").map_err(|error| explain(&error)))
        .collect()
}
