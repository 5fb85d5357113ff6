//! How a caller is known: by a key, and at a socket by a ticket.
//!
//! An [`ApiKey`], which [`make`] makes, is what a client shows with each request; [`Keys`] finds
//! out who shows it. A socket is opened with a [`Ticket`] in its address, which [`Tickets`] signs
//! and reads: an address is written into logs, so what stands there must soon be worth nothing.

mod hex;
mod key;
mod keys;
mod making;
mod office;
mod same;
mod ticket;

pub use self::{
    key::{ApiKey, InvalidKey, NoRandomness},
    keys::{Keys, Refused},
    making::{NotMade, WantedKey, everything, make, names},
    office::{Issued, TicketOffice},
    same::same,
    ticket::{InvalidTicket, MAX_TICKET_ORDERS, TICKET_LIFETIME, Ticket, Tickets},
};
