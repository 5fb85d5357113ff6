//! Transactions: sent to every node, looked for on every node.

use std::sync::Arc;

use base64::{Engine, engine::general_purpose::STANDARD};
use futures::stream::{FuturesUnordered, Stream, StreamExt};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    Executed, FINALIZED, Node, Rpc,
    error::{Cause, NodeName, RpcError},
    executed::TransactionShape,
};

/// What a node has seen of a transaction.
#[derive(Clone, Debug, PartialEq)]
pub struct Seen {
    /// The slot in which it landed.
    pub slot: u64,
    /// How sure that is.
    pub stage: Stage,
    /// Why it was undone; `None` when it was not.
    pub error: Option<Value>,
}

/// How sure it is that a transaction landed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Stage {
    /// In a block that the node knows, and that the cluster may drop.
    Processed,
    /// Most of the cluster votes for its block.
    Confirmed,
    /// For good.
    Finalized,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct StatusShape {
    slot: u64,
    // One that lacks it is no success.
    #[serde(deserialize_with = "Option::deserialize")]
    err: Option<Value>,
    confirmation_status: Stage,
}

const GET_SIGNATURE_STATUSES: &str = "getSignatureStatuses";
const SEND_TRANSACTION: &str = "sendTransaction";
const GET_TRANSACTION: &str = "getTransaction";

impl Rpc {
    /// Gives signed bytes to every node at once, and answers with the first that takes them; the
    /// others are still given them. Sending the same bytes again is harmless, and the nodes do not
    /// repeat it on their own. Neither answer proves anything about landing.
    ///
    /// `sendTransaction` `[BASE64, {"encoding": "base64", "skipPreflight": true,
    /// "maxRetries": 0}]`
    ///
    /// # Errors
    /// [`RpcError`] of the last node to fail, when none takes them and none has processed them
    /// already. They may have arrived all the same.
    pub async fn send(&self, transaction: &[u8]) -> Result<(), RpcError> {
        let bytes = STANDARD.encode(transaction);
        let params = json!([
            bytes,
            { "encoding": "base64", "skipPreflight": true, "maxRetries": 0 },
        ]);
        let mut sent: FuturesUnordered<_> = self
            .nodes()
            .iter()
            .map(|node| {
                let (name, params) = (node.name(), params.clone());
                let node = Arc::clone(node);
                // A task of its own, so that a slow node is still given the bytes after the first
                // has taken them.
                let task =
                    tokio::spawn(async move { node.ask::<String>(SEND_TRANSACTION, params).await });
                async move { (name, task.await) }
            })
            .collect();
        let mut failed = None;
        while let Some((node, answer)) = sent.next().await {
            match answer {
                Ok(Ok(_signature)) => return Ok(()),
                Ok(Err(error)) if error.cause.is_already_processed() => return Ok(()),
                Ok(Err(error)) => failed = Some(error),
                // The task was dropped with the runtime, or panicked.
                Err(_) => {
                    failed = Some(RpcError {
                        node,
                        method: SEND_TRANSACTION,
                        cause: Cause::Unreachable,
                    });
                }
            }
        }
        failed.map_or(Ok(()), Err)
    }

    /// What each node has seen of a transaction, as the answers come; `None` for nothing. Each
    /// looks in its whole history, and its answer is of `min_context_slot` at the least.
    ///
    /// `getSignatureStatuses` `[[SIGNATURE], {"searchTransactionHistory": true,
    /// "minContextSlot": SLOT}]`
    pub fn statuses(
        &self,
        signature: &str,
        min_context_slot: Option<u64>,
    ) -> impl Stream<Item = (NodeName, Result<Option<Seen>, RpcError>)> {
        let mut config = json!({ "searchTransactionHistory": true });
        if let Some(slot) = min_context_slot {
            config["minContextSlot"] = json!(slot);
        }
        let params = json!([[signature], config]);
        let asked = self.nodes().iter().map(|node| {
            let params = params.clone();
            async move { (node.name(), node.seen(params, min_context_slot).await) }
        });
        asked.collect::<FuturesUnordered<_>>()
    }

    /// What a transaction did, once it is final; `None` when no node has it. Every node is asked
    /// until one has it.
    ///
    /// `getTransaction` `[SIGNATURE, {"encoding": "json", "commitment": "finalized",
    /// "maxSupportedTransactionVersion": 1}]`
    ///
    /// # Errors
    /// [`RpcError`] when none has it and one does not answer.
    pub async fn transaction(&self, signature: &str) -> Result<Option<Executed>, RpcError> {
        let mut failed = None;
        for node in self.nodes() {
            match node.transaction(signature).await {
                Ok(Some(executed)) => return Ok(Some(executed)),
                Ok(None) => {}
                Err(error) => failed = Some(error),
            }
        }
        failed.map_or(Ok(None), Err)
    }
}

impl Node {
    async fn seen(
        &self,
        params: Value,
        min_context_slot: Option<u64>,
    ) -> Result<Option<Seen>, RpcError> {
        let answer = self
            .ask_at::<[Option<StatusShape>; 1]>(GET_SIGNATURE_STATUSES, params, min_context_slot)
            .await?;
        let [status] = answer.value;
        Ok(status.map(|status| Seen {
            slot: status.slot,
            stage: status.confirmation_status,
            error: status.err,
        }))
    }

    async fn transaction(&self, signature: &str) -> Result<Option<Executed>, RpcError> {
        // Without a version that includes the transaction's own, the answer is error -32015.
        let params = json!([signature, {
            "encoding": "json",
            "commitment": FINALIZED,
            "maxSupportedTransactionVersion": 1,
        }]);
        let found: Option<TransactionShape> = self.ask(GET_TRANSACTION, params).await?;
        found
            .map(|found| found.executed(signature))
            .transpose()
            .map_err(|cause| self.failed(GET_TRANSACTION, cause))
    }
}
