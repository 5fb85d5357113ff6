//! The API through its router: a request in, an answer out, over order books in memory. The same journeys over real
//! HTTP and PostgreSQL are tests of the one-machine engine.

mod anything;
mod book;
mod description;
mod desk;
mod edge;
mod history;
mod market;
mod orders;
mod quote;
mod refusals;
