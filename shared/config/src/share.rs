//! A share of a whole, exact.

use std::str::FromStr;

use super::{NotAllowed, Setting, decimal};

/// A number from 0 to 1 in millionths.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Share(u32);

const WHOLE: u32 = 1_000_000;
const DECIMALS: usize = 6;

impl Share {
    /// Nothing.
    pub const ZERO: Self = Self(0);

    /// Parts per million, 0 to 1,000,000.
    pub const fn parts_per_million(self) -> u32 {
        self.0
    }
}

impl Setting for Share {
    const ALLOWED: &'static str = "a number from 0 to 1 with at most 6 decimals, such as `0.05`";
}

impl FromStr for Share {
    type Err = NotAllowed;

    fn from_str(text: &str) -> Result<Self, NotAllowed> {
        decimal::parts(text, DECIMALS)
            .filter(|&parts| parts <= WHOLE)
            .map(Self)
            .ok_or(NotAllowed(Self::ALLOWED))
    }
}
