//! Where an order can stand, and every move that is legal: one table.

use std::{fmt, str::FromStr};

use super::OrderEvent;
use crate::name::UnknownName;

/// Where an order stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Status {
    /// Accepted and stored; no worker has taken it up.
    Pending,
    /// Nothing is signed, and its condition is not met.
    Waiting,
    /// The venues are being asked.
    Routing,
    /// A venue was chosen; the transaction is being built and signed.
    Building,
    /// A signed transaction is stored and on its way: it may land until it expires.
    Submitted,
    /// The swap landed. Final.
    Confirmed,
    /// No swap happened and none will. Final.
    Failed,
    /// The client wanted it no more: no swap happened and none will. Final.
    Cancelled,
    /// Its time ended before it could begin: no swap happened and none will. Final.
    Expired,
}

impl Status {
    /// Every status, in the order of a life, the good end first.
    pub const ALL: [Self; 9] = [
        Self::Pending,
        Self::Waiting,
        Self::Routing,
        Self::Building,
        Self::Submitted,
        Self::Confirmed,
        Self::Failed,
        Self::Cancelled,
        Self::Expired,
    ];

    /// The name on the wire and in the database.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Waiting => "waiting",
            Self::Routing => "routing",
            Self::Building => "building",
            Self::Submitted => "submitted",
            Self::Confirmed => "confirmed",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
            Self::Expired => "expired",
        }
    }

    /// Whether nothing can follow.
    pub const fn is_final(self) -> bool {
        match self {
            Self::Pending | Self::Waiting | Self::Routing | Self::Building | Self::Submitted => {
                false
            }
            Self::Confirmed | Self::Failed | Self::Cancelled | Self::Expired => true,
        }
    }

    /// The status that an event leads to.
    ///
    /// Only `submitted` has a transaction that may land, so every way out of it carries how that
    /// transaction ended, and no other way out of a status does.
    ///
    /// # Errors
    /// [`InvalidTransition`] when the table has no such move; nothing may be written then.
    pub const fn after(self, event: &OrderEvent) -> Result<Self, InvalidTransition> {
        use OrderEvent as E;
        use Status as S;
        #[rustfmt::skip]
        let to = match (self, event) {
            (S::Pending,                 E::RoutingStarted { .. })                                  => S::Routing,
            (S::Waiting,                 E::RoutingStarted { fired: Some(_) })                      => S::Routing,
            (S::Waiting | S::Routing | S::Building, E::VenueChosen { .. })                          => S::Building,
            (S::Building,                E::Submitted { .. })                                       => S::Submitted,
            (S::Submitted,               E::Confirmed { .. })                                       => S::Confirmed,
            (S::Waiting,                 E::CancelRequested { .. })                                 => S::Waiting,
            (S::Routing,                 E::CancelRequested { .. })                                 => S::Routing,
            (S::Building,                E::CancelRequested { .. })                                 => S::Building,
            (S::Submitted,               E::CancelRequested { .. })                                 => S::Submitted,
            (S::Routing | S::Building,   E::AttemptFailed { settled: None, .. })                    => S::Routing,
            (S::Submitted,               E::AttemptFailed { settled: Some(_), .. })                 => S::Routing,
            (S::Pending | S::Routing | S::Building, E::WaitingStarted { settled: None, .. })        => S::Waiting,
            (S::Submitted,               E::WaitingStarted { settled: Some(_), .. })                => S::Waiting,
            (S::Pending | S::Waiting | S::Routing | S::Building, E::Failed { settled: None, .. })    => S::Failed,
            (S::Pending | S::Waiting | S::Routing | S::Building, E::Cancelled { settled: None, .. }) => S::Cancelled,
            (S::Pending | S::Waiting | S::Routing | S::Building, E::Expired { settled: None, .. })   => S::Expired,
            (S::Submitted,               E::Failed { settled: Some(_), .. })                        => S::Failed,
            (S::Submitted,               E::Cancelled { settled: Some(_), .. })                     => S::Cancelled,
            (S::Submitted,               E::Expired { settled: Some(_), .. })                       => S::Expired,
            // All the rest, by name: a new status or event does not compile before it has its
            // place.
            (S::Pending | S::Waiting | S::Routing | S::Building | S::Submitted | S::Confirmed
             | S::Failed | S::Cancelled | S::Expired,
             E::Accepted | E::RoutingStarted { .. } | E::WaitingStarted { .. }
             | E::VenueChosen { .. } | E::Submitted { .. } | E::Confirmed { .. }
             | E::AttemptFailed { .. } | E::Failed { .. } | E::CancelRequested { .. }
             | E::Cancelled { .. } | E::Expired { .. }) => {
                return Err(InvalidTransition { from: self, event: event.name() });
            }
        };
        Ok(to)
    }
}

