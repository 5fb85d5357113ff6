//! Everything comes together here, and nothing starts that could lose money by accident.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use engine::{
    catalogue::{Catalogue, ListedToken, MarketKind},
    order::Token,
    ports::{NoReference, Venue, WalletOrders},
    routing::VenueId,
    use_cases::TradingPorts,
};
use reqwest::Url;
use solana_hash::Hash;
use solana_pubkey::Pubkey;
use venues::registry::VENUES;

use crate::{
    chain::SolanaChain,
    fees::Fees,
    funds::Funds,
    launches::NoLaunches,
    market::{Market, NoMarket},
    markets::{Markets, MarketsError, Network},
    pools::PoolAddress,
    reclaim::Reclaim,
    record::{Record, SlippageCode},
    rpc::{NoRpc, OtherChain, Rpc},
    venue::SolanaVenue,
    wallet::{KeyFile, KeyFileError, Signer},
};

/// What trading on Solana needs to know.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The nodes, the preferred one first.
    pub nodes: Vec<Url>,
    /// The wallet's key file.
    pub key_file: PathBuf,
    /// The file of what is traded.
    pub markets: PathBuf,
    /// Lamports for a whole transaction at the most.
    pub max_fee: u64,
    /// Whether orders may be executed where tokens have a price.
    pub live: bool,
}

/// Trading on Solana, ready but for the database.
pub struct Trading {
    /// What can be traded.
    pub catalogue: Catalogue,
    /// Who pays.
    pub wallet: Pubkey,
    venues: Vec<Arc<dyn Venue>>,
    rpc: Arc<Rpc>,
    record: Arc<Record>,
    market: Arc<Market>,
    fees: Arc<Fees>,
    most_fee: u64,
    signer: Arc<dyn Signer>,
    slippage_codes: Vec<SlippageCode>,
}

impl Trading {
    /// Where the orders are traded that `orders` keeps, and what gives the wallet back what they
    /// leave behind.
    pub fn of(self, orders: Arc<dyn WalletOrders>) -> (TradingPorts, Reclaim) {
        let reclaim = Reclaim {
            orders: Arc::clone(&orders),
            rpc: Arc::clone(&self.rpc),
            record: Arc::clone(&self.record),
            signer: Arc::clone(&self.signer),
        };
        let chain = SolanaChain {
            rpc: self.rpc,
            record: self.record,
            market: self.market,
            fees: self.fees,
            funds: Funds::new(orders, &self.wallet, self.most_fee),
            signer: self.signer,
            slippage_codes: self.slippage_codes,
        };
        let ports = TradingPorts {
            venues: self.venues,
            // Nobody outside of the venues says what a token is worth there.
            reference: Arc::new(NoReference),
            chain: Arc::new(chain),
            launches: Arc::new(NoLaunches),
        };
        (ports, reclaim)
    }
}

/// The hash of mainnet's first block.
const MAINNET: Hash = Hash::new_from_array([
    69, 41, 105, 152, 166, 248, 226, 167, 132, 219, 93, 159, 149, 225, 143, 194, 63, 112, 68, 26,
    16, 57, 68, 104, 1, 8, 152, 121, 176, 140, 126, 240,
]);

/// How long a node may take to tell a pool's accounts: so long that the next one can answer, too,
/// before a quote is late.
const QUOTE_TIME_OUT: Duration = Duration::from_millis(900);

/// How long a node may take to say what became of a transaction. It is asked two or three things in
/// a row, within a worker's lease of its order.
const RECORD_TIME_OUT: Duration = Duration::from_secs(2);

/// Why orders cannot be traded on Solana. No message has a node's address, which may hold a key.
#[derive(Debug, thiserror::Error)]
pub enum NotOpened {
    /// The markets file cannot be read.
    #[error("the markets file {path} cannot be read: {source}")]
    Unreadable {
        /// The file.
        path: String,
        /// Why.
        source: std::io::Error,
    },
    /// It says what cannot be.
    #[error("the markets file {path}: {source}")]
    Markets {
        /// The file.
        path: String,
        /// What is wrong with it.
        source: MarketsError,
    },
    /// There is no key.
    #[error(transparent)]
    Key(#[from] KeyFileError),
    /// There is no client.
    #[error(transparent)]
    Rpc(#[from] NoRpc),
    /// The nodes are of different chains, or one does not answer.
    #[error(transparent)]
    Chain(#[from] OtherChain),
    /// The nodes are of another chain than the file.
    #[error("the markets file is for the chain {expected}, and the nodes are of {found}")]
    Genesis {
        /// The file's.
        expected: Hash,
        /// The nodes'.
        found: String,
    },
    /// The file calls mainnet something else, or something else mainnet.
    #[error("the markets file says network = \"{}\", and its genesis hash is {}mainnet's",
        .0.name(), if matches!(.0, Network::Mainnet) { "not " } else { "" })]
    Misnamed(Network),
    /// The nodes do not agree on how far the chain is.
    #[error("{0}")]
    Height(String),
    /// No transaction is as cheap.
    #[error("SOLANA_MAX_FEE_LAMPORTS is {0}, and a signature alone costs 5000 lamports")]
    Fee(u64),
    /// Nobody said that orders may cost money.
    #[error(
        "this chain is mainnet, where every order spends real money: \
        LIVE_TRADING=yes says that it may"
    )]
    NotLive,
    /// A pool cannot be traded.
    #[error(transparent)]
    Market(#[from] Box<NoMarket>),
}

