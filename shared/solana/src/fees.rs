//! What the network takes for a transaction: for its signature, and for a place in a block.

use std::sync::atomic::{AtomicU64, Ordering};

use solana_pubkey::Pubkey;

/// SOL as a token.
pub(crate) const WRAPPED_SOL: Pubkey =
    Pubkey::from_str_const("So11111111111111111111111111111111111111112");

/// 10^9 lamports are one SOL.
pub(crate) const LAMPORT_DECIMALS: u8 = 9;

/// Lamports for a signature; a swap has one.
const SIGNATURE: u64 = 5_000;

/// Micro-lamports in a lamport.
const MICRO: u128 = 1_000_000;

/// What is offered for a place in a block, up to a cap.
pub(crate) struct Fees {
    /// Lamports of a transaction that are left for it at the most.
    for_priority: u64,
    /// Micro-lamports for a compute unit that were offered last.
    last: AtomicU64,
}

impl Fees {
    /// Fees up to so many lamports for a transaction; `None` when not even a signature is as cheap.
    pub(crate) const fn up_to(most: u64) -> Option<Self> {
        match most.checked_sub(SIGNATURE) {
            Some(for_priority) => Some(Self {
                for_priority,
                last: AtomicU64::new(0),
            }),
            None => None,
        }
    }

    /// Lamports that a swap of so many compute units is expected to cost.
    pub(crate) fn expected(&self, units: u64) -> u64 {
        total(units, self.last.load(Ordering::Relaxed))
    }

    /// The price to offer for each of `limit` compute units, micro-lamports: what three quarters of
    /// the latest blocks took for a place beside those who write the same accounts, or what the cap
    /// leaves.
    pub(crate) fn price(&self, mut paid: Vec<u64>, limit: u32) -> u64 {
        let affordable = u128::from(self.for_priority) * MICRO / u128::from(limit.max(1));
        paid.sort_unstable();
        let usual = paid.get(paid.len() * 3 / 4).copied().unwrap_or_default();
        let price = u64::try_from(affordable).unwrap_or(u64::MAX).min(usual);
        self.last.store(price, Ordering::Relaxed);
        price
    }
}

/// The chain rounds the priority fee up.
fn total(units: u64, price: u64) -> u64 {
    let priority = (u128::from(units) * u128::from(price)).div_ceil(MICRO);
    SIGNATURE.saturating_add(u64::try_from(priority).unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_offer_is_above_the_cap_and_none_above_the_usual() {
        let fees = Fees::up_to(15_000).expect("room for a signature");
        assert_eq!(fees.price(vec![0, 7, 3, 100], 200_000), 100);
        assert_eq!(fees.expected(200_000), 5_020);
        let price = fees.price(vec![1_000_000_000; 150], 200_000);
        assert_eq!(total(200_000, price), 15_000);
        assert_eq!(fees.price(Vec::new(), 200_000), 0);
        assert!(Fees::up_to(4_999).is_none());
        let least = Fees::up_to(5_000).expect("room for a signature");
        assert_eq!(least.price(vec![1], 1), 0);
    }
}
