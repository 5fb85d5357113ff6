//! The order book, added up.

use std::{str::FromStr, time::Duration};

use async_trait::async_trait;
use jiff::Timestamp;
use rust_decimal::Decimal;

use super::StoreError;
use crate::{account::AccountId, name::UnknownName};

/// Adds up the order book.
#[async_trait]
pub trait OrderStatistics: Send + Sync {
    /// Adds up the account's orders that were accepted in a window, which ends now by the store's
    /// clock. MUST count each of them, however many there are and whatever else of it cannot be
    /// read, and all as they stand at one moment.
    async fn tally(&self, account: &AccountId, window: Window) -> Result<Tally, StoreError>;
}

/// A time up to now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Window {
    /// An hour.
    Hour,
    /// A day of 24 hours.
    Day,
    /// Seven days.
    Week,
}

impl Window {
    /// Every window, the shortest first.
    pub const ALL: [Self; 3] = [Self::Hour, Self::Day, Self::Week];

    /// The name on the wire.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Hour => "1h",
            Self::Day => "24h",
            Self::Week => "7d",
        }
    }

    /// How long it is.
    pub const fn length(self) -> Duration {
        Duration::from_secs(match self {
            Self::Hour => 3_600,
            Self::Day => 86_400,
            Self::Week => 7 * 86_400,
        })
    }

    /// The parts that it is looked at in. They begin with the clock's minutes and hours (UTC), so
    /// the first one began before the window did, and the last one is not over.
    pub const fn bucket(self) -> Duration {
        Duration::from_secs(match self {
            Self::Hour => 60,
            Self::Day | Self::Week => 3_600,
        })
    }

    /// When the bucket of that moment began.
    pub fn bucket_of(self, at: Timestamp) -> Timestamp {
        let length = i64::try_from(self.bucket().as_secs()).unwrap_or(i64::MAX);
        let into = at.as_second().rem_euclid(length);
        // Only the first seconds of all time have no beginning.
        Timestamp::from_second(at.as_second() - into).unwrap_or(at)
    }
}

impl FromStr for Window {
    type Err = UnknownName;

    fn from_str(text: &str) -> Result<Self, UnknownName> {
        let mut all = Self::ALL.into_iter();
        all.find(|window| window.name() == text)
            .ok_or_else(|| UnknownName(text.to_owned()))
    }
}

/// All orders of a window.
#[derive(Clone, Debug)]
pub struct Tally {
    /// When it begins.
    pub since: Timestamp,
    /// The moment of the look.
    pub until: Timestamp,
    /// The orders, each in one cell.
    pub cells: Vec<Cell>,
    /// From acceptance to the end of those that were confirmed; `None` when none was.
    pub to_confirmed: Option<Percentiles>,
}

/// Orders that have all of this in common. Names are the store's: one that this build does not know
/// is counted by its name.
#[derive(Clone, Debug)]
pub struct Cell {
    /// The beginning of the bucket that they were accepted in.
    pub bucket: Timestamp,
    /// The final status; `None` while they are open.
    pub ended: Option<String>,
    /// Why they failed or expired.
    pub failure_code: Option<String>,
    /// The symbol of the token sold.
    pub token_in: String,
    /// The symbol of the token bought.
    pub token_out: String,
    /// How many they are.
    pub orders: u64,
    /// What they sell, in whole tokens.
    pub amount_in: Decimal,
    /// What they received, in whole tokens; `None` when they were not executed.
    pub amount_out: Option<Decimal>,
}

/// Half of all took no longer than the first, and so on. Each is a time that one of them took.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Percentiles {
    /// Of 50 in 100.
    pub p50: Duration,
    /// Of 95 in 100.
    pub p95: Duration,
    /// Of 99 in 100.
    pub p99: Duration,
}
