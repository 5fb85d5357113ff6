//! A delay to draw from a range.

use std::{str::FromStr, time::Duration};

use super::{NotAllowed, Setting};

/// A delay between two bounds, both included. The bounds are equal for a fixed delay.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DelayRange {
    /// At least.
    pub shortest: Duration,
    /// At most; never less than `shortest`.
    pub longest: Duration,
}

/// Ten minutes: more than any delay that makes sense, less than an order's life.
const LONGEST_MS: u64 = 600_000;

impl DelayRange {
    /// From `shortest` to `longest` milliseconds, in whichever order they are given.
    pub const fn from_millis(a: u64, b: u64) -> Self {
        let (shortest, longest) = if a <= b { (a, b) } else { (b, a) };
        Self {
            shortest: Duration::from_millis(shortest),
            longest: Duration::from_millis(longest),
        }
    }
}

impl Setting for DelayRange {
    const ALLOWED: &'static str = "milliseconds as one number (`100`) or a range from low to high \
         (`200-350`), at most 600000";
}

impl FromStr for DelayRange {
    type Err = NotAllowed;

    fn from_str(text: &str) -> Result<Self, NotAllowed> {
        let (low, high) = text.split_once('-').unwrap_or((text, text));
        match (low.trim().parse::<u64>(), high.trim().parse::<u64>()) {
            (Ok(low), Ok(high)) if low <= high && high <= LONGEST_MS => {
                Ok(Self::from_millis(low, high))
            }
            _ => Err(NotAllowed(Self::ALLOWED)),
        }
    }
}
