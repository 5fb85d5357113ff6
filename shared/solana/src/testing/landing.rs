//! What becomes of a transaction.

use serde_json::Value;
use solana_pubkey::Pubkey;

use crate::rpc::{Account, TokenBalance};

/// What becomes of a transaction that a node has taken, unless its blockhash is too old by then.
#[derive(Clone, Debug, PartialEq)]
pub enum Landing {
    /// It lands and does what it was to do.
    Lands {
        /// How many slots after the newest final one.
        after_slots: u64,
        /// The token accounts that it names, before it.
        pre: Vec<TokenBalance>,
        /// The token accounts that it names, after it.
        post: Vec<TokenBalance>,
        /// The accounts that it writes, as they are afterwards; `None` for one that it closes.
        accounts: Vec<(Pubkey, Option<Account>)>,
    },
    /// It lands and is undone.
    Fails {
        /// How many slots after the newest final one.
        after_slots: u64,
        /// Why, as the chain writes it.
        error: Value,
        /// What the programs said; `None` when the node leaves it out.
        logs: Option<Vec<String>>,
    },
    /// It never lands.
    Dropped,
}

impl Landing {
    /// It lands some slots later, and nobody has or pays a token.
    pub fn after(after_slots: u64) -> Self {
        Self::Lands {
            after_slots,
            pre: Vec::new(),
            post: Vec::new(),
            accounts: Vec::new(),
        }
    }

    pub(super) fn after_slots(&self) -> Option<u64> {
        match self {
            Self::Lands { after_slots, .. } | Self::Fails { after_slots, .. } => Some(*after_slots),
            Self::Dropped => None,
        }
    }
}

/// What a simulated transaction would do.
#[derive(Clone, Debug, PartialEq)]
pub struct Simulated {
    /// Why it would be undone.
    pub error: Option<Value>,
    /// What the programs would say.
    pub logs: Vec<String>,
    /// The compute units that it would use.
    pub units_consumed: u64,
    /// The accounts that it would write; the others are as they are.
    pub accounts: Vec<(Pubkey, Account)>,
}

impl Default for Simulated {
    fn default() -> Self {
        Self {
            error: None,
            logs: Vec::new(),
            units_consumed: 100_000,
            accounts: Vec::new(),
        }
    }
}
