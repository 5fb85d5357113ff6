//! The commands that talk to a running engine.
//!
//! `order` and `cancel` write: `placing` sends the order until it is known what became of it,
//! `answer` reads what the engine (or whoever stands before it) said. `orders`, `watch` and `quote`
//! look: `asking` puts one question, `table` aligns what comes of it. `following` prints an order's
//! life for whoever placed it, or watches it.

mod answer;
mod asking;
pub mod cancel;
mod following;
mod http;
mod interrupt;
pub mod order;
pub mod orders;
pub mod output;
mod placing;
pub mod quote;
mod table;
pub mod watch;
