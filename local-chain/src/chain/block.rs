//! A block's numbers.

use solana_hash::Hash;
use solana_sha256_hasher::hashv;

use super::{BLOCKHASH_BLOCKS, SLOTS_WITHOUT_BLOCK};

/// A block. Every slot since the first one has one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Block {
    /// Its slot.
    pub(crate) slot: u64,
    /// How many blocks there are before it.
    pub(crate) height: u64,
    /// Its hash, which a transaction can name as its recent one.
    pub(crate) hash: Hash,
}

impl Block {
    /// The block of `slot`. Its hash follows from the chain and the slot, so none is stored.
    pub(super) fn at(genesis: Hash, slot: u64) -> Block {
        Block {
            slot,
            height: slot - SLOTS_WITHOUT_BLOCK.min(slot),
            hash: hashv(&[genesis.as_ref(), &slot.to_le_bytes()]),
        }
    }

    /// The height of the last block in which a transaction with this blockhash may be.
    pub(crate) fn last_valid_height(&self) -> u64 {
        self.height + BLOCKHASH_BLOCKS
    }
}
