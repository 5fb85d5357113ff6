//! Which programs' pools can be traded, and where they are.

use engine::routing::VenueId;
use serde::Deserialize;
use solana_pubkey::Pubkey;
use venues::{meteora, raydium};

use crate::record::ProgramCodes;

/// A program whose pools can be traded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Program {
    /// Constant product, the current program.
    Cpmm,
    /// Constant product, the older program.
    AmmV4,
    /// Price bins.
    Dlmm,
}

impl Program {
    /// Its name in the markets file.
    pub const fn name(self) -> &'static str {
        match self {
            Program::Cpmm => "cpmm",
            Program::AmmV4 => "amm_v4",
            Program::Dlmm => "dlmm",
        }
    }

    /// The name of the venue whose program it is.
    pub const fn venue(self) -> &'static str {
        match self {
            Program::Cpmm | Program::AmmV4 => raydium::VENUE.name,
            Program::Dlmm => meteora::VENUE.name,
        }
    }

    /// Its address on mainnet. Other chains have others.
    pub const fn mainnet_id(self) -> Pubkey {
        match self {
            Program::Cpmm => Pubkey::from_str_const("CPMMoo8L3F4NbTegBCKVNunggL7H1ZpdTHKxQB5qKP1C"),
            Program::AmmV4 => {
                Pubkey::from_str_const("675kPX9MHTjS2zt1qfr1NYHuzeLXfQM9H24wFSUt1Mp8")
            }
            Program::Dlmm => Pubkey::from_str_const("LBUZKhRxPF3XUpBCjp4YzTKgLccjZhTSDM9YuVaPwxo"),
        }
    }

    /// The program's own code for a swap that would pay too little.
    const fn slippage_code(self) -> u32 {
        match self {
            Program::Cpmm => 6005,
            Program::AmmV4 => 30,
            Program::Dlmm => 6003,
        }
    }

    /// The code for a wallet that holds too little of what is sold: the program's own, or the token
    /// program's, which the others pass on.
    const fn shortage_code(self) -> u32 {
        match self {
            Program::AmmV4 => 40,
            Program::Cpmm | Program::Dlmm => 1,
        }
    }
}

impl PoolAddress {
    /// What the codes mean that the pool's program fails with.
    pub(crate) const fn codes(&self) -> ProgramCodes {
        ProgramCodes {
            program: self.program_id,
            slippage: self.program.slippage_code(),
            shortage: self.program.shortage_code(),
        }
    }
}

/// Where a pool is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PoolAddress {
    /// The program that swaps.
    pub program: Program,
    /// The program's address on this chain.
    pub program_id: Pubkey,
    /// The pool's own account.
    pub address: Pubkey,
    /// Whose pool it is.
    pub venue: VenueId,
}
