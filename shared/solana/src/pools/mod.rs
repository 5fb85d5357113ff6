//! The pools on chain: what a quote reads, and the swap's instruction.
//!
//! Everything is made of account bytes; nothing here asks a node. A pool's own account names the
//! others:
//!
//! 1. [`PoolAddress::describe`] makes [`PoolKeys`] of the pool's account.
//! 2. [`PoolKeys::accounts`] says what to read, all of it in one slot.
//! 3. [`PoolKeys::state`] makes a [`PoolState`] of what was read: the arithmetic of
//!    [`venues::Pool`], and the instruction that swaps by it. When the pool has meanwhile moved on
//!    to other accounts, it answers [`PoolError::Moved`] with the keys to read instead.

mod amm_v4;
mod cpmm;
mod dlmm;
mod error;
mod keys;
mod program;
mod spl_token;
mod state;

pub use error::{PoolError, Role};
pub use keys::{Opens, PoolKeys, Shares};
pub use program::{PoolAddress, Program};
pub use spl_token::{Mint, TOKEN_2022_PROGRAM, TOKEN_PROGRAM, TokenAccount};
pub use state::{PoolState, SwapUser};

use solana_pubkey::Pubkey;

/// An account as a node told it.
#[derive(Clone, Copy, Debug)]
pub struct Account<'a> {
    /// The program that owns it.
    pub owner: Pubkey,
    /// Its bytes.
    pub data: &'a [u8],
}
