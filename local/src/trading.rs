//! Where the engine on one machine trades.

use config::{NotAllowed, SOLANA_MARKETS, SOLANA_RPC_URLS, SOLANA_SIGNER, Solana, Venues};
use solana::Trading;

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
    #[error(transparent)]
    OnSolana(#[from] runtime::NoTrading),
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
    let nodes = chosen.solana_rpc_urls.as_deref();
    let nodes = SOLANA_RPC_URLS.parse(nodes.ok_or(NoTrading::Missing(SOLANA_RPC_URLS.name))?)?;
    let wallet = chosen.solana_signer.as_ref();
    let wallet = wallet.ok_or(NoTrading::Missing(SOLANA_SIGNER.name))?;
    let markets = chosen.solana_markets.clone();
    let settings = Solana {
        nodes,
        markets: markets.ok_or(NoTrading::Missing(SOLANA_MARKETS.name))?,
        max_fee: chosen.solana_max_fee_lamports,
        live: chosen.live_trading,
        launches: chosen.solana_launches,
    };
    let opened = runtime::open_solana(&settings, Some(wallet), None).await?;
    Ok(Some(opened))
}
