//! What can go wrong, and how often it does in one run.

mod calls;
mod drawn;

pub(crate) use calls::CallFaults;
pub(crate) use drawn::Faults;

use crate::point::Service;

macro_rules! faults {
    ($($(#[doc = $doc:literal])+ $fault:ident $name:literal,)+) => {
        /// A kind of fault.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Fault { $($(#[doc = $doc])+ $fault,)+ }

        impl Fault {
            /// Every kind.
            pub const ALL: &'static [Self] = &[$(Self::$fault),+];

            /// What the report calls it.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$fault => $name,)+ }
            }
        }
    };
}

faults! {
    /// A process dies at an await point; what it sent may still take effect.
    Killed "process killed",
    /// A process stands still, often for longer than its lease, and goes on.
    Frozen "process frozen",
    /// One invocation panics.
    Panicked "invocation panicked",
    /// A worker is told to end while it works.
    Ended "worker told to end",
    /// A process's clock is wrong by up to three seconds.
    ClockSkewed "clock skewed",
    /// An order ends every worker that routes it.
    Poisonous "order that ends every worker",
    /// The store is away for seconds.
    StoreOutage "store away for a while",
    /// The store refuses one statement.
    StoreDown "store statement refused",
    /// The store commits and the answer is lost.
    StoreAckLost "commit not acknowledged",
    /// The caller has given up when the store commits.
    StoreLate "commit after the caller gave up",
    /// The store takes seconds.
    StoreSlow "store slow",
    /// A row is locked for a moment, so a claim skips it.
    RowLocked "claim finds the row locked",
    /// The outbox row of an open order is lost, or of another attempt.
    OutboxLost "outbox row lost",
    /// The subscribers cannot be read after the commit.
    SubscribersUnread "subscribers not read after the commit",
    /// The queue takes nothing for seconds.
    QueueOutage "queue away for a while",
    /// The queue does not answer once.
    QueueDown "queue call failed",
    /// The queue refuses single messages of a batch.
    QueueRefused "queue refused messages",
    /// The queue takes messages and the answer is lost.
    QueueAckLost "queue answer lost",
    /// The queue takes seconds.
    QueueSlow "queue slow",
    /// A message is delivered twice.
    Duplicated "message duplicated",
    /// A message is delivered late.
    Delayed "message delayed",
    /// A venue does not answer in time.
    VenueLate "venue late",
    /// A venue cannot be asked.
    VenueDown "venue down",
    /// A venue answers nonsense.
    VenueNonsense "venue answers nonsense",
    /// A venue has no liquidity.
    VenueDry "venue without liquidity",
    /// Building or signing fails.
    PrepareFails "transaction not built",
    /// The chain's node does not answer.
    ChainDown "chain call failed",
    /// The chain's node takes seconds.
    ChainSlow "chain slow",
    /// A send answers an error and the transaction arrives.
    SendAckLost "send failed, transaction arrived",
    /// A transaction is taken and lost.
    NeverLands "transaction lost",
    /// A transaction lands at the end of its validity.
    LandsLate "transaction lands late",
    /// A transaction is seen only just before its height is final.
    SeenLate "landing seen late",
    /// A transaction lands with an error.
    Reverts "transaction lands with an error",
    /// A node says that it does not know a transaction, which it has.
    NodeForgets "node forgets a transaction",
    /// A node is up to a minute behind.
    NodeBehind "node behind",
    /// A node answers with its slot where it is asked for its height.
    NodeNamesSlot "node names its slot as height",
    /// Every node denies a transaction that has landed. The witness that it left shows it.
    AllDeny "every node denies a transaction",
    /// Slots of the log of new pools cannot be read for a moment.
    LaunchLogGap "gap in the launch log",
    /// The log of new pools is told by a node that is behind.
    LaunchLogBehind "launch log behind",
    /// A push is answered 429 or 5xx.
    PushFailed "push answered 429 or 5xx",
    /// A push arrives and the answer is lost.
    PushAckLost "push answer lost",
    /// A push takes longer than its deadline.
    PushSlow "push slow",
    /// A client closes its connection without a word; pushes are answered 410.
    Hangup "client hung up (410)",
    /// A client sends the same request several times at once.
    Repeated "request repeated",
}

impl Fault {
    /// Whether a subscriber's live stream may have a gap after it (the log has none): pushes may be
    /// missing or late.
    pub(crate) const fn disturbs_pushes(self) -> bool {
        matches!(
            self,
            Self::Killed
                | Self::Frozen
                | Self::Panicked
                | Self::Ended
                | Self::StoreOutage
                | Self::StoreDown
                | Self::StoreAckLost
                | Self::StoreLate
                | Self::SubscribersUnread
                | Self::PushFailed
                | Self::PushAckLost
                | Self::PushSlow
        )
    }

    /// Whose fault it is; faults of the processes, the clients and the venues are of the inside.
    const fn service(self) -> Service {
        match self {
            Self::StoreOutage
            | Self::StoreDown
            | Self::StoreAckLost
            | Self::StoreLate
            | Self::StoreSlow
            | Self::RowLocked
            | Self::OutboxLost
            | Self::SubscribersUnread => Service::Store,
            Self::QueueOutage
            | Self::QueueDown
            | Self::QueueRefused
            | Self::QueueAckLost
            | Self::QueueSlow
            | Self::Duplicated
            | Self::Delayed => Service::Queue,
            Self::PrepareFails
            | Self::ChainDown
            | Self::ChainSlow
            | Self::SendAckLost
            | Self::NeverLands
            | Self::LandsLate
            | Self::SeenLate
            | Self::NodeForgets
            | Self::NodeBehind
            | Self::NodeNamesSlot
            | Self::AllDeny
            | Self::LaunchLogGap
            | Self::LaunchLogBehind
            | Self::Reverts => Service::Chain,
            Self::PushFailed | Self::PushAckLost | Self::PushSlow | Self::Hangup => {
                Service::Gateway
            }
            _ => Service::Inside,
        }
    }

    /// How often it strikes in a run that has it, in a thousand occasions.
    const fn rates(self) -> &'static [u32] {
        match self {
            Self::Killed | Self::Frozen => &[3, 10, 30],
            Self::Panicked | Self::Ended => &[2, 10, 50],
            Self::StoreOutage | Self::QueueOutage => &[500],
            Self::ClockSkewed => &[500, 1_000],
            Self::Poisonous => &[150],
            Self::VenueLate | Self::VenueDown | Self::VenueNonsense | Self::VenueDry => {
                &[50, 300, 1_000]
            }
            Self::NeverLands
            | Self::LandsLate
            | Self::SeenLate
            | Self::Reverts
            | Self::NodeForgets
            | Self::NodeBehind
            | Self::NodeNamesSlot
            | Self::AllDeny => &[50, 300, 1_000],
            Self::ChainSlow => &[100, 300, 600],
            Self::Hangup | Self::Repeated | Self::Duplicated => &[100, 500],
            _ => &[10, 50, 200],
        }
    }
}
