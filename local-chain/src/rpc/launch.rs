//! Methods that no node has: tokens and pools that are created while the chain runs.

use serde::Deserialize;
use serde_json::{Value, json};
use solana_keypair::Keypair;

use super::Door;
use super::error::RpcError;
use super::params::{Params, address};
use crate::launcher::{Begin, Kept};

/// What a pool begins with unless something is said, in lamports: 50 SOL.
const USUAL_LAMPORTS: u64 = 50_000_000_000;

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
struct TokenWishes {
    keeps_mint_authority: bool,
    keeps_freeze_authority: bool,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
struct PoolWishes {
    lamports: Option<u64>,
    opens_in: u64,
    burns_shares: bool,
}

impl Door<'_> {
    /// Creates a token in the next slot, and answers its mint.
    pub(super) fn create_token(&mut self, params: &Params) -> Result<Value, RpcError> {
        let wishes: TokenWishes = params.optional(0)?;
        let mut seed = [0; 32];
        getrandom::fill(&mut seed).map_err(|error| RpcError::invalid_params(error.to_string()))?;
        let mint = Keypair::new_from_array(seed);
        let kept = Kept {
            mint_authority: wishes.keeps_mint_authority,
            freeze_authority: wishes.keeps_freeze_authority,
        };
        let mint = self.launcher.create_token(self.chain, &mint, kept);
        Ok(json!(mint.to_string()))
    }

    /// Creates a CPMM pool of a token and SOL in the next slot, and answers its address.
    pub(super) fn create_pool(&mut self, params: &Params) -> Result<Value, RpcError> {
        let mint = address(&params.required::<String>(0)?)?;
        let wishes: PoolWishes = params.optional(1)?;
        let begin = Begin {
            lamports: wishes.lamports.unwrap_or(USUAL_LAMPORTS),
            open_time: match wishes.opens_in {
                0 => 0,
                seconds => self.chain.time().unsigned_abs().saturating_add(seconds),
            },
            burns_shares: wishes.burns_shares,
        };
        let pool = self.launcher.create_pool(self.chain, mint, &begin);
        Ok(json!(pool.to_string()))
    }
}
