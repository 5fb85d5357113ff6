//! The chain block by block, and what was called in one.

use std::collections::HashMap;

use serde::Deserialize;
use serde_json::{Value, json};
use solana_pubkey::Pubkey;

use super::{
    FINALIZED, Node, Rpc,
    error::{Cause, RpcError},
};

/// A block, as far as it is about some programs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    /// Its slot.
    pub slot: u64,
    /// The slot of the block before it. Between the two there is none.
    pub parent: u64,
    /// When it was made, unix seconds, if the node knows.
    pub time: Option<i64>,
    /// What its transactions asked of the programs, in the order in which it was executed. Of those
    /// that were undone there is none.
    pub calls: Vec<Call>,
}

/// An instruction that was executed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// The number of its transaction in the block.
    pub transaction: u32,
    /// Its own number in the transaction, those inside of others counted as well.
    pub instruction: u32,
    /// The program that it was for.
    pub program: Pubkey,
    /// The accounts that it names.
    pub accounts: Vec<Pubkey>,
    /// Its data.
    pub data: Vec<u8>,
}

const GET_BLOCKS: &str = "getBlocksWithLimit";
const GET_BLOCK: &str = "getBlock";

impl Rpc {
    /// The newest slot that is final. It has a block.
    ///
    /// `getSlot` `[{"commitment": "finalized"}]`
    ///
    /// # Errors
    /// [`RpcError`] when no node answers.
    pub async fn slot(&self) -> Result<u64, RpcError> {
        self.first(|node| async move {
            let params = json!([{ "commitment": FINALIZED }]);
            node.ask("getSlot", params).await
        })
        .await
    }

    /// The slots of the final blocks that a node has after a slot, the oldest first, as many as
    /// that.
    ///
    /// `getBlocksWithLimit` `[SLOT, LIMIT, {"commitment": "finalized"}]`
    ///
    /// # Errors
    /// [`RpcError`] when no node answers.
    pub async fn blocks_after(&self, slot: u64, limit: u64) -> Result<Vec<u64>, RpcError> {
        self.first(|node| async move { node.blocks_after(slot, limit).await })
            .await
    }
}

impl Node {
    /// The slots of the final blocks that the node has after a slot, the oldest first. What is not
    /// listed need not be missing on the chain: [`Block::parent`] tells.
    ///
    /// `getBlocksWithLimit` `[SLOT, LIMIT, {"commitment": "finalized"}]`
    pub(crate) async fn blocks_after(&self, slot: u64, limit: u64) -> Result<Vec<u64>, RpcError> {
        let params = json!([slot.saturating_add(1), limit, { "commitment": FINALIZED }]);
        let slots: Vec<u64> = self.ask(GET_BLOCKS, params).await?;
        match slots.first().is_some_and(|first| *first <= slot) || !slots.is_sorted() {
            true => Err(self.failed(GET_BLOCKS, Cause::Shape("slots out of order"))),
            false => Ok(slots),
        }
    }

