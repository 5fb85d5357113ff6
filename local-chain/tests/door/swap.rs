//! Swaps at the three pools: what `venues` says of the accounts, and the instructions.

use local_chain::programs::{AMM_V4, CPMM, DLMM, MEMO, TOKEN};
use solana_address::Address;
use solana_instruction::{AccountMeta, Instruction};
use solana_signer::Signer;
use venues::meteora::{BinArray, LbPair, swap2_data};
use venues::raydium::{amm_v4, cpmm};
use venues::{Side, meteora};

use crate::node::{NOW, Node};

/// What `venues` says that a swap pays, by the accounts as they are.
pub(crate) struct Quote {
    pub(crate) amount_in: u64,
    pub(crate) amount_out: u64,
    /// The mints of the pool's two tokens.
    pub(crate) mints: [[u8; 32]; 2],
}

/// A pool's program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum At {
    Cpmm,
    AmmV4,
    Dlmm,
}

/// All of them.
pub(crate) const ALL: [At; 3] = [At::Cpmm, At::AmmV4, At::Dlmm];

impl At {
    pub(crate) fn quote(self, node: &Node, side: Side, amount_in: u64) -> Quote {
        let (mints, amount_out) = match self {
            At::Cpmm => {
                let (state, pool) = cpmm_pool(node);
                let fill = pool.quote(side, amount_in, NOW.unsigned_abs());
                (state.mints, fill.unwrap().amount_out)
            }
            At::AmmV4 => {
                let (info, pool) = amm_v4_pool(node);
                (
                    info.mints,
                    pool.quote(side, amount_in, NOW.unsigned_abs())
                        .unwrap()
                        .amount_out,
                )
            }
            At::Dlmm => {
                let (pair, pool) = dlmm_pool(node);
                let fill = pool.quote(side, amount_in, NOW);
                (pair.mints, fill.unwrap().amount_out)
            }
        };
        Quote {
            amount_in,
            amount_out,
            mints,
        }
    }

    /// The swap instruction of the wallet.
    pub(crate) fn swap(self, node: &Node, side: Side, amount_in: u64, min_out: u64) -> Instruction {
        match self {
            At::Cpmm => cpmm_swap(node, side, amount_in, min_out),
            At::AmmV4 => amm_v4_swap(node, side, amount_in, min_out),
            At::Dlmm => dlmm_swap(node, side, amount_in, min_out),
        }
    }
}

fn address(bytes: [u8; 32]) -> Address {
    Address::new_from_array(bytes)
}

fn writable(key: Address) -> AccountMeta {
    AccountMeta::new(key, false)
}

fn readonly(key: Address) -> AccountMeta {
    AccountMeta::new_readonly(key, false)
}

pub(crate) fn cpmm_pool(node: &Node) -> (cpmm::PoolState, cpmm::Pool) {
    let state = cpmm::PoolState::decode(&node.data(node.pool("cpmm"))).unwrap();
    let config = cpmm::AmmConfig::decode(&node.data(address(state.amm_config))).unwrap();
    let vaults = state.vaults.map(|vault| node.tokens(address(vault)));
    let pool = cpmm::Pool::from_accounts(&state, &config, vaults);
    (state, pool)
}

fn cpmm_swap(node: &Node, side: Side, amount_in: u64, min_out: u64) -> Instruction {
    let (state, _) = cpmm_pool(node);
    let (token_in, token_out) = (side.token_in(), side.token_out());
    let [user_in, user_out] = node.own_pair(state.mints, side);
    let authority = Address::find_program_address(&[b"vault_and_lp_mint_auth_seed"], &CPMM).0;
    let accounts = vec![
        AccountMeta::new_readonly(node.wallet.pubkey(), true),
        readonly(authority),
        readonly(address(state.amm_config)),
        writable(node.pool("cpmm")),
        writable(user_in),
        writable(user_out),
        writable(address(state.vaults[token_in])),
        writable(address(state.vaults[token_out])),
        readonly(TOKEN),
        readonly(TOKEN),
        readonly(address(state.mints[token_in])),
        readonly(address(state.mints[token_out])),
        writable(address(state.observation)),
    ];
    let data = cpmm::swap_base_input_data(amount_in, min_out);
    Instruction::new_with_bytes(CPMM, &data, accounts)
}

