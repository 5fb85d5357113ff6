//! A transaction that landed, as `getTransaction` tells it.

use serde::Deserialize;
use serde_json::Value;
use solana_pubkey::Pubkey;

use super::{error::Cause, shape::Text};

/// What a transaction did.
#[derive(Clone, Debug, PartialEq)]
pub struct Executed {
    /// The slot in which it landed.
    pub slot: u64,
    /// Why it was undone, as the chain writes it; `None` when it was not.
    pub error: Option<Value>,
    /// What was paid for it, in lamports; also when it was undone.
    pub fee: u64,
    /// The program of each of its instructions.
    pub programs: Vec<Pubkey>,
    /// The token accounts that it names, before it.
    pub pre_token_balances: Vec<TokenBalance>,
    /// The token accounts that it names, after it.
    pub post_token_balances: Vec<TokenBalance>,
    /// What the programs said. Nodes may leave it out.
    pub logs: Vec<String>,
}

/// What a token account holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenBalance {
    /// The token account.
    pub account: Pubkey,
    /// Whose it is.
    pub owner: Pubkey,
    /// The token.
    pub mint: Pubkey,
    /// How much, in base units.
    pub amount: u64,
    /// The token's decimals.
    pub decimals: u8,
}

impl Executed {
    /// How much more of a token an owner holds after it than before, in base units, and the token's
    /// decimals. `None` when the transaction does not leave them a token account, or less in it.
    pub fn received(&self, owner: &Pubkey, mint: &Pubkey) -> Option<(u64, u8)> {
        let theirs = |balance: &&TokenBalance| balance.owner == *owner && balance.mint == *mint;
        let total = |balances: &[TokenBalance]| {
            let mut amounts = balances.iter().filter(theirs).map(|balance| balance.amount);
            amounts.try_fold(0u64, u64::checked_add)
        };
        let decimals = self.post_token_balances.iter().find(theirs)?.decimals;
        let before = total(&self.pre_token_balances)?;
        let after = total(&self.post_token_balances)?;
        Some((after.checked_sub(before)?, decimals))
    }
}

/// The answer of `getTransaction`.
#[derive(Deserialize)]
pub(super) struct TransactionShape {
    slot: u64,
    transaction: SignedShape,
    meta: MetaShape,
}

#[derive(Deserialize)]
struct SignedShape {
    signatures: Vec<String>,
    message: MessageShape,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct MessageShape {
    account_keys: Vec<Text<Pubkey>>,
    instructions: Vec<InstructionShape>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct InstructionShape {
    program_id_index: usize,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct MetaShape {
    // One that lacks it is no success.
    #[serde(deserialize_with = "Option::deserialize")]
    err: Option<Value>,
    fee: u64,
    pre_token_balances: Vec<BalanceShape>,
    post_token_balances: Vec<BalanceShape>,
    #[serde(default)]
    log_messages: Option<Vec<String>>,
    #[serde(default)]
    loaded_addresses: LoadedShape,
}

/// What lookup tables add behind the message's own accounts.
#[derive(Default, Deserialize)]
pub(super) struct LoadedShape {
    writable: Vec<Text<Pubkey>>,
    readonly: Vec<Text<Pubkey>>,
}

impl LoadedShape {
    /// In the order in which the chain numbers them.
    pub(super) fn all(self) -> impl Iterator<Item = Pubkey> {
        let loaded = self.writable.into_iter().chain(self.readonly);
        loaded.map(|key| key.0)
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct BalanceShape {
    account_index: usize,
    owner: Text<Pubkey>,
    mint: Text<Pubkey>,
    ui_token_amount: AmountShape,
}

/// The amount as whole base units; the decimal fractions beside it are not read.
#[derive(Deserialize)]
struct AmountShape {
    amount: Text<u64>,
    decimals: u8,
}

impl TransactionShape {
    pub(super) fn executed(self, signature: &str) -> Result<Executed, Cause> {
        let first = self.transaction.signatures.first();
        if first.map(String::as_str) != Some(signature) {
            return Err(Cause::Shape("another transaction"));
        }
        let message = self.transaction.message;
        let own = message.account_keys.into_iter().map(|key| key.0);
        let keys: Vec<Pubkey> = own.chain(self.meta.loaded_addresses.all()).collect();
        let key = |index: usize| {
            let key = keys.get(index).copied();
            key.ok_or(Cause::Shape(
                "an account that the transaction does not name",
            ))
        };
        let balances = |shapes: Vec<BalanceShape>| {
            let balance = |shape: BalanceShape| {
                Ok(TokenBalance {
                    account: key(shape.account_index)?,
                    owner: shape.owner.0,
                    mint: shape.mint.0,
                    amount: shape.ui_token_amount.amount.0,
                    decimals: shape.ui_token_amount.decimals,
                })
            };
            shapes
                .into_iter()
                .map(balance)
                .collect::<Result<_, Cause>>()
        };
        let programs = message.instructions.iter();
        Ok(Executed {
            slot: self.slot,
            error: self.meta.err,
            fee: self.meta.fee,
            programs: programs
                .map(|instruction| key(instruction.program_id_index))
                .collect::<Result<_, Cause>>()?,
            pre_token_balances: balances(self.meta.pre_token_balances)?,
            post_token_balances: balances(self.meta.post_token_balances)?,
            logs: self.meta.log_messages.unwrap_or_default(),
        })
    }
}
