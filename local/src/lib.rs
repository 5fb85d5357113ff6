//! The whole engine on one machine: the same function libraries as on AWS, behind axum, with an
//! in-process queue and socket gateway in place of the cloud's plumbing. No rule of the engine is
//! here.
//!
//! Read in this order: [`options`] (what can be chosen), [`server`] (how the parts come together,
//! live and end), [`queue`] and [`workers`] (SQS and its event source) or `sqs` (SQS itself, with
//! [`workers`] alone), [`gateway`] and `socket` (API Gateway's sockets), `engines` (others on the
//! same database), `timer`, `looks` and `reclaim` (the schedules);
//! [`cli`] has the commands that talk to an engine.

mod admission;
pub mod cli;
mod dashboard;
pub mod database;
mod door;
mod engines;
mod freshness;
pub mod gateway;
mod http_metrics;
mod looks;
pub mod metrics;
pub mod options;
mod orders_queue;
mod own_postgres;
mod process;
pub mod queue;
mod reclaim;
mod sequence;
pub mod server;
pub mod signals;
mod socket;
mod sqs;
mod supervision;
mod timer;
mod trading;
mod web;
pub mod workers;
