//! Where things are kept when nobody says otherwise.

use std::env;
use std::path::PathBuf;

/// The folder for the engine's own PostgreSQL when none is given.
///
/// `order-engine/postgres` under the user's data folder: `$XDG_DATA_HOME`, else `~/.local/share`,
/// on macOS `~/Library/Application Support`. For root it is `/var/tmp/order-engine/postgres`,
/// because PostgreSQL then runs as another account, which cannot enter root's home.
#[must_use]
pub fn default_data_dir() -> PathBuf {
    user_data().join("order-engine").join("postgres")
}

/// Where PostgreSQL is unpacked when it has to be fetched: once per user, for all folders.
pub(crate) fn fetched_programs() -> PathBuf {
    default_data_dir().with_file_name("postgres-programs")
}

fn user_data() -> PathBuf {
    if rustix::process::geteuid().is_root() {
        return PathBuf::from("/var/tmp");
    }
    let absolute = |name: &str| {
        env::var_os(name)
            .map(PathBuf::from)
            .filter(|path| path.is_absolute())
    };
    if let Some(folder) = absolute("XDG_DATA_HOME") {
        return folder;
    }
    match absolute("HOME") {
        Some(home) if cfg!(target_os = "macos") => home.join("Library/Application Support"),
        Some(home) => home.join(".local/share"),
        None => PathBuf::from("/var/tmp"),
    }
}
