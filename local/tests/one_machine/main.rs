//! The whole engine, through its highest door: real HTTP, real sockets, real PostgreSQL, and where
//! it matters a real process.

mod bad_input;
mod command;
mod contract;
mod crashes;
mod crowd;
mod door;
mod journeys;
mod load;
mod outage;
mod parking;
mod plans;
mod process;
mod routing;
mod sending;
mod sockets_rfc;
mod start;
mod stopping;
mod support;
mod third_venue;
mod unreadable;
mod upgrade;
