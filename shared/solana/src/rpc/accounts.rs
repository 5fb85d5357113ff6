//! Accounts, and what they cost.

use std::sync::Arc;

use base64::{Engine, engine::general_purpose::STANDARD};
use serde::Deserialize;
use serde_json::json;
use solana_pubkey::Pubkey;

use super::{
    FINALIZED, Node, Rpc,
    error::{Cause, RpcError},
    shape::{Text, texts},
};

/// What an account holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// The program that may write it.
    pub owner: Pubkey,
    /// Its balance in lamports, rent included.
    pub lamports: u64,
    /// Its bytes.
    pub data: Vec<u8>,
}

/// Accounts as they were in one slot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Accounts {
    /// The slot.
    pub slot: u64,
    /// In the order of the keys; `None` for an account that does not exist.
    pub accounts: Vec<Option<Account>>,
}

const GET_MULTIPLE_ACCOUNTS: &str = "getMultipleAccounts";

impl Rpc {
    /// Accounts, all of one slot, which is not older than `min_context_slot`. A node refuses more
    /// than 100 keys.
    ///
    /// `getMultipleAccounts` `[[KEY…], {"encoding": "base64", "commitment": "finalized",
    /// "minContextSlot": SLOT}]`
    ///
    /// # Errors
    /// [`RpcError`] when no node answers.
    pub async fn accounts(
        &self,
        keys: &[Pubkey],
        min_context_slot: Option<u64>,
    ) -> Result<Accounts, RpcError> {
        let ask = |node: Arc<Node>| async move { node.accounts(keys, min_context_slot).await };
        self.first(ask).await
    }

    /// The least lamports that keep an account of that many bytes alive. It falls over time, so it
    /// is asked and not remembered.
    ///
    /// `getMinimumBalanceForRentExemption` `[LENGTH, {"commitment": "finalized"}]`
    ///
    /// # Errors
    /// [`RpcError`] when no node answers.
    pub async fn rent_exemption(&self, length: usize) -> Result<u64, RpcError> {
        self.first(|node| async move {
            let params = json!([length, { "commitment": FINALIZED }]);
            node.ask("getMinimumBalanceForRentExemption", params).await
        })
        .await
    }
}

impl Node {
    pub(crate) async fn accounts(
        &self,
        keys: &[Pubkey],
        min_context_slot: Option<u64>,
    ) -> Result<Accounts, RpcError> {
        let mut config = json!({ "encoding": "base64", "commitment": FINALIZED });
        if let Some(slot) = min_context_slot {
            config["minContextSlot"] = json!(slot);
        }
        let params = json!([texts(keys), config]);
        let answer = self
            .ask_at::<Vec<Option<AccountShape>>>(GET_MULTIPLE_ACCOUNTS, params, min_context_slot)
            .await?;
        let slot = answer.slot();
        let accounts = accounts_of(answer.value, keys.len())
            .map_err(|cause| self.failed(GET_MULTIPLE_ACCOUNTS, cause))?;
        Ok(Accounts { slot, accounts })
    }
}

/// An account as a node writes it.
#[derive(Deserialize)]
pub(super) struct AccountShape {
    owner: Text<Pubkey>,
    lamports: u64,
    /// The bytes, and `base64`.
    data: (String, String),
}

pub(super) fn accounts_of(
    shapes: Vec<Option<AccountShape>>,
    asked: usize,
) -> Result<Vec<Option<Account>>, Cause> {
    if shapes.len() != asked {
        return Err(Cause::Shape("not as many accounts as were asked for"));
    }
    let account = |shape: AccountShape| {
        let (bytes, encoding) = shape.data;
        if encoding != "base64" {
            return Err(Cause::Shape("account data that is not base64"));
        }
        let data = STANDARD.decode(bytes);
        Ok(Account {
            owner: shape.owner.0,
            lamports: shape.lamports,
            data: data.map_err(|_| Cause::Shape("account data that cannot be read"))?,
        })
    };
    let each = shapes
        .into_iter()
        .map(|shape| shape.map(account).transpose());
    each.collect()
}
