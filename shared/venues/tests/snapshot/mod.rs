//! The real SOL/USDC pool of the snapshot, for tests.
#![allow(dead_code, reason = "each test file uses a part")]

use venues::meteora::{BinArray, LbPair, Pool};

/// The pool's account.
pub(crate) const PAIR: &[u8] = include_bytes!("../../snapshots/meteora_sol_usdc/lb_pair.bin");
/// Its bin arrays, one after the other.
pub(crate) const ARRAYS: &[u8] = include_bytes!("../../snapshots/meteora_sol_usdc/bin_arrays.bin");
/// Unix time at which the vectors were taken.
pub(crate) const NOW: i64 = 1_783_662_993;

/// The decoded bin arrays.
pub(crate) fn arrays() -> Vec<BinArray> {
    let accounts = ARRAYS.chunks_exact(BinArray::LENGTH);
    accounts
        .map(|bytes| BinArray::decode(bytes).expect("a bin array"))
        .collect()
}

/// The decoded pool.
pub(crate) fn pool() -> Pool {
    let (pair, arrays) = (LbPair::decode(PAIR).expect("a pair"), arrays());
    Pool::from_accounts(&arrays[0].lb_pair, &pair, &arrays).expect("a whole pool")
}
