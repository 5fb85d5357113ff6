//! Why a pool does not swap.

/// A swap that the venue's program would not execute.
///
/// [`Refusal::is_final`] tells which refusals another attempt cannot heal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The venue has no pool for these two tokens. Final.
    #[error("the venue has no pool for this pair")]
    NoPool,
    /// The pool holds less than the swap would take out. Final for this amount.
    #[error("the pool has not enough liquidity for this amount")]
    NoLiquidity,
    /// The swap would need more price bins than fit in one transaction's compute budget, although
    /// the pool may hold the liquidity. Final for this amount.
    #[error(
        "the swap would cross more than {} price bins",
        crate::meteora::MAX_BINS
    )]
    TooManyBins,
    /// The amount is so small that nothing is left of it after the fee, or nothing comes out.
    /// Final.
    #[error("the amount is too small: nothing would come out")]
    Dust,
    /// The amount does not fit into the pool's 64-bit balances. Final.
    #[error("the amount is too large for the pool's balances")]
    TooLarge,
    /// Swaps are switched off in the pool. May be switched on again: not final.
    #[error("swaps are switched off in this pool")]
    Disabled,
    /// The pool opens for swaps later. Not final.
    #[error("the pool is not open yet")]
    NotOpen,
}

impl Refusal {
    /// Whether asking again for the same pair and amount is pointless.
    pub const fn is_final(self) -> bool {
        !matches!(self, Refusal::Disabled | Refusal::NotOpen)
    }
}
