//! The file of what is traded.
//!
//! ```toml
//! genesis = "EtWTRABZaYq6iMfeYKouRu166VU2xqa1wcaWoxPkrZBG" # of the chain that it is for
//! network = "devnet"                     # local | devnet | mainnet: what users are told
//! explorer = "https://example.com/tx/{signature}" # optional
//!
//! [[tokens]]
//! symbol = "SOL"
//! mint = "So11111111111111111111111111111111111111112"
//! decimals = 9
//!
//! [[pools]]
//! venue = "Raydium"
//! program = "cpmm"                       # cpmm | amm_v4 | dlmm
//! address = "…"
//! program_id = "…"                       # optional; mainnet's by default
//! ```

mod error;

pub use error::{MarketsError, Problem};

use engine::{order::TokenAmount, routing::VenueId};
use serde::Deserialize;
use solana_hash::Hash;
use solana_pubkey::Pubkey;

use crate::pools::{PoolAddress, Program};

/// What is traded, and on which chain. Symbols, mints and pools are each listed once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Markets {
    /// The hash of the chain's first block, by which chains are told apart.
    pub genesis: Hash,
    /// What users are told about the chain.
    pub network: Network,
    /// Where a transaction can be looked at, with `{signature}` in the place of its signature.
    pub explorer: Option<String>,
    /// Every token that can be traded.
    pub tokens: Vec<MarketToken>,
    /// Every pool; at least one.
    pub pools: Vec<PoolAddress>,
}

/// What kind of chain it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Network {
    /// One's own.
    Local,
    /// The public one for trying out.
    Devnet,
    /// The one where tokens have a price.
    Mainnet,
}

impl Network {
    /// Its name in the file and on the page.
    pub const fn name(self) -> &'static str {
        match self {
            Network::Local => "local",
            Network::Devnet => "devnet",
            Network::Mainnet => "mainnet",
        }
    }
}

/// A token that can be traded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MarketToken {
    /// What clients call it.
    pub symbol: String,
    /// Its address.
    pub mint: Pubkey,
    /// 10^decimals base units are one token.
    pub decimals: u8,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    genesis: String,
    network: Network,
    explorer: Option<String>,
    #[serde(default)]
    tokens: Vec<TokenEntry>,
    #[serde(default)]
    pools: Vec<PoolEntry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TokenEntry {
    symbol: String,
    mint: String,
    decimals: u8,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PoolEntry {
    venue: String,
    program: Program,
    address: String,
    program_id: Option<String>,
}

impl Markets {
    /// Reads the file's text.
    ///
    /// # Errors
    /// [`MarketsError`], which names the line, or the entry and what is wrong with it.
    pub fn read(text: &str) -> Result<Markets, MarketsError> {
        let file: File =
            toml::from_str(text).map_err(|error| MarketsError::syntax(text, &error))?;
        let top = |problem| MarketsError::entry("the file", problem);
        let genesis = address("genesis", &file.genesis).map_err(top)?;
        if let Some(explorer) = &file.explorer {
            check_explorer(explorer).map_err(top)?;
        }
        let mut markets = Markets {
            genesis: Hash::new_from_array(genesis.to_bytes()),
            network: file.network,
            explorer: file.explorer,
            tokens: vec![],
            pools: vec![],
        };
        for (number, entry) in (1..).zip(file.tokens) {
            let name = format!("token {number} ({})", entry.symbol);
            let token = markets.token(entry);
            let token = token.map_err(|problem| MarketsError::entry(name, problem))?;
            markets.tokens.push(token);
        }
        for (number, entry) in (1..).zip(file.pools) {
            let name = format!("pool {number} ({})", entry.address);
            let pool = markets.pool(entry);
            let pool = pool.map_err(|problem| MarketsError::entry(name, problem))?;
            markets.pools.push(pool);
        }
        if markets.pools.is_empty() {
            return Err(MarketsError::NoPools);
        }
        Ok(markets)
    }

    /// The token of that mint.
    pub fn token_of(&self, mint: &Pubkey) -> Option<&MarketToken> {
        self.tokens.iter().find(|token| token.mint == *mint)
    }

    fn token(&self, entry: TokenEntry) -> Result<MarketToken, Problem> {
        if !is_symbol(&entry.symbol) {
            return Err(Problem::Symbol);
        }
        let mint = address("mint", &entry.mint)?;
        if entry.decimals > TokenAmount::MAX_DECIMALS {
            return Err(Problem::Decimals(entry.decimals));
        }
        if self.tokens.iter().any(|token| token.symbol == entry.symbol) {
            return Err(Problem::SymbolTwice);
        }
        if let Some(token) = self.token_of(&mint) {
            return Err(Problem::MintTwice(token.symbol.clone()));
        }
        Ok(MarketToken {
            symbol: entry.symbol,
            mint,
            decimals: entry.decimals,
        })
    }

    fn pool(&self, entry: PoolEntry) -> Result<PoolAddress, Problem> {
        let program = entry.program;
        if entry.venue != program.venue() {
            return Err(Problem::Venue {
                venue: entry.venue,
                program,
            });
        }
        let pool = address("address", &entry.address)?;
        if self.pools.iter().any(|listed| listed.address == pool) {
            return Err(Problem::PoolTwice);
        }
        let program_id = match entry.program_id {
            Some(text) => address("program_id", &text)?,
            None => program.mainnet_id(),
        };
        Ok(PoolAddress {
            program,
            program_id,
            address: pool,
            venue: VenueId::new(program.venue()),
        })
    }
}

/// 32 bytes in base58.
fn address(field: &'static str, text: &str) -> Result<Pubkey, Problem> {
    text.parse().map_err(|_| Problem::Address {
        field,
        text: text.to_owned(),
    })
}

/// Short, so that no symbol can be taken for a mint, and of characters that need no escaping.
fn is_symbol(text: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"._-$".contains(&byte);
    (1..=16).contains(&text.len()) && text.bytes().all(allowed)
}

fn check_explorer(text: &str) -> Result<(), Problem> {
    let is_address = text.starts_with("https://") || text.starts_with("http://");
    match is_address && text.matches("{signature}").count() == 1 {
        true => Ok(()),
        false => Err(Problem::Explorer(text.to_owned())),
    }
}
