//! Which chain a database's orders are executed on: said at the first start, and the same ever
//! after.

use super::{Database, DatabaseError, restore::UNFINISHED};

/// What the simulated chain is called. Chains of Solana are called by their genesis hash.
pub const SIMULATED: &str = "simulated";

/// Makes a database that is no chain's yet this one's. Of two programs that start at once on
/// different chains one succeeds.
///
/// # Errors
/// [`DatabaseError::OtherChain`] when the database is another chain's;
/// [`DatabaseError::Unreachable`] when it cannot be asked.
pub async fn claim_chain(database: &Database, chain: &str) -> Result<(), DatabaseError> {
    let unreachable = |cause: String| DatabaseError::Unreachable {
        target: database.target().to_owned(),
        cause,
    };
    let claim = include_str!("sql/claim_chain.sql");
    let rows = database.run_repeatable(claim, &[&chain]).await;
    let rows = rows.map_err(|error| unreachable(error.to_string()))?;
    let found: &str = match rows.first().map(|row| row.try_get("chain")) {
        Some(Ok(found)) => found,
        _ => return Err(unreachable("its chain cannot be read".to_owned())),
    };
    if found == chain {
        return Ok(());
    }
    Err(DatabaseError::OtherChain {
        found: in_words(found),
        expected: in_words(chain),
    })
}

fn in_words(chain: &str) -> String {
    match chain {
        SIMULATED => "the simulated market".to_owned(),
        restored if restored.starts_with(UNFINISHED) => {
            "a restore that was not finished (run it once more, with --replace)".to_owned()
        }
        genesis => format!("the chain with the genesis hash {genesis}"),
    }
}
