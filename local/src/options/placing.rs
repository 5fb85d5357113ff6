//! The commands that place an order.

use clap::Args;

use super::At;

/// How each of them ends.
const ENDS: &str = "Exit status:\n  \
    0  confirmed\n  \
    1  failed, cancelled or expired\n  \
    2  not placed: nothing was stored, and nothing will be\n  \
    3  it is not known whether it was placed; the key is shown, and how to repeat\n  \
    4  placed, but its end was not seen";

/// An order to place.
#[derive(Debug, Args)]
#[command(after_help = format!("{ENDS}\n\nExample: order-engine order SOL USDC 10"))]
pub struct Place {
    /// Token to sell, for example SOL.
    pub token_in: String,
    /// Token to buy, for example USDC.
    pub token_out: String,
    /// How much to sell, in whole tokens: 10, 0.25.
    pub amount: String,
    /// How much worse than quoted the execution may be, in hundredths of a percent.
    #[arg(long, value_name = "BPS")]
    pub slippage_bps: Option<u16>,
    /// Wait for this price or better, in the token bought for one token sold.
    #[arg(long, value_name = "PRICE", conflicts_with = "min_out")]
    pub limit: Option<String>,
    /// Do not wait for the limit: at once, or not at all.
    #[arg(long, requires = "limit")]
    pub ioc: bool,
    /// When a limit order ends, for example 2026-12-02T00:00:00Z; after seven days if not given.
    #[arg(long, value_name = "TIME", requires = "limit")]
    pub expires: Option<String>,
    /// The least to receive, whatever is quoted by then.
    #[arg(long, value_name = "AMOUNT")]
    pub min_out: Option<String>,
    /// How it is sent.
    #[command(flatten)]
    pub sending: Sending,
}

/// A token to buy as soon as it has a pool.
#[derive(Debug, Args)]
#[command(after_help = format!(
    "{ENDS}\n\nExample: order-engine snipe 9BB6NFEcjBCtnNLFko2FqVQBq8HHM13kCyYcdQbgpump 0.5 --require lp_burned"
))]
pub struct Snipe {
    /// The token's mint; `order-engine launches` lists the newest.
    pub mint: String,
    /// How much to sell for it, in whole tokens: 10, 0.25.
    pub amount: String,
    /// Token to sell.
    #[arg(long, value_name = "TOKEN", default_value = "SOL")]
    pub token_in: String,
    /// What its creator must have given out of hand: mint_authority_revoked,
    /// freeze_authority_revoked, lp_burned. Can be given several times.
    #[arg(long, value_name = "WHAT")]
    pub require: Vec<String>,
    /// The least of the token sold that must lie in the pool.
    #[arg(long, value_name = "AMOUNT")]
    pub min_liquidity: Option<String>,
    /// The most of the token sold that may lie in the pool.
    #[arg(long, value_name = "AMOUNT")]
    pub max_liquidity: Option<String>,
    /// Do not buy from a pool that has been open for more slots of 0.4 s; 300 if not given.
    #[arg(long, value_name = "SLOTS")]
    pub max_age_slots: Option<u32>,
    /// Buy at this venue; can be given several times. Anywhere if not given.
    #[arg(long, value_name = "VENUE")]
    pub venue: Vec<String>,
    /// How much worse than quoted the execution may be, in hundredths of a percent; 1000 if not
    /// given.
    #[arg(long, value_name = "BPS")]
    pub slippage_bps: Option<u16>,
    /// The least price, in the token bought for one token sold.
    #[arg(long, value_name = "PRICE")]
    pub limit: Option<String>,
    /// When it ends, for example 2026-12-02T00:00:00Z; after seven days if not given.
    #[arg(long, value_name = "TIME")]
    pub expires: Option<String>,
    /// How it is sent.
    #[command(flatten)]
    pub sending: Sending,
}

/// How an order is sent, whatever it is.
#[derive(Clone, Debug, Args)]
pub struct Sending {
    /// Your own name for the order, which no other order may have.
    #[arg(long, value_name = "NAME")]
    pub client_order_id: Option<String>,
    /// Names the intent: placing with the same key again never makes a second order.
    #[arg(long, value_name = "KEY")]
    pub idempotency_key: Option<String>,
    /// How long to go on asking while it is not known whether the order is placed.
    #[arg(long, value_name = "SECONDS", default_value_t = 60)]
    #[arg(value_parser = clap::value_parser!(u16).range(1..=3_600))]
    pub timeout: u16,
    /// Where, and how it is told.
    #[command(flatten)]
    pub at: At,
}
