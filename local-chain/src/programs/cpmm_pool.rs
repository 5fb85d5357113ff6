//! The accounts of a CPMM pool: their addresses, and their bytes at the start.

use solana_address::Address;
use venues::raydium::cpmm::PoolState;

use super::call::put;
use super::{CPMM, TOKEN};

/// Bytes and first eight of an account of price observations. Its records stay empty.
pub(crate) const OBSERVATION_LENGTH: usize = 4_075;
const OBSERVATION_DISCRIMINATOR: [u8; 8] = [122, 174, 197, 53, 129, 9, 165, 132];

/// Decimals of the shares in a pool.
pub(crate) const LP_DECIMALS: u8 = 9;

/// Where a pool's accounts are: each at the address that the program derives.
#[derive(Clone, Copy)]
pub(crate) struct Addresses {
    pub(crate) config: Address,
    pub(crate) pool: Address,
    pub(crate) mints: [Address; 2],
    pub(crate) vaults: [Address; 2],
    pub(crate) lp_mint: Address,
    pub(crate) observation: Address,
}

impl Addresses {
    /// Those of the pool of two mints, the smaller one first, with the fees that all pools here
    /// share.
    pub(crate) fn of(mints: [Address; 2]) -> Addresses {
        let config = derived(&[b"amm_config", &0u16.to_be_bytes()]);
        let [first, second] = mints.each_ref().map(Address::as_ref);
        let pool = derived(&[b"pool", config.as_ref(), first, second]);
        Addresses {
            config,
            pool,
            mints,
            vaults: mints.map(|mint| derived(&[b"pool_vault", pool.as_ref(), mint.as_ref()])),
            lp_mint: derived(&[b"pool_lp_mint", pool.as_ref()]),
            observation: derived(&[b"observation", pool.as_ref()]),
        }
    }

    /// The bytes of the account of price observations.
    pub(crate) fn observations(&self) -> Vec<u8> {
        let mut data = vec![0; OBSERVATION_LENGTH];
        put(&mut data, 0, &OBSERVATION_DISCRIMINATOR);
        put(&mut data, 11, self.pool.as_ref());
        data
    }

    /// The bytes of the pool's own account.
    pub(crate) fn state(&self, creator: Address, decimals: [u8; 2], terms: &Terms) -> Vec<u8> {
        let mut data = vec![0; PoolState::LENGTH];
        put(&mut data, 0, &PoolState::DISCRIMINATOR);
        let addresses = [
            (8, self.config),
            (40, creator),
            (72, self.vaults[0]),
            (104, self.vaults[1]),
            (136, self.lp_mint),
            (168, self.mints[0]),
            (200, self.mints[1]),
            (232, TOKEN),
            (264, TOKEN),
            (296, self.observation),
        ];
        for (offset, field) in addresses {
            put(&mut data, offset, field.as_ref());
        }
        let bump = Address::find_program_address(&[b"vault_and_lp_mint_auth_seed"], &CPMM).1;
        put(
            &mut data,
            328,
            &[bump, 0, LP_DECIMALS, decimals[0], decimals[1]],
        );
        put(&mut data, 333, &terms.shares.to_le_bytes());
        put(&mut data, 373, &terms.open_time.to_le_bytes());
        put(
            &mut data,
            389,
            &[terms.creator_fee_on, u8::from(terms.creator_fee)],
        );
        data
    }
}

/// What else a pool's own account says.
pub(crate) struct Terms {
    /// Shares that were issued.
    pub(crate) shares: u64,
    /// From when on it can be swapped in, unix seconds.
    pub(crate) open_time: u64,
    /// Where the creator's fee is taken: from what goes in, or from token 0 or 1.
    pub(crate) creator_fee_on: u8,
    /// Whether it is taken at all.
    pub(crate) creator_fee: bool,
}

/// The root of the product, which is how many shares a pool begins with. It has 64 bits.
pub(crate) fn shares_of(reserves: [u64; 2]) -> u64 {
    let [first, second] = reserves.map(u128::from);
    (first * second).isqrt() as u64
}

fn derived(seeds: &[&[u8]]) -> Address {
    Address::find_program_address(seeds, &CPMM).0
}
