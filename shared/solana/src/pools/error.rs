//! What makes a pool unfit to be traded.

use std::fmt;

use solana_pubkey::Pubkey;
use venues::DecodeError;

use super::PoolKeys;

/// What an account is to a pool.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// The pool's own account.
    Pool,
    /// The token account that holds one of the pool's tokens.
    Vault,
    /// A token account of the wallet that trades.
    Wallet,
    /// One of the pool's tokens.
    Mint,
    /// The fees that many pools share.
    Config,
    /// Neighbouring price bins.
    BinArray,
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Role::Pool => "pool",
            Role::Vault => "vault",
            Role::Wallet => "wallet's token account",
            Role::Mint => "mint",
            Role::Config => "fee configuration",
            Role::BinArray => "bin array",
        })
    }
}

/// Why a pool cannot be traded as its accounts stand. The message names the account and says what
/// is wrong with it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PoolError {
    /// No such account on this chain.
    #[error("the {role} {address} does not exist")]
    Missing {
        /// What it should be.
        role: Role,
        /// Where it was looked for.
        address: Pubkey,
    },
    /// The account belongs to another program.
    #[error("the {role} {address} belongs to the program {owner}, not to {expected}")]
    Owner {
        /// What it should be.
        role: Role,
        /// The account.
        address: Pubkey,
        /// The program that owns it.
        owner: Pubkey,
        /// The program that should.
        expected: Pubkey,
    },
    /// The account belongs to no token program.
    #[error("the {role} {address} belongs to {owner}, which is no token program")]
    NoTokenProgram {
        /// What it should be.
        role: Role,
        /// The account.
        address: Pubkey,
        /// The program that owns it.
        owner: Pubkey,
    },
    /// The bytes are not what the program writes.
    #[error("the {role} {address} cannot be read: {source}")]
    Layout {
        /// What it should be.
        role: Role,
        /// The account.
        address: Pubkey,
        /// What is wrong with the bytes.
        source: DecodeError,
    },
    /// A token account or mint of another length, or not initialized.
    #[error("the {role} {address} is not an initialized one")]
    NotInitialized {
        /// What it should be.
        role: Role,
        /// The account.
        address: Pubkey,
    },
    /// A Token-2022 mint with extensions, which can take a fee of a transfer or refuse it.
    #[error("the mint {0} has extensions of Token-2022, which the arithmetic does not know")]
    Extensions(Pubkey),
    /// The issuer froze the vault: nothing goes in or out.
    #[error("the vault {0} is frozen")]
    Frozen(Pubkey),
    /// The vault holds another token than the pool says.
    #[error("the vault {vault} holds {found}, but the pool says {expected}")]
    VaultMint {
        /// The vault.
        vault: Pubkey,
        /// The mint of what it holds.
        found: Pubkey,
        /// The mint that the pool names.
        expected: Pubkey,
    },
    /// A token program that the pool's program cannot call.
    #[error("the mint {mint} belongs to the token program {owner}, which this pool cannot use")]
    TokenProgram {
        /// The mint.
        mint: Pubkey,
        /// Its token program.
        owner: Pubkey,
    },
    /// The pool's authority cannot be derived from its nonce.
    #[error("the pool {0} names a nonce that no authority has")]
    Authority(Pubkey),
    /// The pool trades so far from bin 0 that its bins are listed in a bitmap extension.
    #[error("the pool {0} trades outside of its own bitmap, which is not supported")]
    OutsideBitmap(Pubkey),
    /// The pool's tokens are not both in the markets file.
    #[error("the pool {pool} trades the mint {mint}, which is not among the tokens of the file")]
    Unlisted {
        /// The pool.
        pool: Pubkey,
        /// The mint.
        mint: Pubkey,
    },
    /// A pool that is in no file, and of a program of which none is.
    #[error("the pool {pool} belongs to the program {owner}, whose pools are not traded")]
    Program {
        /// The pool.
        pool: Pubkey,
        /// The program.
        owner: Pubkey,
    },
    /// A pool that is in no file, and of which not exactly one token is.
    #[error("the pool {0} is not in the markets file, and not one of a new token")]
    NotListed(Pubkey),
    /// The markets file is wrong about a token.
    #[error("{symbol} has {on_chain} decimals on chain, and {in_file} in the file")]
    Decimals {
        /// The token.
        symbol: String,
        /// What the file says.
        in_file: u8,
        /// What the mint says.
        on_chain: u8,
    },
    /// The pool has moved on to other accounts than were read. Not an error of the pool: read those
    /// that these keys name.
    #[error("the pool has moved on to other accounts; read again")]
    Moved(Box<PoolKeys>),
}