/// An event that the table does not allow: a defect of the program, never of the order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no transition from status {} by the event {event}", from.name())]
pub struct InvalidTransition {
    /// The status that the order was in.
    pub from: Status,
    /// The event's name.
    pub event: &'static str,
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Status {
    type Err = UnknownName;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|status| status.name() == name)
            .ok_or_else(|| UnknownName(name.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        order::{
            Canceller, Cause, ExecutablePrice, Failure, FailureCode, Fill, Fired, TokenAmount,
            TransactionEnd, Unmet, WaitingReason,
        },
        quote::Route,
        venue::VenueId,
    };

    fn events() -> Vec<(&'static str, OrderEvent)> {
        let failure = Failure::new(FailureCode::SlippageExceeded, "moved");
        let out = TokenAmount::from_units(1, 6);
        let fill = Fill {
            amount_out: out,
            price: 1.into(),
        };
        let failed = |settled| OrderEvent::Failed {
            failure: failure.clone(),
            settled,
        };
        let attempt_failed = |settled| OrderEvent::AttemptFailed {
            failure: failure.clone(),
            settled,
        };
        let cancelled = |settled| OrderEvent::Cancelled {
            by: Canceller::Client,
            settled,
        };
        let expired = |settled| OrderEvent::Expired {
            failure: failure.clone(),
            settled,
        };
        let waiting = |settled| OrderEvent::WaitingStarted {
            unmet: Unmet {
                reason: WaitingReason::LimitNotMet,
                best: None,
            },
            pool: None,
            settled,
        };
        let fired = Fired {
            at: jiff::Timestamp::UNIX_EPOCH,
            by: Cause::Price(ExecutablePrice {
                price: 1.into(),
                venue: VenueId::new("Raydium"),
            }),
        };
        let route = Route {
            venue: VenueId::new("Raydium"),
            pool: None,
        };
        let venue_chosen = OrderEvent::VenueChosen {
            route,
            quoted_out: out,
            offers: vec![],
            reason: String::new(),
        };
        let signature = String::from("s");
        let submitted = OrderEvent::Submitted {
            signature: signature.clone(),
        };
        let confirmed = OrderEvent::Confirmed { signature, fill };
        vec![
            ("accept", OrderEvent::Accepted),
            ("route", OrderEvent::RoutingStarted { fired: None }),
            ("fire", OrderEvent::RoutingStarted { fired: Some(fired) }),
            ("wait", waiting(None)),
            ("wait settled", waiting(Some(TransactionEnd::Reverted))),
            ("build", venue_chosen),
            ("submit", submitted),
            ("confirm", confirmed),
            ("retry", attempt_failed(None)),
            (
                "retry settled",
                attempt_failed(Some(TransactionEnd::Expired)),
            ),
            ("fail", failed(None)),
            ("fail settled", failed(Some(TransactionEnd::Reverted))),
            (
                "ask to cancel",
                OrderEvent::CancelRequested {
                    by: Canceller::Client,
                },
            ),
            ("cancel", cancelled(None)),
            ("cancel settled", cancelled(Some(TransactionEnd::Expired))),
            ("expire", expired(None)),
            ("expire settled", expired(Some(TransactionEnd::Expired))),
        ]
    }

    /// The whole table, written out a second time as a reader would draw it.
    #[test]
    fn these_transitions_and_no_others_are_legal() {
        let mut legal = Vec::new();
        for from in Status::ALL {
            for (name, event) in events() {
                if let Ok(to) = from.after(&event) {
                    legal.push(format!("{from} -{name}-> {to}"));
                }
            }
        }
        assert_eq!(
            legal,
            [
                "pending -route-> routing",
                "pending -fire-> routing",
                "pending -wait-> waiting",
                "pending -fail-> failed",
                "pending -cancel-> cancelled",
                "pending -expire-> expired",
                "waiting -fire-> routing",
                "waiting -build-> building",
                "waiting -fail-> failed",
                "waiting -ask to cancel-> waiting",
                "waiting -cancel-> cancelled",
                "waiting -expire-> expired",
                "routing -wait-> waiting",
                "routing -build-> building",
                "routing -retry-> routing",
                "routing -fail-> failed",
                "routing -ask to cancel-> routing",
                "routing -cancel-> cancelled",
                "routing -expire-> expired",
                "building -wait-> waiting",
                "building -build-> building",
                "building -submit-> submitted",
                "building -retry-> routing",
                "building -fail-> failed",
                "building -ask to cancel-> building",
                "building -cancel-> cancelled",
                "building -expire-> expired",
                "submitted -wait settled-> waiting",
                "submitted -confirm-> confirmed",
                "submitted -retry settled-> routing",
                "submitted -fail settled-> failed",
                "submitted -ask to cancel-> submitted",
                "submitted -cancel settled-> cancelled",
                "submitted -expire settled-> expired",
            ]
        );
    }
}
