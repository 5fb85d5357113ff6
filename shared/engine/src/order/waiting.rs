//! Waiting for a condition: why not yet, and what fired at last.

use std::str::FromStr;

use jiff::Timestamp;
use rust_decimal::Decimal;

use super::FailureCode;
use crate::{name::UnknownName, venue::VenueId};

/// Why an order's condition is not met; part of the contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum WaitingReason {
    /// Nobody pays the limit price for this amount.
    LimitNotMet,
    /// There is no pool of the token that it buys.
    NoPoolYet,
    /// The pool cannot be swapped in yet.
    PoolOpensLater,
    /// Less lies in the pool than it demands.
    LiquidityTooLow,
    /// More lies in the pool than it allows.
    LiquidityTooHigh,
    /// Somebody can mint more of the token.
    MintAuthority,
    /// Somebody can freeze accounts of the token.
    FreezeAuthority,
    /// Somebody can take the pool's liquidity out.
    LpNotBurned,
    /// The pool has been open for longer than it allows.
    TooLate,
    /// No venue gave a usable quote in time.
    VenuesUnavailable,
    /// No venue has liquidity for the pair at this size.
    NoLiquidity,
    /// The wallet does not hold enough of the token sold.
    InsufficientFunds,
    /// It was tried, and failed for a reason that time can mend.
    PausedAfterFailure,
}

impl WaitingReason {
    /// Every reason.
    pub const ALL: [Self; 13] = [
        Self::LimitNotMet,
        Self::NoPoolYet,
        Self::PoolOpensLater,
        Self::LiquidityTooLow,
        Self::LiquidityTooHigh,
        Self::MintAuthority,
        Self::FreezeAuthority,
        Self::LpNotBurned,
        Self::TooLate,
        Self::VenuesUnavailable,
        Self::NoLiquidity,
        Self::InsufficientFunds,
        Self::PausedAfterFailure,
    ];

    /// The name on the wire and in the database.
    pub const fn name(self) -> &'static str {
        match self {
            Self::LimitNotMet => "limit_not_met",
            Self::NoPoolYet => "no_pool_yet",
            Self::PoolOpensLater => "pool_opens_later",
            Self::LiquidityTooLow => "liquidity_too_low",
            Self::LiquidityTooHigh => "liquidity_too_high",
            Self::MintAuthority => "mint_authority",
            Self::FreezeAuthority => "freeze_authority",
            Self::LpNotBurned => "lp_not_burned",
            Self::TooLate => "too_late",
            Self::VenuesUnavailable => "venues_unavailable",
            Self::NoLiquidity => "no_liquidity",
            Self::InsufficientFunds => "insufficient_funds",
            Self::PausedAfterFailure => "paused_after_failure",
        }
    }

    /// What an order waits for after its tries ended in that failure; `None` when time cannot mend
    /// it.
    pub const fn after(failure: FailureCode) -> Option<Self> {
        match failure {
            FailureCode::VenuesUnavailable => Some(Self::VenuesUnavailable),
            FailureCode::NoLiquidity => Some(Self::NoLiquidity),
            FailureCode::InsufficientFunds | FailureCode::FundsReserved => {
                Some(Self::InsufficientFunds)
            }
            FailureCode::MinAmountOut | FailureCode::LimitNotMet => Some(Self::LimitNotMet),
            FailureCode::SlippageExceeded
            | FailureCode::SubmissionRefused
            | FailureCode::TransactionExpired => Some(Self::PausedAfterFailure),
            FailureCode::DeadlineExceeded
            | FailureCode::SwapFailed
            | FailureCode::TooManyTriggers => None,
        }
    }
}

impl FromStr for WaitingReason {
    type Err = UnknownName;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|reason| reason.name() == name)
            .ok_or_else(|| UnknownName(name.to_owned()))
    }
}

/// A price that a venue would pay for all of an order, fees and impact inside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExecutablePrice {
    /// Whole tokens received per whole token sold.
    pub price: Decimal,
    /// Who would pay it.
    pub venue: VenueId,
}

/// What a look at an order's condition showed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unmet {
    /// Why it is not met.
    pub reason: WaitingReason,
    /// The best price there was for this size; `None` when nobody offered one.
    pub best: Option<ExecutablePrice>,
}

/// The state of an order that waits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// What the newest look showed.
    pub unmet: Unmet,
    /// How often it was looked at since it began to wait.
    pub checks: u32,
    /// When it was looked at last, by the store's clock.
    pub checked_at: Timestamp,
}

/// What ended an order's waiting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fired {
    /// When it was seen.
    pub at: Timestamp,
    /// What it was.
    pub by: Cause,
}

/// What met an order's condition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cause {
    /// The price that met the limit.
    Price(ExecutablePrice),
    /// The pool that missed nothing. The order buys there and nowhere else.
    Pool(TriggerPool),
}

/// A pool that fired a sniper order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TriggerPool {
    /// Its address.
    pub pool: String,
    /// Where it is.
    pub venue: VenueId,
    /// The slot in which it was created.
    pub slot: u64,
    /// From when on it can be swapped in.
    pub opens_at: Timestamp,
    /// The decimals of the token bought.
    pub decimals: u8,
}

/// A pool that an order looked at, and that is not good enough yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeenPool {
    /// Its address.
    pub pool: String,
    /// From when on it can be swapped in.
    pub opens_at: Timestamp,
}
