//! The command `restore`: a database as a backup has it.
//!
//! One transaction puts back all of it. Where orders are executed on a chain outside of the
//! database, that has gone on since the backup was made, and an order that is open in the backup
//! may have been executed. So those orders are cancelled before an engine may start: what has no
//! signed transaction in the backup ends at once, what has one, or had one in an attempt before, is
//! settled by the chain's record and never tried again.

use std::{
    fs::File,
    io::{self, Write},
    path::Path,
    process::{Child, ExitCode, Stdio},
    sync::Arc,
    time::Duration,
};

use embedded_postgres::Tools;
use engine::{
    account::Actor,
    cancel::{Cancel, CancelError, Cancelled},
    policy::Policy,
};
use postgres::{
    PostgresWalletOrders,
    restore::{self, BEGIN, REPLACE, WholeDatabase},
};
use serde_json::json;
use tokio::task::spawn_blocking;
use uuid::Uuid;

use super::{
    administration::{Undone, end, stop},
    output,
    pg_tools::{Login, finish, not_started},
    unasked_chain::UnaskedChain,
};
use crate::{
    database::{self, Found},
    gateway::Gateway,
    options::Restore,
    queue::{Capacity, LocalQueue},
};

/// The exit code of a `psql` that a statement has ended.
const STATEMENT_FAILED: i32 = 3;

/// What became of the orders that are open in the backup.
#[derive(Debug, Default)]
struct Ended {
    /// They are cancelled.
    cancelled: usize,
    /// They have a signed transaction: the engine's next start settles them.
    to_settle: usize,
}

/// Puts everything back, or nothing.
pub async fn run(restore: &Restore) -> ExitCode {
    end(put_back(restore).await)
}

async fn put_back(restore: &Restore) -> Result<(), Undone> {
    let file = File::open(&restore.file);
    let file = file.map_err(|error| unread(&restore.file, &error))?;
    let found = database::hold(&restore.storage).await?;
    let done = into(&found, file, restore).await;
    stop(found.server).await;
    done
}

async fn into(found: &Found, file: File, restore: &Restore) -> Result<(), Undone> {
    let whole = WholeDatabase::new(found.database.clone());
    let target = found.database.target();
    let version = whole.server_version().await?;
    // Who holds the folder of one of our own knows it already.
    if found.server.is_none() && whole.engines().await? > 0 {
        return Err(Undone::NotDone(format!(
            "an engine runs on {target}, or did ten seconds ago: stop it first"
        )));
    }
    if !restore.replace && !whole.is_empty().await? {
        return Err(Undone::NotDone(format!(
            "{target} is not empty: name another database, or give --replace, with which all that \
             is in it is lost"
        )));
    }
    let (login, replace) = (
        Login::to(&found.url, restore.storage.database_ca.as_deref())?,
        restore.replace,
    );
    let running = spawn_blocking(move || {
        let tools =
            Tools::for_server(version).map_err(|error| Undone::NotDone(error.to_string()))?;
        replay(&tools, &login, file, replace)
    });
    let interrupted = |_| Undone::Unknown("the restore was interrupted".into());
    running.await.map_err(interrupted)??;
    told(restore, &whole, found).await
}

/// What is put back is there. Says so when its orders are safe.
async fn told(restore: &Restore, whole: &WholeDatabase, found: &Found) -> Result<(), Undone> {
    let ended = match finished(whole, found, restore).await {
        Ok(ended) => ended,
        Err(why) => {
            return Err(Undone::Unknown(format!(
                "{why}; no engine starts on this database before it is restored once more, with \
                 --replace"
            )));
        }
    };
    let open = whole.open().await?;
    let Ended {
        cancelled,
        to_settle,
    } = ended;
    if restore.json {
        output::line(json!({
            "file": restore.file, "open": open, "cancelled": cancelled, "toSettle": to_settle,
        }));
        return Ok(());
    }
    let file = restore.file.display();
    output::line(format_args!("{file}: put back, with {open} open orders"));
    if cancelled + to_settle > 0 {
        output::line(format_args!(
            "{cancelled} orders that were open are cancelled, {to_settle} with a signed transaction \
             are settled and not tried again: they may have been executed since the backup was made"
        ));
    }
    Ok(())
}

