//! The faults of calls over a network.

use super::Fault;
use crate::point::Service;

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
