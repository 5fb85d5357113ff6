//! Slots, heights, and the blockhashes of these heights.

use solana_hash::Hash;

/// How many blocks a blockhash lives for.
pub(super) const LIFE: u64 = 150;

/// How many slots a chain of the usual age has left empty: its height is that far below its slot.
const SKIPPED: u64 = 22_000_000;

pub(super) fn height_of(slot: u64) -> u64 {
    slot - SKIPPED
}

/// The blockhash of a height, from which the height can be read again.
pub(super) fn blockhash(height: u64) -> Hash {
    let mut bytes = [0xb1; 32];
    bytes[..8].copy_from_slice(&height.to_le_bytes());
    Hash::new_from_array(bytes)
}

/// Up to which height a transaction can land; `None` when its blockhash is of no block.
pub(super) fn last_valid_height(hash: &Hash) -> Option<u64> {
    let bytes = hash.to_bytes();
    let height = u64::from_le_bytes(*bytes.first_chunk()?);
    (blockhash(height) == *hash).then_some(height + LIFE)
}
