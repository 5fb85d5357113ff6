//! The chain: slots, blocks, and what landed in them.

mod block;
mod commitment;
mod landed;
mod past;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::time::{SystemTime, UNIX_EPOCH};

use litesvm::LiteSVM;
use solana_account::Account;
use solana_address::Address;
use solana_clock::Clock;
use solana_hash::Hash;
use solana_signature::Signature;
use solana_transaction::versioned::VersionedTransaction;

pub(crate) use block::Block;
pub(crate) use commitment::Commitment;
pub(crate) use landed::{Landed, TokenBalance};

use crate::programs::with_amount;
use past::Past;

/// The chain's first slot, and how many slots before it had no block: as on a real chain, where a
/// block's height is below its slot.
const FIRST_SLOT: u64 = 1_000;
const SLOTS_WITHOUT_BLOCK: u64 = 100;
/// For how many blocks after its own a blockhash is good.
pub(crate) const BLOCKHASH_BLOCKS: u64 = 150;
/// Slots of an epoch.
const EPOCH_SLOTS: u64 = 432_000;

/// A chain that lives in memory.
pub(crate) struct Chain {
    svm: LiteSVM,
    genesis: Hash,
    /// The newest slot.
    slot: u64,
    /// The newest slot's time, unix seconds.
    time: i64,
    /// What the time is instead of the machine's, if anything.
    frozen_time: Option<i64>,
    /// Transactions for the next slot.
    pending: Vec<VersionedTransaction>,
    landed: HashMap<Signature, Landed>,
    /// What landed in which slot, in its order.
    blocks: BTreeMap<u64, Vec<Signature>>,
    past: Past,
    drops: u64,
}

impl Chain {
    /// A chain that begins with the accounts of `svm`, which checks neither signatures nor
    /// blockhashes: that is done here.
    pub(crate) fn new(svm: LiteSVM, genesis: Hash, frozen_time: Option<i64>) -> Chain {
        let mut chain = Chain {
            svm: svm.with_sigverify(false).with_blockhash_check(false),
            genesis,
            slot: FIRST_SLOT,
            time: 0,
            frozen_time,
            pending: Vec::new(),
            landed: HashMap::new(),
            blocks: BTreeMap::new(),
            past: Past::default(),
            drops: 0,
        };
        chain.set_clock();
        chain
    }

    /// The hash that tells this chain from all others.
    pub(crate) fn genesis(&self) -> Hash {
        self.genesis
    }

    /// The newest block of a commitment.
    pub(crate) fn newest(&self, commitment: Commitment) -> Block {
        Block::at(self.genesis, self.slot - commitment.slots_behind())
    }

    /// An account as it was after the newest block of `commitment`.
    pub(crate) fn account(&self, address: &Address, commitment: Commitment) -> Option<Account> {
        let slot = self.slot - commitment.slots_behind();
        let now = || self.svm.get_account(address);
        let account = self.past.after(slot, address).unwrap_or_else(now);
        account.filter(|account| account.lamports > 0)
    }

    /// The lamports that an account of so many bytes must hold.
    pub(crate) fn least_balance(&self, bytes: usize) -> u64 {
        self.svm.minimum_balance_for_rent_exemption(bytes)
    }

    /// The VM, to try a transaction on the newest state.
    pub(crate) fn svm(&self) -> &LiteSVM {
        &self.svm
    }

    /// Whether a transaction with this blockhash may be in the next block.
    pub(crate) fn is_recent(&self, blockhash: &Hash) -> bool {
        let oldest = (self.slot + 1).saturating_sub(BLOCKHASH_BLOCKS);
        (oldest..=self.slot).any(|slot| Block::at(self.genesis, slot).hash == *blockhash)
    }

    /// What is known about a transaction that landed.
    pub(crate) fn landed(&self, signature: &Signature) -> Option<&Landed> {
        self.landed.get(signature)
    }

    /// The chain's first slot that has a block.
    pub(crate) fn first_slot(&self) -> u64 {
        FIRST_SLOT
    }

    /// The block of a slot, if there is one.
    pub(crate) fn block(&self, slot: u64) -> Option<Block> {
        let slots = FIRST_SLOT..=self.slot;
        slots.contains(&slot).then(|| Block::at(self.genesis, slot))
    }