    /// The final block of a slot, and what was called of `programs` in it.
    ///
    /// `getBlock` `[SLOT, {"encoding": "json", "transactionDetails": "full", "rewards": false,
    /// "commitment": "finalized", "maxSupportedTransactionVersion": 1}]`
    pub(crate) async fn block(&self, slot: u64, programs: &[Pubkey]) -> Result<Block, RpcError> {
        let params = json!([slot, {
            "encoding": "json",
            "transactionDetails": "full",
            "rewards": false,
            "commitment": FINALIZED,
            // Without a version that includes each transaction's own, the answer is error -32015.
            "maxSupportedTransactionVersion": 1,
        }]);
        let shape: BlockShape = self.ask(GET_BLOCK, params).await?;
        let block = shape.read(slot, programs);
        block.map_err(|cause| self.failed(GET_BLOCK, cause))
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct BlockShape {
    parent_slot: u64,
    block_time: Option<i64>,
    transactions: Vec<LandedShape>,
}

#[derive(Deserialize)]
struct LandedShape {
    transaction: SignedShape,
    // A node that keeps none does not know what failed.
    meta: MetaShape,
}

#[derive(Deserialize)]
struct SignedShape {
    message: MessageShape,
}

/// Texts are read when they are needed: a block has tens of thousands.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct MessageShape {
    account_keys: Vec<String>,
    instructions: Vec<InstructionShape>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct MetaShape {
    // One that lacks it is no success.
    #[serde(deserialize_with = "Option::deserialize")]
    err: Option<Value>,
    // One that lacks them may have created a pool all the same.
    inner_instructions: Vec<InnerShape>,
    #[serde(default)]
    loaded_addresses: LoadedShape,
}

/// What lookup tables add behind the message's own accounts.
#[derive(Default, Deserialize)]
struct LoadedShape {
    writable: Vec<String>,
    readonly: Vec<String>,
}

/// What an instruction of the message asked of other programs.
#[derive(Deserialize)]
struct InnerShape {
    index: usize,
    instructions: Vec<InstructionShape>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct InstructionShape {
    program_id_index: usize,
    accounts: Vec<usize>,
    data: String,
}

impl BlockShape {
    fn read(self, slot: u64, programs: &[Pubkey]) -> Result<Block, Cause> {
        if self.parent_slot >= slot {
            return Err(Cause::Shape("a block before its own parent"));
        }
        let names = programs
            .iter()
            .map(|program| (program.to_string(), *program));
        let names: HashMap<String, Pubkey> = names.collect();
        let mut calls = Vec::new();
        for (number, landed) in (0..).zip(self.transactions) {
            if landed.meta.err.is_none() {
                landed.read(number, &names, &mut calls)?;
            }
        }
        Ok(Block {
            slot,
            parent: self.parent_slot,
            time: self.block_time,
            calls,
        })
    }
}

impl LandedShape {
    /// Adds what it asked of the programs of those names.
    fn read(
        self,
        number: u32,
        programs: &HashMap<String, Pubkey>,
        calls: &mut Vec<Call>,
    ) -> Result<(), Cause> {
        let (message, meta) = (self.transaction.message, self.meta);
        let loaded = meta.loaded_addresses;
        let keys = message.account_keys.iter();
        let keys = keys.chain(&loaded.writable).chain(&loaded.readonly);
        let keys: Vec<&String> = keys.collect();
        let mut count = 0;
        for (index, outer) in message.instructions.iter().enumerate() {
            let asked = meta.inner_instructions.iter();
            let asked = asked.filter(|inner| inner.index == index);
            let inside = asked.flat_map(|inner| &inner.instructions);
            for instruction in std::iter::once(outer).chain(inside) {
                let program = key(&keys, instruction.program_id_index)?;
                if let Some(program) = programs.get(program) {
                    calls.push(Call {
                        transaction: number,
                        instruction: count,
                        program: *program,
                        accounts: instruction.accounts(&keys)?,
                        data: instruction.data()?,
                    });
                }
                count += 1;
            }
        }
        Ok(())
    }
}

impl InstructionShape {
    fn accounts(&self, keys: &[&String]) -> Result<Vec<Pubkey>, Cause> {
        let account = |index: &usize| {
            let text = key(keys, *index)?;
            text.parse()
                .map_err(|_| Cause::Shape("an account that is none"))
        };
        self.accounts.iter().map(account).collect()
    }

    fn data(&self) -> Result<Vec<u8>, Cause> {
        let data = bs58::decode(&self.data).into_vec();
        data.map_err(|_| Cause::Shape("instruction data that cannot be read"))
    }
}

fn key<'a>(keys: &[&'a String], index: usize) -> Result<&'a String, Cause> {
    let key = keys.get(index).copied();
    key.ok_or(Cause::Shape(
        "an account that the transaction does not name",
    ))
}
