//! `local-chain`: a local Solana chain for tests and demos.

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use local_chain::genesis::Market;
use local_chain::{LocalChain, Settings};
use tokio::signal::unix::{SignalKind, signal};

/// A local Solana chain for tests and demos.
///
/// Runs a Solana VM in memory behind JSON-RPC on 127.0.0.1, with pools of Raydium CPMM
/// (SOL/USDC), Raydium AMM v4 (JUP/SOL) and Meteora DLMM (SOL/USDC) in their real layouts, and a
/// wallet with 1,000 SOL, 10,000 wrapped SOL, 1,000,000 USDC and 1,000,000 JUP. Each start is a new
/// chain; only the wallet's key is kept. Ends on SIGINT or SIGTERM.
///
/// Prints where it listens, then the environment of an engine that trades on it.
#[derive(Parser)]
#[command(version)]
struct Options {
    /// Port on 127.0.0.1; 0 takes a free one
    #[arg(long, default_value_t = 8899)]
    port: u16,

    /// Folder of the wallet's key (wallet.json) and of the list of tokens and pools (markets.toml);
    /// made if it does not exist
    #[arg(long, value_name = "DIR", default_value = "data")]
    data: PathBuf,

    /// Milliseconds from one block to the next
    #[arg(long, value_name = "MS", default_value_t = 200,
        value_parser = clap::value_parser!(u64).range(1..))]
    slot_ms: u64,
}

fn main() -> ExitCode {
    let options = Options::parse();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let ended = match runtime {
        Ok(runtime) => runtime.block_on(run(options)),
        Err(error) => Err(error.into()),
    };
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "local-chain: {error}"); // nowhere else to say it
            ExitCode::FAILURE
        }
    }
}

async fn run(options: Options) -> Result<(), Box<dyn std::error::Error>> {
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    let data = std::path::absolute(&options.data)?;
    let settings = Settings {
        data: data.clone(),
        port: options.port,
        slot_ms: options.slot_ms,
        market: Market::default(),
        frozen_time: None,
    };
    let chain = LocalChain::start(settings).await?;
    let (address, folder) = (chain.address(), data.display());
    let mut out = std::io::stdout();
    writeln!(out, "listening on http://{address}")?;
    writeln!(
        out,
        "VENUES=solana SOLANA_RPC_URLS=http://{address} SOLANA_SIGNER=file:{folder}/wallet.json \
         SOLANA_MARKETS={folder}/markets.toml SOLANA_LAUNCHES=yes"
    )?;
    out.flush()?;
    tokio::select! {
        ended = chain.run() => Ok(ended?),
        _ = interrupt.recv() => Ok(()),
        _ = terminate.recv() => Ok(()),
    }
}
