//! How statements are sent: so that any pooler between the engine and PostgreSQL copes with them,
//! or faster, on connections that are the engine's own.

use deadpool_postgres::Client;
use tokio_postgres::{Error, Row, types::ToSql, types::Type};

use super::{ANSWER, failure::Failure, param::Params};

/// What the server is told of the engine's statements. It ends by itself what takes too long, so
/// that nothing given up here happens later, and before [`ANSWER`] is over: its own "no" is
/// worth more than silence. It finds rows by their keys: a plan is often made while the tables are
/// empty, and one that read them whole might be kept while they grow.
const SETTINGS: [(&str, &str); 5] = [
    ("statement_timeout", "3s"),
    ("plan_cache_mode", "force_generic_plan"),
    ("enable_seqscan", "off"),
    ("enable_hashjoin", "off"),
    ("enable_mergejoin", "off"),
];

/// For how long the server waits for the commit of a statement that it has run. They are sent
/// together; a network that parts them must not let an order be stored long after its client was
/// told that it is not.
const COMMIT_WITHIN: &str = "SET LOCAL idle_in_transaction_session_timeout = '2s'; ";

/// How statements are sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Statements {
    /// Planned anew each time, in a transaction that brings its own settings. A connection keeps
    /// nothing from one statement to the next, so a pooler may hand each transaction to another
    /// server connection (PgBouncer in any mode, RDS Proxy).
    #[default]
    Unnamed,
    /// Prepared once a connection, with the settings as start parameters. Faster; needs
    /// connections that no pooler shares.
    Prepared,
}

/// A statement and its parameters.
#[derive(Clone, Copy)]
pub(super) struct Call<'a> {
    pub(super) sql: &'a str,
    pub(super) params: Params<'a>,
}

impl Statements {
    /// The start parameter `options` of a session; poolers refuse it.
    pub(super) fn options(self) -> Option<String> {
        match self {
            Self::Unnamed => None,
            Self::Prepared => Some(session()),
        }
    }

    /// Runs one statement in a transaction of its own.
    pub(super) async fn run(self, client: &Client, call: Call<'_>) -> Result<Vec<Row>, Failure> {
        match self {
            Self::Unnamed => unnamed(client, call).await,
            Self::Prepared => prepared(client, call).await,
        }
    }

    /// Runs two statements in one round trip, the second after the first is committed. A second
    /// one that fails has no rows.
    pub(super) async fn run_then(
        self,
        client: &Client,
        first: Call<'_>,
        second: Call<'_>,
    ) -> Result<(Vec<Row>, Vec<Row>), Failure> {
        // Sent in this order on one connection, so the server runs, and commits, them in this
        // order.
        let (written, read) = match self {
            Self::Unnamed => futures::join!(unnamed(client, first), unnamed(client, second)),
            Self::Prepared => {
                let [first_sql, second_sql] = [first.sql, second.sql];
                let first_statement = prepare(client, first_sql).await?;
                let second_statement = prepare(client, second_sql).await?;
                let (first, second) = (untyped(first), untyped(second));
                futures::join!(
                    answered(client.query(&first_statement, &first)),
                    answered(client.query(&second_statement, &second))
                )
            }
        };
        Ok((written?, read.unwrap_or_default()))
    }
}

/// The engine's settings as a session's start parameter, or as `PGOPTIONS`.
pub fn session() -> String {
    SETTINGS
        .map(|(name, value)| format!("-c {name}={value}"))
        .join(" ")
}

/// Begin, statement and commit in one round trip. A statement that fails makes a rollback of the
/// commit.
async fn unnamed(client: &Client, call: Call<'_>) -> Result<Vec<Row>, Failure> {
    let begin = SETTINGS
        .map(|(name, value)| format!("SET LOCAL {name} = '{value}'; "))
        .concat();
    let (begin, params) = (format!("BEGIN; {COMMIT_WITHIN}{begin}"), typed(call));
    answered(async {
        let (begun, rows, committed) = futures::join!(
            client.batch_execute(&begin),
            client.query_typed(call.sql, &params),
            client.batch_execute("COMMIT"),
        );
        begun?;
        let rows = rows?;
        committed?;
        Ok(rows)
    })
    .await
}

async fn prepared(client: &Client, call: Call<'_>) -> Result<Vec<Row>, Failure> {
    let statement = prepare(client, call.sql).await?;
    answered(client.query(&statement, &untyped(call))).await
}

/// Prepares a statement, or takes it as it was prepared before. Nothing is executed by that.
async fn prepare(client: &Client, sql: &str) -> Result<tokio_postgres::Statement, Failure> {
    answered(client.prepare_cached(sql))
        .await
        .map_err(Failure::before_it_was_sent)
}

/// Waits for an answer, from the moment at which the question is sent.
async fn answered<T>(work: impl Future<Output = Result<T, Error>>) -> Result<T, Failure> {
    match tokio::time::timeout(ANSWER, work).await {
        Ok(answer) => answer.map_err(Failure::sent),
        Err(_) => Err(Failure::silence()),
    }
}

fn typed<'a>(call: Call<'a>) -> Vec<(&'a (dyn ToSql + Sync), Type)> {
    let typed = call.params.iter().map(|&param| {
        let untyped: &(dyn ToSql + Sync) = param;
        (untyped, param.sql_type())
    });
    typed.collect()
}

fn untyped<'a>(call: Call<'a>) -> Vec<&'a (dyn ToSql + Sync)> {
    let untyped = call.params.iter().map(|&param| {
        let untyped: &(dyn ToSql + Sync) = param;
        untyped
    });
    untyped.collect()
}
