//! A swap as a client writes it, and the checks that turn it into one that can be executed.

use engine::{
    catalogue::Catalogue,
    order::{Needs, OrderKind, SlippageTolerance, Swap, Token, TokenAmount},
};

use crate::http::{
    code::Code,
    problem::{ApiError, shown},
};

/// What a client wants to swap, as text: in an order's body, or in the query of a quote.
#[derive(Debug)]
pub(crate) struct SwapRequest {
    /// The symbol of the token sold.
    pub(crate) token_in: String,
    /// The symbol of the token bought.
    pub(crate) token_out: String,
    /// How much is sold, in whole tokens.
    pub(crate) amount: String,
}

impl SwapRequest {
    /// The swap, and the kind that `terms` reads for it. What is wrong with the swap is told first.
    ///
    /// # Errors
    /// The first of `unknown_token`, `same_token`, `unsupported_pair`, `invalid_mint`,
    /// `invalid_amount` that applies, always in this order; then the kind's.
    pub(crate) fn for_kind(
        &self,
        needs: Needs,
        terms: impl FnOnce(&Swap) -> Result<OrderKind, ApiError>,
        catalogue: &Catalogue,
    ) -> Result<(Swap, OrderKind), ApiError> {
        let (token_in, token_out) = match needs {
            Needs::ListedPair => listed_pair(&self.token_in, &self.token_out, catalogue)?,
            Needs::Mint => self.listed_and_mint(catalogue)?,
        };
        let amount_in = amount(&self.amount, &token_in, Code::InvalidAmount, "amount")?;
        let swap = Swap {
            token_in,
            token_out,
            amount_in,
        };
        let kind = terms(&swap)?;
        Ok((swap, kind))
    }

    /// The token bought is one that no list has. Its decimals are its pool's to tell.
    fn listed_and_mint(&self, catalogue: &Catalogue) -> Result<(Token, Token), ApiError> {
        let token_in = listed(catalogue, "tokenIn", &self.token_in)?;
        let mint = &self.token_out;
        let invalid = |detail| ApiError::new(Code::InvalidMint, detail).field("tokenOut");
        if !is_address(mint) {
            let detail = format!("{} is not the address of a mint", shown(mint));
            return Err(invalid(detail));
        }
        let mut tokens = catalogue.tokens.iter();
        if let Some(listed) = tokens.find(|listed| listed.mint == *mint) {
            let symbol = &listed.token.symbol;
            return Err(invalid(format!(
                "{mint} is {symbol}, which is traded already: a market or a limit order buys it"
            )));
        }
        let token_out = Token {
            symbol: mint.clone(),
            decimals: 0,
        };
        Ok((token_in.clone(), token_out))
    }
}

/// Two tokens that some venue can swap for each other.
///
/// # Errors
/// The first of `unknown_token`, `same_token`, `unsupported_pair` that applies.
pub(crate) fn listed_pair(
    token_in: &str,
    token_out: &str,
    catalogue: &Catalogue,
) -> Result<(Token, Token), ApiError> {
    let token_in = listed(catalogue, "tokenIn", token_in)?;
    let token_out = listed(catalogue, "tokenOut", token_out)?;
    let (sold, bought) = (&token_in.symbol, &token_out.symbol);
    if token_in == token_out {
        let detail = format!("{sold} cannot be swapped for itself");
        return Err(ApiError::new(Code::SameToken, detail).field("tokenOut"));
    }
    if !catalogue.trades(sold, bought) {
        let detail = format!("no venue has a pool for {sold} and {bought}");
        return Err(ApiError::new(Code::UnsupportedPair, detail).field("tokenOut"));
    }
    Ok((token_in.clone(), token_out.clone()))
}

/// Whether it is an address on Solana: 32 bytes in base58.
fn is_address(text: &str) -> bool {
    // Longer ones are refused unread.
    text.len() <= 44
        && bs58::decode(text)
            .into_vec()
            .is_ok_and(|bytes| bytes.len() == 32)
}

fn listed<'a>(catalogue: &'a Catalogue, field: &str, symbol: &str) -> Result<&'a Token, ApiError> {
    catalogue.token(symbol).ok_or_else(|| {
        let detail = format!("{} is not a token that can be traded here", shown(symbol));
        ApiError::new(Code::UnknownToken, detail).field(field)
    })
}

/// An amount of a token.
///
/// # Errors
/// `code` when it is none that the token can express.
pub(crate) fn amount(
    text: &str,
    token: &Token,
    code: Code,
    field: &str,
) -> Result<TokenAmount, ApiError> {
    TokenAmount::parse(text, token.decimals).map_err(|invalid| {
        let detail = invalid.to_string().escape_debug().to_string();
        ApiError::new(code, detail).field(field)
    })
}

/// The slippage that a client wrote, or the usual one when it wrote none.
///
/// # Errors
/// `invalid_slippage` when it is not an integer within the limit.
pub(crate) fn slippage(
    bps: Option<&str>,
    usual: SlippageTolerance,
    max: u16,
) -> Result<SlippageTolerance, ApiError> {
    bps.map_or(Ok(usual), |text| {
        whole_number(text)
            .filter(|bps| *bps <= max)
            .and_then(SlippageTolerance::from_bps)
            .ok_or_else(|| {
                let detail = format!("{} is not an integer from 0 to {max}", shown(text));
                ApiError::new(Code::InvalidSlippage, detail).field("slippageBps")
            })
    })
}

/// A field that must be given.
///
/// # Errors
/// `missing_field` when it is not.
pub(crate) fn required(field: &str, value: Option<String>) -> Result<String, ApiError> {
    value.ok_or_else(|| {
        ApiError::new(Code::MissingField, format!("{field} is missing")).field(field)
    })
}

/// The number that plain digits write; Rust's own reading would take a sign too.
pub(crate) fn whole_number<T: std::str::FromStr>(text: &str) -> Option<T> {
    text.bytes()
        .all(|byte| byte.is_ascii_digit())
        .then(|| text.parse().ok())?
}
