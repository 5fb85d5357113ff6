//! The commands that only look.

use clap::{Args, builder::NonEmptyStringValueParser};

use super::At;

/// Which orders to show.
#[derive(Clone, Debug, Args)]
#[command(
    after_help = "It ends with 0 when it showed what there is, and with 2 when the engine refuses a filter, or does \
    not say.\n\n\
    Example: order-engine orders --open --type limit"
)]
pub struct Orders {
    /// Only open ones.
    #[arg(long)]
    pub open: bool,
    /// Only those in this status, for example confirmed.
    #[arg(long, value_parser = NonEmptyStringValueParser::new())]
    pub status: Option<String>,
    /// Only those of this type, for example limit.
    #[arg(long = "type", value_name = "TYPE", value_parser = NonEmptyStringValueParser::new())]
    pub kind: Option<String>,
    /// Only those that sell this token.
    #[arg(long, value_name = "TOKEN", value_parser = NonEmptyStringValueParser::new())]
    pub token_in: Option<String>,
    /// Only those that buy this token.
    #[arg(long, value_name = "TOKEN", value_parser = NonEmptyStringValueParser::new())]
    pub token_out: Option<String>,
    /// How many at the most.
    #[arg(long, value_name = "N", default_value_t = 20)]
    #[arg(value_parser = clap::value_parser!(u32).range(1..))]
    pub limit: u32,
    /// Where, and how it is told.
    #[command(flatten)]
    pub at: At,
}

/// An order to follow.
#[derive(Clone, Debug, Args)]
#[command(after_help = "Times are since the order was accepted.\n\n\
                  Exit status:\n  \
                  0  confirmed\n  \
                  1  failed, cancelled or expired\n  \
                  2  there is no such order, or the engine does not show it\n  \
                  4  its end was not seen")]
pub struct Watch {
    /// Its id.
    #[arg(value_name = "ORDER_ID")]
    pub id: String,
    /// Only what came after the event of this number.
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub after: u64,
    /// Where, and how it is told.
    #[command(flatten)]
    pub at: At,
}

/// What to ask the venues for.
#[derive(Clone, Debug, Args)]
#[command(
    after_help = "It ends with 0 when an order would go to the venue that is marked, with 1 when it would go to \
    none, and with 2 when the engine refuses the question, or does not say.\n\n\
    Example: order-engine quote SOL USDC 10"
)]
pub struct Quote {
    /// Token to sell, for example SOL.
    pub token_in: String,
    /// Token to buy, for example USDC.
    pub token_out: String,
    /// How much to sell, in whole tokens: 10, 0.25.
    pub amount: String,
    /// How much worse than quoted the execution may be, in hundredths of a percent.
    #[arg(long, value_name = "BPS")]
    pub slippage_bps: Option<u16>,
    /// Where, and how it is told.
    #[command(flatten)]
    pub at: At,
}

/// Which launches to show.
#[derive(Clone, Debug, Args)]
#[command(
    after_help = "It ends with 0 when it showed what there is, and with 2 when the engine does not say.\n\n\
    Example: order-engine launches"
)]
pub struct Launches {
    /// How many known pools at the most; those that are announced come before them.
    #[arg(long, value_name = "N", default_value_t = 20)]
    #[arg(value_parser = clap::value_parser!(u16).range(1..=200))]
    pub limit: u16,
    /// Where, and how it is told.
    #[command(flatten)]
    pub at: At,
}
