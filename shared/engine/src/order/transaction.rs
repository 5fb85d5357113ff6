//! A transaction on its way to the chain.

use std::str::FromStr;

use crate::{amount::TokenAmount, name::UnknownName};

/// A transaction that may land from the moment it is sent until the chain is past its last valid
/// height.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedTransaction {
    /// Its identity on chain, known before it is sent.
    pub signature: String,
    /// The signed bytes.
    pub bytes: Vec<u8>,
    /// It cannot land above this height.
    pub last_valid_height: u64,
    /// The least it may pay.
    pub min_out: TokenAmount,
}

/// How a transaction ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TransactionEnd {
    /// The swap happened.
    Landed,
    /// The chain took it and undid it: no swap happened.
    Reverted,
    /// It never landed and no longer can.
    Expired,
}

impl TransactionEnd {
    /// The name in the database.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Landed => "landed",
            Self::Reverted => "reverted",
            Self::Expired => "expired",
        }
    }
}

impl FromStr for TransactionEnd {
    type Err = UnknownName;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        [Self::Landed, Self::Reverted, Self::Expired]
            .into_iter()
            .find(|end| end.name() == name)
            .ok_or_else(|| UnknownName(name.to_owned()))
    }
}
