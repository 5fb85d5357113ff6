//! How accounts were before the slots that are not yet final.

use std::collections::{HashMap, VecDeque};

use solana_account::Account;
use solana_address::Address;

use super::Commitment;

/// What the accounts that a slot touched were before it; `None` for one that did not exist.
type Before = HashMap<Address, Option<Account>>;

/// The slots that are not yet final, the oldest first.
#[derive(Default)]
pub(super) struct Past {
    slots: VecDeque<(u64, Before)>,
}

impl Past {
    /// Begins a slot, and forgets the oldest when it is final.
    pub(super) fn begin(&mut self, slot: u64) {
        self.slots.push_back((slot, Before::new()));
        let behind = Commitment::Finalized.slots_behind();
        while self
            .slots
            .front()
            .is_some_and(|(first, _)| first + behind <= slot)
        {
            self.slots.pop_front();
        }
    }

    /// Keeps an account as it is, unless the slot has kept it before.
    pub(super) fn keep(&mut self, address: &Address, read: impl FnOnce() -> Option<Account>) {
        if let Some((_, before)) = self.slots.back_mut() {
            before.entry(*address).or_insert_with(read);
        }
    }

    /// An account as it was after `slot`; `None` if no later slot touched it.
    pub(super) fn after(&self, slot: u64, address: &Address) -> Option<Option<Account>> {
        let mut later = self.slots.iter().filter(|(at, _)| *at > slot);
        later.find_map(|(_, before)| before.get(address).cloned())
    }
}
