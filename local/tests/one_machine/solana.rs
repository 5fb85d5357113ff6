//! The engine with `VENUES=solana`: real HTTP, PostgreSQL and signatures, and nodes that play
//! a chain. The judge is the chain, not the engine.

mod databases;
mod execution;
mod kills;
mod late;
mod markers;
mod nodes;
mod reclaim;
mod refusals;
mod settlement;
mod starts;
mod wallet;
mod world;
