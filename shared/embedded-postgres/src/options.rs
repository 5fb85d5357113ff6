//! How PostgreSQL is configured. Given on its command line, so no file can contradict it.

use crate::Settings;

/// The same for every server of ours.
const ALWAYS: &[(&str, &str)] = &[
    // Reached by TCP from this machine only.
    ("listen_addresses", "127.0.0.1"),
    ("unix_socket_directories", ""),
    // Short statements by key: compiling or spreading them costs more than it saves.
    ("jit", "off"),
    ("max_parallel_workers_per_gather", "0"),
    // One machine, no replica: write-ahead log for recovery only.
    ("wal_level", "minimal"),
    ("max_wal_senders", "0"),
    // An engine that hangs inside a transaction must not hold its rows for ever.
    ("idle_in_transaction_session_timeout", "60s"),
    ("timezone", "UTC"),
    ("log_timezone", "UTC"),
    ("log_line_prefix", "%m [%p] "),
];

/// A commit is on the disk when it is answered. This is the promise behind "accepted".
const DURABLE: &[(&str, &str)] = &[
    ("fsync", "on"),
    ("synchronous_commit", "on"),
    ("full_page_writes", "on"),
    ("max_connections", "200"),
    ("shared_buffers", "128MB"),
    ("wal_buffers", "16MB"),
    ("max_wal_size", "1GB"),
    // Fewer checkpoints: each makes the next change of a page log the whole page.
    ("checkpoint_timeout", "15min"),
    ("log_min_duration_statement", "1s"),
];

/// Nothing waits for the disk, and there is room for many tests at once.
const THROW_AWAY: &[(&str, &str)] = &[
    ("fsync", "off"),
    ("synchronous_commit", "off"),
    ("full_page_writes", "off"),
    ("max_connections", "500"),
    ("shared_buffers", "64MB"),
    ("max_wal_size", "256MB"),
    ("min_wal_size", "32MB"),
];

/// The `-c name=value` arguments of a server with these settings on this port.
pub(crate) fn arguments(settings: &Settings, port: u16) -> Vec<String> {
    let specific = if settings.durable {
        DURABLE
    } else {
        THROW_AWAY
    };
    let mut arguments = vec!["-c".to_owned(), format!("port={port}")];
    for (name, value) in ALWAYS.iter().chain(specific) {
        arguments.push("-c".to_owned());
        arguments.push(format!("{name}={value}"));
    }
    arguments
}
