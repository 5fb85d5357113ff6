//! Token accounts, and transfers through the token program.

use solana_account::Account;
use solana_address::Address;
use solana_instruction::{AccountMeta, Instruction, error::InstructionError};
use solana_program_runtime::invoke_context::InvokeContext;

use super::TOKEN;
use super::call::Given;

/// Bytes of a mint and of a token account.
const MINT_LENGTH: usize = 82;
const ACCOUNT_LENGTH: usize = 165;
/// Where the two say whether they are initialised.
const MINT_INITIALIZED: usize = 45;
const ACCOUNT_STATE: usize = 108;
/// Where a token account says whether its tokens are wrapped lamports.
const NATIVE: usize = 109;

/// What a token account says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TokenAccount {
    /// The token.
    pub(crate) mint: Address,
    /// Whose tokens they are.
    pub(crate) owner: Address,
    /// How many, base units.
    pub(crate) amount: u64,
}

impl TokenAccount {
    /// Reads an account that belongs to the program `program`; `None` if it is no token account.
    pub(crate) fn read(program: &Address, data: &[u8]) -> Option<TokenAccount> {
        let known = *program == TOKEN && data.len() == ACCOUNT_LENGTH && data[ACCOUNT_STATE] != 0;
        let address = |at: usize| Some(Address::new_from_array(data[at..at + 32].try_into().ok()?));
        known.then_some(())?;
        Some(TokenAccount {
            mint: address(0)?,
            owner: address(32)?,
            amount: u64::from_le_bytes(data[64..72].try_into().ok()?),
        })
    }
}

impl Given {
    /// The token account that this is.
    pub(super) fn token(&self) -> Option<TokenAccount> {
        TokenAccount::read(&self.owner, &self.data)
    }

    /// The decimals of the mint that this is.
    pub(super) fn decimals(&self) -> Option<u8> {
        mint_decimals(&self.owner, &self.data)
    }
}

/// The same token account holding `amount`; `None` if it is no token account or cannot hold it. One
/// of wrapped SOL has its amount in lamports as well.
pub(crate) fn with_amount(account: &Account, amount: u64) -> Option<Account> {
    let before = TokenAccount::read(&account.owner, &account.data)?;
    let mut after = account.clone();
    after.data[64..72].copy_from_slice(&amount.to_le_bytes());
    if account.data[NATIVE] == 1 {
        after.lamports = account
            .lamports
            .checked_sub(before.amount)?
            .checked_add(amount)?;
    }
    Some(after)
}

/// The decimals of a mint that belongs to `program`; `None` if it is no mint.
pub(crate) fn mint_decimals(program: &Address, data: &[u8]) -> Option<u8> {
    let known = *program == TOKEN && data.len() == MINT_LENGTH && data[MINT_INITIALIZED] != 0;
    known.then(|| data[44])
}

/// A transfer to be asked of the token program.
pub(super) struct Transfer<'a> {
    /// The account that pays.
    pub(super) from: &'a Given,
    /// The account that is paid.
    pub(super) to: &'a Given,
    /// Who may spend.
    pub(super) authority: &'a Given,
    /// The mint, if the token program is to check it and its decimals.
    pub(super) mint: Option<&'a Given>,
    /// Base units.
    pub(super) amount: u64,
}

impl Transfer<'_> {
    /// Calls the token program; the authority has signed the transaction.
    pub(super) fn by_user(
        &self,
        context: &mut InvokeContext<'_, '_>,
    ) -> Result<(), InstructionError> {
        context.native_invoke(self.instruction()?, &[])
    }

    /// Calls the token program; the authority is an address of the calling program.
    pub(super) fn by_program(
        &self,
        context: &mut InvokeContext<'_, '_>,
    ) -> Result<(), InstructionError> {
        context.native_invoke(self.instruction()?, &[self.authority.key])
    }

    fn instruction(&self) -> Result<Instruction, InstructionError> {
        let amount = self.amount.to_le_bytes();
        let mut accounts = vec![AccountMeta::new(self.from.key, false)];
        let mut data = Vec::with_capacity(10);
        match self.mint {
            Some(mint) => {
                accounts.push(AccountMeta::new_readonly(mint.key, false));
                data.push(12); // TransferChecked
                data.extend(amount);
                data.push(
                    mint.decimals()
                        .ok_or(InstructionError::InvalidAccountData)?,
                );
            }
            None => {
                data.push(3); // Transfer
                data.extend(amount);
            }
        }
        accounts.push(AccountMeta::new(self.to.key, false));
        accounts.push(AccountMeta::new_readonly(self.authority.key, true));
        Ok(Instruction {
            program_id: TOKEN,
            accounts,
            data,
        })
    }
}
