//! Where an order can stand.

use std::{fmt, str::FromStr};

use crate::name::UnknownName;

/// Where an order stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Status {
    /// Accepted and stored; no worker has taken it up.
    Pending,
    /// The venues are being asked.
    Routing,
    /// A venue was chosen; the transaction is being built and signed.
    Building,
    /// A signed transaction is stored and on its way: it may land until it expires.
    Submitted,
    /// The swap landed. Final.
    Confirmed,
    /// No swap happened and none will. Final.
    Failed,
}

impl Status {
    /// Every status, in the order of a smooth life.
    pub const ALL: [Self; 6] = [
        Self::Pending,
        Self::Routing,
        Self::Building,
        Self::Submitted,
        Self::Confirmed,
        Self::Failed,
    ];

    /// The name on the wire and in the database.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Routing => "routing",
            Self::Building => "building",
            Self::Submitted => "submitted",
            Self::Confirmed => "confirmed",
            Self::Failed => "failed",
        }
    }

    /// Whether nothing can follow.
    pub const fn is_final(self) -> bool {
        matches!(self, Self::Confirmed | Self::Failed)
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Status {
    type Err = UnknownName;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|status| status.name() == name)
            .ok_or_else(|| UnknownName(name.to_owned()))
    }
}
