//! What was paid for a place in a block.

use serde::Deserialize;
use serde_json::json;
use solana_pubkey::Pubkey;

use super::{Rpc, error::RpcError, shape::texts};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct FeeShape {
    prioritization_fee: u64,
}

impl Rpc {
    /// The least that a transaction which writes all of these accounts paid for each compute unit,
    /// in micro-lamports, for each of the latest 150 blocks that the node knows. A node refuses
    /// more than 128 keys.
    ///
    /// `getRecentPrioritizationFees` `[[KEY…]]`
    ///
    /// # Errors
    /// [`RpcError`] when no node answers.
    pub async fn prioritization_fees(&self, written: &[Pubkey]) -> Result<Vec<u64>, RpcError> {
        let params = json!([texts(written)]);
        let fees: Vec<FeeShape> = self
            .first(|node| {
                let params = params.clone();
                async move { node.ask("getRecentPrioritizationFees", params).await }
            })
            .await?;
        Ok(fees.into_iter().map(|fee| fee.prioritization_fee).collect())
    }
}
