//! Broken variants: each takes one rule out, by standing between the use cases and their ports. Every one must be caught,
//! or the checks do not check.

mod chain;
mod relay;
mod store;
mod stream;

use std::sync::Arc;

use crate::{ports::Ports, wire::Wire};

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
}

impl Variant {
    /// All of them.
    pub const ALL: [Self; 13] = [
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
        }
    }

    /// The ports of a process without that rule.
    pub(crate) fn applied(self, mut ports: Ports, wire: &Wire) -> Ports {
        let wire = wire.clone();
        match self {
            Self::SendBeforePersist => {
                ports.chain = Arc::new(chain::SendsAtOnce(ports.chain));
            }
            Self::ResignWithoutExpiry => {
                ports.chain = Arc::new(chain::TakesUnseenForDead(ports.chain));
            }
            Self::StatusBeforeHeight => {
                ports.chain = Arc::new(chain::ReadsStatusFirst::new(ports.chain));
            }
            Self::DeadlineFailsLive => {
                ports.chain = Arc::new(chain::GivesUpAtDeadline {
                    chain: ports.chain,
                    wire,
                });
            }
            Self::MarkBeforeSend => relay::mark_before_send(&mut ports),
            Self::DeadLetterWithoutFailed => {
                ports.backlog = Arc::new(relay::LeavesDeadLetters {
                    backlog: ports.backlog,
                    wire,
                });
            }
            Self::PushBeforeCommit => {
                ports.orders = Arc::new(store::PushesFirst(ports.clone()));
            }
            Self::AttemptsByReceives => {
                ports.orders = Arc::new(store::CountsReceives {
                    orders: ports.orders,
                    wire,
                });
            }
            Self::ReplayBeforeSubscribe => {
                ports.subscriptions = Arc::new(stream::StoresLast {
                    subscriptions: ports.subscriptions,
                    wire,
                });
            }
            // These are taken out where the world is set up.
            Self::NoFence
            | Self::NoFenceNoIndex
            | Self::AcknowledgeBeforeCommit
            | Self::NoRelay => {}
        }
        ports
    }
}
