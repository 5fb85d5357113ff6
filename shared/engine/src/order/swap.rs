//! What an order swaps, and how much worse than quoted it may go.

use crate::amount::TokenAmount;

/// A token as an order names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// What clients call it: a listed token's symbol, for example `SOL`, and the mint of one that
    /// is not listed.
    pub symbol: String,
    /// How many decimals a whole token has: 10^decimals base units. Zero while they are not known
    /// of a token that a sniper order waits for: its pool tells them.
    pub decimals: u8,
}

impl Token {
    /// So many base units of this token.
    pub const fn units(&self, units: u64) -> TokenAmount {
        TokenAmount::from_units(units, self.decimals)
    }

    /// So many whole tokens, or as many as an account can hold.
    pub const fn whole(&self, tokens: u64) -> TokenAmount {
        let unit = 10u64.saturating_pow(self.decimals as u32);
        self.units(tokens.saturating_mul(unit))
    }
}

/// What is sold for what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Swap {
    /// What is sold.
    pub token_in: Token,
    /// What is bought.
    pub token_out: Token,
    /// How much of `token_in` is sold.
    pub amount_in: TokenAmount,
}

/// How much worse than quoted an execution may be, in basis points (hundredths of a percent).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SlippageTolerance(u16);

/// Basis points of the whole.
const WHOLE: u16 = 10_000;

impl SlippageTolerance {
    /// The tolerance of an order that names none: 0.5 %.
    pub const DEFAULT: Self = Self(50);
    /// The widest tolerance a market or limit order may ask for: 10 %.
    pub const MAX_BPS: u16 = 1_000;
    /// The tolerance of a sniper order that names none: 10 %.
    pub const SNIPER_DEFAULT: Self = Self(1_000);
    /// The widest tolerance there is, which a sniper order may ask for: 50 %.
    pub const WIDEST_BPS: u16 = 5_000;

    /// `None` above [`SlippageTolerance::WIDEST_BPS`].
    pub fn from_bps(bps: u16) -> Option<Self> {
        (bps <= Self::WIDEST_BPS).then_some(Self(bps))
    }

    /// The number of basis points.
    pub const fn bps(self) -> u16 {
        self.0
    }

    /// The least that may be received when `quoted` was promised:
    /// floor(quoted × (10000 − bps) / 10000).
    pub fn minimum_of(self, quoted: TokenAmount) -> TokenAmount {
        let kept = u128::from(quoted.units()) * u128::from(WHOLE - self.0) / u128::from(WHOLE);
        quoted.with_units(u64::try_from(kept).unwrap_or(u64::MAX)) // kept <= quoted, which is a u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_least_accepted_is_rounded_down_as_on_chain() {
        let minimum = |tolerance: SlippageTolerance, units| {
            tolerance
                .minimum_of(TokenAmount::from_units(units, 6))
                .units()
        };
        let half_percent = SlippageTolerance::DEFAULT;
        assert_eq!(minimum(half_percent, 790_983_110), 787_028_194);
        assert_eq!(minimum(half_percent, 1), 0);
        let none = SlippageTolerance::from_bps(0).expect("within the limit");
        assert_eq!(minimum(none, u64::MAX), u64::MAX);
        assert_eq!(SlippageTolerance::from_bps(5_001), None);
    }
}
