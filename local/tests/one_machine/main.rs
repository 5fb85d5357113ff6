//! The whole engine, through its highest door: real HTTP, real sockets, real PostgreSQL, and where
//! it matters a real process.

mod admission;
mod all_orders;
mod bad_input;
mod command;
mod contract;
mod crashes;
mod database;
mod engine_processes;
mod engines;
mod health;
mod journeys;
mod load;
mod logs;
mod metrics;
mod outage;
mod parking;
mod plans;
mod process;
mod routing;
mod sending;
mod start;
mod stopping;
mod supervision;
mod support;
mod third_venue;
mod unreadable;
mod upgrade;