/// Reads the files, holds all of it against the chain, and puts it together.
///
/// # Errors
/// [`NotOpened`] for the first thing that is wrong.
pub async fn open(settings: &Settings) -> Result<Trading, NotOpened> {
    let markets = read_markets(&settings.markets)?;
    let signer = KeyFile::read(&settings.key_file)?;
    let rpc = Arc::new(Rpc::new(&settings.nodes)?);
    let quick = |time_out| Ok::<_, NoRpc>(Rpc::new(&settings.nodes)?.with_time_out(time_out));
    let (quotes, record) = (quick(QUOTE_TIME_OUT)?, quick(RECORD_TIME_OUT)?);
    let fees = Fees::up_to(settings.max_fee).ok_or(NotOpened::Fee(settings.max_fee))?;
    let fees = Arc::new(fees);
    let found = rpc.genesis_hash().await?;
    if found != markets.genesis.to_string() {
        let expected = markets.genesis;
        return Err(NotOpened::Genesis { expected, found });
    }
    let is_mainnet = markets.genesis == MAINNET;
    if is_mainnet != (markets.network == Network::Mainnet) {
        return Err(NotOpened::Misnamed(markets.network));
    }
    if is_mainnet && !settings.live {
        return Err(NotOpened::NotLive);
    }
    let market = Arc::new(
        Market::open(Arc::new(quotes), &markets)
            .await
            .map_err(Box::new)?,
    );
    let wallet = signer.address();
    let slippage_codes: Vec<_> = markets
        .pools
        .iter()
        .map(PoolAddress::slippage_code)
        .collect();
    let record = Record::new(Arc::new(record), slippage_codes.clone());
    // So that the nodes agree on a height before anything is signed by one of them.
    record
        .finalized_height()
        .await
        .map_err(|doubt| NotOpened::Height(doubt.0))?;
    Ok(Trading {
        catalogue: catalogue(&markets, &market),
        wallet,
        venues: venues(&market, &markets, &fees),
        rpc,
        record: Arc::new(record),
        market,
        fees,
        most_fee: settings.max_fee,
        signer: Arc::new(signer),
        slippage_codes,
    })
}

fn read_markets(path: &Path) -> Result<Markets, NotOpened> {
    let shown = || path.display().to_string();
    let text = fs::read_to_string(path).map_err(|source| NotOpened::Unreadable {
        path: shown(),
        source,
    })?;
    Markets::read(&text).map_err(|source| NotOpened::Markets {
        path: shown(),
        source,
    })
}

/// The venues of the file, in the registry's order, in which ties are broken.
fn venues(market: &Arc<Market>, markets: &Markets, fees: &Arc<Fees>) -> Vec<Arc<dyn Venue>> {
    let listed = VENUES.iter().map(|venue| VenueId::new(venue.name));
    let traded = listed.filter(|venue| markets.pools.iter().any(|pool| pool.venue == *venue));
    let venue = |venue| SolanaVenue {
        venue,
        market: Arc::clone(market),
        fees: Arc::clone(fees),
    };
    traded
        .map(|id| Arc::new(venue(id)) as Arc<dyn Venue>)
        .collect()
}

fn catalogue(markets: &Markets, market: &Market) -> Catalogue {
    let listed = markets.tokens.iter().map(|token| ListedToken {
        token: Token {
            symbol: token.symbol.clone(),
            decimals: token.decimals,
        },
        mint: token.mint.to_string(),
    });
    Catalogue {
        kind: match markets.network {
            Network::Local => MarketKind::LocalChain,
            Network::Devnet => MarketKind::Devnet,
            Network::Mainnet => MarketKind::Mainnet,
        },
        tokens: listed.collect(),
        pairs: market.pairs(),
    }
}
