//! Which transaction brought an account into being.

use base64::{Engine, engine::general_purpose::STANDARD};
use futures::future::join_all;
use serde::Deserialize;
use serde_json::{Value, json};
use solana_pubkey::Pubkey;

use super::{
    FINALIZED, Node,
    error::{Cause, RpcError},
    executed::LoadedShape,
};
use crate::transaction;

/// The first transaction that an account has lamports of, or had.
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

/// How often it is asked for more of them: who names an account ten thousand times pays as many
/// fees.
const PAGES: usize = 10;

/// How many transactions that name the account and leave nothing in it are looked into at once, and
/// how many times.
const AT_ONCE: usize = 8;
const BATCHES: usize = 12;

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
    /// The first final transaction that was not undone and found lamports in an account or left
    /// some there, in all of the node's history; `None` when it knows none. Anybody may have named
    /// the account before.
    ///
    /// `getSignaturesForAddress` `[KEY, {"commitment": "finalized", "limit": 1000, "before":
    /// SIGNATURE}]`, then `getTransaction` `[SIGNATURE, {"encoding": "base64", "commitment":
    /// "finalized", "maxSupportedTransactionVersion": 1}]`
    ///
    /// # Errors
    /// [`RpcError`]; also when the account has been named too often to see the first one.
    pub(crate) async fn first_of(&self, key: &Pubkey) -> Result<Option<First>, RpcError> {
        let named = self.naming(key).await?;
        let mut batches = named.chunks(AT_ONCE);
        for batch in batches.by_ref().take(BATCHES) {
            let looks = batch
                .iter()
                .map(|signature| self.lamports_of(signature, key));
            for look in join_all(looks).await {
                let first = look?;
                if first.before > 0 || first.after > 0 {
                    return Ok(Some(first));
                }
            }
        }
        match batches.next() {
            Some(_) => Err(self.failed(GET_TRANSACTION, named_too_often())),
            None => Ok(None),
        }
    }

    /// Every final transaction that names an account and was not undone, the oldest first.
    async fn naming(&self, key: &Pubkey) -> Result<Vec<String>, RpcError> {
        let mut named: Vec<NamedShape> = Vec::new();
        for _ in 0..PAGES {
            let mut config = json!({ "commitment": FINALIZED, "limit": MOST });
            if let Some(oldest) = named.last() {
                config["before"] = json!(oldest.signature);
            }
            let params = json!([key.to_string(), config]);
            let page: Vec<NamedShape> = self.ask(GET_SIGNATURES, params).await?;
            let is_last = page.len() < MOST;
            named.extend(page);
            if is_last {
                // The newest comes first.
                let oldest_first = named.into_iter().rev();
                let succeeded = oldest_first.filter(|one| one.err.is_none());
                return Ok(succeeded.map(|one| one.signature).collect());
            }
        }
        Err(self.failed(GET_SIGNATURES, named_too_often()))
    }

    /// What an account held before and after a transaction that names it.
    async fn lamports_of(&self, signature: &str, key: &Pubkey) -> Result<First, RpcError> {
        let params = json!([signature, {
            "encoding": "base64",
            "commitment": FINALIZED,
            "maxSupportedTransactionVersion": 1,
        }]);
        let found: Option<SignedShape> = self.ask(GET_TRANSACTION, params).await?;
        let found = found.ok_or(Cause::Shape("a transaction that it has named itself"));
        let first = found.and_then(|found| found.first(signature, key));
        first.map_err(|cause| self.failed(GET_TRANSACTION, cause))
    }
}

fn named_too_often() -> Cause {
    Cause::Doubtful("an account is named too often to see what came there first".to_owned())
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
