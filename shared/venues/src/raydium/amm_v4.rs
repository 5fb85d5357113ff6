//! The older program `675kPX9MHTjS2zt1qfr1NYHuzeLXfQM9H24wFSUt1Mp8`.
//!
//! Its first token is called the coin, its second the pc. It once lent its liquidity to an order
//! book, hence the market accounts; the swap ignores them today.

use super::constant_product_out;
use crate::account::{Account, Address, DecodeError};
use crate::{Refusal, Side};

/// The status of a pool that swaps and lends nothing to an order book. Since the program left the
/// order book it swaps in no other status but the next.
pub const STATUS_SWAP_ONLY: u64 = 6;

/// The status of a pool that swaps from its open time on.
pub const STATUS_WAITING_TRADE: u64 = 7;

/// A pool's account. Pairs are the coin's value, then the pc's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AmmInfo {
    /// The program's state number.
    pub status: u64,
    /// Unix time in seconds from which swaps are open, where the status waits for it.
    pub open_time: u64,
    /// Seed of the program address that owns the vaults.
    pub nonce: u64,
    /// Swap fee: numerator, denominator.
    pub swap_fee: [u64; 2],
    /// Profit that still lies in the vaults and is taken out of the reserves. Base units.
    pub need_take_pnl: [u64; 2],
    /// The vaults.
    pub vaults: [Address; 2],
    /// The mints.
    pub mints: [Address; 2],
    /// Mint of the shares in the pool's liquidity.
    pub lp_mint: Address,
    /// Shares that the pool has issued and not taken back. Those that their owners burned are
    /// still in it.
    pub lp_supply: u64,
    /// The order book's accounts: open orders, market, market program, target orders.
    pub order_book: [Address; 4],
}

impl AmmInfo {
    /// Bytes of the account. It has no discriminator.
    pub const LENGTH: usize = 752;

    /// Reads a pool's account.
    ///
    /// # Errors
    /// [`DecodeError`] for another length and for a fee that is not a fraction below one.
    pub fn decode(data: &[u8]) -> Result<AmmInfo, DecodeError> {
        let account = Account::open("amm_v4::AmmInfo", data, Self::LENGTH, &[])?;
        let swap_fee = [account.u64(176), account.u64(184)];
        if swap_fee[0] >= swap_fee[1] {
            return Err(account.bad("swap_fee"));
        }
        Ok(AmmInfo {
            status: account.u64(0),
            open_time: account.u64(224),
            nonce: account.u64(8),
            swap_fee,
            need_take_pnl: [account.u64(192), account.u64(200)],
            vaults: [account.bytes(336), account.bytes(368)],
            mints: [account.bytes(400), account.bytes(432)],
            lp_mint: account.bytes(464),
            lp_supply: account.u64(720),
            order_book: [496, 528, 560, 592].map(|offset| account.bytes(offset)),
        })
    }
}

/// Everything that decides what a swap pays. Pairs are the coin's value, then the pc's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pool {
    /// Vault balances, base units.
    pub vaults: [u64; 2],
    /// Profit that is taken out of the reserves, base units.
    pub need_take_pnl: [u64; 2],
    /// Swap fee: numerator, denominator. The numerator is below the denominator.
    pub swap_fee: [u64; 2],
    /// The program's state number.
    pub status: u64,
    /// Unix time in seconds from which swaps are open, where the status waits for it.
    pub open_time: u64,
}

/// One swap. Base units.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fill {
    /// What the user sends.
    pub amount_in: u64,
    /// What the user receives.
    pub amount_out: u64,
    /// The fee, in the token that goes in. It stays in the pool.
    pub fee: u64,
}

impl Pool {
    /// A pool as its account and the balances of its vaults describe it.
    pub fn from_accounts(info: &AmmInfo, vaults: [u64; 2]) -> Pool {
        Pool {
            vaults,
            need_take_pnl: info.need_take_pnl,
            swap_fee: info.swap_fee,
            status: info.status,
            open_time: info.open_time,
        }
    }

    /// The reserves that the curve sees.
    pub fn reserves(&self) -> [u64; 2] {
        [0, 1].map(|token| self.vaults[token].saturating_sub(self.need_take_pnl[token]))
    }

    /// What `net_in` would buy at the marginal price, without moving it.
    pub fn marginal_out(&self, side: Side, net_in: u64) -> u128 {
        let reserves = self.reserves().map(u128::from);
        u128::from(net_in) * reserves[side.token_out()] / reserves[side.token_in()].max(1)
    }

    /// What a swap of exactly `amount_in` pays at unix time `now`. [`Side::Sell`] sends the coin.
    ///
    /// # Errors
    /// [`Refusal::Disabled`], [`Refusal::NotOpen`], [`Refusal::NoLiquidity`] for an empty pool,
    /// [`Refusal::Dust`] when nothing comes out, [`Refusal::TooLarge`] when the vault would
    /// overflow.
    pub fn quote(&self, side: Side, amount_in: u64, now: u64) -> Result<Fill, Refusal> {
        self.check_open(now)?;
        let reserves = self.reserves();
        let (reserve_in, reserve_out) = (reserves[side.token_in()], reserves[side.token_out()]);
        if reserve_in == 0 || reserve_out == 0 {
            return Err(Refusal::NoLiquidity);
        }
        if self.vaults[side.token_in()]
            .checked_add(amount_in)
            .is_none()
        {
            return Err(Refusal::TooLarge);
        }
        let [numerator, denominator] = self.swap_fee.map(u128::from);
        let fee = (u128::from(amount_in) * numerator).div_ceil(denominator) as u64;
        let amount_out = constant_product_out(amount_in - fee, reserve_in, reserve_out);
        if amount_out == 0 {
            return Err(Refusal::Dust);
        }
        Ok(Fill {
            amount_in,
            amount_out,
            fee,
        })
    }

    /// Executes a swap: what [`Pool::quote`] says, with the vaults moved.
    ///
    /// # Errors
    /// As [`Pool::quote`]; the pool is then unchanged.
    pub fn swap(&mut self, side: Side, amount_in: u64, now: u64) -> Result<Fill, Refusal> {
        let fill = self.quote(side, amount_in, now)?;
        self.vaults[side.token_in()] += fill.amount_in;
        self.vaults[side.token_out()] -= fill.amount_out;
        Ok(fill)
    }

    fn check_open(&self, now: u64) -> Result<(), Refusal> {
        match self.status {
            STATUS_SWAP_ONLY => Ok(()),
            STATUS_WAITING_TRADE if now >= self.open_time => Ok(()),
            STATUS_WAITING_TRADE => Err(Refusal::NotOpen),
            _ => Err(Refusal::Disabled),
        }
    }
}

/// Data of the swap instruction (tag 9): spend exactly `amount_in`, fail with the program's error
/// 30 if less than `min_out` would come out.
///
/// Its 17 accounts, in order: token program, pool (writable), authority, open orders, coin vault
/// and pc vault (writable), market program, market, bids, asks, event queue, market's coin vault,
/// pc vault and vault signer, user in and out (writable), user (signer). The open orders and those
/// of the market are neither read nor checked. An 18th, the target orders behind the open orders,
/// may be given. The authority is the program address of the seeds `amm authority` and the nonce.
pub fn swap_base_in_data(amount_in: u64, min_out: u64) -> [u8; 17] {
    let mut data = [9; 17];
    data[1..9].copy_from_slice(&amount_in.to_le_bytes());
    data[9..].copy_from_slice(&min_out.to_le_bytes());
    data
}
