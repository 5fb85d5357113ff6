//! Which parts each use case is put together from: said once, for every program and for the
//! simulator.

use std::sync::Arc;

use crate::{
    audit::Audit,
    cancel::Cancel,
    candles::Candles,
    catalogue::Catalogue,
    execute::Execute,
    monitor::Monitor,
    policy::Policy,
    ports::{
        AdmitAll, Auditor, Chain, Clock, Connections, LaunchLog, Launches, OrderLog, OrderReader,
        OrderWriter, Outbox, PriceLog, Push, Queue, ReferencePrice, Subscriptions, Venue,
        WaitingOrders,
    },
    relay::Relay,
    retention::Retention,
    routing::Router,
    stream::{EventEncoder, OrderStream},
    submit::Submit,
};

/// What every use case stands on: the order book, the time, the protocol's numbers.
#[derive(Clone)]
pub struct UseCases {
    /// The order book, for reading by clients.
    pub reader: Arc<dyn OrderReader>,
    /// What happened to each order.
    pub log: Arc<dyn OrderLog>,
    /// The order book, for writing.
    pub writer: Arc<dyn OrderWriter>,
    /// What the order book has left to do.
    pub outbox: Arc<dyn Outbox>,
    /// What waits for its condition.
    pub waiting: Arc<dyn WaitingOrders>,
    /// The pools that are known to be created.
    pub launch_log: Arc<dyn LaunchLog>,
    /// How prices went.
    pub prices: Arc<dyn PriceLog>,
    /// The order book against itself.
    pub auditor: Arc<dyn Auditor>,
    /// Deletes what ended long ago; `None` where everything is kept.
    pub retention: Option<Retention>,
    /// Who is connected.
    pub connections: Arc<dyn Connections>,
    /// Who follows what.
    pub subscriptions: Arc<dyn Subscriptions>,
    /// What clients are sent.
    pub encode: EventEncoder,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// The protocol's numbers.
    pub policy: Arc<Policy>,
}

/// Where orders are traded.
#[derive(Clone)]
pub struct TradingPorts {
    /// The venues, in the order in which ties are broken.
    pub venues: Vec<Arc<dyn Venue>>,
    /// The price that their answers are held against.
    pub reference: Arc<dyn ReferencePrice>,
    /// Who executes.
    pub chain: Arc<dyn Chain>,
    /// Who tells which pools are created.
    pub launches: Arc<dyn Launches>,
}

impl UseCases {
    /// Takes orders in, all of them: who has a limit puts it in.
    pub fn submit(&self, queue: Arc<dyn Queue>) -> Submit {
        Submit {
            admission: Arc::new(AdmitAll),
            writer: Arc::clone(&self.writer),
            queue,
            clock: Arc::clone(&self.clock),
            policy: Arc::clone(&self.policy),
        }
    }

    /// Compares venues.
    pub fn router(&self, trading: &TradingPorts) -> Router {
        Router {
            venues: trading.venues.clone(),
            reference: Arc::clone(&trading.reference),
            clock: Arc::clone(&self.clock),
            policy: Arc::clone(&self.policy),
        }
    }

    /// Keeps subscribers informed.
    pub fn stream(&self, push: Arc<dyn Push>) -> OrderStream {
        OrderStream {
            log: Arc::clone(&self.log),
            connections: Arc::clone(&self.connections),
            subscriptions: Arc::clone(&self.subscriptions),
            push,
            encode: self.encode,
            clock: Arc::clone(&self.clock),
            policy: Arc::clone(&self.policy),
        }
    }

    /// Executes orders.
    pub fn execute(
        &self,
        queue: Arc<dyn Queue>,
        push: Arc<dyn Push>,
        trading: &TradingPorts,
    ) -> Execute {
        Execute {
            log: Arc::clone(&self.log),
            writer: Arc::clone(&self.writer),
            queue,
            router: self.router(trading),
            chain: Arc::clone(&trading.chain),
            launches: Arc::clone(&trading.launches),
            launch_log: Arc::clone(&self.launch_log),
            subscriptions: Arc::clone(&self.subscriptions),
            stream: self.stream(push),
            clock: Arc::clone(&self.clock),
            policy: Arc::clone(&self.policy),
        }
    }

    /// Cancels orders.
    pub fn cancel(
        &self,
        queue: Arc<dyn Queue>,
        push: Arc<dyn Push>,
        chain: Arc<dyn Chain>,
    ) -> Cancel {
        Cancel {
            reader: Arc::clone(&self.reader),
            writer: Arc::clone(&self.writer),
            chain,
            queue,
            stream: self.stream(push),
        }
    }

    /// Wakes orders whose condition may be met.
    pub fn monitor(
        &self,
        queue: Arc<dyn Queue>,
        trading: &TradingPorts,
        catalogue: Arc<Catalogue>,
    ) -> Monitor {
        Monitor {
            waiting: Arc::clone(&self.waiting),
            queue,
            router: self.router(trading),
            catalogue,
            launches: Arc::clone(&trading.launches),
            launch_log: Arc::clone(&self.launch_log),
            prices: Arc::clone(&self.prices),
        }
    }

    /// Tells how prices went.
    pub fn candles(&self, trading: &TradingPorts, catalogue: Arc<Catalogue>) -> Candles {
        Candles {
            prices: Arc::clone(&self.prices),
            reference: Arc::clone(&trading.reference),
            catalogue,
            clock: Arc::clone(&self.clock),
        }
    }

    /// Catches up: sends, requeues and ends what the fast path has left behind.
    pub fn relay(
        &self,
        queue: Arc<dyn Queue>,
        push: Arc<dyn Push>,
        trading: &TradingPorts,
    ) -> Relay {
        Relay {
            outbox: Arc::clone(&self.outbox),
            audit: Audit {
                auditor: Arc::clone(&self.auditor),
                clock: Arc::clone(&self.clock),
                progress: Arc::default(),
            },
            retention: self.retention.clone(),
            queue: Arc::clone(&queue),
            execute: self.execute(queue, Arc::clone(&push), trading),
            stream: self.stream(push),
            policy: Arc::clone(&self.policy),
        }
    }
}
