//! How to trade on Solana.

use clap::Args;
use config::{
    LIVE_TRADING, MarketsFile, SOLANA_LAUNCHES, SOLANA_MARKETS, SOLANA_MAX_FEE_LAMPORTS,
    SOLANA_RPC_URLS, SOLANA_SIGNER, WalletKey, YesNo,
};

use super::parser;

/// Nodes, wallet, markets, and what guards the money.
#[derive(Clone, Debug, Args)]
pub struct Solana {
    /// [`SOLANA_RPC_URLS`]. Any text: clap would repeat what is wrong, and it may hold a key.
    #[arg(long, env = SOLANA_RPC_URLS.name, help = SOLANA_RPC_URLS.doc, hide_env_values = true)]
    pub solana_rpc_urls: Option<String>,
    /// [`SOLANA_SIGNER`].
    #[arg(long, env = SOLANA_SIGNER.name)]
    #[arg(value_parser = parser(&SOLANA_SIGNER), help = SOLANA_SIGNER.doc)]
    pub solana_signer: Option<WalletKey>,
    /// [`SOLANA_MARKETS`].
    #[arg(long, env = SOLANA_MARKETS.name)]
    #[arg(value_parser = parser(&SOLANA_MARKETS), help = SOLANA_MARKETS.doc)]
    pub solana_markets: Option<MarketsFile>,
    /// [`SOLANA_MAX_FEE_LAMPORTS`].
    #[arg(long, env = SOLANA_MAX_FEE_LAMPORTS.name)]
    #[arg(default_value = SOLANA_MAX_FEE_LAMPORTS.default)]
    #[arg(value_parser = parser(&SOLANA_MAX_FEE_LAMPORTS), help = SOLANA_MAX_FEE_LAMPORTS.doc)]
    pub solana_max_fee_lamports: u64,
    /// [`SOLANA_LAUNCHES`].
    #[arg(long, env = SOLANA_LAUNCHES.name, default_value = SOLANA_LAUNCHES.default)]
    #[arg(value_parser = parser(&SOLANA_LAUNCHES), help = SOLANA_LAUNCHES.doc)]
    pub solana_launches: YesNo,
    /// [`LIVE_TRADING`].
    #[arg(long, env = LIVE_TRADING.name, default_value = LIVE_TRADING.default)]
    #[arg(value_parser = parser(&LIVE_TRADING), help = LIVE_TRADING.doc)]
    pub live_trading: YesNo,
}
