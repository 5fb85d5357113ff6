//! How much computing a transaction may take, and what it offers for it.
//!
//! Layouts: the compute budget program's `ComputeBudgetInstruction`, a byte and the value in
//! little-endian order. Its instructions name no account.

use solana_instruction::Instruction;
use solana_pubkey::Pubkey;

/// The compute budget program.
pub const COMPUTE_BUDGET_PROGRAM: Pubkey =
    Pubkey::from_str_const("ComputeBudget111111111111111111111111111111");

/// The most compute units that the transaction may take (`SetComputeUnitLimit`).
pub fn limit(units: u32) -> Instruction {
    instruction(2, &units.to_le_bytes())
}

/// What is paid on top for a compute unit of the limit, in millionths of a lamport
/// (`SetComputeUnitPrice`).
pub fn price(micro_lamports: u64) -> Instruction {
    instruction(3, &micro_lamports.to_le_bytes())
}

fn instruction(tag: u8, value: &[u8]) -> Instruction {
    Instruction {
        program_id: COMPUTE_BUDGET_PROGRAM,
        accounts: vec![],
        data: [&[tag], value].concat(),
    }
}
