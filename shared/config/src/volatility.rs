//! How much prices move.

use std::str::FromStr;

use super::{NotAllowed, Setting, decimal};

/// A number from 0 to 4 in thousandths: how far simulated prices move, compared with the usual.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Volatility(u32);

const MOST: u32 = 4_000;
const DECIMALS: usize = 3;

impl Volatility {
    /// Thousandths, 0 to 4,000.
    pub const fn thousandths(self) -> u32 {
        self.0
    }
}

impl Setting for Volatility {
    const ALLOWED: &'static str = "a number from 0 to 4 with at most 3 decimals, such as `0.5`";
}

impl FromStr for Volatility {
    type Err = NotAllowed;

    fn from_str(text: &str) -> Result<Self, NotAllowed> {
        decimal::parts(text, DECIMALS)
            .filter(|&thousandths| thousandths <= MOST)
            .map(Self)
            .ok_or(NotAllowed(Self::ALLOWED))
    }
}
