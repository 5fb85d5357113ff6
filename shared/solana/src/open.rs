//! Everything comes together here, and nothing starts that could lose money by accident.

use std::{sync::Arc, time::Duration};

use engine::{
    catalogue::{Catalogue, ListedToken, MarketKind},
    order::Token,
    ports::{Launches, NoReference, Venue, WalletOrders},
    routing::VenueId,
    use_cases::TradingPorts,
};
use reqwest::Url;
use solana_hash::Hash;
use solana_pubkey::Pubkey;
use venues::registry::VENUES;

use crate::{
    chain::{Payer, SolanaChain},
    doubts::Doubts,
    fees::Fees,
    funds::Funds,
    launches::{NoLaunches, SolanaLaunches},
    market::{Market, NoMarket},
    markets::{Markets, Network},
    pools::PoolAddress,
    reclaim::Reclaim,
    record::{ProgramCodes, Record},
    rpc::{NoRpc, OtherChain, Rpc},
    units::Units,
    venue::SolanaVenue,
    wallet::Signer,
};

/// What trading on Solana needs to know.
#[derive(Clone)]
pub struct Settings {
    /// The nodes, the preferred one first.
    pub nodes: Vec<Url>,
    /// Who signs; `None` for a program that only quotes, watches or settles.
    pub signer: Option<Arc<dyn Signer>>,
    /// What is traded.
    pub markets: Markets,
    /// Lamports for a whole transaction at the most.
    pub max_fee: u64,
    /// Whether orders may be executed where tokens have a price.
    pub live: bool,
    /// Whether new pools are read from the chain's blocks, for sniper orders.
    pub launches: bool,
}

/// Trading on Solana, ready but for the database.
pub struct Trading {
    /// What can be traded.
    pub catalogue: Catalogue,
    /// Who pays, where something is signed.
    pub wallet: Option<Pubkey>,
    /// Which chain it is.
    pub genesis: Hash,
    venues: Vec<Arc<dyn Venue>>,
    launches: Arc<dyn Launches>,
    rpc: Arc<Rpc>,
    record: Arc<Record>,
    market: Arc<Market>,
    fees: Arc<Fees>,
    most_fee: u64,
    signer: Option<Arc<dyn Signer>>,
    codes: Vec<ProgramCodes>,
}

impl Trading {
    /// Where the orders are traded that `orders` keeps; and where something is signed, what gives
    /// the wallet back what they leave behind.
    pub fn of(self, orders: Arc<dyn WalletOrders>) -> (TradingPorts, Option<Reclaim>) {
        let reclaim = self.signer.as_ref().map(|signer| Reclaim {
            orders: Arc::clone(&orders),
            rpc: Arc::clone(&self.rpc),
            record: Arc::clone(&self.record),
            signer: Arc::clone(signer),
        });
        let payer = self.signer.map(|signer| Payer {
            funds: Funds::new(Arc::clone(&orders), &signer.address(), self.most_fee),
            signer,
        });
        let chain = SolanaChain {
            rpc: self.rpc,
            record: self.record,
            market: self.market,
            fees: self.fees,
            payer,
            orders,
            codes: self.codes,
            units: Units::default(),
            doubts: Doubts::default(),
        };
        let ports = TradingPorts {
            venues: self.venues,
            // Nobody outside of the venues says what a token is worth there.
            reference: Arc::new(NoReference),
            chain: Arc::new(chain),
            launches: self.launches,
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

/// How long a node may take with each question before a signature: so long that the next one can
/// answer, too, before there is no time left to make the transaction.
const MAKING_TIME_OUT: Duration = Duration::from_secs(2);

/// How long a node may take to say what became of a transaction. It is asked two or three things in
/// a row, within a worker's lease of its order.
const RECORD_TIME_OUT: Duration = Duration::from_secs(2);

/// Why orders cannot be traded on Solana. No message has a node's address, which may hold a key.
#[derive(Debug, thiserror::Error)]
pub enum NotOpened {
    /// There is no client.
    #[error(transparent)]
    Rpc(#[from] NoRpc),
    /// The nodes are of different chains, or none answers.
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
    /// Two are named, so that none is believed alone.
    #[error("of {0} nodes one alone answers, and nobody trades on mainnet on the word of one")]
    OneWord(usize),
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

/// Holds all of it against the chain, and puts it together.
///
/// # Errors
/// [`NotOpened`] for the first thing that is wrong.
pub async fn open(settings: Settings) -> Result<Trading, NotOpened> {
    let markets = settings.markets;
    let rpc = Arc::new(Rpc::new(&settings.nodes)?.with_time_out(MAKING_TIME_OUT));
    let quotes = rpc.with_time_out(QUOTE_TIME_OUT);
    let record = rpc.with_time_out(RECORD_TIME_OUT);
    let fees = Fees::up_to(settings.max_fee).ok_or(NotOpened::Fee(settings.max_fee))?;
    let fees = Arc::new(fees);
    let found = rpc.genesis_hash().await?;
    if found.hash != markets.genesis.to_string() {
        let (expected, found) = (markets.genesis, found.hash);
        return Err(NotOpened::Genesis { expected, found });
    }
    let is_mainnet = markets.genesis == MAINNET;
    if is_mainnet != (markets.network == Network::Mainnet) {
        return Err(NotOpened::Misnamed(markets.network));
    }
    if is_mainnet && !settings.live {
        return Err(NotOpened::NotLive);
    }
    let are_two = found.answered > 1 || settings.nodes.len() == 1;
    for error in &found.silent {
        tracing::warn!(%error, "a node does not answer, and is believed once it says which chain it is of");
    }
    if is_mainnet && !are_two {
        return Err(NotOpened::OneWord(settings.nodes.len()));
    }
    let quotes = Arc::new(quotes);
    let market = Market::open(Arc::clone(&quotes), &markets).await;
    let market = Arc::new(market.map_err(Box::new)?);
    let launches: Arc<dyn Launches> = match settings.launches {
        true => Arc::new(SolanaLaunches::new(quotes, Arc::clone(&market))),
        false => Arc::new(NoLaunches),
    };
    let codes: Vec<_> = markets.pools.iter().map(PoolAddress::codes).collect();
    let record = Record::new(Arc::new(record), codes.clone());
    // Before anything is signed by one of them, the nodes agree on a height; one that is alone says
    // the same twice.
    let height = match are_two {
        true => record.finalized_height().await.map(drop),
        false => record.begin_with_one().await,
    };
    height.map_err(|doubt| NotOpened::Height(doubt.0))?;
    Ok(Trading {
        catalogue: catalogue(&markets, &market, settings.launches),
        wallet: settings.signer.as_ref().map(|signer| signer.address()),
        genesis: markets.genesis,
        venues: venues(&market, &markets, &fees),
        launches,
        rpc,
        record: Arc::new(record),
        market,
        fees,
        most_fee: settings.max_fee,
        signer: settings.signer,
        codes,
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

fn catalogue(markets: &Markets, market: &Market, tells_launches: bool) -> Catalogue {
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
        tells_launches,
        explorer: markets.explorer.clone(),
        tokens: listed.collect(),
        pairs: market.pairs(),
    }
}
