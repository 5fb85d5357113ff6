//! The chain that scripted nodes tell of.

use std::{
    collections::{BTreeMap, HashMap},
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use serde_json::Value;
use solana_hash::Hash;
use solana_pubkey::Pubkey;

use super::{
    height::{blockhash, height_of, last_valid_height},
    landing::{Landing, Simulated},
    stranger,
    wire::{self, Opened},
};
use crate::rpc::Account;

/// A chain. Its clones are the same chain.
#[derive(Clone)]
pub struct ScriptedChain {
    state: Arc<Mutex<State>>,
}

/// A transaction that a node has taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sent {
    /// Its signature, in base58.
    pub signature: String,
    /// The signed bytes.
    pub bytes: Vec<u8>,
    /// The final height when it first came.
    pub height: u64,
    /// The height above which it cannot land; `None` when its blockhash is of no block.
    pub last_valid_height: Option<u64>,
    /// How often it came.
    pub times: usize,
}

type Lands = dyn Fn(&[u8]) -> Landing + Send + Sync;
type Simulates = dyn Fn(&[u8]) -> Simulated + Send + Sync;

pub(super) struct State {
    begin: Instant,
    slot_every: Option<Duration>,
    /// The final slot at the beginning, and what a test has moved it by.
    slot: u64,
    accounts: HashMap<Pubkey, Account>,
    pub(super) blocks: BTreeMap<u64, Value>,
    transactions: Vec<Transaction>,
    lands: Arc<Lands>,
    simulates: Arc<Simulates>,
    pub(super) fees: Vec<u64>,
    pub(super) lamports_per_byte: u64,
    pub(super) genesis: Hash,
}

pub(super) struct Transaction {
    pub(super) sent: Sent,
    pub(super) opened: Opened,
    pub(super) landing: Landing,
    /// When it lands, if it does.
    pub(super) slot: Option<u64>,
    is_applied: bool,
    /// The accounts that it names and that were there before it.
    pub(super) held_before: Vec<Pubkey>,
    /// Those that were there after it.
    pub(super) held_after: Vec<Pubkey>,
    /// Whether the wallet has nothing to do with it.
    is_strangers: bool,
}

impl fmt::Debug for ScriptedChain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a chain at slot {}", self.slot())
    }
}

impl ScriptedChain {
    /// A chain that makes a slot each 200 ms. Transactions land after two of them.
    pub fn moving() -> Self {
        Self::moving_every(Duration::from_millis(200))
    }

    /// A chain that makes a slot that often. Less than 100 ms is faster than heights are believed.
    pub fn moving_every(slot: Duration) -> Self {
        Self::with(Some(slot))
    }

    /// A chain that moves when it is told to.
    pub fn still() -> Self {
        Self::with(None)
    }

    fn with(slot_every: Option<Duration>) -> Self {
        let state = State {
            begin: Instant::now(),
            slot_every,
            slot: 400_000_000,
            accounts: HashMap::new(),
            blocks: BTreeMap::new(),
            transactions: Vec::new(),
            lands: Arc::new(|_| Landing::after(2)),
            simulates: Arc::new(|_| Simulated::default()),
            fees: vec![0; 20],
            lamports_per_byte: 6_960,
            genesis: Hash::new_from_array([7; 32]),
        };
        Self {
            state: Arc::new(Mutex::new(state)),
        }
    }

    /// Makes that many slots at once.
    pub fn advance(&self, slots: u64) {
        self.state().slot += slots;
    }

    /// The newest slot that is final.
    pub fn slot(&self) -> u64 {
        self.state().final_slot()
    }

    /// The height of that slot's block.
    pub fn height(&self) -> u64 {
        height_of(self.slot())
    }

    /// Puts a block there, as `getBlock` answers it. The blocks that tests do not put there are
    /// answered to nobody.
    pub fn set_block(&self, slot: u64, block: Value) {
        self.state().blocks.insert(slot, block);
    }

    /// Puts an account there.
    pub fn set_account(&self, key: Pubkey, account: Account) {
        self.state().accounts.insert(key, account);
    }

