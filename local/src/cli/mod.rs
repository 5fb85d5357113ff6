//! The commands that talk to a running engine.
//!
//! `order` and `cancel` are the commands; `placing` sends the order until it is known what became
//! of it, `answer` reads what the engine (or whoever stands before it) said, `following` prints the
//! order's life.

mod answer;
pub mod cancel;
mod following;
mod http;
pub mod order;
pub mod output;
mod placing;
