//! The file that tells an engine which tokens and pools to trade.

use std::fmt::Write;
use std::path::Path;

use solana_hash::Hash;

use super::ListedPool;
use super::tokens::TOKENS;

/// Writes the tokens and `pools` of the chain `genesis` to the TOML file `path`.
///
/// # Errors
/// When the file cannot be written.
pub(crate) fn write_markets(
    path: &Path,
    genesis: Hash,
    pools: &[ListedPool],
) -> std::io::Result<()> {
    let mut text = format!("genesis = \"{genesis}\"\nnetwork = \"local\"\n");
    for token in TOKENS {
        let (symbol, mint, decimals) = (token.symbol, token.mint, token.decimals);
        let entry = format!("symbol = \"{symbol}\"\nmint = \"{mint}\"\ndecimals = {decimals}\n");
        let _ = write!(text, "\n[[tokens]]\n{entry}"); // writing to a string cannot fail
    }
    for pool in pools {
        let (venue, program, address) = (pool.venue, pool.program, pool.address);
        let entry =
            format!("venue = \"{venue}\"\nprogram = \"{program}\"\naddress = \"{address}\"\n");
        let _ = write!(text, "\n[[pools]]\n{entry}");
    }
    std::fs::write(path, text)
}