pub(crate) fn amm_v4_pool(node: &Node) -> (amm_v4::AmmInfo, amm_v4::Pool) {
    let info = amm_v4::AmmInfo::decode(&node.data(node.pool("amm_v4"))).unwrap();
    let vaults = info.vaults.map(|vault| node.tokens(address(vault)));
    let pool = amm_v4::Pool::from_accounts(&info, vaults);
    (info, pool)
}

fn amm_v4_swap(node: &Node, side: Side, amount_in: u64, min_out: u64) -> Instruction {
    let (info, _) = amm_v4_pool(node);
    let nonce = [info.nonce.to_le_bytes()[0]];
    let authority = Address::create_program_address(&[b"amm authority", &nonce], &AMM_V4);
    let [open_orders, market, market_program, _] = info.order_book.map(address);
    let [user_in, user_out] = node.own_pair(info.mints, side);
    let mut accounts = vec![
        readonly(TOKEN),
        writable(node.pool("amm_v4")),
        readonly(authority.unwrap()),
        writable(open_orders),
        writable(address(info.vaults[0])),
        writable(address(info.vaults[1])),
        readonly(market_program),
        writable(market),
    ];
    // Bids, asks, event queue, the market's vaults and their signer: nobody looks at them.
    accounts.extend((0..6).map(|_| writable(market)));
    accounts.push(writable(user_in));
    accounts.push(writable(user_out));
    accounts.push(AccountMeta::new_readonly(node.wallet.pubkey(), true));
    let data = amm_v4::swap_base_in_data(amount_in, min_out);
    Instruction::new_with_bytes(AMM_V4, &data, accounts)
}

/// The addresses of the pool's bin arrays that exist, from the lowest price on.
fn arrays(node: &Node, active_id: i32) -> Vec<Address> {
    let active = BinArray::index_of(active_id);
    let around = (active - 5..=active + 5).map(|index| {
        let index = i64::from(index).to_le_bytes();
        let pool = node.pool("dlmm");
        Address::find_program_address(&[b"bin_array", pool.as_ref(), &index], &DLMM).0
    });
    let around: Vec<Address> = around.collect();
    let found = node.accounts(&around);
    let exists = around.into_iter().zip(found);
    exists
        .filter_map(|(key, account)| account.map(|_| key))
        .collect()
}

pub(crate) fn dlmm_pool(node: &Node) -> (LbPair, meteora::Pool) {
    let pair = LbPair::decode(&node.data(node.pool("dlmm"))).unwrap();
    let keys = arrays(node, pair.active_id);
    let accounts = node.accounts(&keys).into_iter().flatten();
    let arrays: Vec<BinArray> = accounts
        .map(|(_, data)| BinArray::decode(&data).unwrap())
        .collect();
    let pool = meteora::Pool::from_accounts(&node.pool("dlmm").to_bytes(), &pair, &arrays);
    (pair, pool.unwrap())
}

fn dlmm_swap(node: &Node, side: Side, amount_in: u64, min_out: u64) -> Instruction {
    let pool = node.pool("dlmm");
    let (pair, _) = dlmm_pool(node);
    let oracle = Address::find_program_address(&[b"oracle", pool.as_ref()], &DLMM).0;
    let events = Address::find_program_address(&[b"__event_authority"], &DLMM).0;
    let [user_in, user_out] = node.own_pair(pair.mints, side);
    let mut accounts = vec![
        writable(pool),
        readonly(DLMM),
        writable(address(pair.vaults[0])),
        writable(address(pair.vaults[1])),
        writable(user_in),
        writable(user_out),
        readonly(address(pair.mints[0])),
        readonly(address(pair.mints[1])),
        writable(oracle),
        readonly(DLMM),
        AccountMeta::new_readonly(node.wallet.pubkey(), true),
        readonly(TOKEN),
        readonly(TOKEN),
        readonly(MEMO),
        readonly(events),
        readonly(DLMM),
    ];
    // From the active one outwards: down in price for a sale, up for a purchase.
    let mut keys = arrays(node, pair.active_id);
    if side == Side::Sell {
        keys.reverse();
    }
    accounts.extend(keys.into_iter().map(writable));
    Instruction::new_with_bytes(DLMM, &swap2_data(amount_in, min_out), accounts)
}
