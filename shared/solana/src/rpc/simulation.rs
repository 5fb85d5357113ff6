//! What a transaction would do.

use base64::{Engine, engine::general_purpose::STANDARD};
use serde::Deserialize;
use serde_json::{Value, json};
use solana_pubkey::Pubkey;

use super::{
    FINALIZED, Node, Rpc,
    accounts::{Account, AccountShape, accounts_of},
    error::{Cause, RpcError},
    shape::{Context, texts},
};

/// What a transaction would have done in a slot.
#[derive(Clone, Debug, PartialEq)]
pub struct Simulation {
    /// Why it would have been undone, as the chain writes it; `None` when it would have landed.
    pub error: Option<Value>,
    /// What the programs would have said.
    pub logs: Vec<String>,
    /// The compute units that it would have used.
    pub units_consumed: Option<u64>,
    /// The accounts that were asked for, as they would be afterwards, in the order of the keys.
    /// Empty when the transaction would have been undone and the node leaves them out.
    pub accounts: Vec<Option<Account>>,
    /// The slot.
    pub slot: u64,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct SimulationShape {
    #[serde(deserialize_with = "Option::deserialize")]
    err: Option<Value>,
    logs: Option<Vec<String>>,
    units_consumed: Option<u64>,
    accounts: Option<Vec<Option<AccountShape>>>,
}

const SIMULATE_TRANSACTION: &str = "simulateTransaction";

impl Rpc {
    /// Executes the transaction on the newest final state, and forgets it. Its signatures are not
    /// looked at and its blockhash is replaced, so unsigned bytes (with signatures of zeros) do.
    ///
    /// `simulateTransaction` `[BASE64, {"encoding": "base64", "commitment": "finalized",
    /// "sigVerify": false, "replaceRecentBlockhash": true,
    /// "accounts": {"encoding": "base64", "addresses": [KEY…]}}]`
    ///
    /// # Errors
    /// [`RpcError`] when no node answers. That the transaction would fail is no error.
    pub async fn simulate(
        &self,
        transaction: &[u8],
        accounts: &[Pubkey],
    ) -> Result<Simulation, RpcError> {
        let bytes = STANDARD.encode(transaction);
        let bytes = bytes.as_str();
        self.first(|node| async move { node.simulate(bytes, accounts).await })
            .await
    }
}

impl Node {
    async fn simulate(&self, bytes: &str, keys: &[Pubkey]) -> Result<Simulation, RpcError> {
        let mut config = json!({
            "encoding": "base64",
            "commitment": FINALIZED,
            "sigVerify": false,
            "replaceRecentBlockhash": true,
        });
        if !keys.is_empty() {
            config["accounts"] = json!({ "encoding": "base64", "addresses": texts(keys) });
        }
        let params = json!([bytes, config]);
        let answer = self.ask_at(SIMULATE_TRANSACTION, params, None).await?;
        simulation(answer, keys.len()).map_err(|cause| self.failed(SIMULATE_TRANSACTION, cause))
    }
}

fn simulation(answer: Context<SimulationShape>, asked: usize) -> Result<Simulation, Cause> {
    let slot = answer.slot();
    let shape = answer.value;
    let accounts = match shape.accounts {
        Some(accounts) => accounts_of(accounts, asked)?,
        None if shape.err.is_some() || asked == 0 => Vec::new(),
        None => return Err(Cause::Shape("a simulation without the accounts")),
    };
    Ok(Simulation {
        error: shape.err,
        logs: shape.logs.unwrap_or_default(),
        units_consumed: shape.units_consumed,
        accounts,
        slot,
    })
}
