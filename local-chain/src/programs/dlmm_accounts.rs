//! The accounts of a DLMM swap.

use solana_address::Address;
use solana_instruction::error::InstructionError;
use venues::Side;
use venues::meteora::layout::BINS_PER_ARRAY;
use venues::meteora::{BinArray, LbPair, Pool};

use super::call::Given;
use super::{DLMM, MEMO, TOKEN, anchor, custom, dlmm_event_authority, require};

/// How many accounts stand before the bin arrays.
const FIXED: u16 = 16;
/// Where a pair names its oracle, and where it notes which arrays have liquidity: a bit for each
/// array from −512 on.
const ORACLE: usize = 552;
const BITMAP: usize = 584;
const FIRST_ARRAY: i32 = -512;

/// A bin array as it was given: its place in the list, its bytes, what they say.
struct Array<'a> {
    place: u16,
    data: &'a [u8],
    state: BinArray,
}

/// The accounts of a swap, each what the pair says it is.
pub(super) struct Accounts<'a> {
    pub(super) pair: &'a Given,
    pub(super) state: LbPair,
    pub(super) vaults: [&'a Given; 2],
    pub(super) mints: [&'a Given; 2],
    pub(super) user_in: &'a Given,
    pub(super) user_out: &'a Given,
    pub(super) user: &'a Given,
    pub(super) side: Side,
    arrays: Vec<Array<'a>>,
}

impl<'a> Accounts<'a> {
    pub(super) fn check(accounts: &'a [Given]) -> Result<Accounts<'a>, InstructionError> {
        let [
            pair,
            bitmap_extension,
            vault_x,
            vault_y,
            user_in,
            user_out,
            mint_x,
            mint_y,
            oracle,
            host_fee,
            user,
            program_x,
            program_y,
            memo,
            event_authority,
            program,
            arrays @ ..,
        ] = accounts
        else {
            return Err(custom(anchor::TOO_FEW_ACCOUNTS));
        };
        require(pair.owner == DLMM, anchor::WRONG_OWNER)?;
        let state = LbPair::decode(&pair.data).map_err(|_| custom(anchor::NOT_DESERIALIZED))?;
        let (vaults, mints) = ([vault_x, vault_y], [mint_x, mint_y]);
        let keys = |pair: [&Given; 2]| pair.map(|account| account.key.to_bytes());
        require(keys(vaults) == state.vaults, anchor::HAS_ONE)?;
        require(keys(mints) == state.mints, anchor::HAS_ONE)?;
        let named = &pair.data[ORACLE..ORACLE + 32];
        require(oracle.key.as_ref() == named, anchor::HAS_ONE)?;
        // An optional account that is left out is named as the program itself.
        let optional = [bitmap_extension, host_fee];
        let allowed = |account: &&Given| account.key == DLMM || account.writable;
        require(optional.iter().all(allowed), anchor::MUT)?;
        let changed = [pair, vault_x, vault_y, user_in, user_out, oracle];
        require(changed.iter().all(|account| account.writable), anchor::MUT)?;
        require(user.signer, anchor::NOT_SIGNER)?;
        require(
            program_x.key == TOKEN && program_y.key == TOKEN,
            anchor::WRONG_PROGRAM,
        )?;
        require(
            memo.key == MEMO && program.key == DLMM,
            anchor::WRONG_PROGRAM,
        )?;
        require(event_authority.key == dlmm_event_authority(), anchor::SEEDS)?;
        let side = side(user_in, user_out, &state).ok_or(custom(anchor::RAW))?;
        Ok(Accounts {
            pair,
            state,
            vaults,
            mints,
            user_in,
            user_out,
            user,
            side,
            arrays: bin_arrays(arrays, &pair.key)?,
        })
    }

    /// The pool as the accounts describe it.
    pub(super) fn pool(&self) -> Result<Pool, InstructionError> {
        let arrays: Vec<BinArray> = self
            .arrays
            .iter()
            .map(|array| array.state.clone())
            .collect();
        Pool::from_accounts(&self.pair.key.to_bytes(), &self.state, &arrays)
            .map_err(|_| custom(anchor::WRONG_OWNER))
    }

    /// The bin arrays: place in the list, number, bytes.
    pub(super) fn arrays(&self) -> impl Iterator<Item = (u16, i32, &'a [u8])> {
        let arrays = self.arrays.iter();
        arrays.map(|array| (array.place, array.state.index, array.data))
    }

    /// Fails unless every array with liquidity from the active bin to bin `last` was given. The
    /// order does not matter, as in the program.
    pub(super) fn check_walk(&self, last: i32) -> Result<(), InstructionError> {
        let ends = [self.state.active_id, last].map(BinArray::index_of);
        let walked = ends[0].min(ends[1])..=ends[0].max(ends[1]);
        let given = |number: i32| self.arrays.iter().any(|array| array.state.index == number);
        let missing = walked
            .into_iter()
            .any(|number| self.has_liquidity(number) && !given(number));
        require(!missing, anchor::TOO_FEW_ACCOUNTS)
    }

    /// The last bin that a walk can reach without an extension of the pair's bitmap.
    pub(super) fn farthest_bin(&self) -> i32 {
        match self.side {
            Side::Sell => FIRST_ARRAY * BINS_PER_ARRAY,
            Side::Buy => -FIRST_ARRAY * BINS_PER_ARRAY - 1,
        }
    }

    /// Whether the pair notes liquidity in the array `number`. Arrays beyond its own bitmap are in
    /// an extension that no pool of this chain has.
    fn has_liquidity(&self, number: i32) -> bool {
        let Ok(bit) = usize::try_from(number - FIRST_ARRAY) else {
            return false;
        };
        bit < 1024 && self.pair.data[BITMAP + bit / 8] >> (bit % 8) & 1 == 1
    }
}

/// The direction, which the user's accounts tell.
fn side(user_in: &Given, user_out: &Given, state: &LbPair) -> Option<Side> {
    let mints = [user_in.token()?, user_out.token()?].map(|token| token.mint.to_bytes());
    let [x, y] = state.mints;
    match mints {
        mints if mints == [x, y] => Some(Side::Sell),
        mints if mints == [y, x] => Some(Side::Buy),
        _ => None,
    }
}

/// The accounts behind the fixed ones, each a bin array of `pair`.
fn bin_arrays<'a>(
    accounts: &'a [Given],
    pair: &Address,
) -> Result<Vec<Array<'a>>, InstructionError> {
    let read = |(place, account): (u16, &'a Given)| {
        require(account.owner == DLMM, anchor::WRONG_OWNER)?;
        let state =
            BinArray::decode(&account.data).map_err(|_| custom(anchor::NOT_DESERIALIZED))?;
        require(state.lb_pair == pair.to_bytes(), anchor::WRONG_OWNER)?;
        require(account.writable, anchor::MUT)?;
        Ok(Array {
            place,
            data: &account.data,
            state,
        })
    };
    (FIXED..).zip(accounts).map(read).collect()
}
