//! PostgreSQL's programs on this machine: where they are, which version, how to run them.

use std::collections::HashSet;
use std::env;
use std::fs;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::account::Account;
use crate::folder::Folder;
use crate::{StartError, data_folder, fetch};

/// The oldest major version that the engine is meant for.
const OLDEST: u32 = 14;
const NEEDED: [&str; 3] = ["postgres", "initdb", "psql"];
/// Where they may be, in words, for the message when they are not.
const SEARCHED: &str = "PATH, pg_config, Homebrew, /usr/lib/postgresql, /usr/pgsql-*";

/// One installation of PostgreSQL.
#[derive(Debug, Clone)]
pub(crate) struct Programs {
    bin: PathBuf,
    pub(crate) major: u32,
    account: Option<Account>,
}

impl Programs {
    /// The first installation that fits the folder: the one that made its data, or any if it is
    /// new. Fetches one if nothing fits and that would.
    pub(crate) fn find(folder: &Folder) -> Result<Self, StartError> {
        let data = fs::read_to_string(folder.cluster().join("PG_VERSION")).ok();
        let data = data.map(|version| version.trim().to_owned());
        let fits = |major: u32| data.as_ref().is_none_or(|data| *data == major.to_string());
        let mut found = installed(candidates());
        let none_fits = !found.iter().any(|(_, major)| fits(*major));
        if found.is_empty() || (none_fits && fits(fetch::MAJOR)) {
            match fetch::programs(&data_folder::fetched_programs()) {
                Ok(bin) => found.extend(installed(vec![bin])),
                Err(fetch) if found.is_empty() => {
                    return Err(StartError::NoPostgres {
                        searched: SEARCHED.into(),
                        fetch,
                    });
                }
                // The versions that there are tell more than why there is not another one.
                Err(_) => {}
            }
        }
        let versions: Vec<String> = found.iter().map(|(_, major)| major.to_string()).collect();
        match found.into_iter().find(|(_, major)| fits(*major)) {
            Some((bin, major)) => Ok(Self {
                bin,
                major,
                account: folder.account.clone(),
            }),
            None => Err(StartError::OtherVersion {
                folder: folder.root().to_path_buf(),
                data: data.unwrap_or_default(),
                installed: versions.join(", "),
            }),
        }
    }

    /// The installation that fits a server of this major version best: its own, or the next newer
    /// one. Fetches one if there is none and that would do.
    pub(crate) fn for_server(server: u32) -> Result<Self, StartError> {
        let mut found = installed(candidates());
        let fits = |(_, major): &(PathBuf, u32)| *major >= server;
        if !found.iter().any(fits)
            && fetch::MAJOR >= server
            && let Ok(bin) = fetch::programs(&data_folder::fetched_programs())
        {
            found.extend(installed(vec![bin]));
        }
        let versions: Vec<String> = found.iter().map(|(_, major)| major.to_string()).collect();
        let fitting = found.into_iter().filter(fits);
        match fitting.min_by_key(|(_, major)| *major) {
            Some((bin, major)) => Ok(Self {
                bin,
                major,
                account: None,
            }),
            None => Err(StartError::NoTools {
                server,
                installed: versions.join(", "),
            }),
        }
    }

    /// A command that runs one of the programs: as the right account, with nothing on its
    /// standard streams, and without the `PG…` variables that would redirect it.
    pub(crate) fn command(&self, program: &str) -> Command {
        let mut command = Command::new(self.bin.join(program));
        for (name, _) in env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("PG"))
        {
            command.env_remove(name);
        }
        command.env("LC_ALL", "C").current_dir("/");
        command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        if let Some(account) = &self.account {
            command.uid(account.uid).gid(account.gid);
        }
        command
    }
}

/// Each usable installation among these folders, once, in their order, with its major version.
fn installed(candidates: Vec<PathBuf>) -> Vec<(PathBuf, u32)> {
    let mut seen = HashSet::new();
    candidates
        .into_iter()
        .filter_map(|folder| complete(&folder))
        .filter(|bin| seen.insert(bin.clone()))
        .filter_map(|bin| major(&bin).map(|major| (bin, major)))
        .filter(|(_, major)| *major >= OLDEST)
        .collect()
}

/// The folder, links followed, if it has every program. A link in the PATH to `postgres` alone
/// leads to where the others are.
fn complete(folder: &Path) -> Option<PathBuf> {
    let postgres = fs::canonicalize(folder.join("postgres")).ok()?;
    let bin = postgres.parent()?.to_path_buf();
    NEEDED
        .iter()
        .all(|program| bin.join(program).is_file())
        .then_some(bin)
}

/// `postgres --version` says for instance `postgres (PostgreSQL) 18.4 (Debian …)`.
fn major(bin: &Path) -> Option<u32> {
    let output = Command::new(bin.join("postgres"))
        .arg("--version")
        .output()
        .ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    text.split_whitespace()
        .nth(2)?
        .split(|c: char| !c.is_ascii_digit())
        .next()?
        .parse()
        .ok()
}

/// Every folder to look into, in the order of preference.
fn candidates() -> Vec<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    let mut folders: Vec<PathBuf> = env::split_paths(&path).collect();
    folders.extend(pg_config());
    for homebrew in [
        "/opt/homebrew/opt",
        "/usr/local/opt",
        "/home/linuxbrew/.linuxbrew/opt",
    ] {
        folders.extend(versions(Path::new(homebrew), "postgresql@", "bin"));
        folders.push(Path::new(homebrew).join("postgresql/bin"));
    }
    folders.extend(versions(Path::new("/usr/lib/postgresql"), "", "bin"));
    folders.extend(versions(Path::new("/usr"), "pgsql-", "bin"));
    folders.extend(fetch::fetched(&data_folder::fetched_programs()));
    folders
}

fn pg_config() -> Option<PathBuf> {
    let output = Command::new("pg_config").arg("--bindir").output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    Some(PathBuf::from(text.trim()))
}

/// `<parent>/<prefix><number>/<inner>` for each number there is, the highest first.
fn versions(parent: &Path, prefix: &str, inner: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(parent).into_iter().flatten().flatten();
    let mut numbered: Vec<(u32, PathBuf)> = entries
        .filter_map(|entry| {
            let name = entry.file_name().into_string().ok()?;
            let number = name.strip_prefix(prefix)?.parse().ok()?;
            Some((number, entry.path().join(inner)))
        })
        .collect();
    numbered.sort_by_key(|(number, _)| std::cmp::Reverse(*number));
    numbered.into_iter().map(|(_, folder)| folder).collect()
}