async fn finished(
    whole: &WholeDatabase,
    found: &Found,
    restore: &Restore,
) -> Result<Ended, String> {
    let words = |error: &dyn std::fmt::Display| error.to_string();
    database::migrate(&found.database, &restore.storage)
        .await
        .map_err(|error| words(&error))?;
    let outside = whole.has_a_chain_outside().await;
    let mut ended = Ended::default();
    if outside.map_err(|error| words(&error))? {
        let cancel = cancel(found);
        for (account, id) in whole.open_orders().await.map_err(|error| words(&error))? {
            let done = cancel.cancel(&Actor::of(account), id).await;
            match done.map_err(|error: CancelError| words(&error))? {
                Cancelled::Now(_) => ended.cancelled += 1,
                Cancelled::Requested(_) => ended.to_settle += 1,
                Cancelled::TooLate(_) | Cancelled::Unknown => {}
            }
        }
    }
    whole.finish().await.map_err(|error| words(&error))?;
    Ok(ended)
}

/// Nobody is connected, and nobody takes orders up: the next engine's relay finds them.
fn cancel(found: &Found) -> Cancel {
    let capacity = Capacity {
        slots: 1,
        max_wait: Duration::ZERO,
        max_backlog: Duration::ZERO,
    };
    let queue = Arc::new(LocalQueue::new(Duration::ZERO, capacity));
    let push = Arc::new(Gateway::new(Uuid::new_v4()));
    let chain = UnaskedChain(PostgresWalletOrders::new(found.database.clone()));
    runtime::use_cases(&found.database, Policy::default()).cancel(queue, push, Arc::new(chain))
}

/// Reads the backup into `psql`, in one transaction.
fn replay(tools: &Tools, login: &Login, file: File, replace: bool) -> Result<(), Undone> {
    let mut reader = tools.pg_restore();
    reader.args(["--no-owner", "--no-privileges", "--file=-"]);
    let reader = reader
        .stdin(file)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut reader = reader
        .spawn()
        .map_err(|error| not_started(&error, "pg_restore"))?;
    let mut writer = login.give(tools.psql());
    writer.args([
        "--no-psqlrc",
        "--quiet",
        "--set",
        "ON_ERROR_STOP=1",
        "--file=-",
    ]);
    let writer = writer.stdin(Stdio::piped()).stdout(Stdio::null());
    let mut writer = writer.spawn().map_err(|error| {
        give_up(&mut reader);
        not_started(&error, "psql")
    })?;
    let fed = feed(&mut reader, &mut writer, replace);
    if fed.is_err() {
        give_up(&mut writer);
    }
    let nothing_changed =
        |said: String| Err(Undone::NotDone(format!("nothing was changed: {said}")));
    match (finish(reader), fed, finish(writer)) {
        (Ok(()), Ok(()), Ok(())) => Ok(()),
        (Err(failed), _, _) => nothing_changed(format!("pg_restore: {failed}")),
        // It was given the commit, and was not told what became of it.
        (Ok(()), Ok(()), Err(failed)) if failed.code != Some(STATEMENT_FAILED) => {
            Err(Undone::Unknown(format!("psql: {failed}")))
        }
        // Its own words tell more than a broken pipe.
        (Ok(()), _, Err(failed)) => nothing_changed(format!("psql: {failed}")),
        (Ok(()), Err(error), Ok(())) => nothing_changed(error.to_string()),
    }
}

/// Gives `psql` the whole transaction. Without its last word, the commit, everything is undone.
fn feed(reader: &mut Child, writer: &mut Child, replace: bool) -> io::Result<()> {
    let pipe = || io::Error::other("a program has no pipe");
    let mut from = reader.stdout.take().ok_or_else(pipe)?;
    let mut to = writer.stdin.take().ok_or_else(pipe)?;
    to.write_all(BEGIN.as_bytes())?;
    if replace {
        to.write_all(REPLACE.as_bytes())?;
    }
    io::copy(&mut from, &mut to)?;
    // What was read is complete only if its reader says so.
    if !reader.wait()?.success() {
        return Err(io::Error::other("the backup cannot be read"));
    }
    to.write_all(restore::commit().as_bytes())
}

/// Ends a program whose work is in vain.
fn give_up(child: &mut Child) {
    let _ = child.kill(); // it may have ended
}

fn unread(file: &Path, error: &io::Error) -> Undone {
    Undone::NotDone(format!("{} cannot be read: {error}", file.display()))
}