    /// Takes an account away.
    pub fn remove_account(&self, key: &Pubkey) {
        self.state().accounts.remove(key);
    }

    /// An account as it is now.
    pub fn account(&self, key: &Pubkey) -> Option<Account> {
        self.state().account(key).cloned()
    }

    /// Says what becomes of signed bytes that are sent from now on. The same bytes are judged once.
    pub fn lands(&self, lands: impl Fn(&[u8]) -> Landing + Send + Sync + 'static) {
        self.state().lands = Arc::new(lands);
    }

    /// Says what simulations answer from now on.
    pub fn simulates(&self, simulates: impl Fn(&[u8]) -> Simulated + Send + Sync + 'static) {
        self.state().simulates = Arc::new(simulates);
    }

    /// The priority fees that were paid of late, in micro-lamports for a compute unit.
    pub fn set_fees(&self, fees: Vec<u64>) {
        self.state().fees = fees;
    }

    /// What a byte of an account costs, in lamports.
    pub fn set_rent(&self, lamports_per_byte: u64) {
        self.state().lamports_per_byte = lamports_per_byte;
    }

    /// The hash that names the chain.
    pub fn set_genesis(&self, genesis: Hash) {
        self.state().genesis = genesis;
    }

    /// Somebody else sends lamports to an address, at once.
    pub fn fund(&self, key: Pubkey, account: Account) {
        let landing = Landing::Lands {
            after_slots: 0,
            pre: Vec::new(),
            post: Vec::new(),
            accounts: vec![(key, Some(account))],
        };
        self.take_of_stranger(u16::MAX, key, landing);
    }

    /// So many others name an address in transactions that leave nothing there, of which that
    /// becomes.
    pub fn name(&self, key: Pubkey, times: u16, landing: &Landing) {
        for nth in 0..times {
            self.take_of_stranger(nth, key, landing.clone());
        }
    }

    fn take_of_stranger(&self, nth: u16, key: Pubkey, landing: Landing) {
        let bytes = stranger::transfer(nth, key, blockhash(self.height()));
        let opened = wire::open(&bytes).expect("it is one");
        let mut state = self.state();
        state.take(&bytes, opened, landing);
        if let Some(known) = state.transactions.last_mut() {
            known.is_strangers = true;
        }
    }

    /// A transaction that was dropped has landed all the same, as it is judged now: every node has
    /// denied it so far.
    pub fn reveal(&self, signature: &str) {
        let sent = self.sent();
        let sent = sent.iter().find(|sent| sent.signature == signature);
        let lands = Arc::clone(&self.state().lands);
        let landing = lands(&sent.expect("it was sent").bytes);
        let mut state = self.state();
        let slot = state.final_slot();
        let mut known = state.transactions.iter_mut();
        if let Some(known) = known.find(|known| known.sent.signature == signature) {
            known.landing = landing;
            known.slot = Some(slot);
        }
    }

    /// Each transaction that the wallet has sent, once, in the order in which they first came.
    pub fn sent(&self) -> Vec<Sent> {
        let state = self.state();
        state.ours().map(|known| known.sent.clone()).collect()
    }

    /// The signatures of those of the wallet that are final and were not undone.
    pub fn landed(&self) -> Vec<String> {
        let state = self.state();
        let known = state.ours().filter(|known| known.is_applied);
        known
            .filter(|known| matches!(known.landing, Landing::Lands { .. }))
            .map(|known| known.sent.signature.clone())
            .collect()
    }

    /// The signatures that could land at the same time: of each that came while one before it was
    /// neither final nor too old. Whoever signs once at a time leaves none.
    pub fn overlapping(&self) -> Vec<String> {
        let state = self.state();
        let sent = |known: &Transaction| known.sent.clone();
        let mut found = Vec::new();
        for (index, later) in state.ours().enumerate() {
            let before = state.ours().take(index);
            let mut may_land = before.filter(|earlier| earlier.may_land_at(later.sent.height));
            if may_land.next().is_some() {
                found.push(sent(later).signature);
            }
        }
        found
    }

    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.apply_landed();
        state
    }

    /// Takes signed bytes, and answers their signature.
    pub(super) fn take(&self, bytes: &[u8], opened: Opened) -> String {
        // Without the lock: what becomes of it may depend on the chain.
        let lands = Arc::clone(&self.state().lands);
        let landing = lands(bytes);
        self.state().take(bytes, opened, landing)
    }

    pub(super) fn simulate(&self, bytes: &[u8]) -> Simulated {
        let simulates = Arc::clone(&self.state().simulates);
        simulates(bytes)
    }
}

