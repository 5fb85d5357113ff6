//! How long something may take, or wait.

use std::{str::FromStr, time::Duration};

use super::{NotAllowed, Setting};

/// Whole seconds, up to five minutes: well below a market order's lifetime of fifteen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WaitSeconds(u64);

const LONGEST: u64 = 300;

impl WaitSeconds {
    /// As a duration.
    pub const fn duration(self) -> Duration {
        Duration::from_secs(self.0)
    }
}

impl Setting for WaitSeconds {
    const ALLOWED: &'static str = "a whole number from 1 to 300";
}

impl FromStr for WaitSeconds {
    type Err = NotAllowed;

    fn from_str(text: &str) -> Result<Self, NotAllowed> {
        text.parse()
            .ok()
            .filter(|seconds| (1..=LONGEST).contains(seconds))
            .map(Self)
            .ok_or(NotAllowed(Self::ALLOWED))
    }
}
