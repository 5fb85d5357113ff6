//! The programs under measurement: as cargo builds them now, or as another build left them.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use crate::{Outcome, figure};

/// One build of them.
#[derive(Clone, Debug)]
pub(crate) struct Programs {
    /// `order-engine`.
    pub(crate) engine: PathBuf,
    /// Where the functions are.
    pub(crate) folder: PathBuf,
}

impl Programs {
    /// The engine that was named, or the one that cargo builds now.
    pub(crate) fn find(named: Option<PathBuf>) -> Outcome<Self> {
        if let Some(engine) = named {
            let folder = engine.parent().unwrap_or(Path::new("")).to_path_buf();
            return Ok(Self { engine, folder });
        }
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let built = Command::new(cargo)
            .args(["build", "--release", "--package", "local"])
            .status()?;
        if !built.success() {
            return Err("order-engine cannot be built".into());
        }
        Self::inside(&figure::target()?.join("release"))
    }

    /// What a command of the engine prints that works on this database.
    pub(crate) fn administer(&self, url: &str, arguments: &[&str]) -> Outcome<String> {
        let mut command = Command::new(&self.engine);
        let output = command.args(arguments).env("DATABASE_URL", url).output()?;
        if !output.status.success() {
            return Err(String::from_utf8_lossy(&output.stderr).into());
        }
        Ok(String::from_utf8(output.stdout)?.trim().to_owned())
    }

    /// What another build left in a folder.
    pub(crate) fn inside(folder: &Path) -> Outcome<Self> {
        let engine = folder.join("order-engine");
        if !engine.is_file() {
            return Err(format!("there is no {}", engine.display()).into());
        }
        Ok(Self {
            engine,
            folder: folder.to_path_buf(),
        })
    }
}
