//! The statements of the subscriptions.

use std::time::Duration;

use engine::{
    account::AccountId,
    order::OrderId,
    ports::{ConnectionId, Subscribers, Undelivered},
};

use super::{Store, Subscription};
use crate::time::ms;

const EXPIRES_AFTER: u64 = 2 * 60 * 60 * 1_000;

impl Store {
    pub(crate) fn subscribe(
        &mut self,
        connection: &ConnectionId,
        account: &AccountId,
        id: OrderId,
        now: u64,
    ) -> bool {
        let known = self.order(account, id).is_some();
        if known {
            let silent = Subscription {
                live: false,
                expires_at: now + EXPIRES_AFTER,
            };
            self.subscriptions.insert((connection.clone(), id), silent);
        }
        known
    }

    pub(crate) fn go_live(&mut self, connection: &ConnectionId, id: OrderId, sent: u64) -> bool {
        let settled = self
            .rows
            .get(&id)
            .is_some_and(|row| row.order.last_seq == sent);
        let subscription = self.subscriptions.get_mut(&(connection.clone(), id));
        match subscription.filter(|_| settled) {
            Some(subscription) => {
                subscription.live = true;
                true
            }
            None => false,
        }
    }

    pub(crate) fn live(&self, id: OrderId) -> Subscribers {
        let of_order = self
            .subscriptions
            .iter()
            .filter(|((_, order), subscription)| *order == id && subscription.live)
            .map(|((connection, _), _)| connection.clone())
            .collect();
        let account = self.rows.get(&id).map(|row| &row.order.account);
        let of_all = self
            .subscriptions_to_all
            .iter()
            .filter(|(connection, (of, _))| {
                Some(of) == account
                    && !self
                        .subscriptions
                        .contains_key(&((*connection).clone(), id))
            })
            .map(|(connection, _)| connection.clone())
            .collect();
        Subscribers { of_order, of_all }
    }

    pub(crate) fn subscribe_all(
        &mut self,
        connection: &ConnectionId,
        account: &AccountId,
        now: u64,
    ) {
        let until = now + EXPIRES_AFTER;
        self.subscriptions_to_all
            .insert(connection.clone(), (account.clone(), until));
    }

    pub(crate) fn unsubscribe_all(&mut self, connection: &ConnectionId) {
        self.subscriptions_to_all.remove(connection);
    }

    pub(crate) fn unsubscribe(
        &mut self,
        id: OrderId,
        connections: &[ConnectionId],
    ) -> Vec<ConnectionId> {
        let ended: Vec<&ConnectionId> = connections
            .iter()
            .filter(|connection| {
                self.subscriptions
                    .remove(&((*connection).clone(), id))
                    .is_some()
            })
            .collect();
        let follows = |connection: &ConnectionId| {
            self.subscriptions
                .keys()
                .any(|(other, _)| other == connection)
                || self.subscriptions_to_all.contains_key(connection)
        };
        ended
            .into_iter()
            .filter(|connection| !follows(connection))
            .cloned()
            .collect()
    }

    pub(crate) fn watched(&self, connection: &ConnectionId) -> u64 {
        let orders = self.subscriptions.keys();
        let to_all = self.subscriptions_to_all.contains_key(connection);
        orders.filter(|(other, _)| other == connection).count() as u64 + u64::from(to_all)
    }

    pub(crate) fn forget(&mut self, connection: &ConnectionId) {
        self.subscriptions
            .retain(|(other, _), _| other != connection);
        self.subscriptions_to_all.remove(connection);
    }

    pub(crate) fn undelivered(&self, grace: Duration, now: u64) -> Vec<Undelivered> {
        let over = |id: &OrderId| {
            self.rows.get(id).filter(|row| {
                !row.order.is_open() && row.updated_at.saturating_add(ms(grace)) < now
            })
        };
        self.subscriptions
            .keys()
            .filter_map(|(connection, id)| {
                Some(Undelivered {
                    connection: connection.clone(),
                    account: over(id)?.order.account.clone(),
                    order: *id,
                })
            })
            .collect()
    }
}
