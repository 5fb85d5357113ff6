//! The constant-product program `CPMMoo8L3F4NbTegBCKVNunggL7H1ZpdTHKxQB5qKP1C`.
//!
//! Rounding always favours the pool: fees that a user pays round up, the shares that the protocol,
//! the fund and the creator take out of them round down.

use super::constant_product_out;
pub use super::cpmm_fees::{AccruedFees, CreatorFeeOn, RATE_DENOMINATOR, Rates};
use super::cpmm_fees::{before_fee, part_down, part_up};
pub use super::cpmm_layout::{AmmConfig, PoolState, swap_base_input_data};
use crate::{Refusal, Side};

/// Bit of a pool's status that switches swaps off.
const STATUS_SWAPS_OFF: u8 = 1 << 2;

/// Everything that decides what a swap pays. Pairs are indexed by token: 0, then 1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pool {
    /// Balances of the two vault accounts, base units.
    pub vaults: [u64; 2],
    /// Fees that lie in the vaults.
    pub accrued: [AccruedFees; 2],
    /// Fee rates.
    pub rates: Rates,
    /// Where the creator's fee is taken.
    pub creator_fee_on: CreatorFeeOn,
    /// Status bits; bit 2 switches swaps off.
    pub status: u8,
    /// Unix time in seconds from which swaps are open.
    pub open_time: u64,
}

/// One swap: what goes in, what comes out, and where the fees go. Base units.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fill {
    /// What the user sends.
    pub amount_in: u64,
    /// What the user receives.
    pub amount_out: u64,
    /// The trade fee, in the token that goes in; contains the protocol's and the fund's parts.
    pub trade_fee: u64,
    /// The protocol's part of the trade fee.
    pub protocol_fee: u64,
    /// The fund's part of the trade fee.
    pub fund_fee: u64,
    /// The creator's fee, in the token that goes in if `creator_fee_on_input`, else in the other.
    pub creator_fee: u64,
    /// Which token the creator's fee is in.
    pub creator_fee_on_input: bool,
}

impl Fill {
    /// What reaches the curve: the input less the fees taken from it.
    pub fn net_in(&self) -> u64 {
        let creator = if self.creator_fee_on_input {
            self.creator_fee
        } else {
            0
        };
        self.amount_in - self.trade_fee - creator
    }
}

impl Pool {
    /// A pool as its accounts describe it: its state, its fee configuration and the balances of
    /// its two vaults.
    pub fn from_accounts(state: &PoolState, config: &AmmConfig, vaults: [u64; 2]) -> Pool {
        let creator = if state.creator_fee_enabled {
            config.rates.creator
        } else {
            0
        };
        Pool {
            vaults,
            accrued: state.accrued,
            rates: Rates {
                creator,
                ..config.rates
            },
            creator_fee_on: state.creator_fee_on,
            status: state.status,
            open_time: state.open_time,
        }
    }

    /// The reserves that the curve sees: vault balances less the fees accrued in them.
    pub fn reserves(&self) -> [u64; 2] {
        [0, 1].map(|token| {
            let liquid = u128::from(self.vaults[token]).saturating_sub(self.accrued[token].total());
            liquid as u64 // at most the vault's balance
        })
    }

    /// What `net_in` would buy at the marginal price, without moving it.
    pub fn marginal_out(&self, side: Side, net_in: u64) -> u128 {
        let reserves = self.reserves().map(u128::from);
        u128::from(net_in) * reserves[side.token_out()] / reserves[side.token_in()].max(1)
    }

