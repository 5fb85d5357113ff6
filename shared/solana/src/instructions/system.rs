//! Accounts at addresses that follow from a base, a seed and an owner, at the base's command.
//!
//! Layouts: the system program's instructions, as bincode writes them: the instruction's number in
//! 32 bits, numbers in little-endian order, a text as its length in 64 bits and its bytes.

use solana_instruction::{AccountMeta, Instruction};
use solana_pubkey::Pubkey;

use super::SYSTEM_PROGRAM;

/// Their numbers among the system program's instructions.
const CREATE_ACCOUNT_WITH_SEED: u32 = 3;
const TRANSFER_WITH_SEED: u32 = 11;

/// An account without data, owned by the system program, at an address of its base's.
#[derive(Clone, Copy, Debug)]
pub struct Seeded<'a> {
    /// Who commands it, and signs.
    pub base: &'a Pubkey,
    /// At most 32 bytes.
    pub seed: &'a str,
    /// The hash of base, seed and owner.
    pub address: Pubkey,
}

impl Seeded<'_> {
    /// Creates it with so many lamports of its base's (`CreateAccountWithSeed`). Fails where there
    /// is a lamport already.
    pub fn create(&self, lamports: u64) -> Instruction {
        let (length, space) = (self.length(), 0u64);
        let data = [
            &CREATE_ACCOUNT_WITH_SEED.to_le_bytes(),
            self.base.as_ref(),
            &length,
            self.seed.as_bytes(),
            &lamports.to_le_bytes(),
            &space.to_le_bytes(),
            SYSTEM_PROGRAM.as_ref(),
        ];
        Instruction {
            program_id: SYSTEM_PROGRAM,
            accounts: vec![
                AccountMeta::new(*self.base, true),
                AccountMeta::new(self.address, false),
            ],
            data: data.concat(),
        }
    }

    /// Moves so many of its lamports to its base (`TransferWithSeed`). An account that is left with
    /// none is gone. Fails where there are fewer.
    pub fn give_back(&self, lamports: u64) -> Instruction {
        let data = [
            &TRANSFER_WITH_SEED.to_le_bytes()[..],
            &lamports.to_le_bytes(),
            &self.length(),
            self.seed.as_bytes(),
            SYSTEM_PROGRAM.as_ref(),
        ];
        Instruction {
            program_id: SYSTEM_PROGRAM,
            accounts: vec![
                AccountMeta::new(self.address, false),
                AccountMeta::new_readonly(*self.base, true),
                AccountMeta::new(*self.base, false),
            ],
            data: data.concat(),
        }
    }

    fn length(&self) -> [u8; 8] {
        u64::try_from(self.seed.len())
            .unwrap_or(u64::MAX)
            .to_le_bytes() // 32 at the most
    }
}