    /// What landed in a slot, in its order.
    pub(crate) fn landed_in(&self, slot: u64) -> impl Iterator<Item = &Landed> {
        let signatures = self.blocks.get(&slot).into_iter().flatten();
        signatures.filter_map(|signature| self.landed.get(signature))
    }

    /// The newest slot's time, unix seconds.
    pub(crate) fn time(&self) -> i64 {
        self.time
    }

    /// Transactions that landed in the last `slots` slots.
    pub(crate) fn landed_since(&self, slots: u64) -> impl Iterator<Item = &Landed> {
        let first = (self.slot + 1).saturating_sub(slots);
        let signatures = self.blocks.range(first..).flat_map(|(_, block)| block);
        signatures.filter_map(|signature| self.landed.get(signature))
    }

    /// The next `count` transactions that are submitted will be accepted and forgotten.
    pub(crate) fn drop_next(&mut self, count: u64) {
        self.drops = count;
    }

    /// Takes a transaction for the next slot. Whether it lands is known only then.
    pub(crate) fn submit(&mut self, transaction: VersionedTransaction) {
        if self.drops > 0 {
            self.drops -= 1;
        } else {
            self.pending.push(transaction);
        }
    }

    /// Changes what a token account holds, now and outside of any transaction. Whether there is
    /// such an account.
    pub(crate) fn set_tokens(&mut self, address: &Address, amount: u64) -> bool {
        let account = self.svm.get_account(address);
        let changed = account
            .as_ref()
            .and_then(|account| with_amount(account, amount));
        let Some(changed) = changed else {
            return false;
        };
        self.past.keep(address, || account);
        // Refused are sysvars and programs only.
        self.svm.set_account(*address, changed).is_ok()
    }

    /// Makes the next block.
    pub(crate) fn advance(&mut self) {
        let pending = std::mem::take(&mut self.pending);
        // Judged before the slot moves on: the question is about the block that is being made.
        let mut seen = HashSet::new();
        let landing: Vec<VersionedTransaction> = pending
            .into_iter()
            .filter(|transaction| {
                let signature = transaction.signatures[0];
                self.is_recent(transaction.message.recent_blockhash())
                    && !self.landed.contains_key(&signature)
                    && seen.insert(signature)
            })
            .collect();
        self.slot += 1;
        self.set_clock();
        self.past.begin(self.slot);
        for transaction in landing {
            self.execute(transaction);
        }
    }

    /// Executes a transaction in the newest slot. One whose fee nobody can pay does not land.
    fn execute(&mut self, transaction: VersionedTransaction) {
        let keys = transaction.message.static_account_keys().to_vec();
        for key in &keys {
            self.past.keep(key, || self.svm.get_account(key));
        }
        let before = landed::Balances::read(&self.svm, &keys);
        let result = self.svm.send_transaction(transaction.clone());
        let signature = transaction.signatures[0];
        if self.svm.get_transaction(&signature).is_none() {
            return;
        }
        let after = landed::Balances::read(&self.svm, &keys);
        let (err, meta) = match result {
            Ok(meta) => (None, meta),
            Err(failed) => (Some(failed.err), failed.meta),
        };
        let record = Landed {
            slot: self.slot,
            time: self.time,
            transaction,
            err,
            fee: meta.fee,
            units: meta.compute_units_consumed,
            inner: meta.inner_instructions,
            logs: meta.logs,
            before,
            after,
        };
        self.landed.insert(signature, record);
        self.blocks.entry(self.slot).or_default().push(signature);
    }

    /// Tells the programs what slot and time it is.
    fn set_clock(&mut self) {
        let machine = SystemTime::now().duration_since(UNIX_EPOCH);
        let machine = machine.map_or(0, |since| since.as_secs().cast_signed());
        self.time = self.frozen_time.unwrap_or(machine.max(self.time));
        self.svm.set_sysvar(&Clock {
            slot: self.slot,
            epoch_start_timestamp: self.time,
            epoch: self.slot / EPOCH_SLOTS,
            leader_schedule_epoch: self.slot / EPOCH_SLOTS + 1,
            unix_timestamp: self.time,
        });
    }
}
