//! Whether one more order can be taken.

use std::{sync::Arc, time::Duration};

use crate::order::OrderId;

/// Who places orders, as far as turns are concerned: those of one client wait for each other, not
/// for another client's.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Client(pub Arc<str>);

/// An order's place among those that wait: kept until it is in the queue, given back when dropped.
pub type Place = Box<dyn Send>;

/// The order would wait for too long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Busy {
    /// When the same order would be taken if nothing else came meanwhile.
    pub retry_after: Duration,
}

/// Decides, before an order is stored, whether it can be executed in time.
pub trait Admission: Send + Sync {
    /// Takes a place for an order. MUST count the places that are taken and whose orders are not in
    /// the queue yet: any number of clients may ask at once.
    ///
    /// # Errors
    /// [`Busy`] when the order would wait for too long.
    fn admit(&self, id: OrderId, client: Option<&Client>) -> Result<Place, Busy>;
}

/// Takes every order: for a queue that others watch over.
#[derive(Clone, Copy, Debug)]
pub struct AdmitAll;

impl Admission for AdmitAll {
    fn admit(&self, _: OrderId, _: Option<&Client>) -> Result<Place, Busy> {
        Ok(Box::new(()))
    }
}
