//! A share of a whole, exact.

use std::str::FromStr;

use super::{NotAllowed, Setting};

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
        let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
        let digits = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit());
        if !digits(whole) || !digits(fraction) || fraction.len() > DECIMALS {
            return Err(NotAllowed(Self::ALLOWED));
        }
        // Zeros on the right make the fraction a count of millionths: "05" is 050000 of them.
        format!("{whole}{fraction:0<DECIMALS$}")
            .parse()
            .ok()
            .filter(|&parts| parts <= WHOLE)
            .map(Self)
            .ok_or(NotAllowed(Self::ALLOWED))
    }
}
