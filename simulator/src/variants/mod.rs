//! Broken variants: each takes one rule out, by standing between the use cases and their ports.
//! Every one must be caught, or the checks do not check.

mod chain;
mod dead;
mod launches;
mod rearm;
mod relay;
mod store;
mod stream;
mod wake;

use std::sync::Arc;

use crate::{
    network::Network,
    ports::{ChainPort, Ports},
};

/// A rule that is taken out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Variant {
    /// The transaction is sent when it is signed, before it is stored.
    SendBeforePersist,
    /// What is not seen is taken for dead: a new transaction without waiting for expiry.
    ResignWithoutExpiry,
    /// The status is read before the finalized height.
    StatusBeforeHeight,
    /// Writes are not fenced.
    NoFence,
    /// Writes are not fenced, and the unique index under the fence is gone.
    NoFenceNoIndex,
    /// At the deadline an order fails although its transaction may still land.
    DeadlineFailsLive,
    /// The relay marks a message as sent, then sends it.
    MarkBeforeSend,
    /// The worker deletes a message before it executes it.
    AcknowledgeBeforeCommit,
    /// No relay runs.
    NoRelay,
    /// An event is pushed before it is committed.
    PushBeforeCommit,
    /// The history is replayed before the subscription is stored.
    ReplayBeforeSubscribe,
    /// An order whose message became a dead letter is left as it is.
    DeadLetterWithoutFailed,
    /// Each receive of a message counts as an attempt.
    AttemptsByReceives,
    /// An order is stored whenever it arrives, also when its client was told something else.
    NoTimeFence,
    /// Nobody holds the outbox against the orders.
    NoAuditor,
    /// A connection that lives in another engine is taken for gone.
    ForeignIsGone,
    /// What is signed allows for slippage alone, and forgets the floor that the client set.
    NoFloor,
    /// An order that is to be cancelled is tried again when its transaction did not land.
    RetryAfterCancel,
    /// A cancel leaves the fencing token as it is.
    CancelWithoutFence,
    /// A woken order is marked first and queued afterwards.
    WakeBeforeQueue,
    /// An order goes back to waiting although its transaction may still land.
    RearmWithoutSettling,
    /// At its end of time a limit order expires although its transaction may still land.
    ExpiryOfLive,
    /// A price wakes what it crosses, and not all that it meets.
    WakeByCrossing,
    /// An order that begins to wait stays in its attempt.
    AttemptReused,
    /// The cursor of the chain's log moves first, and what it has passed is kept afterwards.
    CursorBeforeLaunches,
    /// A gap in the chain's log is jumped over.
    CursorOverGap,
    /// What fired an order is forgotten, and looked for again.
    TriggerForgotten,
    /// What one account has used as a key is taken for all of them.
    OneKeyForAll,
    /// A transaction whose height has passed is signed again; nobody is asked whether it landed.
    BelievesTheHeight,
    /// Of several nodes one is asked, and believed.
    BelievesOneNode,
    /// A transaction counts as dead when it has not landed after some seconds.
    SettlesByTimeOut,
    /// An order ends, and nobody is asked whether a transaction that was taken for dead has landed.
    EndsUnasked,
    /// A key is forgotten so long after its order was accepted, open or not.
    OpenKeyPurged,
}

impl Variant {
    /// All of them.
    pub const ALL: [Self; 33] = [
        Self::SendBeforePersist,
        Self::ResignWithoutExpiry,
        Self::StatusBeforeHeight,
        Self::NoFence,
        Self::NoFenceNoIndex,
        Self::DeadlineFailsLive,
        Self::MarkBeforeSend,
        Self::AcknowledgeBeforeCommit,
        Self::NoRelay,
        Self::PushBeforeCommit,
        Self::ReplayBeforeSubscribe,
        Self::DeadLetterWithoutFailed,
        Self::AttemptsByReceives,
        Self::NoTimeFence,
        Self::NoAuditor,
        Self::ForeignIsGone,
        Self::NoFloor,
        Self::RetryAfterCancel,
        Self::CancelWithoutFence,
        Self::WakeBeforeQueue,
        Self::RearmWithoutSettling,
        Self::ExpiryOfLive,
        Self::WakeByCrossing,
        Self::AttemptReused,
        Self::CursorBeforeLaunches,
        Self::CursorOverGap,
        Self::TriggerForgotten,
        Self::BelievesTheHeight,
        Self::BelievesOneNode,
        Self::SettlesByTimeOut,
        Self::EndsUnasked,
        Self::OneKeyForAll,
        Self::OpenKeyPurged,
    ];

