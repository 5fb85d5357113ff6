//! Account bytes in, quotes and swap instructions out.
#![allow(clippy::unwrap_used, reason = "a panic is a failed test")]

mod amm_v4;
mod cpmm;
mod dlmm;
mod ledger;
mod listed;
mod markets;
mod tokens;
