//! How the pools are at the start.

use venues::raydium::cpmm::{CreatorFeeOn, Rates};

/// The pools at the start. Meteora's is the snapshot of a real one, and as it is there.
#[derive(Debug, Clone, Copy, Default)]
pub struct Market {
    /// Raydium CPMM, SOL/USDC.
    pub cpmm: CpmmTerms,
    /// Raydium AMM v4, JUP/SOL.
    pub amm_v4: AmmV4Terms,
}

/// A CPMM pool.
#[derive(Debug, Clone, Copy)]
pub struct CpmmTerms {
    /// SOL and USDC in the vaults, base units.
    pub reserves: [u64; 2],
    /// Fee rates. The creator's is taken if it is not 0.
    pub rates: Rates,
    /// Where the creator's fee is taken.
    pub creator_fee_on: CreatorFeeOn,
}

impl Default for CpmmTerms {
    /// 50 000 SOL at 79.12 USDC, with the fees of most pools.
    fn default() -> CpmmTerms {
        CpmmTerms {
            reserves: [50_000_000_000_000, 3_956_000_000_000],
            rates: Rates {
                trade: 2_500,
                protocol: 120_000,
                fund: 40_000,
                creator: 0,
            },
            creator_fee_on: CreatorFeeOn::Input,
        }
    }
}

/// An AMM v4 pool, with the fee of all of them: 25 in 10 000.
#[derive(Debug, Clone, Copy)]
pub struct AmmV4Terms {
    /// JUP (the coin) and SOL (the pc) in the vaults, base units.
    pub reserves: [u64; 2],
}

impl Default for AmmV4Terms {
    /// 20 000 SOL at 316.48 JUP.
    fn default() -> AmmV4Terms {
        AmmV4Terms {
            reserves: [6_329_600_000_000, 20_000_000_000_000],
        }
    }
}
