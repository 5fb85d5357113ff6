//! Where the chain is, and which chain it is.

use engine::ports::Unavailable;
use futures::future::join_all;
use serde::Deserialize;
use serde_json::json;
use solana_hash::Hash;

use super::{
    FINALIZED, Node, Rpc,
    error::{Cause, NodeName, RpcError},
    shape::Text,
};

const GET_LATEST_BLOCKHASH: &str = "getLatestBlockhash";

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
    /// None answers: nothing is known of it.
    #[error(transparent)]
    Silent(#[from] RpcError),
    /// One is of another chain than another.
    #[error("{node} is of another chain ({found}) than {other} ({expected})")]
    Differs {
        /// Which one.
        node: NodeName,
        /// Its genesis hash.
        found: String,
        /// The first one that answers.
        other: NodeName,
        /// Its genesis hash.
        expected: String,
    },
}

/// Which chain the nodes that answer are of.
#[derive(Clone, Debug, PartialEq)]
pub struct Genesis {
    /// The hash that names the chain.
    pub hash: String,
    /// How many nodes say so.
    pub answered: usize,
    /// Why the others do not.
    pub silent: Vec<RpcError>,
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

    /// The hash that names the chain, on which all nodes that answer must agree. One that does not
    /// is asked again before anything else that it says is believed.
    ///
    /// `getGenesisHash` `[]`
    ///
    /// # Errors
    /// [`OtherChain`] when none answers, or one is of another chain than another.
    pub async fn genesis_hash(&self) -> Result<Genesis, OtherChain> {
        let asked = self.nodes().iter();
        let asked = asked.map(async |node| (node.name(), node.genesis_hash().await));
        let mut agreed: Option<(NodeName, String)> = None;
        let mut silent = Vec::new();
        for (node, answer) in join_all(asked).await {
            match (answer, &agreed) {
                (Ok(found), Some((other, expected))) if *expected != found => {
                    return Err(OtherChain::Differs {
                        node,
                        found,
                        other: *other,
                        expected: expected.clone(),
                    });
                }
                (Ok(_), Some(_)) => {}
                (Ok(found), None) => agreed = Some((node, found)),
                (Err(error), _) => silent.push(error),
            }
        }
        let Some((_, hash)) = agreed else {
            // There is at least one node, and none has answered.
            return Err(silent.swap_remove(0).into());
        };
        for node in self.nodes() {
            node.must_be_of(&hash);
        }
        Ok(Genesis {
            hash,
            answered: self.nodes().len() - silent.len(),
            silent,
        })
    }

    /// The newest blockhash that is final, of the first node whose answer is not doubted.
    ///
    /// # Errors
    /// [`RpcError`] when there is none.
    pub(crate) async fn blockhash_without_doubt(
        &self,
        doubt: impl Fn(&Blockhash) -> Result<(), Unavailable>,
    ) -> Result<Blockhash, RpcError> {
        let doubt = &doubt;
        self.first(|node| async move {
            let blockhash = node.latest_blockhash().await?;
            let doubted = |doubt: Unavailable| Cause::Doubtful(doubt.0);
            let plausible = doubt(&blockhash).map_err(doubted);
            plausible.map_err(|cause| node.failed(GET_LATEST_BLOCKHASH, cause))?;
            Ok(blockhash)
        })
        .await
    }
}

impl Node {
    pub(crate) async fn latest_blockhash(&self) -> Result<Blockhash, RpcError> {
        let params = json!([{ "commitment": FINALIZED }]);
        let answer = self
            .ask_at::<BlockhashShape>(GET_LATEST_BLOCKHASH, params, None)
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
