//! What PostgreSQL says, in a file.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::OpenOptionsExt;
use std::path::PathBuf;

/// A log larger than this many bytes is set aside at the next start.
const LIMIT: u64 = 10 * 1024 * 1024;
/// How many of its last lines an error message shows.
const SHOWN: usize = 12;

/// The log file of a server.
pub(crate) struct Log(pub(crate) PathBuf);

impl Log {
    /// Opens it for appending; one that has grown large is set aside first.
    pub(crate) fn open(&self) -> io::Result<File> {
        if self.length() > LIMIT {
            fs::rename(&self.0, self.0.with_extension("log.1"))?;
        }
        OpenOptions::new()
            .create(true)
            .append(true)
            .mode(0o600)
            .open(&self.0)
    }

    /// Its length in bytes; 0 if there is none.
    pub(crate) fn length(&self) -> u64 {
        fs::metadata(&self.0).map_or(0, |meta| meta.len())
    }

    /// The last lines of what was written after it had the length `since`.
    pub(crate) fn tail(&self, since: u64) -> String {
        let text = fs::read(&self.0).unwrap_or_default();
        let since = usize::try_from(since).unwrap_or(0);
        let new = String::from_utf8_lossy(text.get(since..).unwrap_or(&text));
        let lines: Vec<&str> = new.lines().collect();
        lines[lines.len().saturating_sub(SHOWN)..].join("\n")
    }
}
