//! The engine's ports over the wire.

mod chain;
mod clock;
mod orders;
mod push;
mod queue;
mod subscriptions;
mod venue;

use std::sync::Arc;

use engine::{
    execute::Execute,
    follow::Follow,
    policy::Policy,
    ports::{Backlog, Chain, Clock, Orders, Push, Queue, Reference, Subscriptions, Venue},
    relay::Relay,
    router::Router,
    submit::Submit,
};

use crate::wire::Wire;

pub(crate) use chain::ChainPort;
pub(crate) use clock::ClockPort;
pub(crate) use orders::StorePort;
pub(crate) use push::PushPort;
pub(crate) use queue::QueuePort;
pub(crate) use subscriptions::SubscriptionsPort;
pub(crate) use venue::{VenuePort, fair_out};

/// What the use cases of one process stand on.
#[derive(Clone)]
pub(crate) struct Ports {
    pub(crate) orders: Arc<dyn Orders>,
    pub(crate) backlog: Arc<dyn Backlog>,
    pub(crate) subscriptions: Arc<dyn Subscriptions>,
    pub(crate) queue: Arc<dyn Queue>,
    pub(crate) chain: Arc<dyn Chain>,
    pub(crate) push: Arc<dyn Push>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) venues: Vec<Arc<dyn Venue>>,
    pub(crate) reference: Arc<dyn Reference>,
    pub(crate) policy: Arc<Policy>,
}

impl Ports {
    pub(crate) fn new(wire: &Wire, policy: &Arc<Policy>) -> Self {
        let wire = || wire.clone();
        Self {
            orders: Arc::new(StorePort::new(wire())),
            backlog: Arc::new(StorePort::new(wire())),
            subscriptions: Arc::new(SubscriptionsPort(wire())),
            queue: Arc::new(QueuePort(wire())),
            chain: Arc::new(ChainPort(wire())),
            push: Arc::new(PushPort(wire())),
            clock: Arc::new(ClockPort(wire())),
            venues: VenuePort::both(&wire()),
            reference: Arc::new(VenuePort::first(wire())),
            policy: Arc::clone(policy),
        }
    }

    pub(crate) fn submit(&self) -> Submit {
        Submit {
            orders: Arc::clone(&self.orders),
            queue: Arc::clone(&self.queue),
            clock: Arc::clone(&self.clock),
            policy: Arc::clone(&self.policy),
        }
    }

    pub(crate) fn follow(&self) -> Follow {
        Follow {
            orders: Arc::clone(&self.orders),
            subscriptions: Arc::clone(&self.subscriptions),
            push: Arc::clone(&self.push),
            clock: Arc::clone(&self.clock),
            policy: Arc::clone(&self.policy),
        }
    }

    pub(crate) fn execute(&self) -> Execute {
        Execute {
            orders: Arc::clone(&self.orders),
            queue: Arc::clone(&self.queue),
            router: Router {
                venues: self.venues.clone(),
                reference: Arc::clone(&self.reference),
                clock: Arc::clone(&self.clock),
                policy: Arc::clone(&self.policy),
            },
            chain: Arc::clone(&self.chain),
            subscriptions: Arc::clone(&self.subscriptions),
            follow: self.follow(),
            clock: Arc::clone(&self.clock),
            policy: Arc::clone(&self.policy),
        }
    }

    pub(crate) fn relay(&self) -> Relay {
        Relay {
            backlog: Arc::clone(&self.backlog),
            queue: Arc::clone(&self.queue),
            execute: self.execute(),
            follow: self.follow(),
            policy: Arc::clone(&self.policy),
        }
    }
}
