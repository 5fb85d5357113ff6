//! The API through its router: a request in, an answer out, over order books in memory. The same
//! journeys over real HTTP and PostgreSQL are tests of the one-machine engine.

mod access;
mod all_routes;
mod any_input;
mod cancel;
mod candles;
mod description;
mod execute;
mod export;
mod in_memory_keys;
mod in_memory_orders;
mod launches;
mod limit;
mod orders;
mod ports;
mod quote;
mod refusals;
mod stats;
mod test_api;
mod wire;
