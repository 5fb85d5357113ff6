//! How many of something.

use std::str::FromStr;

use super::{NotAllowed, Setting};

/// A number of things that the engine keeps going at once: at least one, and not absurdly many.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Count(u16);

const MOST: u16 = 1_000;

impl Count {
    /// The number.
    pub const fn get(self) -> u16 {
        self.0
    }
}

impl Setting for Count {
    const ALLOWED: &'static str = "a whole number from 1 to 1000";
}

impl FromStr for Count {
    type Err = NotAllowed;

    fn from_str(text: &str) -> Result<Self, NotAllowed> {
        text.parse()
            .ok()
            .filter(|number| (1..=MOST).contains(number))
            .map(Self)
            .ok_or(NotAllowed(Self::ALLOWED))
    }
}
