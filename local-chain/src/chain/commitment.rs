//! How sure an answer is to stay true.

use serde::Deserialize;

/// How far the network has agreed on a block.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Default)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Commitment {
    /// The newest block.
    Processed,
    /// Voted for.
    Confirmed,
    /// Never undone. What is meant when a request says nothing.
    #[default]
    Finalized,
}

impl Commitment {
    /// By how many slots the newest such block is behind the newest of all.
    pub(crate) fn slots_behind(self) -> u64 {
        match self {
            Commitment::Processed => 0,
            Commitment::Confirmed => 1,
            Commitment::Finalized => 2,
        }
    }

    /// What a block is that has so many after it.
    pub(crate) fn after(slots: u64) -> Commitment {
        match slots {
            0 => Commitment::Processed,
            1 => Commitment::Confirmed,
            _ => Commitment::Finalized,
        }
    }

    /// Its name on the wire.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Commitment::Processed => "processed",
            Commitment::Confirmed => "confirmed",
            Commitment::Finalized => "finalized",
        }
    }
}
