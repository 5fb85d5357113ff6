//! Account layouts and instruction data of the CPMM program.

use super::cpmm_fees::{AccruedFees, CreatorFeeOn, RATE_DENOMINATOR, Rates};
use crate::account::{Account, Address, DecodeError};

/// A pool's own account: which vaults, which tokens, and the fees accrued in the vaults.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PoolState {
    /// The fee configuration's address.
    pub amm_config: Address,
    /// Vault of token 0, vault of token 1.
    pub vaults: [Address; 2],
    /// Mint of the shares in the pool's liquidity.
    pub lp_mint: Address,
    /// Mint of token 0, mint of token 1.
    pub mints: [Address; 2],
    /// Token programs of token 0 and token 1.
    pub token_programs: [Address; 2],
    /// The account in which the program records prices over time.
    pub observation: Address,
    /// Decimals of token 0 and token 1.
    pub decimals: [u8; 2],
    /// Status bits; bit 2 switches swaps off.
    pub status: u8,
    /// Shares that the pool has issued and not taken back. Those that their owners burned are
    /// still in it.
    pub lp_supply: u64,
    /// Unix time in seconds from which swaps are open.
    pub open_time: u64,
    /// Fees that lie in the vaults.
    pub accrued: [AccruedFees; 2],
    /// Where the creator's fee is taken.
    pub creator_fee_on: CreatorFeeOn,
    /// Whether the creator's fee is taken at all.
    pub creator_fee_enabled: bool,
}

impl PoolState {
    /// Bytes of the account.
    pub const LENGTH: usize = 637;
    /// The account's first eight bytes.
    pub const DISCRIMINATOR: [u8; 8] = [247, 237, 227, 245, 215, 195, 222, 70];

    /// Reads a pool's account.
    ///
    /// # Errors
    /// [`DecodeError`] for another length or discriminator and for an unknown creator fee mode.
    pub fn decode(data: &[u8]) -> Result<PoolState, DecodeError> {
        let account = Account::open("cpmm::PoolState", data, Self::LENGTH, &Self::DISCRIMINATOR)?;
        let fees = |protocol, fund, creator| AccruedFees {
            protocol: account.u64(protocol),
            fund: account.u64(fund),
            creator: account.u64(creator),
        };
        Ok(PoolState {
            amm_config: account.bytes(8),
            vaults: [account.bytes(72), account.bytes(104)],
            lp_mint: account.bytes(136),
            mints: [account.bytes(168), account.bytes(200)],
            token_programs: [account.bytes(232), account.bytes(264)],
            observation: account.bytes(296),
            decimals: [account.u8(331), account.u8(332)],
            status: account.u8(329),
            lp_supply: account.u64(333),
            open_time: account.u64(373),
            accrued: [fees(341, 357, 397), fees(349, 365, 405)],
            creator_fee_on: match account.u8(389) {
                0 => CreatorFeeOn::Input,
                1 => CreatorFeeOn::Token0,
                2 => CreatorFeeOn::Token1,
                _ => return Err(account.bad("creator_fee_on")),
            },
            creator_fee_enabled: account.u8(390) != 0,
        })
    }
}

/// The fee configuration that many pools share.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AmmConfig {
    /// The rates; a pool uses the creator's only if it enables it.
    pub rates: Rates,
}

impl AmmConfig {
    /// Bytes of the account.
    pub const LENGTH: usize = 236;
    /// The account's first eight bytes.
    pub const DISCRIMINATOR: [u8; 8] = [218, 244, 33, 104, 203, 203, 43, 111];

    /// Reads a fee configuration.
    ///
    /// # Errors
    /// [`DecodeError`] for another length or discriminator and for rates above 100 %, which the
    /// program never stores and the arithmetic relies on.
    pub fn decode(data: &[u8]) -> Result<AmmConfig, DecodeError> {
        let account = Account::open("cpmm::AmmConfig", data, Self::LENGTH, &Self::DISCRIMINATOR)?;
        let rates = Rates {
            trade: account.u64(12),
            protocol: account.u64(20),
            fund: account.u64(28),
            creator: account.u64(108),
        };
        let within = |a: u64, b: u64| a.checked_add(b).is_some_and(|sum| sum <= RATE_DENOMINATOR);
        if !within(rates.trade, rates.creator) {
            return Err(account.bad("trade_fee_rate"));
        }
        if !within(rates.protocol, rates.fund) {
            return Err(account.bad("protocol_fee_rate"));
        }
        Ok(AmmConfig { rates })
    }
}

/// Data of the instruction `swap_base_input`: spend exactly `amount_in`, fail with the program's
/// slippage error (6005) if less than `min_out` would come out.
///
/// Its accounts, in order: payer (signer), authority, config, pool (writable), user in and out
/// (writable), vault in and out (writable), token program in and out, mint in and out, observation
/// (writable). The authority is the program address of the seed `vault_and_lp_mint_auth_seed`.
pub fn swap_base_input_data(amount_in: u64, min_out: u64) -> [u8; 24] {
    let mut data = [0; 24];
    data[..8].copy_from_slice(&[143, 190, 90, 218, 196, 30, 51, 222]);
    data[8..16].copy_from_slice(&amount_in.to_le_bytes());
    data[16..].copy_from_slice(&min_out.to_le_bytes());
    data
}
