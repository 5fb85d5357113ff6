//! The command `backup`: everything that the database holds, in a file.

use std::{
    fs::{self, File, OpenOptions},
    io,
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
    process::{ExitCode, Stdio},
};

use embedded_postgres::Tools;
use postgres::restore::WholeDatabase;
use serde_json::json;
use tokio::task::spawn_blocking;

use super::{
    administration::{Undone, end, stop},
    output,
    pg_tools::{Login, finish, not_started},
};
use crate::{
    database::{self, Found},
    options::Backup,
};

/// The owner's alone.
const MODE: u32 = 0o600;

/// Writes the file, whole or not at all.
pub async fn run(backup: &Backup) -> ExitCode {
    end(made(backup).await)
}

async fn made(backup: &Backup) -> Result<(), Undone> {
    refuse_existing(&backup.file)?;
    let found = database::find(&backup.storage).await?;
    let dumped = dump(&found, backup).await;
    stop(found.server).await;
    let bytes = dumped?;
    if backup.json {
        output::line(json!({"file": backup.file, "bytes": bytes}));
    } else {
        output::line(format_args!("{}: {bytes} bytes", backup.file.display()));
    }
    Ok(())
}

fn refuse_existing(file: &Path) -> Result<(), Undone> {
    match file.symlink_metadata() {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(unwritten(file, &error)),
        Ok(_) => Err(Undone::NotDone(format!(
            "{} is there already, and is left as it is",
            file.display()
        ))),
    }
}

async fn dump(found: &Found, backup: &Backup) -> Result<u64, Undone> {
    let whole = WholeDatabase::new(found.database.clone());
    let version = whole.server_version().await?;
    if !whole.is_an_engines().await? {
        let target = found.database.target();
        return Err(Undone::NotDone(format!(
            "{target} holds no engine's orders"
        )));
    }
    let login = Login::to(&found.url, backup.storage.database_ca.as_deref())?;
    let file = backup.file.clone();
    let dumping = spawn_blocking(move || {
        let tools =
            Tools::for_server(version).map_err(|error| Undone::NotDone(error.to_string()))?;
        write(&file, |into| {
            let mut pg_dump = login.give(tools.pg_dump());
            pg_dump.args(["--format=custom", "--no-owner", "--no-privileges"]);
            let child = pg_dump.stdout(Stdio::from(into)).spawn();
            let child = child.map_err(|error| not_started(&error, "pg_dump"))?;
            finish(child).map_err(|said| Undone::NotDone(format!("pg_dump: {said}")))
        })
    });
    let interrupted = |_| Undone::NotDone("the backup was interrupted".into());
    dumping.await.map_err(interrupted)?
}

/// Writes a file beside its place, and moves it there when it is complete and on the disk. Answers
/// its size in bytes.
fn write(file: &Path, fill: impl FnOnce(File) -> Result<(), Undone>) -> Result<u64, Undone> {
    let part = beside(file);
    let written = write_part(&part, file, fill);
    if written.is_err() {
        let _ = fs::remove_file(&part); // the reason is told already
    }
    written
}

fn write_part(
    part: &Path,
    file: &Path,
    fill: impl FnOnce(File) -> Result<(), Undone>,
) -> Result<u64, Undone> {
    let unwritten = |error: io::Error| unwritten(file, &error);
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true).mode(MODE);
    let to = options.open(part).map_err(unwritten)?;
    fill(to.try_clone().map_err(unwritten)?)?;
    to.sync_all().map_err(unwritten)?;
    let bytes = to.metadata().map_err(unwritten)?.len();
    // Unlike a rename, a link never takes another file's place.
    fs::hard_link(part, file).map_err(unwritten)?;
    fs::remove_file(part).map_err(unwritten)?;
    Ok(bytes)
}

fn beside(file: &Path) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(format!(".{}.part", std::process::id()));
    name.into()
}

fn unwritten(file: &Path, error: &io::Error) -> Undone {
    Undone::NotDone(format!("{} cannot be written: {error}", file.display()))
}
