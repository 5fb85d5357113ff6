//! Whose turn it is: one message of each account after the other, whatever it is about. A new
//! order, one that comes back and one that was woken are a turn each, so that nobody's flood of
//! anything delays another account by more than its share. Within an account its [`Lines`] say.
//!
//! Accounts that come later could keep a longer one waiting, as long as they like: where something
//! has waited for too long, every second turn goes to who has waited longest. Not every one: else a
//! flood that has become old would be in everybody's way.

use std::{
    collections::{HashMap, VecDeque},
    time::Duration,
};

use engine::{account::AccountId, order::OrderId, ports::Client};
use tokio::time::Instant;

use super::{
    Line, Place, Received,
    lines::{Lines, Sender},
};

/// All that can be taken. Whoever was served goes to the end of `turns`.
pub(super) struct Turns {
    patience: Duration,
    accounts: HashMap<AccountId, Lines>,
    /// Each account with a message that waits, once.
    turns: VecDeque<AccountId>,
    /// Whether the last turn went to who had waited for too long.
    was_late: bool,
    /// Orders that were admitted and are not sent yet.
    coming: HashMap<OrderId, (AccountId, Sender)>,
}

impl Turns {
    pub(super) fn new(patience: Duration) -> Self {
        Self {
            patience,
            accounts: HashMap::new(),
            turns: VecDeque::new(),
            was_late: false,
            coming: HashMap::new(),
        }
    }

    /// How many messages can be taken.
    pub(super) fn len(&self) -> usize {
        self.accounts.values().map(Lines::len).sum()
    }

    /// How many of them are new.
    pub(super) fn len_new(&self) -> usize {
        self.accounts.values().map(Lines::len_new).sum()
    }

    /// Every new order that waits or is coming.
    pub(super) fn all_new(&self) -> usize {
        self.accounts.values().map(Lines::all_new).sum()
    }

    /// Since when the one waits that has waited longest.
    pub(super) fn oldest(&self) -> Option<Instant> {
        self.accounts.values().filter_map(Lines::oldest).min()
    }

    /// How many new orders are taken up before the next one of this account and client: those of
    /// the account, of each other account no more than as many and one, and once more as many at
    /// the most of those that have waited for too long.
    pub(super) fn ahead_of(
        &self,
        account: &AccountId,
        client: Option<&Client>,
        now: Instant,
    ) -> usize {
        let own = self.accounts.get(account);
        let own = own.map_or(0, |lines| lines.ahead_of(&client.cloned(), now));
        let (mut turns, mut late) = (own, 0);
        for (_, lines) in self.accounts.iter().filter(|(other, _)| *other != account) {
            turns += lines.all_new().min(own + 1);
            late += lines.late(now);
        }
        (turns + late.min(turns)).min(self.all_new())
    }

    /// Keeps a place for an order.
    pub(super) fn reserve(&mut self, id: OrderId, account: &AccountId, client: Option<&Client>) {
        let sender = client.cloned();
        self.lines(account).reserve(sender.clone());
        self.coming.insert(id, (account.clone(), sender));
    }

    /// Gives an order's place back, if there is one; answers whose it was.
    pub(super) fn give_back(&mut self, id: OrderId) -> Sender {
        let (account, sender) = self.coming.remove(&id)?;
        if let Some(lines) = self.accounts.get_mut(&account) {
            lines.give_back(&sender);
        }
        self.forget_idle(&account);
        sender
    }

    /// A new message: into the line of whoever has a place for its order, or where it was.
    pub(super) fn push_new(&mut self, since: Instant, mut received: Received) {
        let placed = self.give_back(received.message.id);
        let sender = placed.or(match received.place.line {
            Line::New(sender) => sender,
            Line::Due => None,
        });
        received.place = Place {
            since,
            line: Line::New(sender),
        };
        self.lines_of(&received).push(received);
    }

    /// A message whose time has come.
    pub(super) fn push_due(&mut self, since: Instant, mut received: Received) {
        received.place = Place {
            since,
            line: Line::Due,
        };
        self.lines_of(&received).push(received);
    }

    /// A message that was taken too early: to the head of where it waited.
    pub(super) fn put_back(&mut self, received: Received) {
        self.lines_of(&received).put_back(received);
    }

    /// The message whose turn it is.
    pub(super) fn pop(&mut self, now: Instant) -> Option<Received> {
        let late = match self.was_late {
            true => None,
            false => self.longest_waiting(now),
        };
        self.was_late = late.is_some();
        let account = match late {
            Some(turn) => self.turns.remove(turn)?,
            None => self.turns.pop_front()?,
        };
        let lines = self.accounts.get_mut(&account)?;
        let received = lines.pop(now);
        if lines.is_empty() {
            self.forget_idle(&account);
        } else {
            self.turns.push_back(account);
        }
        received
    }

    /// The turn of the account whose message has waited for too long and for longer than any other.
    fn longest_waiting(&mut self, now: Instant) -> Option<usize> {
        let mut longest: Option<(Instant, usize)> = None;
        for (turn, account) in self.turns.iter().enumerate() {
            let lines = self.accounts.get_mut(account);
            let late = lines.and_then(|lines| lines.longest_waiting(now));
            if let Some((since, _)) = late
                && longest.is_none_or(|(before, _)| since < before)
            {
                longest = Some((since, turn));
            }
        }
        longest.map(|(_, turn)| turn)
    }

    /// The lines that the message waits in, with a turn for its account if it has none.
    fn lines_of(&mut self, received: &Received) -> &mut Lines {
        let account = &received.account;
        if self.accounts.get(account).is_none_or(Lines::is_empty) {
            self.turns.push_back(account.clone());
        }
        self.lines(account)
    }

    fn lines(&mut self, account: &AccountId) -> &mut Lines {
        let patience = self.patience;
        let lines = self.accounts.entry(account.clone());
        lines.or_insert_with(|| Lines::new(patience))
    }

    fn forget_idle(&mut self, account: &AccountId) {
        if self.accounts.get(account).is_some_and(Lines::is_idle) {
            self.accounts.remove(account);
        }
    }
}
