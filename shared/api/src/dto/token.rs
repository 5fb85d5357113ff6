//! What can be traded.

use engine::catalogue::ListedToken;
use serde::Serialize;
use utoipa::ToSchema;

/// A token that can be traded.
#[derive(Serialize, ToSchema)]
#[schema(as = Token)]
pub(crate) struct TokenDto {
    /// The symbol that orders use. Case-sensitive.
    #[schema(example = "SOL")]
    symbol: String,
    /// The address of its mint on chain, base58.
    #[schema(example = "So11111111111111111111111111111111111111112")]
    mint: String,
    /// The number of decimals of a whole token.
    #[schema(example = 9)]
    decimals: u8,
}

impl From<&ListedToken> for TokenDto {
    fn from(listed: &ListedToken) -> Self {
        Self {
            symbol: listed.token.symbol.clone(),
            mint: listed.mint.clone(),
            decimals: listed.token.decimals,
        }
    }
}
