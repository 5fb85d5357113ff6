//! The chain's semantics: what is sent may land, late, with an error or never, at most once, and
//! never above its last valid height. Its record is the judge of how many swaps an order caused.

use std::collections::BTreeMap;

use engine::{
    order::{Failure, FailureCode, OrderId, SignedTransaction, TokenAmount},
    ports::ChainStatus,
};

use crate::{
    fault::{Fault, Faults},
    nodes::Nodes,
    rng::Rng,
};

/// The length of a slot.
pub(crate) const SLOT: u64 = 400;
/// The height at the beginning.
const GENESIS: u64 = 1_000;

/// The record of everything signed and sent.
#[derive(Debug)]
pub(crate) struct SimulatedChain {
    /// In how many slots after it was built a transaction can land.
    pub(crate) validity: u64,
    /// How many heights on top make one final.
    pub(crate) finality: u64,
    /// Who tells of it.
    pub(crate) nodes: Nodes,
    transactions: BTreeMap<String, Transaction>,
    signed: u64,
}

#[derive(Debug)]
struct Transaction {
    order: OrderId,
    last_valid_height: u64,
    min_out: TokenAmount,
    landing: Option<Landing>,
}

#[derive(Clone, Copy, Debug)]
struct Landing {
    at: u64,
    seen_at: u64,
    announced: bool,
    outcome: Result<TokenAmount, FailureCode>,
}

/// A swap that happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Landed {
    pub(crate) signature: String,
    pub(crate) amount_out: TokenAmount,
}

impl SimulatedChain {
    pub(crate) fn new(validity: u64, finality: u64) -> Self {
        Self {
            validity,
            finality,
            nodes: Nodes::ONE,
            transactions: BTreeMap::new(),
            signed: 0,
        }
    }

    /// The longest time from signing to the moment when a fate is certain.
    pub(crate) const fn certainty(&self) -> u64 {
        (self.validity + self.finality + 2) * SLOT
    }

    pub(crate) fn sign(
        &mut self,
        order: OrderId,
        min_out: TokenAmount,
        now: u64,
    ) -> SignedTransaction {
        self.signed += 1;
        let signature = format!("transaction-{}", self.signed);
        let last_valid_height = height(now) + self.validity;
        let transaction = Transaction {
            order,
            last_valid_height,
            min_out,
            landing: None,
        };
        self.transactions.insert(signature.clone(), transaction);
        let bytes = signature.as_bytes().to_vec();
        SignedTransaction {
            signature,
            bytes,
            last_valid_height,
            min_out,
        }
    }

    /// Bytes arrive. What is already on its way stays as it is; what was lost may land this time.
    pub(crate) fn receive(&mut self, bytes: &[u8], now: u64, rng: &mut Rng, faults: &mut Faults) {
        let finality = self.finality;
        let signature = String::from_utf8_lossy(bytes);
        let Some(transaction) = self.transactions.get_mut(&*signature) else {
            return;
        };
        if transaction.landing.is_some() || faults.strikes(Fault::NeverLands, rng, now) {
            return;
        }
        let at = now + landing_delay(transaction.last_valid_height, now, rng, faults);
        if height(at) > transaction.last_valid_height {
            return;
        }
        let final_at = (height(at) + finality - GENESIS) * SLOT;
        let seen_at = if faults.strikes(Fault::SeenLate, rng, now) {
            rng.between(at, final_at)
        } else {
            at
        };
        let announced = rng.chance(300);
        let outcome = if faults.strikes(Fault::Reverts, rng, now) {
            Err(rng.pick(&[
                FailureCode::SlippageExceeded,
                FailureCode::SubmissionRefused,
                FailureCode::SwapFailed,
            ]))
        } else {
            let min_out = transaction.min_out;
            Ok(min_out.with_units(min_out.units() + rng.below(1_000)))
        };
        transaction.landing = Some(Landing {
            at,
            seen_at,
            announced,
            outcome,
        });
    }

    /// A transaction lands in the next slot, and is undone.
    pub(crate) fn undo(&mut self, signature: &str, code: FailureCode, now: u64) {
        if let Some(transaction) = self.transactions.get_mut(signature) {
            let at = now + SLOT;
            transaction.landing = Some(Landing {
                at,
                seen_at: at,
                announced: false,
                outcome: Err(code),
            });
        }
    }

    pub(crate) fn finalized_height(&self, now: u64) -> u64 {
        height(now).saturating_sub(self.finality)
    }

    pub(crate) fn status(&self, signature: &str, now: u64) -> ChainStatus {
        let landing = self
            .transactions
            .get(signature)
            .and_then(|found| found.landing);
        match landing {
            Some(Landing {
                seen_at, outcome, ..
            }) if seen_at <= now => match outcome {
                Ok(amount_out) => ChainStatus::Landed { amount_out },
                Err(code) => ChainStatus::Reverted(Failure::new(code, "undone by the chain")),
            },
            Some(Landing {
                at,
                announced: true,
                ..
            }) if at > now => ChainStatus::InFlight {
                poll_after: std::time::Duration::from_millis(at - now),
            },
            _ => ChainStatus::Unknown,
        }
    }

    /// The order that a transaction belongs to.
    pub(crate) fn order_of(&self, signature: &str) -> Option<OrderId> {
        self.transactions.get(signature).map(|found| found.order)
    }

    /// Base units that all swaps so far were paid.
    pub(crate) fn paid_out(&self, now: u64) -> u64 {
        let landings = self.transactions.values().filter_map(|found| found.landing);
        landings
            .filter(|landing| landing.at <= now)
            .filter_map(|landing| Some(landing.outcome.ok()?.units()))
            .sum()
    }

    /// The swaps that have happened for an order.
    pub(crate) fn landed(&self, order: OrderId, now: u64) -> impl Iterator<Item = Landed> {
        self.transactions
            .iter()
            .filter(move |(_, transaction)| transaction.order == order)
            .filter_map(move |(signature, transaction)| {
                let landing = transaction.landing.filter(|landing| landing.at <= now)?;
                let amount_out = landing.outcome.ok()?;
                Some(Landed {
                    signature: signature.clone(),
                    amount_out,
                })
            })
    }
}

fn landing_delay(last_valid: u64, now: u64, rng: &mut Rng, faults: &mut Faults) -> u64 {
    if faults.strikes(Fault::LandsLate, rng, now) {
        let end = (last_valid + 1 - GENESIS) * SLOT;
        let left = end.saturating_sub(now);
        left.saturating_sub(rng.below(4 * SLOT)).saturating_sub(1)
    } else {
        rng.between(SLOT, 4_000)
    }
}

/// The first moment of a height.
pub(crate) const fn time_of(height: u64) -> u64 {
    height.saturating_sub(GENESIS) * SLOT
}

/// The height at a moment.
pub(crate) const fn height(now: u64) -> u64 {
    GENESIS + now / SLOT
}
