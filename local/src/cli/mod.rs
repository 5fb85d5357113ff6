//! The commands that talk to a running engine.
//!
//! `order` is the command; `placing` sends the order until it is known what became of it, `answer`
//! reads what the engine (or whoever stands before it) said, `following` prints the order's life.

mod answer;
mod following;
mod http;
pub mod order;
pub mod output;
mod placing;
