//! Where an order is followed: each socket is opened with a ticket that is not old.

use reqwest::{Client, Url};
use serde_json::{Value, json};

use super::{
    answer::{Placed, is_about_who_asks},
    key,
};
use crate::options::At;

/// What opens a socket, in its address.
const TICKET: &str = "ticket";

/// The addresses at which an order's sockets are opened, one after the other.
pub(super) struct Sockets<'a> {
    order: &'a Placed,
    at: &'a At,
    client: &'a Client,
    /// The address that the engine told is as it was told: its ticket is new.
    is_new: bool,
    shows_key: bool,
    /// The engine makes no ticket for this key.
    is_refused: bool,
}

impl<'a> Sockets<'a> {
    /// Of this order.
    pub(super) fn of(order: &'a Placed, at: &'a At, client: &'a Client) -> Self {
        let address = order.socket.as_deref().and_then(|text| text.parse().ok());
        Self {
            order,
            at,
            client,
            is_new: address.is_some_and(|address| has_ticket(&address)),
            shows_key: key::is_shown(at),
            is_refused: false,
        }
    }

    /// The next one; nothing where no socket can be opened.
    pub(super) async fn next(&mut self) -> Option<String> {
        let address = self.order.socket.as_ref()?;
        if std::mem::take(&mut self.is_new) || !self.shows_key {
            return Some(address.clone());
        }
        let ticket = self.ticket().await?;
        let mut address: Url = address.parse().ok()?;
        let others = address.query_pairs().into_owned();
        let others: Vec<_> = others.filter(|(name, _)| name != TICKET).collect();
        let mut query = address.query_pairs_mut();
        query.clear().extend_pairs(others);
        query.append_pair(TICKET, &ticket);
        drop(query);
        Some(address.into())
    }

    /// Whether another try is in vain.
    pub(super) fn are_refused(&self) -> bool {
        self.is_refused || !self.shows_key || self.order.socket.is_none()
    }

    /// A ticket for this order. Whoever gets none reads its log.
    async fn ticket(&mut self) -> Option<String> {
        let request = self.client.post(format!("{}/api/tickets", self.at.url));
        let request = request.json(&json!({"orderIds": [self.order.id]}));
        let answer = request.send().await.ok()?;
        self.is_refused = is_about_who_asks(answer.status());
        let body: Value = answer.error_for_status().ok()?.json().await.ok()?;
        body[TICKET].as_str().map(str::to_owned)
    }
}

fn has_ticket(address: &Url) -> bool {
    address.query_pairs().any(|(name, _)| name == TICKET)
}