    /// What the report calls it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::SendBeforePersist => "send before persist",
            Self::ResignWithoutExpiry => "re-sign without waiting for expiry",
            Self::StatusBeforeHeight => "status read before height",
            Self::NoFence => "no fence",
            Self::NoFenceNoIndex => "no fence and no unique index",
            Self::DeadlineFailsLive => "deadline fails a live transaction",
            Self::MarkBeforeSend => "mark sent before send",
            Self::AcknowledgeBeforeCommit => "acknowledge before commit",
            Self::NoRelay => "no relay",
            Self::PushBeforeCommit => "push before commit",
            Self::ReplayBeforeSubscribe => "replay before the subscription is stored",
            Self::DeadLetterWithoutFailed => "dead letter without failed",
            Self::AttemptsByReceives => "attempts counted by receives",
            Self::NoTimeFence => "no time fence",
            Self::OneKeyForAll => "two accounts, one key",
            Self::NoAuditor => "no auditor",
            Self::ForeignIsGone => "another engine's connection taken for gone",
            Self::NoFloor => "floor from slippage only",
            Self::RetryAfterCancel => "retry after a cancel in submitted",
            Self::CancelWithoutFence => "cancel without raising the fence",
            Self::WakeBeforeQueue => "wake that marks before it queues",
            Self::RearmWithoutSettling => "waiting without settling",
            Self::ExpiryOfLive => "expiry of a live transaction",
            Self::WakeByCrossing => "crossing instead of at least",
            Self::AttemptReused => "attempt reused after waiting",
            Self::CursorBeforeLaunches => "cursor before what it has passed",
            Self::CursorOverGap => "cursor over a gap",
            Self::TriggerForgotten => "trigger not compare-and-set",
            Self::BelievesTheHeight => "signs again on the height alone",
            Self::BelievesOneNode => "one node believed",
            Self::SettlesByTimeOut => "settled by time-out",
            Self::EndsUnasked => "ended unasked",
            Self::OpenKeyPurged => "key purged while open",
        }
    }

    /// The ports of a process without that rule.
    pub(crate) fn applied(self, mut ports: Ports, network: &Network) -> Ports {
        let network = network.clone();
        let Ports { base, trading, .. } = &mut ports;
        let (chain, outbox) = (Arc::clone(&trading.chain), Arc::clone(&base.outbox));
        match self {
            Self::SendBeforePersist => trading.chain = Arc::new(chain::SendsAtOnce(chain)),
            Self::ResignWithoutExpiry => {
                trading.chain = Arc::new(chain::TakesUnseenForDead(chain));
            }
            Self::StatusBeforeHeight => {
                trading.chain = Arc::new(chain::ReadsStatusFirst::new(chain));
            }
            Self::DeadlineFailsLive => {
                trading.chain = Arc::new(chain::GivesUpAtDeadline { chain, network });
            }
            Self::MarkBeforeSend => base.outbox = Arc::new(relay::MarksFirst(outbox)),
            Self::NoAuditor => base.auditor = Arc::new(relay::LooksAway),
            Self::DeadLetterWithoutFailed => {
                base.outbox = Arc::new(relay::LeavesDeadLetters { outbox, network });
            }
            Self::PushBeforeCommit => {
                let pushes_first = store::PushesFirst(ports.clone());
                ports.base.writer = Arc::new(pushes_first);
            }
            Self::AttemptsByReceives => {
                let writer = Arc::clone(&base.writer);
                base.writer = Arc::new(store::CountsReceives { writer, network });
            }
            Self::ReplayBeforeSubscribe => {
                let subscriptions = Arc::clone(&base.subscriptions);
                base.subscriptions = Arc::new(stream::StoresLast {
                    subscriptions,
                    network,
                });
            }
            Self::NoFloor => trading.chain = Arc::new(chain::ForgetsTheFloor(chain)),
            Self::RetryAfterCancel => {
                base.writer = Arc::new(store::Forgets {
                    writer: Arc::clone(&base.writer),
                    forget: |order| order.cancel_requested = false,
                });
            }
            Self::WakeBeforeQueue => {
                let waiting = Arc::clone(&base.waiting);
                base.waiting = Arc::new(wake::MarksThenQueues { waiting, network });
            }
            Self::WakeByCrossing => {
                let waiting = Arc::clone(&base.waiting);
                base.waiting = Arc::new(wake::WakesByCrossing::new(waiting, network));
            }
            Self::RearmWithoutSettling => {
                let writer = Arc::clone(&base.writer);
                base.writer = Arc::new(rearm::WaitsUnsettled { writer, network });
            }
            Self::AttemptReused => {
                let reuses = rearm::ReusesAttempt(Arc::clone(&base.writer));
                base.writer = Arc::new(reuses);
            }
            Self::CursorBeforeLaunches => {
                let log = Arc::clone(&base.launch_log);
                base.launch_log = Arc::new(launches::MovesFirst { log, network });
            }
            Self::CursorOverGap => {
                let launches = Arc::clone(&trading.launches);
                trading.launches = Arc::new(launches::JumpsOverGaps(launches));
            }
            Self::TriggerForgotten => {
                base.writer = Arc::new(store::Forgets {
                    writer: Arc::clone(&base.writer),
                    forget: |order| order.fired = None,
                });
            }
            Self::ExpiryOfLive => {
                trading.chain = Arc::new(chain::ExpiresLive { chain, network });
            }
            Self::BelievesTheHeight => trading.chain = Arc::new(dead::BelievesTheHeight(chain)),
            Self::BelievesOneNode => trading.chain = Arc::new(ChainPort::of_one_node(network)),
            Self::SettlesByTimeOut => {
                trading.chain = Arc::new(dead::SettlesByTimeOut::new(chain, network));
            }
            Self::EndsUnasked => {
                trading.chain = Arc::new(dead::EndsUnasked { chain, network });
            }
            Self::ForeignIsGone => {
                let push = Arc::clone(&ports.push);
                ports.push = Arc::new(stream::KnowsItsOwn { push, network });
            }
            // These are taken out where the world is set up.
            Self::NoFence
            | Self::NoFenceNoIndex
            | Self::AcknowledgeBeforeCommit
            | Self::NoRelay
            | Self::NoTimeFence
            | Self::OneKeyForAll
            | Self::CancelWithoutFence
            | Self::OpenKeyPurged => {}
        }
        ports
    }
}
