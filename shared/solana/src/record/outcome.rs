//! What a final transaction did, in the order's words.

use engine::{
    order::{Failure, FailureCode, TokenAmount},
    ports::{ChainStatus, Unavailable},
};
use solana_pubkey::Pubkey;

use crate::rpc::Executed;

/// Who is paid, in what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Paid {
    /// Whose token account it is.
    pub owner: Pubkey,
    /// The token.
    pub mint: Pubkey,
}

/// What a program fails with when a swap would pay less than the floor in the transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SlippageCode {
    /// The program.
    pub program: Pubkey,
    /// Its own code for it: `{"Custom": CODE}`.
    pub code: u32,
}

/// # Errors
/// [`Unavailable`] when it landed and does not say that anything was paid.
pub(super) fn of(
    executed: &Executed,
    paid: &Paid,
    slippage_codes: &[SlippageCode],
) -> Result<ChainStatus, Unavailable> {
    if executed.error.is_some() {
        return Ok(ChainStatus::Reverted(failure(
            executed.failed_with(),
            slippage_codes,
        )));
    }
    // A swap that landed has paid something, so nothing is another account's or node's nothing.
    match executed.received(&paid.owner, &paid.mint) {
        Some((units, decimals)) if units > 0 => Ok(ChainStatus::Landed {
            amount_out: TokenAmount::from_units(units, decimals),
        }),
        _ => Err(Unavailable(format!(
            "a transaction has landed and paid no {} to {}",
            paid.mint, paid.owner
        ))),
    }
}

/// The failure of a transaction that the chain undid: of which program, with which of its codes.
pub(crate) fn failure(of: Option<(Pubkey, u32)>, slippage_codes: &[SlippageCode]) -> Failure {
    let Some((program, code)) = of else {
        return Failure::new(
            FailureCode::SwapFailed,
            "the venue could not execute the swap",
        );
    };
    if slippage_codes.contains(&SlippageCode { program, code }) {
        return Failure::new(
            FailureCode::SlippageExceeded,
            "the swap would have paid less than the order's minimum",
        );
    }
    Failure::new(
        FailureCode::SwapFailed,
        format!("the venue could not execute the swap: program {program} failed with {code}"),
    )
}
