//! Doubles of the venues' programs, at the programs' own ids.
//!
//! Each reads the real instruction and the real account list, checks what the real program checks
//! about them, computes by the accounts' bytes with `venues`, moves real SPL tokens through the
//! token program and writes back what the next swap depends on. Not modelled is what no swap
//! reads: price observations, liquidity providers' shares of fees, events.

mod amm_v4;
mod call;
mod cpmm;
pub(crate) mod cpmm_initialize;
pub(crate) mod cpmm_pool;
mod dlmm;
mod dlmm_accounts;
pub(crate) mod instructions;
mod token;

use litesvm::LiteSVM;
use solana_address::Address;
use solana_instruction::error::InstructionError;
use solana_program_runtime::{declare_process_instruction, invoke_context::InvokeContext};

pub(crate) use token::{TokenAccount, mint_decimals, with_amount};

/// Raydium's constant-product program.
pub const CPMM: Address = Address::from_str_const("CPMMoo8L3F4NbTegBCKVNunggL7H1ZpdTHKxQB5qKP1C");
/// Raydium's older program.
pub const AMM_V4: Address = Address::from_str_const("675kPX9MHTjS2zt1qfr1NYHuzeLXfQM9H24wFSUt1Mp8");
/// Meteora's DLMM program.
pub const DLMM: Address = Address::from_str_const("LBUZKhRxPF3XUpBCjp4YzTKgLccjZhTSDM9YuVaPwxo");
/// The SPL Token program.
pub const TOKEN: Address = Address::from_str_const("TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA");
/// The memo program, which DLMM wants to be named.
pub const MEMO: Address = Address::from_str_const("MemoSq4gqABAXKb96qnH8TysNcWxMyWCqXgDLGmfcHr");

/// The doubles as the VM calls them. The numbers are compute units besides the token transfers, so
/// that a swap takes about what it takes on chain: 33 000 for CPMM. DLMM adds to its own for each
/// bin.
#[allow(
    missing_docs,
    clippy::too_many_arguments,
    reason = "the macro declares functions of its own"
)]
mod entry {
    use super::{amm_v4, cpmm, declare_process_instruction, dlmm};

    declare_process_instruction!(Cpmm, 20_000, |context| { cpmm::process(context) });
    declare_process_instruction!(AmmV4, 18_000, |context| { amm_v4::process(context) });
    declare_process_instruction!(Dlmm, 45_000, |context| { dlmm::process(context) });
}

/// Puts the doubles at the programs' ids.
pub(crate) fn install(svm: &mut LiteSVM) {
    svm.add_builtin(CPMM, entry::Cpmm::vm);
    svm.add_builtin(AMM_V4, entry::AmmV4::vm);
    svm.add_builtin(DLMM, entry::Dlmm::vm);
}

/// The authority of all CPMM vaults.
pub(crate) fn cpmm_authority() -> Address {
    Address::find_program_address(&[b"vault_and_lp_mint_auth_seed"], &CPMM).0
}

/// The authority of all AMM v4 vaults, and the nonce that pools store.
pub(crate) fn amm_v4_authority() -> (Address, u8) {
    Address::find_program_address(&[b"amm authority"], &AMM_V4)
}

/// The address in whose name DLMM reports events.
pub(crate) fn dlmm_event_authority() -> Address {
    Address::find_program_address(&[b"__event_authority"], &DLMM).0
}

/// Writes a line to the transaction's log as a program does.
fn log(context: &InvokeContext<'_, '_>, line: &str) {
    solana_program_runtime::stable_log::program_log(&context.get_log_collector(), line);
}

/// The failure of an instruction with a program's own error number.
const fn custom(number: u32) -> InstructionError {
    InstructionError::Custom(number)
}

/// Fails with the program's error `number` unless `holds`.
fn require(holds: bool, number: u32) -> Result<(), InstructionError> {
    if holds { Ok(()) } else { Err(custom(number)) }
}

/// Error numbers of the Anchor framework, which CPMM and DLMM are written with.
mod anchor {
    /// Instruction data that names no instruction.
    pub(super) const UNKNOWN_INSTRUCTION: u32 = 101;
    /// Instruction data that is too short.
    pub(super) const DATA: u32 = 102;
    /// An account that must be writable is not.
    pub(super) const MUT: u32 = 2000;
    /// An account is not the one that another account names.
    pub(super) const HAS_ONE: u32 = 2001;
    /// An account breaks a condition of the program's own.
    pub(super) const RAW: u32 = 2003;
    /// An account is not the program address of its seeds.
    pub(super) const SEEDS: u32 = 2006;
    /// An account is not at the address it must be at.
    pub(super) const ADDRESS: u32 = 2012;
    /// Too few accounts.
    pub(super) const TOO_FEW_ACCOUNTS: u32 = 3005;
    /// An account belongs to another program.
    pub(super) const WRONG_OWNER: u32 = 3007;
    /// An account is not the program it must be.
    pub(super) const WRONG_PROGRAM: u32 = 3008;
    /// An account's bytes are not of its kind.
    pub(super) const NOT_DESERIALIZED: u32 = 3003;
    /// An account did not sign.
    pub(super) const NOT_SIGNER: u32 = 3010;
}
