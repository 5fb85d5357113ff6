//! The engine with `VENUES=solana`: real HTTP, PostgreSQL and signatures, and nodes that play
//! a chain. The judge is the chain, not the engine.

mod execution;
mod kills;
mod reclaim;
mod refusals;
mod settlement;
mod starts;
mod wallet;
mod world;
