//! The command that shows and sets limits.

use clap::{Args, Subcommand};
use engine::account::{InvalidLimits, Limits, Pair};
use rust_decimal::Decimal;

use super::Of;

/// What to do with an account's limits.
#[derive(Clone, Debug, Subcommand)]
pub enum LimitsOf {
    /// Show the limits of an account as a whole.
    Show(ShowLimits),
    /// Replace them; what is not given is not limited any more.
    Set(SetLimits),
}

/// Whose limits to show.
#[derive(Clone, Debug, Args)]
#[command(
    after_help = "It ends with 0 when it showed what there is, and with 2 when the database cannot be used."
)]
pub struct ShowLimits {
    /// Whose.
    #[command(flatten)]
    pub of: Of,
    /// Taken for the sake of sameness: they are printed as one JSON object in any case.
    #[arg(long)]
    pub json: bool,
}

/// Limits to set.
#[derive(Clone, Debug, Args)]
#[command(
    after_help = "They bind every order that is placed from then on. It ends with 0 when they are set, with 2 when \
    they are not, and with 3 when the database does not say.\n\n\
    Example: order-engine limits set --account desk --max-open-orders 100 --pairs SOL/USDC --max-per-day SOL=2500"
)]
pub struct SetLimits {
    /// Whose.
    #[command(flatten)]
    pub of: Of,
    /// Which.
    #[command(flatten)]
    pub limited: Limited,
    /// Taken for the sake of sameness: they are printed as one JSON object in any case.
    #[arg(long)]
    pub json: bool,
}

/// How much an account, or a key, may do. What is not given is not limited.
#[derive(Clone, Debug, Args)]
pub struct Limited {
    /// Orders that may be open at once.
    #[arg(long, value_name = "N")]
    pub max_open_orders: Option<u32>,
    /// Orders that may be placed in a minute.
    #[arg(long, value_name = "N")]
    pub max_orders_per_minute: Option<u32>,
    /// The only pairs that may be traded, in either direction.
    #[arg(long, value_name = "A/B", value_delimiter = ',')]
    pub pairs: Vec<Pair>,
    /// The most of a token that one order may sell.
    #[arg(long, value_name = "TOKEN=AMOUNT", value_delimiter = ',', value_parser = amount)]
    pub max_per_order: Vec<(String, Decimal)>,
    /// The most of a token that the orders of a day (UTC) may sell.
    #[arg(long, value_name = "TOKEN=AMOUNT", value_delimiter = ',', value_parser = amount)]
    pub max_per_day: Vec<(String, Decimal)>,
}

impl Limited {
    /// The limits.
    ///
    /// # Errors
    /// [`InvalidLimits`] when a number or a name is none.
    pub fn limits(&self) -> Result<Limits, InvalidLimits> {
        let limits = Limits {
            max_open_orders: self.max_open_orders,
            max_orders_per_minute: self.max_orders_per_minute,
            pairs: match self.pairs.is_empty() {
                true => None,
                false => Some(self.pairs.iter().cloned().collect()),
            },
            max_amount_per_order: self.max_per_order.iter().cloned().collect(),
            max_amount_per_day: self.max_per_day.iter().cloned().collect(),
        };
        limits.check().map(|()| limits)
    }
}

fn amount(text: &str) -> Result<(String, Decimal), &'static str> {
    let read = text.split_once('=').and_then(|(token, amount)| {
        let amount = Decimal::from_str_exact(amount).ok()?;
        Some((token.to_owned(), amount))
    });
    read.ok_or("it is like SOL=100")
}
