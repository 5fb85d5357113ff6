//! The DLMM pool: a real one, as it was on 10 July 2026.

use litesvm::LiteSVM;
use solana_address::Address;
use venues::meteora::{BinArray, LbPair};

use super::place;
use super::put;
use super::tokens::place_tokens;
use crate::programs::DLMM;

const PAIR: &[u8] = include_bytes!("../../../shared/venues/snapshots/meteora_sol_usdc/lb_pair.bin");
const ARRAYS: &[u8] =
    include_bytes!("../../../shared/venues/snapshots/meteora_sol_usdc/bin_arrays.bin");

/// Where the pair names its oracle, and where it notes which arrays have liquidity.
const ORACLE: usize = 552;
const BITMAP: std::ops::Range<usize> = 584..712;
/// Bytes and first eight of an oracle with 100 records. They stay empty.
const ORACLE_LENGTH: usize = 3_232;
const ORACLE_DISCRIMINATOR: [u8; 8] = [139, 194, 131, 179, 140, 179, 229, 244];

/// Puts the SOL/USDC pool, its bin arrays, vaults and oracle. Answers the pool's address.
pub(super) fn place_pool(svm: &mut LiteSVM) -> Address {
    let arrays: Vec<BinArray> = ARRAYS.chunks_exact(BinArray::LENGTH).map(decode).collect();
    let address = Address::new_from_array(arrays[0].lb_pair);
    let pair = LbPair::decode(PAIR).unwrap_or_else(|error| panic!("the snapshot's pair: {error}"));
    for (array, bytes) in arrays.iter().zip(ARRAYS.chunks_exact(BinArray::LENGTH)) {
        let index = i64::from(array.index).to_le_bytes();
        let seeds: [&[u8]; 3] = [b"bin_array", address.as_ref(), &index];
        let at = Address::find_program_address(&seeds, &DLMM).0;
        place(svm, at, DLMM, bytes.to_vec());
    }
    for token in [0, 1] {
        let vault = Address::new_from_array(pair.vaults[token]);
        let mint = Address::new_from_array(pair.mints[token]);
        let amount = pair.protocol_fees[token] + held(&arrays, token);
        place_tokens(svm, vault, address, mint, amount);
    }
    let mut oracle = vec![0; ORACLE_LENGTH];
    put(&mut oracle, 0, ORACLE_DISCRIMINATOR);
    let mut at = [0; 32];
    at.copy_from_slice(&PAIR[ORACLE..ORACLE + 32]);
    place(svm, Address::new_from_array(at), DLMM, oracle);
    place(svm, address, DLMM, pair_bytes(&arrays));
    address
}

fn decode(bytes: &[u8]) -> BinArray {
    BinArray::decode(bytes).unwrap_or_else(|error| panic!("the snapshot's bin array: {error}"))
}

/// What the bins hold of a token, limit orders included.
fn held(arrays: &[BinArray], token: usize) -> u64 {
    let bins = arrays.iter().flat_map(|array| &array.bins);
    bins.map(|bin| {
        let offered = bin.orders.taken_by.token_out() == token;
        let orders = bin.orders.processed + bin.orders.open;
        bin.reserves[token] + if offered { orders } else { 0 }
    })
    .sum()
}

/// The pair's bytes, with no array noted that the snapshot leaves out: on chain an array that is
/// noted is always there.
fn pair_bytes(arrays: &[BinArray]) -> Vec<u8> {
    let mut noted = [0u8; 128];
    for array in arrays {
        // The snapshot's arrays are within the pair's own bitmap.
        let bit = (array.index + 512).unsigned_abs() as usize;
        noted[bit / 8] |= 1 << (bit % 8);
    }
    let mut data = PAIR.to_vec();
    for (byte, noted) in data[BITMAP].iter_mut().zip(noted) {
        *byte &= noted;
    }
    data
}
