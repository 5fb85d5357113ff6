//! What opens the metrics to other machines.

use std::{fmt, str::FromStr};

use super::{NotAllowed, Setting};

/// A text that nobody guesses: 16 to 255 printable ASCII characters without a space.
#[derive(Clone, PartialEq, Eq)]
pub struct MetricsToken(String);

impl MetricsToken {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Not the text: it is a secret.
impl fmt::Debug for MetricsToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MetricsToken(…)")
    }
}

impl Setting for MetricsToken {
    const ALLOWED: &'static str = "16 to 255 printable ASCII characters without a space";
    const SECRET: bool = true;
}

impl FromStr for MetricsToken {
    type Err = NotAllowed;

    fn from_str(text: &str) -> Result<Self, NotAllowed> {
        if (16..=255).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic()) {
            Ok(Self(text.to_owned()))
        } else {
            Err(NotAllowed(Self::ALLOWED))
        }
    }
}
