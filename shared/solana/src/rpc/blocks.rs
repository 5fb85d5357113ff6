//! Where the chain is, and which chain it is.

use futures::future::join_all;
use serde::Deserialize;
use serde_json::json;
use solana_hash::Hash;

use super::{
    FINALIZED, Node, Rpc,
    error::{NodeName, RpcError},
    shape::Text,
};

/// What makes a transaction valid, and until when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Blockhash {
    /// The hash that the transaction names.
    pub hash: Hash,
    /// The transaction cannot land above this block height.
    pub last_valid_height: u64,
    /// The slot that the answer is of.
    pub slot: u64,
}

/// Why the nodes are not of one chain.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum OtherChain {
    /// One does not answer: nothing is known of it.
    #[error(transparent)]
    Silent(#[from] RpcError),
    /// One is of another chain than the first.
    #[error("{node} is of another chain ({found}) than the first node ({expected})")]
    Differs {
        /// Which one.
        node: NodeName,
        /// Its genesis hash.
        found: String,
        /// The first node's.
        expected: String,
    },
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct BlockhashShape {
    blockhash: Text<Hash>,
    last_valid_block_height: u64,
}

impl Rpc {
    /// The newest blockhash that is final. To be asked last before signing: it lives for 150
    /// blocks, about half a minute.
    ///
    /// `getLatestBlockhash` `[{"commitment": "finalized"}]`
    ///
    /// # Errors
    /// [`RpcError`] when no node answers.
    pub async fn latest_blockhash(&self) -> Result<Blockhash, RpcError> {
        self.first(|node| async move { node.latest_blockhash().await })
            .await
    }

    /// The block height that each node names. A node may name its slot instead, so no single one
    /// is to be believed: [`Record::finalized_height`](crate::record::Record::finalized_height).
    ///
    /// `getBlockHeight` `[{"commitment": "finalized"}]`
    pub async fn block_height(&self) -> Vec<(NodeName, Result<u64, RpcError>)> {
        let asked = self.nodes().iter().map(async |node| {
            let height = node.block_height().await;
            (node.name(), height)
        });
        join_all(asked).await
    }

    /// The hash that names the chain, on which all nodes must agree.
    ///
    /// `getGenesisHash` `[]`
    ///
    /// # Errors
    /// [`OtherChain`] when a node does not answer or is of another chain.
    pub async fn genesis_hash(&self) -> Result<String, OtherChain> {
        let asked = self.nodes().iter().map(async |node| {
            let hash = node.ask::<String>("getGenesisHash", json!([])).await;
            hash.map(|hash| (node.name(), hash))
        });
        let mut expected: Option<String> = None;
        for answer in join_all(asked).await {
            let (node, found) = answer?;
            match &expected {
                Some(expected) if *expected != found => {
                    let expected = expected.clone();
                    return Err(OtherChain::Differs {
                        node,
                        found,
                        expected,
                    });
                }
                _ => expected = Some(found),
            }
        }
        // There is at least one node, and each has answered.
        Ok(expected.unwrap_or_default())
    }
}

impl Node {
    pub(crate) async fn latest_blockhash(&self) -> Result<Blockhash, RpcError> {
        let params = json!([{ "commitment": FINALIZED }]);
        let answer = self
            .ask_at::<BlockhashShape>("getLatestBlockhash", params, None)
            .await?;
        Ok(Blockhash {
            slot: answer.slot(),
            hash: answer.value.blockhash.0,
            last_valid_height: answer.value.last_valid_block_height,
        })
    }

    pub(crate) async fn block_height(&self) -> Result<u64, RpcError> {
        let params = json!([{ "commitment": FINALIZED }]);
        self.ask("getBlockHeight", params).await
    }
}
