//! Pools of the AMM v4 program.

use solana_instruction::AccountMeta;
use solana_pubkey::Pubkey;
use venues::raydium::amm_v4::{AmmInfo, Pool, STATUS_WAITING_TRADE, swap_base_in_data};

use super::keys::{Opens, Own, Shares, pubkeys, unreadable};
use super::spl_token::TOKEN_PROGRAM;
use super::state::{Swap, Token, readonly, signer, writable};
use super::{PoolAddress, PoolError, PoolKeys, PoolState, Role};

/// What only an AMM v4 pool has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Keys {
    authority: Pubkey,
    open_orders: Pubkey,
    market: Pubkey,
    market_program: Pubkey,
}

pub(super) fn describe(pool: &PoolAddress, data: &[u8]) -> Result<PoolKeys, PoolError> {
    let info = AmmInfo::decode(data).map_err(unreadable(Role::Pool, pool.address))?;
    let [open_orders, market, market_program, _] = info.order_book.map(Pubkey::new_from_array);
    let authority = authority(&info, &pool.program_id);
    Ok(PoolKeys {
        pool: pool.clone(),
        mints: pubkeys(info.mints),
        vaults: pubkeys(info.vaults),
        shares: Some(Shares {
            mint: info.lp_mint.into(),
            issued: info.lp_supply,
        }),
        opens: match info.status {
            STATUS_WAITING_TRADE => Opens::at(info.open_time),
            _ => Opens::At(0),
        },
        own: Own::AmmV4(Keys {
            authority: authority.ok_or(PoolError::Authority(pool.address))?,
            open_orders,
            market,
            market_program,
        }),
    })
}

/// The owner of the vaults. The program takes the nonce's low byte.
fn authority(info: &AmmInfo, program_id: &Pubkey) -> Option<Pubkey> {
    let nonce = u8::try_from(info.nonce).ok()?;
    Pubkey::create_program_address(&[b"amm authority", &[nonce]], program_id).ok()
}

pub(super) fn state(
    keys: &PoolKeys,
    data: &[u8],
    tokens: [Token; 2],
) -> Result<PoolState, PoolError> {
    for (mint, token) in keys.mints.iter().zip(&tokens) {
        if token.mint.program != TOKEN_PROGRAM {
            return Err(PoolError::TokenProgram {
                mint: *mint,
                owner: token.mint.program,
            });
        }
    }
    let info = AmmInfo::decode(data).map_err(unreadable(Role::Pool, keys.pool.address))?;
    let pool = Pool::from_accounts(&info, tokens.map(|token| token.vault.amount));
    Ok(PoolState::new(keys, pool, tokens))
}

/// Tag 9, whose accounts [`swap_base_in_data`] lists. The market's own accounts are neither read
/// nor checked by the program since it left the order book, and its swap refuses a pool that is
/// still in it. So the market's address stands for the six of them, which would cost another read
/// of the chain and up to 192 bytes of the transaction.
pub(super) fn swap(keys: &Keys, swap: &Swap<'_>) -> (Vec<AccountMeta>, Vec<u8>) {
    let (pool, user) = (swap.keys, swap.user);
    let mut accounts = vec![
        readonly(TOKEN_PROGRAM),
        writable(pool.pool.address),
        readonly(keys.authority),
        readonly(keys.open_orders),
        writable(pool.vaults[0]),
        writable(pool.vaults[1]),
        readonly(keys.market_program),
        readonly(keys.market),
    ];
    // Bids, asks, event queue, coin vault, pc vault, vault signer.
    accounts.extend([keys.market; 6].map(readonly));
    accounts.extend([
        writable(user.token_in),
        writable(user.token_out),
        signer(user.wallet),
    ]);
    let data = swap_base_in_data(swap.amount_in, swap.min_out);
    (accounts, data.to_vec())
}
