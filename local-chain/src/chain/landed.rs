//! The record of a transaction that landed.

use litesvm::LiteSVM;
use solana_address::Address;
use solana_message::inner_instruction::InnerInstructionsList;
use solana_transaction::versioned::VersionedTransaction;
use solana_transaction_error::TransactionError;

use crate::programs::{TokenAccount, mint_decimals};

/// A transaction that is in a block, executed or failed.
pub(crate) struct Landed {
    /// The block's slot.
    pub(crate) slot: u64,
    /// The block's time, unix seconds.
    pub(crate) time: i64,
    /// The transaction.
    pub(crate) transaction: VersionedTransaction,
    /// Why it failed, if it did.
    pub(crate) err: Option<TransactionError>,
    /// What it cost, lamports.
    pub(crate) fee: u64,
    /// Compute units that it used.
    pub(crate) units: u64,
    /// What its instructions asked of other programs, a list for each instruction.
    pub(crate) inner: InnerInstructionsList,
    /// What its programs logged.
    pub(crate) logs: Vec<String>,
    /// What its accounts held before it.
    pub(crate) before: Balances,
    /// What its accounts held after it.
    pub(crate) after: Balances,
}

/// What the accounts of a transaction hold.
pub(crate) struct Balances {
    /// Lamports of each account.
    pub(crate) lamports: Vec<u64>,
    /// Tokens of those that are token accounts.
    pub(crate) tokens: Vec<TokenBalance>,
}

/// What a token account holds.
pub(crate) struct TokenBalance {
    /// Which of the transaction's accounts it is.
    pub(crate) index: usize,
    /// The token.
    pub(crate) mint: Address,
    /// Whose it is.
    pub(crate) owner: Address,
    /// The program of the token.
    pub(crate) program: Address,
    /// Base units.
    pub(crate) amount: u64,
    /// The token's decimals.
    pub(crate) decimals: u8,
}

impl Balances {
    /// Reads the accounts `keys`.
    pub(super) fn read(svm: &LiteSVM, keys: &[Address]) -> Balances {
        let accounts: Vec<_> = keys.iter().map(|key| svm.get_account(key)).collect();
        let lamports = |account: &Option<_>| {
            account
                .as_ref()
                .map_or(0, |account: &solana_account::Account| account.lamports)
        };
        let tokens = accounts.iter().enumerate().filter_map(|(index, account)| {
            let account = account.as_ref()?;
            let token = TokenAccount::read(&account.owner, &account.data)?;
            let mint = svm.get_account(&token.mint)?;
            Some(TokenBalance {
                index,
                mint: token.mint,
                owner: token.owner,
                program: account.owner,
                amount: token.amount,
                decimals: mint_decimals(&mint.owner, &mint.data)?,
            })
        });
        Balances {
            lamports: accounts.iter().map(lamports).collect(),
            tokens: tokens.collect(),
        }
    }
}
