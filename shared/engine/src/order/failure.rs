//! Why an attempt, or a whole order, did not succeed.

use std::{fmt, str::FromStr};

use crate::name::UnknownName;

/// A stable name for the cause of a failure; part of the contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FailureCode {
    /// No venue gave a usable quote in time.
    VenuesUnavailable,
    /// No venue has liquidity for the pair at this size.
    NoLiquidity,
    /// The swap would have paid less than the order's minimum.
    SlippageExceeded,
    /// The chain refused the transaction.
    SubmissionRefused,
    /// The transaction could not land before it expired.
    TransactionExpired,
    /// The wallet does not hold enough of the token sold.
    InsufficientFunds,
    /// It does, and other orders in execution may spend it.
    FundsReserved,
    /// The order's time ran out.
    DeadlineExceeded,
    /// The chain reported an error of the swap itself.
    SwapFailed,
    /// Less is quoted than the least that the client accepts.
    MinAmountOut,
    /// The limit price was not to be had, and the order does not wait for it.
    LimitNotMet,
    /// The condition was met too often without a swap.
    TooManyTriggers,
}

impl FailureCode {
    /// Every code.
    pub const ALL: [Self; 12] = [
        Self::VenuesUnavailable,
        Self::NoLiquidity,
        Self::SlippageExceeded,
        Self::SubmissionRefused,
        Self::TransactionExpired,
        Self::InsufficientFunds,
        Self::FundsReserved,
        Self::DeadlineExceeded,
        Self::SwapFailed,
        Self::MinAmountOut,
        Self::LimitNotMet,
        Self::TooManyTriggers,
    ];

    /// The name on the wire and in the database.
    pub const fn name(self) -> &'static str {
        match self {
            Self::VenuesUnavailable => "venues_unavailable",
            Self::NoLiquidity => "no_liquidity",
            Self::SlippageExceeded => "slippage_exceeded",
            Self::SubmissionRefused => "submission_refused",
            Self::TransactionExpired => "transaction_expired",
            Self::InsufficientFunds => "insufficient_funds",
            Self::FundsReserved => "funds_reserved",
            Self::DeadlineExceeded => "deadline_exceeded",
            Self::SwapFailed => "swap_failed",
            Self::MinAmountOut => "min_amount_out",
            Self::LimitNotMet => "limit_not_met",
            Self::TooManyTriggers => "too_many_triggers",
        }
    }

    /// Whether another attempt may fare better. A failure that time cannot mend is final at once.
    pub const fn is_retryable(self) -> bool {
        match self {
            Self::VenuesUnavailable
            | Self::SlippageExceeded
            | Self::SubmissionRefused
            | Self::TransactionExpired
            | Self::FundsReserved
            | Self::MinAmountOut => true,
            Self::NoLiquidity
            | Self::InsufficientFunds
            | Self::DeadlineExceeded
            | Self::SwapFailed
            | Self::LimitNotMet
            | Self::TooManyTriggers => false,
        }
    }
}

impl FromStr for FailureCode {
    type Err = UnknownName;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|code| code.name() == name)
            .ok_or_else(|| UnknownName(name.to_owned()))
    }
}

/// A cause, and its circumstances in words for the client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// The cause.
    pub code: FailureCode,
    /// One sentence; carries nothing of the inside (no SQL, host, path).
    pub reason: String,
}

impl Failure {
    /// A failure of that cause.
    pub fn new(code: FailureCode, reason: impl Into<String>) -> Self {
        Self {
            code,
            reason: reason.into(),
        }
    }

    /// The failure of an attempt whose transaction an earlier one of the order has forestalled.
    pub fn overtaken() -> Self {
        let reason = "an earlier transaction of the order has landed";
        Self::new(FailureCode::TransactionExpired, reason)
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code.name(), self.reason)
    }
}
