//! What the system tells of this process.

use std::{
    fs,
    sync::OnceLock,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

/// Figures of this process. Where the system does not tell (it has no `/proc`), they are absent.
pub(crate) struct Process {
    /// When it began, since 1970.
    pub(crate) started: Duration,
    pub(crate) uptime: Duration,
    /// In bytes.
    pub(crate) resident: Option<u64>,
    pub(crate) open_files: Option<usize>,
    /// Processor time, in seconds.
    pub(crate) processor: Option<u64>,
}

/// Ticks in a second, as `/proc` counts processor time: on every Linux since 2.6.
const TICKS: u64 = 100;

impl Process {
    /// As it is now. The first look is taken for the process's beginning.
    pub(crate) fn now() -> Self {
        static BEGIN: OnceLock<(Instant, Duration)> = OnceLock::new();
        let since_1970 = || SystemTime::now().duration_since(UNIX_EPOCH);
        let (begin, started) =
            BEGIN.get_or_init(|| (Instant::now(), since_1970().unwrap_or_default()));
        Self {
            started: *started,
            uptime: begin.elapsed(),
            resident: resident(),
            open_files: fs::read_dir("/proc/self/fd").ok().map(Iterator::count),
            processor: processor(),
        }
    }
}

/// `VmRSS:     12345 kB`
fn resident() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kibibytes: u64 = line.split_whitespace().next()?.parse().ok()?;
    Some(kibibytes * 1_024)
}

/// The program's name stands in parentheses and may hold anything; user and system time are the
/// twelfth and thirteenth word after it.
fn processor() -> Option<u64> {
    let stat = fs::read_to_string("/proc/self/stat").ok()?;
    let (_, words) = stat.rsplit_once(')')?;
    let times = words.split_whitespace().skip(11).take(2);
    let ticks: Option<u64> = times.map(|time| time.parse::<u64>().ok()).sum();
    Some(ticks? / TICKS)
}
