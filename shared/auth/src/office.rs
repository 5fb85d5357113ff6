//! Where tickets are made and shown.

use std::sync::{Arc, OnceLock};

use engine::{
    account::Caller,
    order::OrderId,
    ports::{Clock, KeyStore, StoreError, Visitor},
};
use jiff::Timestamp;

use crate::{
    keys::Refused,
    ticket::{TICKET_LIFETIME, Ticket, Tickets},
};

/// Makes tickets, and lets in who shows one. The secret is asked for when the first is needed, so
/// that a program can start without its database. Cheap to clone.
#[derive(Clone)]
pub struct TicketOffice {
    store: Arc<dyn KeyStore>,
    clock: Arc<dyn Clock>,
    tickets: Arc<OnceLock<Tickets>>,
}

/// A ticket that was made.
#[derive(Clone, Debug)]
pub struct Issued {
    /// What is shown at the socket.
    pub text: String,
    /// From when on it is worth nothing.
    pub expires_at: Timestamp,
}

impl TicketOffice {
    /// With the secret of this store.
    pub fn new(store: Arc<dyn KeyStore>, clock: Arc<dyn Clock>) -> Self {
        Self {
            store,
            clock,
            tickets: Arc::default(),
        }
    }

    /// A ticket for a caller: to follow these orders of its account, or all.
    ///
    /// # Errors
    /// [`StoreError`] when the secret cannot be had.
    pub async fn issue(
        &self,
        caller: &Caller,
        orders: Option<Vec<OrderId>>,
    ) -> Result<Issued, StoreError> {
        let ticket = Ticket {
            account: caller.account.clone(),
            key: caller.key.clone(),
            orders,
            expires_at: self.clock.now() + TICKET_LIFETIME,
        };
        let text = self.tickets().await?.sign(&ticket);
        Ok(Issued {
            text,
            expires_at: ticket.expires_at,
        })
    }

    /// Who shows this ticket.
    ///
    /// # Errors
    /// [`Refused`], which does not tell what is wrong with it.
    pub async fn visitor(&self, shown: Option<&str>) -> Result<Visitor, Refused> {
        let shown = shown.ok_or(Refused::Missing)?;
        let tickets = self.tickets().await?;
        let ticket = tickets.read(shown, self.clock.now());
        let ticket = ticket.map_err(|_| Refused::Invalid)?;
        Ok(Visitor {
            account: ticket.account,
            key: ticket.key,
            orders: ticket.orders,
        })
    }

    async fn tickets(&self) -> Result<&Tickets, StoreError> {
        if let Some(tickets) = self.tickets.get() {
            return Ok(tickets);
        }
        let tickets = Tickets::new(self.store.ticket_secret().await?);
        Ok(self.tickets.get_or_init(|| tickets))
    }
}
