//! The wallet that trades: its key file and its money.

use std::fs::OpenOptions;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use litesvm::LiteSVM;
use solana_account::Account;
use solana_address::Address;
use solana_keypair::Keypair;

use super::tokens::{JUP, SOL, USDC, associated_token_address, place_tokens};

/// The key file's name in the data folder.
pub(crate) const KEY_FILE: &str = "wallet.json";

/// What the wallet has at the start: SOL for fees and rent, and tokens. Base units.
const LAMPORTS: u64 = 1_000_000_000_000;
const TOKENS: [(Address, u64); 3] = [
    (SOL.mint, 10_000_000_000_000),
    (USDC.mint, 1_000_000_000_000),
    (JUP.mint, 1_000_000_000_000),
];

/// A key file that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum WalletError {
    /// It cannot be read or written.
    #[error("{0}")]
    File(#[from] std::io::Error),
    /// It holds something else than a key.
    #[error("not a JSON array of the 64 numbers of a key")]
    Content,
}

/// The key in the file `path`: 64 numbers in JSON, as `solana-keygen` writes them. A file that
/// does not exist is made, readable by its owner alone.
///
/// # Errors
/// [`WalletError`].
pub(crate) fn read_or_create(path: &Path) -> Result<Keypair, WalletError> {
    match std::fs::read(path) {
        Ok(text) => {
            let bytes: Vec<u8> = serde_json::from_slice(&text).map_err(|_| WalletError::Content)?;
            Keypair::try_from(bytes.as_slice()).map_err(|_| WalletError::Content)
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => create(path),
        Err(error) => Err(error.into()),
    }
}

fn create(path: &Path) -> Result<Keypair, WalletError> {
    let mut seed = [0; 32];
    getrandom::fill(&mut seed).map_err(|error| std::io::Error::other(error.to_string()))?;
    let keypair = Keypair::new_from_array(seed);
    let numbers = keypair.to_bytes().map(|byte| byte.to_string()).join(",");
    let mut options = OpenOptions::new();
    let mut file = options
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)?;
    file.write_all(format!("[{numbers}]\n").as_bytes())?;
    Ok(keypair)
}

/// Gives the wallet its money.
pub(super) fn fund(svm: &mut LiteSVM, wallet: Address) {
    give(svm, wallet, &TOKENS);
}

/// Gives the creator of pools what they begin with.
pub(super) fn fund_creator(svm: &mut LiteSVM, creator: Address) {
    give(svm, creator, &[(SOL.mint, 1_000_000_000_000_000)]);
}

fn give(svm: &mut LiteSVM, owner: Address, tokens: &[(Address, u64)]) {
    let account = Account {
        lamports: LAMPORTS,
        rent_epoch: u64::MAX,
        ..Account::default()
    };
    let placed = svm.set_account(owner, account);
    placed.unwrap_or_else(|error| panic!("the wallet: {error:?}")); // no sysvar, no program
    for (mint, amount) in tokens {
        let address = associated_token_address(&owner, mint);
        place_tokens(svm, address, owner, *mint, *amount);
    }
}
