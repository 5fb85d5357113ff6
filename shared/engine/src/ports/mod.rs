//! What the rules need from outside. Each trait says what an implementation MUST do; the same
//! contract tests run against every implementation, fake or real.

mod admission;
mod audit;
mod audit_trail;
mod chain;
mod clock;
mod connections;
mod error;
mod health;
mod keys;
mod launches;
mod limits;
mod orders;
mod outbox;
mod prices;
mod queue;
mod retention;
mod statistics;
mod subscribers;
mod venue;
mod waiting;
mod wallet;

pub use self::{
    admission::{Admission, AdmitAll, Busy, Client, Place},
    audit::{AuditPosition, Audited, Auditor},
    audit_trail::{AuditEntry, AuditTrail},
    chain::{Chain, ChainStatus, EarlierSwap, Prepare},
    clock::Clock,
    connections::{Connections, EverybodyIsLocal, Visitor},
    error::{Corrupt, StoreError, Unavailable},
    health::{HealthCheck, Unhealthy},
    keys::{KeyRecord, KeyStore, NewKey, ValidKey},
    launches::{CreatedPools, LaunchLog, Launches, LaunchesError},
    limits::LimitStore,
    orders::{
        Appended, Authority, Claim, Inserted, Lease, LeasedOrder, Next, OrderFilter, OrderLog,
        OrderReader, OrderWriter, PageQuery, Transition, place,
    },
    outbox::{Grace, Outbox, OutboxStats},
    prices::{PriceLog, SeenPrice},
    queue::{Envelope, ExecuteOrder, Queue, ReplayQueue, ReplayRequest},
    retention::{Deleted, EndedOrders},
    statistics::{Cell, OrderStatistics, Percentiles, Tally, Window},
    subscribers::{
        ConnectionId, EventText, Push, PushError, Subscribers, Subscriptions, Undelivered,
    },
    venue::{NoReference, ReferencePrice, Venue},
    waiting::{WaitingOrders, Wake},
    wallet::{OrderOver, Reserved, Spending, WalletOrders},
};
