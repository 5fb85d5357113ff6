//! Where the engine on one machine trades.

use config::{NotAllowed, SOLANA_MARKETS, SOLANA_RPC_URLS, SOLANA_SIGNER, Venues, WalletKey};
use solana::{NotOpened, Settings, Trading};

use crate::options::Serve;

/// Why there is nowhere to trade.
#[derive(Debug, thiserror::Error)]
pub enum NoTrading {
    /// A variable is missing.
    #[error("VENUES=solana needs {0}, which is not set")]
    Missing(&'static str),
    /// The nodes' URLs are none. They are not repeated.
    #[error("SOLANA_RPC_URLS: {0}")]
    Nodes(#[from] NotAllowed),
    /// Something is not as it has to be.
    #[error("VENUES=solana: {0}")]
    Solana(#[from] NotOpened),
}

/// Opens the trade on Solana, if that is where orders are executed. Nothing else has been started:
/// what is wrong with a wallet or a market is said at once. It is put together on the database.
///
/// # Errors
/// [`NoTrading`] with what is missing or wrong.
pub(crate) async fn on_chain(options: &Serve) -> Result<Option<Trading>, NoTrading> {
    match options.venues {
        Venues::Simulated => return Ok(None),
        Venues::Solana => {}
    }
    let chosen = &options.solana;
    let urls = chosen.solana_rpc_urls.as_deref();
    let urls = SOLANA_RPC_URLS.parse(urls.ok_or(NoTrading::Missing(SOLANA_RPC_URLS.name))?)?;
    let wrong = |_| NotAllowed(<config::NodeUrls as config::Setting>::ALLOWED);
    let nodes: Result<_, _> = urls.all().iter().map(|url| url.as_str().parse()).collect();
    let signer = chosen.solana_signer.clone();
    let WalletKey::File(key_file) = signer.ok_or(NoTrading::Missing(SOLANA_SIGNER.name))?;
    let markets = chosen.solana_markets.clone();
    let settings = Settings {
        nodes: nodes.map_err(wrong)?,
        key_file,
        markets: markets.ok_or(NoTrading::Missing(SOLANA_MARKETS.name))?,
        max_fee: chosen.solana_max_fee_lamports,
        live: chosen.live_trading.0,
    };
    let opened = solana::open(&settings).await?;
    let kind = opened.catalogue.kind.name();
    tracing::info!(wallet = %opened.wallet, chain = kind, "orders are executed on Solana");
    Ok(Some(opened))
}
