//! PostgreSQL ends, stands still, or is worked on.

use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use tokio::time::sleep;

use super::Testbed;
use crate::{Outcome, engine::children, site::connect};

const PAUSED: Duration = Duration::from_secs(5);
const LOCKED: Duration = Duration::from_secs(6);
const READ_ONLY: Duration = Duration::from_secs(5);
const BETWEEN_TRIES: Duration = Duration::from_millis(200);

/// `kill -9` of the postmaster.
pub(super) async fn kill(testbed: &mut Testbed) -> Outcome<()> {
    signal(postmaster(testbed).await?, Signal::KILL)?;
    testbed.revive_postgres().await
}

/// Every process of it stands still.
pub(super) async fn pause(testbed: &Testbed) -> Outcome<()> {
    let postmaster = postmaster(testbed).await?;
    signal(postmaster, Signal::STOP)?; // first, so that there are no new ones
    let children = children(postmaster)?;
    for child in &children {
        let _ = signal(*child, Signal::STOP); // it may have ended just now
    }
    sleep(PAUSED).await;
    for process in children {
        let _ = signal(process, Signal::CONT); // as above
    }
    signal(postmaster, Signal::CONT)
}

/// What a next version's migrations may do: a column comes, another changes its type, and back.
/// As migrations do, a change waits for its lock for a moment only, and tries again.
pub(super) async fn migrate(testbed: &Testbed) -> Outcome<()> {
    const TRIES: u32 = 20;
    for change in [
        "ALTER TABLE orders ADD COLUMN IF NOT EXISTS soak text",
        "ALTER TABLE orders ALTER COLUMN chosen_dex TYPE varchar(40)",
        "ALTER TABLE order_events ADD COLUMN IF NOT EXISTS soak smallint NOT NULL DEFAULT 0",
        "ALTER TABLE orders ALTER COLUMN chosen_dex TYPE text",
        "ALTER TABLE order_events DROP COLUMN IF EXISTS soak",
        "ALTER TABLE orders DROP COLUMN IF EXISTS soak",
    ] {
        let change = format!("SET lock_timeout = '1s'; {change}");
        let mut tries = 1;
        while let Err(error) = testbed.sql(&change).await {
            if tries == TRIES {
                return Err(error);
            }
            tries += 1;
            sleep(BETWEEN_TRIES).await;
        }
    }
    Ok(())
}

/// Somebody works on the table and lets nobody near.
pub(super) async fn lock(testbed: &Testbed) -> Outcome<()> {
    let database = connect(&testbed.admin).await?;
    database
        .batch_execute("BEGIN; LOCK TABLE orders IN ACCESS EXCLUSIVE MODE")
        .await?;
    sleep(LOCKED).await;
    Ok(database.batch_execute("COMMIT").await?)
}

/// As after a fail-over to a server that is not the primary.
pub(super) async fn read_only(testbed: &Testbed) -> Outcome<()> {
    let database = connect(&testbed.admin).await?;
    // One by one: the setting cannot be changed inside of a transaction.
    for statement in [
        "SET default_transaction_read_only = off",
        "ALTER SYSTEM SET default_transaction_read_only = on",
        "SELECT pg_reload_conf()",
    ] {
        database.batch_execute(statement).await?;
    }
    sleep(READ_ONLY).await;
    for statement in [
        "ALTER SYSTEM RESET default_transaction_read_only",
        "SELECT pg_reload_conf()",
    ] {
        database.batch_execute(statement).await?;
    }
    Ok(())
}

/// Somebody tidies up by hand, and takes what an open order needs.
pub(super) async fn delete_outbox_row(testbed: &Testbed) -> Outcome<()> {
    let delete =
        "DELETE FROM outbox WHERE order_id = (SELECT max(order_id::text)::uuid FROM outbox)";
    testbed.sql(delete).await
}

async fn postmaster(testbed: &Testbed) -> Outcome<u32> {
    const POSTMASTER: &str = "SELECT split_part(pg_read_file('postmaster.pid'), E'\\n', 1)::bigint";
    let database = connect(&testbed.admin).await?;
    let row = database.query_one(POSTMASTER, &[]).await?;
    Ok(u32::try_from(row.get::<_, i64>(0))?)
}

fn signal(process: u32, signal: Signal) -> Outcome<()> {
    let process = i32::try_from(process).ok().and_then(Pid::from_raw);
    Ok(kill_process(
        process.ok_or("no process has that number")?,
        signal,
    )?)
}
