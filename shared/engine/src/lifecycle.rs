//! The life of an order: one table says every move that is legal.

use crate::{
    dex::Dex,
    failure::Failure,
    quote::Offer,
    transaction::{SignedTransaction, TransactionEnd},
};

pub use crate::status::Status;

impl Status {
    /// The status that a change leads to.
    ///
    /// # Errors
    /// [`IllegalMove`] when the table has no such move; nothing may be written then.
    pub const fn after(self, change: &Change) -> Result<Self, IllegalMove> {
        use Status as S;
        #[rustfmt::skip]
        let to = match (self, change) {
            (S::Pending,                            Change::Routing)                            => S::Routing,
            (S::Routing,                            Change::Building { .. })                    => S::Building,
            (S::Building,                           Change::Submitted { .. })                   => S::Submitted,
            (S::Submitted,                          Change::Confirmed { .. })                   => S::Confirmed,
            (S::Routing | S::Building,              Change::Retrying { settled: None, .. })     => S::Routing,
            (S::Submitted,                          Change::Retrying { settled: Some(_), .. })  => S::Routing,
            (S::Pending | S::Routing | S::Building, Change::Failed { settled: None, .. })       => S::Failed,
            (S::Submitted,                          Change::Failed { settled: Some(_), .. })    => S::Failed,
            (from, _) => return Err(IllegalMove { from }),
        };
        Ok(to)
    }
}

/// Something that happened to an order, with all that has to be stored about it.
#[derive(Clone, Debug)]
pub enum Change {
    /// A worker took the order up and asks the venues.
    Routing,
    /// The venues answered and one was chosen.
    Building {
        /// What each venue offered, the chosen one among them.
        offers: Vec<Offer>,
        /// The venue chosen.
        dex: Dex,
        /// What it promised, in base units of `token_out`.
        quoted_out: u64,
        /// Why it was chosen, in words.
        reason: String,
    },
    /// The transaction is signed. It is stored with this change, before it is sent for the first time.
    Submitted {
        /// The transaction.
        transaction: SignedTransaction,
    },
    /// The transaction landed and the swap happened.
    Confirmed {
        /// What was received, in base units of `token_out`.
        amount_out: u64,
    },
    /// The attempt failed and the next one begins after a while.
    Retrying {
        /// Why.
        failure: Failure,
        /// How the attempt's transaction ended; `None` when none was signed.
        settled: Option<TransactionEnd>,
        /// The pause before the next attempt.
        after: std::time::Duration,
    },
    /// The order failed.
    Failed {
        /// Why.
        failure: Failure,
        /// How the last attempt's transaction ended; `None` when none was signed.
        settled: Option<TransactionEnd>,
    },
}

/// A change that the table does not allow: a defect of the program, never of the order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no such move from status {}", from.name())]
pub struct IllegalMove {
    /// The status that the order was in.
    pub from: Status,
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::failure::FailureCode;

    fn changes() -> Vec<(&'static str, Change)> {
        let failure = Failure::new(FailureCode::SlippageExceeded, "moved");
        let transaction = SignedTransaction {
            signature: "s".into(),
            bytes: vec![],
            last_valid_height: 1,
            min_out: 0,
        };
        let (dex, after) = (Dex::Raydium, Duration::ZERO);
        let settled = Some(TransactionEnd::Expired);
        vec![
            ("route", Change::Routing),
            (
                "build",
                Change::Building {
                    offers: vec![],
                    dex,
                    quoted_out: 1,
                    reason: String::new(),
                },
            ),
            ("submit", Change::Submitted { transaction }),
            ("confirm", Change::Confirmed { amount_out: 1 }),
            (
                "retry",
                Change::Retrying {
                    failure: failure.clone(),
                    settled: None,
                    after,
                },
            ),
            (
                "retry settled",
                Change::Retrying {
                    failure: failure.clone(),
                    settled,
                    after,
                },
            ),
            (
                "fail",
                Change::Failed {
                    failure: failure.clone(),
                    settled: None,
                },
            ),
            ("fail settled", Change::Failed { failure, settled }),
        ]
    }

    /// The whole table, written out a second time as a reader would draw it.
    #[test]
    fn these_moves_and_no_others_are_legal() {
        let mut legal = Vec::new();
        for from in Status::ALL {
            for (name, change) in changes() {
                if let Ok(to) = from.after(&change) {
                    legal.push(format!("{from} -{name}-> {to}"));
                }
            }
        }
        assert_eq!(
            legal,
            [
                "pending -route-> routing",
                "pending -fail-> failed",
                "routing -build-> building",
                "routing -retry-> routing",
                "routing -fail-> failed",
                "building -submit-> submitted",
                "building -retry-> routing",
                "building -fail-> failed",
                "submitted -confirm-> confirmed",
                "submitted -retry settled-> routing",
                "submitted -fail settled-> failed",
            ]
        );
    }
}
