//! How long something may take, or wait.

use std::{
    fmt::{self, Display, Formatter},
    str::FromStr,
    time::Duration,
};

use super::{NotAllowed, Setting};

/// Makes a type of each line: a whole number of a unit, with a least and a most.
macro_rules! durations {
    ($($(#[doc = $doc:literal])+ $name:ident: $unit:expr, $least:literal to $most:literal;)+) => {
        $(
            $(#[doc = $doc])+
            #[derive(Clone, Copy, Debug, PartialEq, Eq)]
            pub struct $name(u64);

            impl $name {
                /// As a duration.
                pub const fn duration(self) -> Duration {
                    $unit(self.0)
                }
            }

            impl Display for $name {
                fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
                    Display::fmt(&self.0, f)
                }
            }

            impl Setting for $name {
                const ALLOWED: &'static str =
                    concat!("a whole number from ", $least, " to ", $most);
            }

            impl FromStr for $name {
                type Err = NotAllowed;

                fn from_str(text: &str) -> Result<Self, NotAllowed> {
                    text.parse()
                        .ok()
                        .filter(|number| ($least..=$most).contains(number))
                        .map(Self)
                        .ok_or(NotAllowed(Self::ALLOWED))
                }
            }
        )+
    };
}

durations! {
    /// Whole seconds, up to five minutes: well below a market order's lifetime of fifteen.
    WaitSeconds: Duration::from_secs, 1 to 300;
    /// Whole seconds between two looks at an order that waits: from the first such pause, five
    /// seconds, to an hour.
    RecheckSeconds: Duration::from_secs, 5 to 3600;
    /// Whole milliseconds between two looks at the market: not so few that venues are asked without
    /// a pause, and a minute at the most, as on AWS.
    LookMillis: Duration::from_millis, 100 to 60000;
    /// Whole days that a record is kept: more than the one in which nobody can delete it, and ten
    /// years at the most.
    KeptDays: from_days, 2 to 3650;
    /// Whole days that an order is kept after its end: at least the longest window of the
    /// statistics, which holds an idempotency key's last day, and ten years at the most.
    RetainDays: from_days, 7 to 3650;
}

const fn from_days(days: u64) -> Duration {
    Duration::from_secs(days * 24 * 60 * 60)
}
