//! The commands that talk to a running engine, or to its database.
//!
//! `order`, `snipe` and `cancel` write: an `intent` is sent by `placing` until it is known what
//! became of it, `answer` reads what the engine (or whoever stands before it) said. `orders`,
//! `watch`, `quote` and `launches` look: `asking` puts one question, `table` aligns what comes of
//! it. `following` prints an order's life for whoever placed it, or watches it. `http` sends what
//! they ask, with the `key` that there is to show. `keys` and `limits` are the operator's, and work
//! on the database (`administration`): nobody has a key before the first one is made. So does
//! `migrate`, and so do `backup` and `restore`, by PostgreSQL's own programs (`pg_tools`). How each
//! of them ends is said in `end`.

mod administration;
mod answer;
mod asking;
pub mod backup;
pub mod cancel;
pub mod completions;
pub mod end;
mod following;
mod http;
mod intent;
mod interrupt;
mod key;
pub mod keys;
pub mod launches;
pub mod limits;
pub mod migrate;
pub mod order;
pub mod orders;
pub mod output;
mod pg_tools;
mod placing;
pub mod quote;
pub mod restore;
pub mod snipe;
mod sockets;
mod table;
mod unasked_chain;
pub mod watch;
