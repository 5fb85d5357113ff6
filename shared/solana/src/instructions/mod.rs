//! Instructions that a swap's transaction carries beside the swap, and the one that empties a
//! marker.

pub mod associated_token;
pub mod compute_budget;
pub mod marker;
pub mod system;

use solana_pubkey::Pubkey;

/// The program that creates accounts and moves lamports.
pub const SYSTEM_PROGRAM: Pubkey = Pubkey::from_str_const("11111111111111111111111111111111");
