//! What an instruction was given: data, accounts, time.

use solana_address::Address;
use solana_instruction::error::InstructionError;
use solana_program_runtime::invoke_context::InvokeContext;

/// An account as it is when the instruction begins.
pub(super) struct Given {
    /// Its address.
    pub(super) key: Address,
    /// The program it belongs to.
    pub(super) owner: Address,
    /// Its bytes.
    pub(super) data: Vec<u8>,
    /// Whether it signed.
    pub(super) signer: bool,
    /// Whether the instruction may change it.
    pub(super) writable: bool,
}

/// One instruction. The accounts are copied, so that nothing is borrowed while the token program
/// is called.
pub(super) struct Call {
    /// The instruction's data.
    pub(super) data: Vec<u8>,
    /// Its accounts, in order.
    pub(super) accounts: Vec<Given>,
    /// The chain's time, unix seconds.
    pub(super) now: i64,
}

impl Call {
    /// Reads the instruction that is being executed.
    pub(super) fn read(context: &InvokeContext<'_, '_>) -> Result<Call, InstructionError> {
        let instruction = context
            .transaction_context
            .get_current_instruction_context()?;
        let count = instruction.get_number_of_instruction_accounts();
        let accounts = (0..count).map(|index| {
            let account = instruction.try_borrow_instruction_account(index)?;
            Ok(Given {
                key: *account.get_key(),
                owner: *account.get_owner(),
                data: account.get_data().to_vec(),
                signer: account.is_signer(),
                writable: account.is_writable(),
            })
        });
        Ok(Call {
            data: instruction.get_instruction_data().to_vec(),
            accounts: accounts.collect::<Result<_, InstructionError>>()?,
            now: context.get_sysvar_cache().get_clock()?.unix_timestamp,
        })
    }

    /// The two 64-bit numbers that begin at `offset` of the data: the amount that goes in and the
    /// least that may come out. `None` if the data is too short.
    pub(super) fn amounts(&self, offset: usize) -> Option<[u64; 2]> {
        Some([self.number(offset)?, self.number(offset + 8)?])
    }

    /// The 64-bit number at `offset` of the data. `None` if the data is too short.
    pub(super) fn number(&self, offset: usize) -> Option<u64> {
        let bytes = self.data.get(offset..offset + 8)?;
        Some(u64::from_le_bytes(bytes.try_into().ok()?))
    }
}

/// Writes `data` to the account at `index` of the instruction.
pub(super) fn write(
    context: &InvokeContext<'_, '_>,
    index: u16,
    data: &[u8],
) -> Result<(), InstructionError> {
    let instruction = context
        .transaction_context
        .get_current_instruction_context()?;
    let mut account = instruction.try_borrow_instruction_account(index)?;
    account.set_data_from_slice(data)
}

/// Puts `field` at `offset` of an account's bytes.
pub(super) fn put(data: &mut [u8], offset: usize, field: &[u8]) {
    data[offset..offset + field.len()].copy_from_slice(field);
}
