//! Pools of the DLMM program.

use solana_instruction::AccountMeta;
use solana_pubkey::Pubkey;
use venues::Side;
use venues::meteora::{Activation, BinArray, LbPair, Pool, swap2_data};

use super::keys::{Opens, Own, pubkeys, unreadable};
use super::state::{Swap, Token, readonly, signer, writable};
use super::{Account, PoolAddress, PoolError, PoolKeys, PoolState, Role};

/// How many arrays with liquidity a quote knows in each direction, and a swap names. Four of
/// neighbouring arrays hold more bins than fit in a transaction's compute budget
/// ([`venues::meteora::MAX_BINS`]), and are what the transaction has room for besides the rest.
const ARRAYS_AHEAD: usize = 4;

/// Memo program, which `swap2` calls for tokens that ask for memos.
const MEMO_PROGRAM: Pubkey = Pubkey::from_str_const("MemoSq4gqABAXKb96qnH8TysNcWxMyWCqXgDLGmfcHr");

/// What only a DLMM pool has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Keys {
    oracle: Pubkey,
    event_authority: Pubkey,
    /// The arrays that a sale meets and those that a purchase meets, in the order of the walk.
    ahead: [Vec<Pubkey>; 2],
}

pub(super) fn describe(pool: &PoolAddress, data: &[u8]) -> Result<PoolKeys, PoolError> {
    let pair = LbPair::decode(data).map_err(unreadable(Role::Pool, pool.address))?;
    if !pair.is_within_bitmap() {
        return Err(PoolError::OutsideBitmap(pool.address));
    }
    let derived = |seeds: &[&[u8]]| Pubkey::find_program_address(seeds, &pool.program_id).0;
    let array = |index: i32| {
        let index = i64::from(index).to_le_bytes();
        derived(&[b"bin_array", pool.address.as_ref(), &index])
    };
    let ahead = |side| {
        let indices = pair.arrays_ahead(side).take(ARRAYS_AHEAD);
        indices.map(array).collect()
    };
    Ok(PoolKeys {
        pool: pool.clone(),
        mints: pubkeys(pair.mints),
        vaults: pubkeys(pair.vaults),
        // Each provider's position is an account of its own.
        shares: None,
        opens: match pair.activation {
            Activation::Slot(slot) => Opens::AtSlot(slot),
            Activation::Time(seconds) => Opens::at(seconds),
        },
        own: Own::Dlmm(Keys {
            oracle: derived(&[b"oracle", pool.address.as_ref()]),
            event_authority: derived(&[b"__event_authority"]),
            ahead: [ahead(Side::Sell), ahead(Side::Buy)],
        }),
    })
}

impl Keys {
    /// Every array of either direction, once.
    pub(super) fn arrays(&self) -> Vec<Pubkey> {
        let [sale, purchase] = &self.ahead;
        let more = purchase.iter().filter(|array| !sale.contains(array));
        sale.iter().chain(more).copied().collect()
    }

    pub(super) fn state(
        &self,
        keys: &PoolKeys,
        data: &[u8],
        tokens: [Token; 2],
        more: &[Option<Account<'_>>],
    ) -> Result<PoolState, PoolError> {
        let pool = &keys.pool;
        let pair = LbPair::decode(data).map_err(unreadable(Role::Pool, pool.address))?;
        let accounts: Vec<_> = self.arrays().into_iter().zip(more).collect();
        let known = |array: &&Pubkey| {
            let mut given = accounts.iter();
            given.any(|(address, account)| address == *array && account.is_some())
        };
        // A walk ends where an array is not known: nothing may be bought behind a gap.
        let walked = |ahead: &Vec<Pubkey>| ahead.iter().take_while(known).copied().collect();
        let walked: [Vec<Pubkey>; 2] = self.ahead.each_ref().map(walked);
        let mut arrays = Vec::new();
        for (address, account) in &accounts {
            if walked.iter().any(|walked| walked.contains(address)) {
                let bytes = pool.own_bytes(Role::BinArray, *address, **account)?;
                let array = BinArray::decode(bytes);
                arrays.push(array.map_err(unreadable(Role::BinArray, *address))?);
            }
        }
        let walk = Pool::from_accounts(pool.address.as_array(), &pair, &arrays)
            .map_err(unreadable(Role::Pool, pool.address))?;
        Ok(PoolState {
            // All that the quote knows, and not only what it crosses: the active bin may have moved
            // on by the time that the swap lands, and its floor still holds.
            walked,
            ..PoolState::new(keys, walk, tokens)
        })
    }

    /// `swap2`, whose accounts [`swap2_data`] lists, up to the bin arrays. The program's address
    /// stands for the accounts that the swap does without: the bitmap extension, for it stays
    /// within the pair's own bitmap, and the account that a host's fee goes to.
    pub(super) fn swap(&self, swap: &Swap<'_>) -> (Vec<AccountMeta>, Vec<u8>) {
        let (pool, user) = (swap.keys, swap.user);
        let none = readonly(pool.pool.program_id);
        let accounts = vec![
            writable(pool.pool.address),
            none.clone(),
            writable(pool.vaults[0]),
            writable(pool.vaults[1]),
            writable(user.token_in),
            writable(user.token_out),
            readonly(pool.mints[0]),
            readonly(pool.mints[1]),
            writable(self.oracle),
            none.clone(),
            signer(user.wallet),
            readonly(swap.token_programs[0]),
            readonly(swap.token_programs[1]),
            readonly(MEMO_PROGRAM),
            readonly(self.event_authority),
            none,
        ];
        let data = swap2_data(swap.amount_in, swap.min_out);
        (accounts, data.to_vec())
    }
}
