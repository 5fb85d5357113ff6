//! Where, when and of what figures were taken: without it they cannot be held against others.

use std::{fmt, fs, path::Path, process::Command};

use jiff::{Zoned, civil::Date};
use serde::Serialize;

use crate::{Outcome, site::Site};

/// The machine, the code and the load of others at this moment.
#[derive(Debug, Serialize)]
pub(crate) struct Machine {
    /// What was built, with "+ changes" when the checkout is not the commit.
    pub(crate) commit: String,
    /// The day.
    pub(crate) date: Date,
    /// Processor cores.
    pub(crate) cores: usize,
    /// The processor's name.
    pub(crate) model: String,
    /// Of the machine, in GB (10^9 bytes).
    memory: u64,
    kernel: String,
    postgres: String,
    rustc: String,
    load: String,
}

impl Machine {
    /// As it is now, before anything is measured on this ground.
    pub(crate) async fn now(site: &Site) -> Outcome<Self> {
        let here = Path::new(env!("CARGO_MANIFEST_DIR"));
        let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
        let kernel = fs::read_to_string("/proc/sys/kernel/osrelease");
        let kibibytes = line("/proc/meminfo", "MemTotal:").and_then(|text| {
            let number = text.strip_suffix(" kB")?;
            number.parse::<u64>().ok()
        });
        Ok(Self {
            commit: commit(here),
            date: Zoned::now().date(),
            cores: std::thread::available_parallelism().map_or(1, usize::from),
            model: line("/proc/cpuinfo", "model name\t:").unwrap_or_else(unknown),
            memory: kibibytes.unwrap_or_default() * 1_024 / 1_000_000_000,
            kernel: kernel.map_or_else(|_| unknown(), |text| text.trim().to_owned()),
            postgres: site.postgres_version().await?,
            rustc: rustc(here),
            load: load.split(' ').next().unwrap_or("unknown").to_owned(),
        })
    }
}

impl fmt::Display for Machine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "commit {}, {}, {} cores ({}), {} GB, Linux {}, PostgreSQL {}, rustc {}, load before {}",
            self.commit,
            self.date,
            self.cores,
            self.model,
            self.memory,
            self.kernel,
            self.postgres,
            self.rustc,
            self.load
        )
    }
}

/// The commit of the checkout in which a folder lies, and whether files of it are changed.
pub(crate) fn commit(folder: &Path) -> String {
    let Some(commit) = said(folder, "git", &["rev-parse", "--short", "HEAD"]) else {
        return unknown();
    };
    match said(folder, "git", &["status", "--porcelain"]) {
        Some(changes) if changes.is_empty() => commit,
        _ => commit + " + changes",
    }
}

/// The version of the compiler that the checkout asks for.
fn rustc(folder: &Path) -> String {
    let version = said(folder, "rustc", &["--version"]);
    let number = version.as_deref().and_then(|text| text.split(' ').nth(1));
    number.map_or_else(unknown, str::to_owned)
}

/// What a program prints; `None` when it fails.
fn said(folder: &Path, program: &str, arguments: &[&str]) -> Option<String> {
    let mut command = Command::new(program);
    let output = command.current_dir(folder).args(arguments).output().ok()?;
    let text = String::from_utf8_lossy(&output.stdout);
    output.status.success().then(|| text.trim().to_owned())
}

/// What follows a name in a file of the system.
fn line(file: &str, name: &str) -> Option<String> {
    let text = fs::read_to_string(file).ok()?;
    let rest = text.lines().find_map(|line| line.strip_prefix(name))?;
    Some(rest.trim().to_owned())
}

fn unknown() -> String {
    "unknown".to_owned()
}

#[cfg(test)]
impl Machine {
    /// No machine.
    pub(crate) fn nowhere() -> Self {
        Self {
            commit: "761c0c8".to_owned(),
            date: Date::constant(2026, 11, 22),
            cores: 2,
            model: "none".to_owned(),
            memory: 1,
            kernel: unknown(),
            postgres: unknown(),
            rustc: unknown(),
            load: unknown(),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{env, process};

    use super::*;

    #[test]
    fn a_checkout_with_changes_is_not_called_by_its_commit_alone() {
        let folder = env::temp_dir().join(format!("bench-commit-{}", process::id()));
        fs::create_dir_all(&folder).expect("a folder");
        assert_eq!(commit(&folder), "unknown");
        let git = |arguments: &[&str]| said(&folder, "git", arguments).expect("git works");
        git(&["init", "--quiet"]);
        let name = ["-c", "user.name=bench", "-c", "user.email=bench@localhost"];
        git(&[
            &name[..],
            &["commit", "--quiet", "--allow-empty", "--message", "first"],
        ]
        .concat());
        let clean = commit(&folder);
        assert_eq!(clean, git(&["rev-parse", "--short", "HEAD"]));
        fs::write(folder.join("new.rs"), "").expect("a file");
        assert_eq!(commit(&folder), clean + " + changes");
        fs::remove_dir_all(&folder).expect("it is ours");
    }
}
