//! The terms of a swap as a client writes them, and the checks that turn them into a swap.

use engine::{
    amount::Amount,
    order::{Bps, Catalogue, Swap, Token},
};

use crate::problem::{Code, Problem, shown};

/// What a client wants to swap, as text: in an order's body, or in the query of a quote.
#[derive(Debug)]
pub(crate) struct Terms {
    /// The symbol of the token sold.
    pub(crate) token_in: String,
    /// The symbol of the token bought.
    pub(crate) token_out: String,
    /// How much is sold, in whole tokens.
    pub(crate) amount: String,
    /// The slippage allowed, in basis points, when it is named.
    pub(crate) slippage_bps: Option<String>,
}

impl Terms {
    /// The swap that the terms describe.
    ///
    /// # Errors
    /// The first of `unknown_token`, `same_token`, `unsupported_pair`, `invalid_amount`, `invalid_slippage` that applies,
    /// always in this order.
    pub(crate) fn swap(&self, catalogue: &Catalogue) -> Result<Swap, Problem> {
        let token_in = listed(catalogue, "tokenIn", &self.token_in)?;
        let token_out = listed(catalogue, "tokenOut", &self.token_out)?;
        if token_in == token_out {
            let detail = format!("{} cannot be swapped for itself", token_in.symbol);
            return Err(Problem::new(Code::SameToken, detail).field("tokenOut"));
        }
        if !catalogue.trades(&token_in.symbol, &token_out.symbol) {
            let detail = format!(
                "no venue has a pool for {} and {}",
                token_in.symbol, token_out.symbol
            );
            return Err(Problem::new(Code::UnsupportedPair, detail).field("tokenOut"));
        }
        let amount = Amount::parse(&self.amount, token_in.decimals).map_err(|invalid| {
            let detail = invalid.to_string().escape_debug().to_string();
            Problem::new(Code::InvalidAmount, detail).field("amount")
        })?;
        Ok(Swap {
            token_in: token_in.clone(),
            token_out: token_out.clone(),
            amount_in: amount.units(),
            slippage: self.slippage()?,
        })
    }

    fn slippage(&self) -> Result<Bps, Problem> {
        let Some(text) = &self.slippage_bps else {
            return Ok(Bps::DEFAULT_SLIPPAGE);
        };
        whole_number(text).and_then(Bps::slippage).ok_or_else(|| {
            let max = Bps::MAX_SLIPPAGE;
            let detail = format!("{} is not an integer from 0 to {max}", shown(text));
            Problem::new(Code::InvalidSlippage, detail).field("slippageBps")
        })
    }
}

fn listed<'a>(catalogue: &'a Catalogue, field: &str, symbol: &str) -> Result<&'a Token, Problem> {
    catalogue.token(symbol).ok_or_else(|| {
        let detail = format!("{} is not a token that can be traded here", shown(symbol));
        Problem::new(Code::UnknownToken, detail).field(field)
    })
}

/// A field that must be given.
///
/// # Errors
/// `missing_field` when it is not.
pub(crate) fn required(field: &str, value: Option<String>) -> Result<String, Problem> {
    value
        .ok_or_else(|| Problem::new(Code::MissingField, format!("{field} is missing")).field(field))
}

/// The number that plain digits write; Rust's own reading would take a sign too.
pub(crate) fn whole_number<T: std::str::FromStr>(text: &str) -> Option<T> {
    text.bytes()
        .all(|byte| byte.is_ascii_digit())
        .then(|| text.parse().ok())?
}
