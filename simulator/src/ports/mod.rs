//! The engine's ports over the network.

mod audit;
mod chain;
mod clock;
mod launches;
mod orders;
mod outbox;
mod prices;
mod push;
mod queue;
mod subscriptions;
mod venue;

use std::sync::Arc;

use engine::{
    cancel::Cancel,
    catalogue::{Catalogue, ListedToken, MarketKind},
    execute::Execute,
    monitor::Monitor,
    order::{EventRecord, Token},
    policy::Policy,
    ports::{EverybodyIsLocal, Push, Queue},
    relay::Relay,
    stream::OrderStream,
    submit::Submit,
    use_cases::{TradingPorts, UseCases},
};
use serde_json::json;

use crate::network::Network;

pub(crate) use audit::AuditPort;
pub(crate) use chain::ChainPort;
pub(crate) use clock::ClockPort;
pub(crate) use launches::LaunchesPort;
pub(crate) use orders::OrdersPort;
pub(crate) use outbox::OutboxPort;
pub(crate) use push::PushPort;
pub(crate) use queue::QueuePort;
pub(crate) use subscriptions::SubscriptionsPort;
pub(crate) use venue::{ReferencePort, VENUES, VenuePort, fair_out, thousandths_of_the_middle};

/// What the use cases of one process stand on. A broken variant replaces single ports.
#[derive(Clone)]
pub(crate) struct Ports {
    pub(crate) base: UseCases,
    pub(crate) trading: TradingPorts,
    pub(crate) queue: Arc<dyn Queue>,
    pub(crate) push: Arc<dyn Push>,
}

/// An event as the simulated clients read it.
pub(crate) fn encode(record: &EventRecord) -> String {
    json!({
        "orderId": record.order_id.to_string(),
        "seq": record.seq,
        "status": record.status.name(),
    })
    .to_string()
}

fn catalogue() -> Catalogue {
    let listed = |(symbol, decimals): (&str, u8)| ListedToken {
        token: Token {
            symbol: symbol.into(),
            decimals,
        },
        mint: String::new(),
    };
    Catalogue {
        kind: MarketKind::Simulated,
        tells_launches: true,
        explorer: None,
        tokens: [("SOL", 9), ("USDC", 6)].map(listed).into(),
        pairs: vec![("SOL".into(), "USDC".into())],
    }
}

impl Ports {
    pub(crate) fn new(network: &Network, policy: &Arc<Policy>) -> Self {
        let network = || network.clone();
        Self {
            base: UseCases {
                reader: Arc::new(OrdersPort(network())),
                log: Arc::new(OrdersPort(network())),
                writer: Arc::new(OrdersPort(network())),
                outbox: Arc::new(OutboxPort::new(network())),
                waiting: Arc::new(OrdersPort(network())),
                launch_log: Arc::new(OrdersPort(network())),
                prices: Arc::new(OrdersPort(network())),
                auditor: Arc::new(AuditPort(network())),
                retention: None,
                connections: Arc::new(EverybodyIsLocal),
                subscriptions: Arc::new(SubscriptionsPort(network())),
                encode,
                clock: Arc::new(ClockPort(network())),
                policy: Arc::clone(policy),
            },
            trading: TradingPorts {
                venues: VenuePort::each(&network()),
                reference: Arc::new(ReferencePort),
                chain: Arc::new(ChainPort::new(network())),
                launches: Arc::new(LaunchesPort(network())),
            },
            queue: Arc::new(QueuePort(network())),
            push: Arc::new(PushPort(network())),
        }
    }

    pub(crate) fn submit(&self) -> Submit {
        self.base.submit(Arc::clone(&self.queue))
    }

    pub(crate) fn stream(&self) -> OrderStream {
        self.base.stream(Arc::clone(&self.push))
    }

    pub(crate) fn execute(&self) -> Execute {
        let (queue, push) = (Arc::clone(&self.queue), Arc::clone(&self.push));
        self.base.execute(queue, push, &self.trading)
    }

    pub(crate) fn cancel(&self) -> Cancel {
        let (queue, push) = (Arc::clone(&self.queue), Arc::clone(&self.push));
        self.base.cancel(queue, push, self.trading.chain.clone())
    }

    /// It watches the one pair that there is, and so one direction in vain.
    pub(crate) fn monitor(&self) -> Monitor {
        let queue = Arc::clone(&self.queue);
        self.base
            .monitor(queue, &self.trading, Arc::new(catalogue()))
    }

    pub(crate) fn relay(&self) -> Relay {
        let (queue, push) = (Arc::clone(&self.queue), Arc::clone(&self.push));
        self.base.relay(queue, push, &self.trading)
    }
}
