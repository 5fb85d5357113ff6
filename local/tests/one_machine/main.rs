//! The whole engine, through its highest door: real HTTP, real sockets, real PostgreSQL, and where
//! it matters a real process.

mod admission;
mod all_orders;
mod auditor;
mod bad_input;
mod cancel;
mod command;
mod contract;
mod crashes;
mod crowd;
mod database;
mod door;
mod engine_processes;
mod engines;
mod fault;
mod health;
mod journeys;
mod limit;
mod load;
mod logs;
mod metrics;
mod outage;
mod parking;
mod plans;
mod process;
mod routing;
mod sending;
mod sockets_rfc;
mod start;
mod stopping;
mod supervision;
mod support;
mod third_venue;
mod unknown;
mod unreadable;
mod upgrade;
