//! Where and of what figures were taken: without it they cannot be held against others.

use std::{fmt, fs, path::Path, process::Command};

use serde::Serialize;

/// The machine, the code and the load of others at this moment.
#[derive(Debug, Serialize)]
pub(crate) struct Machine {
    commit: String,
    cores: usize,
    model: String,
    load: String,
}

impl Machine {
    /// As it is now, before anything is measured.
    pub(crate) fn now() -> Self {
        let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
        let model = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
        let model = model
            .lines()
            .find_map(|line| line.strip_prefix("model name\t: "));
        Self {
            commit: commit(Path::new(env!("CARGO_MANIFEST_DIR"))),
            cores: std::thread::available_parallelism().map_or(1, usize::from),
            model: model.unwrap_or("unknown").to_owned(),
            load: load.split(' ').next().unwrap_or("unknown").to_owned(),
        }
    }
}

impl fmt::Display for Machine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "commit {}, {} cores ({}), load before {}",
            self.commit, self.cores, self.model, self.load
        )
    }
}

/// The commit of the checkout in which a folder lies.
pub(crate) fn commit(folder: &Path) -> String {
    let commit = Command::new("git")
        .current_dir(folder)
        .args(["rev-parse", "--short", "HEAD"])
        .output();
    match commit {
        Ok(said) if said.status.success() => String::from_utf8_lossy(&said.stdout).trim().into(),
        _ => "unknown".into(),
    }
}
