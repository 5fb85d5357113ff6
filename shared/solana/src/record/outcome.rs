//! What a final transaction did, in the order's words.

use engine::{
    order::{Failure, FailureCode, TokenAmount},
    ports::{ChainStatus, Unavailable},
};
use serde_json::Value;
use solana_pubkey::Pubkey;

use crate::{
    instructions::{SYSTEM_PROGRAM, associated_token::ASSOCIATED_TOKEN_PROGRAM},
    rpc::Executed,
};

/// Who is paid, in what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Paid {
    /// Whose token account it is.
    pub owner: Pubkey,
    /// The token.
    pub mint: Pubkey,
}

/// What the codes mean that a program of pools fails with: `{"Custom": CODE}`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ProgramCodes {
    /// The program.
    pub program: Pubkey,
    /// The swap would pay less than the floor in the transaction.
    pub slippage: u32,
    /// The wallet holds less than is sold.
    pub shortage: u32,
}

/// # Errors
/// [`Unavailable`] when it landed and does not say that anything was paid.
pub(super) fn of(
    executed: &Executed,
    paid: &Paid,
    codes: &[ProgramCodes],
) -> Result<ChainStatus, Unavailable> {
    if let Some(error) = &executed.error {
        let program = |index: usize| executed.programs.get(index).copied();
        return Ok(ChainStatus::Reverted(failure(error, program, codes)));
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

/// Why the chain undid a transaction, or would: `{"InstructionError": [INDEX, {"Custom": CODE}]}`
/// of one of its programs, or something about the wallet. No word of it is a node's own.
pub(crate) fn failure(
    error: &Value,
    program: impl Fn(usize) -> Option<Pubkey>,
    codes: &[ProgramCodes],
) -> Failure {
    if let Some(name) = error.as_str() {
        return match name {
            "AccountNotFound" | "InsufficientFundsForFee" => lacks_sol(),
            _ => not_executed(),
        };
    }
    if error.get("InsufficientFundsForRent").is_some() {
        return lacks_sol();
    }
    if is_short_of_units(error) {
        let reason = "the swap takes more computing than was asked for";
        return Failure::new(FailureCode::SubmissionRefused, reason);
    }
    let at = &error["InstructionError"];
    let index = at[0].as_u64().and_then(|index| usize::try_from(index).ok());
    let code = at[1]["Custom"]
        .as_u64()
        .and_then(|code| u32::try_from(code).ok());
    match (index.and_then(program), code) {
        // The second one creates accounts by way of the first.
        (Some(SYSTEM_PROGRAM | ASSOCIATED_TOKEN_PROGRAM), Some(LACKS_LAMPORTS)) => lacks_sol(),
        (Some(SYSTEM_PROGRAM), Some(ACCOUNT_IN_USE)) => marker_of_a_stranger(),
        (Some(program), Some(code)) => of_program(program, code, codes),
        (Some(_) | None, _) => not_executed(),
    }
}

/// The system program's codes for an account that exists already, and for one that cannot pay.
const ACCOUNT_IN_USE: u32 = 0;
const LACKS_LAMPORTS: u32 = 1;

/// Whether a transaction was undone because it ran out of compute units.
fn is_short_of_units(error: &Value) -> bool {
    // A program that is stopped in the middle of its own code says the second.
    let named = error["InstructionError"][1].as_str();
    matches!(
        named,
        Some("ComputationalBudgetExceeded" | "ProgramFailedToComplete")
    )
}

fn not_executed() -> Failure {
    let reason = "the venue could not execute the swap";
    Failure::new(FailureCode::SwapFailed, reason)
}

fn of_program(program: Pubkey, code: u32, codes: &[ProgramCodes]) -> Failure {
    let known = codes.iter().find(|codes| codes.program == program);
    if known.is_some_and(|codes| codes.slippage == code) {
        return Failure::new(
            FailureCode::SlippageExceeded,
            "the swap would have paid less than the order's minimum",
        );
    }
    if known.is_some_and(|codes| codes.shortage == code) {
        let reason = "the wallet lacks some of the token sold";
        return Failure::new(FailureCode::InsufficientFunds, reason);
    }
    Failure::new(
        FailureCode::SwapFailed,
        format!("the venue could not execute the swap: program {program} failed with {code}"),
    )
}

fn lacks_sol() -> Failure {
    let reason = "the wallet lacks SOL for the network's fee and the accounts that are created";
    Failure::new(FailureCode::InsufficientFunds, reason)
}

/// An order whose marker somebody else has made: no swap of it has landed, and none can.
pub(crate) fn marker_of_a_stranger() -> Failure {
    let reason = "somebody has sent lamports to the order's marker, so that no swap of it can land";
    Failure::new(FailureCode::SwapFailed, reason)
}