    /// What a swap of exactly `amount_in` pays at unix time `now`.
    ///
    /// # Errors
    /// [`Refusal::Disabled`], [`Refusal::NotOpen`], [`Refusal::NoLiquidity`] for an empty pool,
    /// [`Refusal::Dust`] when nothing is left after the fee or nothing comes out,
    /// [`Refusal::TooLarge`] when the vault would overflow.
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
        let mut fill = self.input_fees(side, amount_in);
        let net_in = fill.net_in();
        if net_in == 0 {
            return Err(Refusal::Dust);
        }
        fill.amount_out = constant_product_out(net_in, reserve_in, reserve_out);
        if !fill.creator_fee_on_input {
            fill.creator_fee = part_up(fill.amount_out, self.rates.creator);
            fill.amount_out -= fill.creator_fee;
        }
        if fill.amount_out == 0 {
            return Err(Refusal::Dust);
        }
        Ok(fill)
    }

    /// The smallest input, by the program's own formula, that pays at least `amount_out`.
    ///
    /// # Errors
    /// As [`Pool::quote`]; [`Refusal::NoLiquidity`] when the pool holds no more than `amount_out`.
    pub fn quote_exact_out(&self, side: Side, amount_out: u64, now: u64) -> Result<Fill, Refusal> {
        self.check_open(now)?;
        let reserves = self.reserves();
        let (reserve_in, reserve_out) = (reserves[side.token_in()], reserves[side.token_out()]);
        let creator_on_input = self.creator_fee_on.is_input(side);
        let (input_rate, output_rate) = if creator_on_input {
            (self.rates.trade + self.rates.creator, 0)
        } else {
            (self.rates.trade, self.rates.creator)
        };
        let gross_out = before_fee(u128::from(amount_out), output_rate)?;
        if reserve_in == 0 || gross_out >= u128::from(reserve_out) {
            return Err(Refusal::NoLiquidity);
        }
        let left = u128::from(reserve_out) - gross_out;
        let net_in = (u128::from(reserve_in) * gross_out).div_ceil(left);
        let amount_in = before_fee(net_in, input_rate)?;
        self.quote(
            side,
            u64::try_from(amount_in).map_err(|_| Refusal::TooLarge)?,
            now,
        )
    }

    /// Executes a swap: what [`Pool::quote`] says, with the vaults and the accrued fees moved.
    ///
    /// # Errors
    /// As [`Pool::quote`]; the pool is then unchanged.
    pub fn swap(&mut self, side: Side, amount_in: u64, now: u64) -> Result<Fill, Refusal> {
        let fill = self.quote(side, amount_in, now)?;
        let (token_in, token_out) = (side.token_in(), side.token_out());
        self.vaults[token_in] += fill.amount_in;
        self.vaults[token_out] -= fill.amount_out;
        // Accrued fees are never more than the vault that holds them: these sums cannot overflow.
        self.accrued[token_in].protocol += fill.protocol_fee;
        self.accrued[token_in].fund += fill.fund_fee;
        let creator_token = if fill.creator_fee_on_input {
            token_in
        } else {
            token_out
        };
        self.accrued[creator_token].creator += fill.creator_fee;
        Ok(fill)
    }

    fn check_open(&self, now: u64) -> Result<(), Refusal> {
        if self.status & STATUS_SWAPS_OFF != 0 {
            return Err(Refusal::Disabled);
        }
        if now < self.open_time {
            return Err(Refusal::NotOpen);
        }
        Ok(())
    }

    /// The fees on `amount_in`, with nothing coming out yet.
    fn input_fees(&self, side: Side, amount_in: u64) -> Fill {
        let Rates {
            trade,
            protocol,
            fund,
            creator,
        } = self.rates;
        let creator_fee_on_input = self.creator_fee_on.is_input(side);
        let (trade_fee, creator_fee) = if creator_fee_on_input && creator > 0 {
            // One fee is taken for both and split, so that the user pays the rounding only once.
            let both = part_up(amount_in, trade + creator);
            let creator_fee = u128::from(both) * u128::from(creator) / u128::from(trade + creator);
            (both - creator_fee as u64, creator_fee as u64)
        } else {
            (part_up(amount_in, trade), 0)
        };
        Fill {
            amount_in,
            amount_out: 0,
            trade_fee,
            protocol_fee: part_down(trade_fee, protocol),
            fund_fee: part_down(trade_fee, fund),
            creator_fee,
            creator_fee_on_input,
        }
    }
}
