//! The whole engine on one machine: the same function libraries as on AWS, behind axum, with an
//! in-process queue and socket gateway in place of the cloud's plumbing. No rule of the engine is
//! here.
//!
//! Read in this order: [`options`] (what can be chosen), [`server`] (how the parts come together,
//! live and end), [`queue`] and [`workers`] (SQS and its event source), [`gateway`] and `socket`
//! (API Gateway's sockets), `timer` (the schedule); [`cli`] has the commands that talk to an
//! engine.

pub mod cli;
mod dashboard;
pub mod database;
mod door;
pub mod gateway;
pub mod metrics;
pub mod options;
pub mod queue;
pub mod server;
mod socket;
mod timer;
mod web;
pub mod workers;
