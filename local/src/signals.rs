//! What asks the process to end: Ctrl-C, SIGTERM, and the end of its terminal.

use std::{fs, io};

use tokio::signal::unix::{Signal, SignalKind, signal};

/// SIGINT, SIGTERM and SIGHUP, from its making on.
pub struct Signals {
    interrupt: Signal,
    terminate: Signal,
    /// Absent when whoever started the process wants it to outlive its terminal (`nohup`).
    hang_up: Option<Signal>,
}

impl Signals {
    /// Begins to receive them.
    ///
    /// # Errors
    /// When the system does not let it.
    pub fn receive() -> io::Result<Self> {
        let hang_up = SignalKind::hangup();
        Ok(Self {
            hang_up: match is_ignored(hang_up) {
                true => None,
                false => Some(signal(hang_up)?),
            },
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
        })
    }

    /// Waits for the next one and answers its number.
    pub async fn next(&mut self) -> u8 {
        let hang_up = async {
            match &mut self.hang_up {
                Some(signal) => signal.recv().await,
                None => std::future::pending().await,
            }
        };
        let kind = tokio::select! {
            _ = self.interrupt.recv() => SignalKind::interrupt(),
            _ = self.terminate.recv() => SignalKind::terminate(),
            _ = hang_up => SignalKind::hangup(),
        };
        u8::try_from(kind.as_raw_value()).unwrap_or(u8::MAX)
    }
}

/// Whether the process was started with this signal ignored. Where the system does not tell: no.
fn is_ignored(kind: SignalKind) -> bool {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status
        .lines()
        .find_map(|line| line.strip_prefix("SigIgn:"))
        .and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    mask.is_some_and(|mask| mask >> (kind.as_raw_value() - 1) & 1 == 1)
}
