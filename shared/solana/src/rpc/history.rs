//! Which transaction brought an account into being.

use base64::{Engine, engine::general_purpose::STANDARD};
use serde::Deserialize;
use serde_json::{Value, json};
use solana_pubkey::Pubkey;

use super::{
    FINALIZED, Node,
    error::{Cause, RpcError},
    executed::LoadedShape,
};
use crate::transaction;

/// The transaction that is the first to name an account and was not undone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct First {
    /// Its bytes, as they were signed.
    pub(crate) bytes: Vec<u8>,
    /// Lamports that the account held before it.
    pub(crate) before: u64,
    /// Lamports that the account held after it.
    pub(crate) after: u64,
}

/// How many transactions a node names at once, at the most.
const MOST: usize = 1_000;

const GET_SIGNATURES: &str = "getSignaturesForAddress";
const GET_TRANSACTION: &str = "getTransaction";

#[derive(Deserialize)]
struct NamedShape {
    signature: String,
    // One that lacks it is no success.
    #[serde(deserialize_with = "Option::deserialize")]
    err: Option<Value>,
}

/// A transaction with its bytes in base64.
#[derive(Deserialize)]
struct SignedShape {
    transaction: (String, String),
    meta: LamportsShape,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct LamportsShape {
    pre_balances: Vec<u64>,
    post_balances: Vec<u64>,
    #[serde(default)]
    loaded_addresses: LoadedShape,
}

impl Node {
    /// The first final transaction that names an account and was not undone, in all of the node's
    /// history; `None` when it knows none.
    ///
    /// `getSignaturesForAddress` `[KEY, {"commitment": "finalized", "limit": 1000}]`, then
    /// `getTransaction` `[SIGNATURE, {"encoding": "base64", "commitment": "finalized",
    /// "maxSupportedTransactionVersion": 1}]`
    ///
    /// # Errors
    /// [`RpcError`]; also when the account has been named too often to see the first one.
    pub(crate) async fn first_of(&self, key: &Pubkey) -> Result<Option<First>, RpcError> {
        let config = json!({ "commitment": FINALIZED, "limit": MOST });
        let params = json!([key.to_string(), config]);
        let named: Vec<NamedShape> = self.ask(GET_SIGNATURES, params).await?;
        if named.len() >= MOST {
            return Err(self.failed(GET_SIGNATURES, Cause::Shape("too many to see the first")));
        }
        // The newest comes first.
        let mut oldest_first = named.into_iter().rev();
        let Some(first) = oldest_first.find(|one| one.err.is_none()) else {
            return Ok(None);
        };
        let params = json!([first.signature, {
            "encoding": "base64",
            "commitment": FINALIZED,
            "maxSupportedTransactionVersion": 1,
        }]);
        let found: Option<SignedShape> = self.ask(GET_TRANSACTION, params).await?;
        let found = found.ok_or(Cause::Shape("a transaction that it has named itself"));
        let first = found.and_then(|found| found.first(&first.signature, key));
        first
            .map(Some)
            .map_err(|cause| self.failed(GET_TRANSACTION, cause))
    }
}

impl SignedShape {
    fn first(self, signature: &str, key: &Pubkey) -> Result<First, Cause> {
        const UNREADABLE: Cause = Cause::Shape("a transaction that cannot be read");
        let bytes = STANDARD.decode(self.transaction.0);
        let bytes = bytes.map_err(|_| UNREADABLE)?;
        let (name, mut keys) = transaction::named(&bytes).ok_or(UNREADABLE)?;
        if name != signature {
            return Err(Cause::Shape("another transaction"));
        }
        keys.extend(self.meta.loaded_addresses.all());
        let index = keys.iter().position(|named| named == key);
        let at = |balances: &[u64]| balances.get(index?).copied();
        let both = at(&self.meta.pre_balances).zip(at(&self.meta.post_balances));
        let (before, after) = both.ok_or(Cause::Shape("a transaction without the account"))?;
        Ok(First {
            bytes,
            before,
            after,
        })
    }
}