impl State {
    pub(super) fn final_slot(&self) -> u64 {
        let passed = self.slot_every.map_or(0, |slot| {
            self.begin.elapsed().as_millis() / slot.as_millis()
        });
        self.slot + u64::try_from(passed).unwrap_or(0)
    }

    pub(super) fn account(&self, key: &Pubkey) -> Option<&Account> {
        self.accounts.get(key)
    }

    /// The transactions that the wallet has sent, in the order in which they first came.
    fn ours(&self) -> impl Iterator<Item = &Transaction> {
        let all = self.transactions.iter();
        all.filter(|known| !known.is_strangers)
    }

    /// A transaction that has landed up to that slot.
    pub(super) fn landed(&self, signature: &str, slot: u64) -> Option<&Transaction> {
        let mut known = self.transactions.iter();
        let known = known.find(|known| known.opened.signature == signature)?;
        known
            .slot
            .is_some_and(|landed| landed <= slot)
            .then_some(known)
    }

    /// The transactions that name an account and have landed up to that slot, the newest first.
    pub(super) fn naming<'a>(
        &'a self,
        key: &'a Pubkey,
        slot: u64,
    ) -> impl Iterator<Item = &'a Transaction> {
        let names = move |known: &&Transaction| {
            let keys = known.opened.message.static_account_keys();
            keys.contains(key) && known.slot.is_some_and(|landed| landed <= slot)
        };
        self.transactions.iter().rev().filter(names)
    }

    fn take(&mut self, bytes: &[u8], opened: Opened, landing: Landing) -> String {
        let signature = opened.signature.clone();
        let mut known = self.transactions.iter_mut();
        if let Some(known) = known.find(|known| known.opened.signature == signature) {
            known.sent.times += 1;
            return signature;
        }
        let slot = self.final_slot();
        let last_valid_height = last_valid_height(opened.message.recent_blockhash());
        let lands_at = landing.after_slots().map(|after| slot + after);
        let sent = Sent {
            signature: signature.clone(),
            bytes: bytes.to_vec(),
            height: height_of(slot),
            last_valid_height,
            times: 1,
        };
        self.transactions.push(Transaction {
            slot: lands_at.filter(|at| height_of(*at) <= last_valid_height.unwrap_or(u64::MAX)),
            sent,
            opened,
            landing,
            is_applied: false,
            held_before: Vec::new(),
            held_after: Vec::new(),
            is_strangers: false,
        });
        signature
    }

    fn apply_landed(&mut self) {
        let now = self.final_slot();
        for known in &mut self.transactions {
            let is_final = known.slot.is_some_and(|slot| slot <= now);
            if !is_final || known.is_applied {
                continue;
            }
            known.is_applied = true;
            let named = known.opened.message.static_account_keys().iter();
            let is_there = |accounts: &HashMap<Pubkey, Account>| {
                let named = named.clone().copied();
                named.filter(|key| accounts.contains_key(key)).collect()
            };
            known.held_before = is_there(&self.accounts);
            if let Landing::Lands { accounts, .. } = &known.landing {
                for (key, account) in accounts {
                    match account {
                        Some(account) => self.accounts.insert(*key, account.clone()),
                        None => self.accounts.remove(key),
                    };
                }
            }
            known.held_after = is_there(&self.accounts);
        }
    }
}

impl Transaction {
    fn may_land_at(&self, height: u64) -> bool {
        let is_final = self.slot.is_some_and(|slot| height_of(slot) <= height);
        !is_final
            && self
                .sent
                .last_valid_height
                .is_none_or(|last| height <= last)
    }
}
