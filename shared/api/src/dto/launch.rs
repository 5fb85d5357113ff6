//! A token and its pool.

use engine::launch::LaunchedPool;
use serde::Serialize;
use utoipa::ToSchema;

use super::time_text;

/// A token that got its pool, or will.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Launch)]
pub(crate) struct LaunchDto {
    /// The token's mint, base58: the `tokenOut` of an order that buys it.
    mint: String,
    /// What its creator calls it. Anybody may call a token anything.
    symbol: String,
    /// The number of decimals of a whole token.
    decimals: u8,
    /// The token that it is traded against: the `tokenIn` of an order that buys it.
    #[schema(example = "SOL")]
    against: String,
    /// Where the pool is.
    #[schema(example = "Raydium")]
    venue: String,
    /// The pool's address.
    pool: String,
    /// The slot in which the pool was created.
    slot: u64,
    /// From then on it can be swapped in.
    #[schema(format = DateTime)]
    opens_at: String,
    /// How much of the token that it is traded against lay in the pool then, a decimal.
    #[schema(example = "84.5")]
    liquidity: String,
    /// Nobody can mint more.
    mint_authority_revoked: bool,
    /// Nobody can freeze accounts.
    freeze_authority_revoked: bool,
    /// Nobody can take the liquidity out.
    lp_burned: bool,
    /// Whether the pool is yet to be created.
    announced: bool,
}

impl LaunchDto {
    /// A pool that is known, or announced.
    pub(crate) fn new(pool: &LaunchedPool, announced: bool) -> Self {
        Self {
            mint: pool.mint.clone(),
            symbol: pool.symbol.clone(),
            decimals: pool.decimals,
            against: pool.against.clone(),
            venue: pool.venue.name().to_owned(),
            pool: pool.pool.clone(),
            slot: pool.place.slot,
            opens_at: time_text(pool.opens_at),
            liquidity: pool.liquidity.to_string(),
            mint_authority_revoked: pool.safety.mint_authority_revoked,
            freeze_authority_revoked: pool.safety.freeze_authority_revoked,
            lp_burned: pool.safety.lp_burned,
            announced,
        }
    }
}
