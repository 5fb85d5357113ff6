//! What the chain holds when it starts: tokens, pools in the programs' real layouts, a wallet.

mod amm_v4;
mod cpmm;
mod dlmm;
mod market;
mod markets_file;
mod tokens;
mod wallet;

use litesvm::LiteSVM;
use solana_account::Account;
use solana_address::Address;

pub use market::{AmmV4Terms, CpmmTerms, Market};
pub(crate) use markets_file::write_markets;
pub use tokens::{JUP, SOL, Token, USDC, associated_token_address};
pub use wallet::WalletError;
pub(crate) use wallet::{KEY_FILE, read_or_create};

use crate::programs;

/// A pool of the chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ListedPool {
    /// The venue's name, as the engine's registry has it.
    pub venue: &'static str,
    /// Which of the venue's programs: `cpmm`, `amm_v4` or `dlmm`.
    pub program: &'static str,
    /// The pool's account.
    pub address: Address,
}

/// Fills an empty VM: programs, tokens, `market`'s pools, `wallet`'s money, and the SOL of who
/// creates pools later.
pub(crate) fn create(
    svm: &mut LiteSVM,
    market: &Market,
    wallet: Address,
    creator: Address,
) -> Vec<ListedPool> {
    programs::install(svm);
    tokens::place_mints(svm);
    let raydium = venues::raydium::VENUE.name;
    let pools = vec![
        ListedPool {
            venue: raydium,
            program: "cpmm",
            address: cpmm::place_pool(svm, &market.cpmm),
        },
        ListedPool {
            venue: raydium,
            program: "amm_v4",
            address: amm_v4::place_pool(svm, &market.amm_v4),
        },
        ListedPool {
            venue: venues::meteora::VENUE.name,
            program: "dlmm",
            address: dlmm::place_pool(svm),
        },
    ];
    wallet::fund(svm, wallet);
    wallet::fund_creator(svm, creator);
    pools
}

/// Puts an account with `data` and the least lamports that keep it.
fn place(svm: &mut LiteSVM, address: Address, owner: Address, data: Vec<u8>) {
    place_with(svm, address, owner, data, 0);
}

/// Puts an account with `data` and so many lamports beyond what keeps it.
fn place_with(svm: &mut LiteSVM, address: Address, owner: Address, data: Vec<u8>, lamports: u64) {
    let account = Account {
        lamports: svm.minimum_balance_for_rent_exemption(data.len()) + lamports,
        data,
        owner,
        executable: false,
        rent_epoch: u64::MAX,
    };
    // Only sysvars and programs are refused, and none of these is one.
    let placed = svm.set_account(address, account);
    placed.unwrap_or_else(|error| panic!("account {address} of the start: {error:?}"));
}

/// Puts `field` at `offset` of an account's bytes.
fn put(data: &mut [u8], offset: usize, field: impl AsRef<[u8]>) {
    let field = field.as_ref();
    data[offset..offset + field.len()].copy_from_slice(field);
}
