//! What each metric means: said once, and shown as `HELP` wherever metrics are read.

use metrics::{Unit, describe_counter, describe_gauge, describe_histogram};

/// What a metric can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// It only grows.
    Counter,
    /// It is what it is at the moment.
    Gauge,
    /// It is spread over buckets, in seconds.
    Histogram,
}

use Kind::{Counter, Gauge, Histogram};

/// Every metric of every program, by the name that the code counts it by.
pub const HELP: &[(Kind, &str, &str)] = &[
    // Orders.
    (
        Counter,
        "orders_accepted_total",
        "Orders that were stored and are promised an end",
    ),
    (
        Counter,
        "orders_replayed_total",
        "Repeats of an idempotency key, answered as before",
    ),
    (
        Counter,
        "orders_refused_busy_total",
        "Orders refused because they would wait too long",
    ),
    (
        Counter,
        "orders_refused_limit_total",
        "Orders refused because they go beyond a limit of their account or key",
    ),
    (
        Gauge,
        "expected_wait_seconds",
        "Expected wait of the last order in the queue",
    ),
    (
        Counter,
        "orders_final_total",
        "Orders that ended, by status and failure code",
    ),
    (
        Counter,
        "orders_taken_over_total",
        "Orders taken over from a holder that ended silently",
    ),
    (
        Counter,
        "orders_triggered_total",
        "Orders whose condition was met after they had waited",
    ),
    (
        Counter,
        "orders_woken_total",
        "Orders that the monitor woke for a look at their condition",
    ),
    (
        Counter,
        "monitor_ticks_total",
        "Looks of the monitor at prices and times",
    ),
    (
        Counter,
        "monitor_prices_unknown_total",
        "Looks at a pair of which no venue told a price",
    ),
    (
        Counter,
        "launches_read_total",
        "New pools read from the chain's log",
    ),
    (
        Counter,
        "launches_unknown_total",
        "Looks at new pools that the chain did not answer",
    ),
    (
        Counter,
        "launches_left_out_total",
        "New pools that no order can buy from",
    ),
    (
        Counter,
        "pools_unknown_total",
        "Looks at a pool that the chain did not answer",
    ),
    (
        Counter,
        "launch_gaps_total",
        "Looks stopped by a gap in the chain's log of new pools",
    ),
    (
        Counter,
        "monitor_failures_total",
        "Wakes and notes that the database did not do",
    ),
    (
        Counter,
        "orders_fenced_total",
        "Workers stopped because another holds the order",
    ),
    (
        Counter,
        "orders_landed_after_all_total",
        "Orders settled with a transaction that was taken for dead",
    ),
    (
        Counter,
        "orders_in_doubt_total",
        "Looks at an order of which the chain does not tell whether it has landed",
    ),
    (
        Counter,
        "orders_unreadable_total",
        "Reads of a stored order that this build cannot read",
    ),
    (Gauge, "orders_stuck", "Open orders past their deadline"),
    (
        Counter,
        "orders_deleted_total",
        "Orders deleted because they ended more than RETAIN_DAYS ago",
    ),
    (
        Counter,
        "connections_ended_total",
        "Connections that a bound of the door has ended",
    ),
    (
        Counter,
        "connections_not_accepted_total",
        "Connections that the system did not give",
    ),
    (
        Counter,
        "audit_repaired_total",
        "Outbox rows that were not as their orders are, and were mended",
    ),
    (
        Counter,
        "audit_violations_total",
        "Closed orders that contradict themselves",
    ),
    (
        Gauge,
        "clock_skew_seconds",
        "How far the database's clock is ahead of this machine's",
    ),
    (
        Gauge,
        "engines_others",
        "Other engines alive on the same database",
    ),
    (
        Counter,
        "engines_lost_total",
        "Other engines that were found dead",
    ),
    (
        Counter,
        "engine_taken_for_lost_total",
        "Times that this engine was taken for dead, and joined again",
    ),
    (
        Counter,
        "engine_sharing_failed_total",
        "Failures to speak to the other engines over the database",
    ),
    (
        Counter,
        "order_attempts_total",
        "Attempts begun or gone on with by a worker",
    ),
    (
        Counter,
        "order_attempts_failed_total",
        "Attempts that ended without a swap, by code",
    ),
    (
        Histogram,
        "order_seconds_to_final",
        "From accepting an order to its end, in seconds",
    ),
    (
        Counter,
        "invalid_transitions_total",
        "Moves that the table of statuses does not have",
    ),
    // What they are made of.
    (
        Counter,
        "venue_dropped_total",
        "Venues that dropped out of a routing decision",
    ),
    (
        Counter,
        "transactions_send_failed_total",
        "Sends of a transaction without a good answer",
    ),
    (
        Counter,
        "rent_reclaimed_lamports_total",
        "Lamports of orders that are over that went back to the wallet",
    ),
    (
        Counter,
        "pushes_failed_total",
        "Events that did not reach a socket; the log has them",
    ),
    // Outbox, queue, relay.
    (
        Gauge,
        "outbox_unsent",
        "Messages that are due and were not sent",
    ),
    (
        Gauge,
        "outbox_oldest_seconds",
        "Age of the oldest of them, in seconds",
    ),
    (
        Counter,
        "queue_refused_total",
        "Messages that the queue did not take; the relay sends them",
    ),
    (Gauge, "queue_ready", "Messages that a worker can take now"),
    (Gauge, "queue_delayed", "Messages that wait for their time"),
    (Gauge, "queue_in_flight", "Messages in workers' hands"),
    (
        Gauge,
        "queue_dead",
        "Messages given up after three receives: a defect",
    ),
    (
        Gauge,
        "queue_oldest_seconds",
        "Age of the oldest message that can be taken, in seconds",
    ),
    (
        Counter,
        "relay_failed_total",
        "Parts of the relay's rounds that did not succeed",
    ),
    // Clients.
    (
        Counter,
        "http_requests_total",
        "Requests, by the route's template, method and status class",
    ),
    (
        Histogram,
        "http_request_seconds",
        "From a request to its answer's head, in seconds",
    ),
    (Gauge, "sockets_live", "Open WebSockets"),
    // The process and what it stands on.
    (
        Counter,
        "health_failed_total",
        "Looks at the engine's health that a part failed, by part",
    ),
    (
        Counter,
        "parts_restarted_total",
        "Parts of the process that ended and began anew",
    ),
    (
        Counter,
        "own_postgres_ended_total",
        "How often the engine's own PostgreSQL ended by itself",
    ),
    (Gauge, "database_connections", "Connections of the pool"),
    (
        Gauge,
        "database_connections_in_use",
        "Connections that a statement uses now",
    ),
    (
        Gauge,
        "database_connections_limit",
        "Connections that the pool takes at most",
    ),
    (
        Gauge,
        "database_waiting",
        "Statements that wait for a connection",
    ),
    (
        Counter,
        "database_connections_opened_total",
        "Connections that were made",
    ),
    (
        Counter,
        "database_connections_dropped_total",
        "Connections thrown away, by reason",
    ),
    (
        Gauge,
        "process_start_time_seconds",
        "When the process began, in seconds since 1970",
    ),
    (
        Gauge,
        "process_uptime_seconds",
        "For how long it has run, in seconds",
    ),
    (
        Gauge,
        "process_resident_memory_bytes",
        "Memory that it holds, in bytes",
    ),
    (
        Gauge,
        "process_open_fds",
        "Files and sockets that it has open",
    ),
    (
        Counter,
        "process_cpu_seconds_total",
        "Processor time that it used, in whole seconds",
    ),
    (Gauge, "build_info", "1; the label tells the version"),
];

/// Tells the process's recorder what each metric means.
pub fn describe() {
    for (kind, name, help) in HELP {
        match kind {
            Counter => describe_counter!(*name, *help),
            Gauge => describe_gauge!(*name, *help),
            Histogram => describe_histogram!(*name, Unit::Seconds, *help),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A metric without words helps nobody at night.
    #[test]
    fn every_metric_that_is_counted_here_has_its_words() {
        for begin in ["counter!(", "gauge!(", "histogram!(", "set("] {
            for call in include_str!("observe.rs").split(begin).skip(1) {
                let Some(name) = call.trim_start().strip_prefix('"') else {
                    continue; // its name is a variable: `set` is told it
                };
                let name = name.split('"').next().unwrap_or_default();
                let known = HELP.iter().any(|(_, known, _)| *known == name);
                assert!(known, "{name} has no line in HELP");
            }
        }
    }
}
