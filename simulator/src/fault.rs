//! What can go wrong, and how often it does in one run.

use crate::{dice::Dice, point::Service};

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
    /// The watchers cannot be read after the commit.
    WatchersUnread "watchers not read after the commit",
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
    /// Whether a watcher's live stream may have a gap after it (the log has none): pushes may be missing or late.
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
                | Self::WatchersUnread
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
            | Self::WatchersUnread => Service::Store,
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
            | Self::Reverts => Service::Chain,
            Self::PushFailed | Self::PushAckLost | Self::PushSlow | Self::Hangup => {
                Service::Gateway
            }
            _ => Service::Inside,
        }
    }

    /// How often it strikes in a run that has it, in a thousand occasions.
    fn rates(self) -> &'static [u32] {
        match self {
            Self::Killed | Self::Frozen => &[3, 10, 30],
            Self::Panicked | Self::Ended => &[2, 10, 50],
            Self::StoreOutage | Self::QueueOutage => &[500],
            Self::ClockSkewed => &[500, 1_000],
            Self::Poisonous => &[150],
            Self::VenueLate | Self::VenueDown | Self::VenueNonsense | Self::VenueDry => {
                &[50, 300, 1_000]
            }
            Self::NeverLands | Self::LandsLate | Self::SeenLate | Self::Reverts => {
                &[50, 300, 1_000]
            }
            Self::ChainSlow => &[100, 300, 600],
            Self::Hangup | Self::Repeated | Self::Duplicated => &[100, 500],
            _ => &[10, 50, 200],
        }
    }
}

/// The faults of one run. No run has all kinds, so that each is met undisturbed by others.
#[derive(Debug)]
pub(crate) struct Faults {
    rates: Vec<u32>,
    fired: Vec<u64>,
    /// From this moment on nothing goes wrong any more.
    pub(crate) until: u64,
}

impl Faults {
    /// No fault at all.
    pub(crate) fn none() -> Self {
        Self {
            rates: vec![0; Fault::ALL.len()],
            fired: vec![0; Fault::ALL.len()],
            until: 0,
        }
    }

    /// Faults drawn for one run: each kind with the same likelihood, those of one service more often.
    pub(crate) fn drawn(dice: &mut Dice, until: u64) -> Self {
        const SERVICES: [Service; 5] = [
            Service::Store,
            Service::Queue,
            Service::Chain,
            Service::Gateway,
            Service::Inside,
        ];
        let (present, theme) = (dice.pick(&[0, 150, 350, 350, 600]), dice.pick(&SERVICES));
        let drawn = |fault: &Fault| {
            let themed = present > 0 && fault.service() == theme;
            let likelihood = if themed { 750 } else { present };
            if dice.chance(likelihood) {
                dice.pick(fault.rates())
            } else {
                0
            }
        };
        let rates = Fault::ALL.iter().map(drawn).collect();
        Self {
            rates,
            until,
            ..Self::none()
        }
    }

    /// Whether that fault strikes on this occasion; it counts as fired then.
    pub(crate) fn strikes(&mut self, fault: Fault, dice: &mut Dice, now: u64) -> bool {
        let rate = self.rates[fault as usize];
        let strikes = rate > 0 && now < self.until && dice.chance(rate);
        self.fired[fault as usize] += u64::from(strikes);
        strikes
    }

    /// Whether a run with that kind of fault draws it at its beginning.
    pub(crate) fn has(&self, fault: Fault, dice: &mut Dice) -> bool {
        dice.chance(self.rates[fault as usize])
    }

    /// Counts a fault that fired without dice.
    pub(crate) fn count(&mut self, fault: Fault) {
        self.fired[fault as usize] += 1;
    }

    /// How often each kind fired, in the order of [`Fault::ALL`].
    pub(crate) fn fired(&self) -> &[u64] {
        &self.fired
    }
}

/// The faults that every call of a service may meet.
pub(crate) struct CallFaults {
    pub(crate) refused: Fault,
    pub(crate) answer_lost: Option<Fault>,
    pub(crate) late: Option<Fault>,
    pub(crate) slow: Fault,
}

impl CallFaults {
    /// Those of one service; `None` for what is inside the process.
    pub(crate) const fn of(service: Service) -> Option<Self> {
        Some(match service {
            Service::Store => Self {
                refused: Fault::StoreDown,
                answer_lost: Some(Fault::StoreAckLost),
                late: Some(Fault::StoreLate),
                slow: Fault::StoreSlow,
            },
            Service::Queue => Self {
                refused: Fault::QueueDown,
                answer_lost: Some(Fault::QueueAckLost),
                late: None,
                slow: Fault::QueueSlow,
            },
            Service::Chain => Self {
                refused: Fault::ChainDown,
                answer_lost: Some(Fault::SendAckLost),
                late: None,
                slow: Fault::ChainSlow,
            },
            Service::Gateway => Self {
                refused: Fault::PushFailed,
                answer_lost: Some(Fault::PushAckLost),
                late: None,
                slow: Fault::PushSlow,
            },
            Service::Inside => return None,
        })
    }
}
