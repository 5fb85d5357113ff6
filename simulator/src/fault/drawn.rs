//! Which faults a run has, how often they strike, and how often they did.

use super::Fault;
use crate::{point::Service, rng::Rng};

/// The faults of one run. No run has all kinds, so that each is met undisturbed by others.
#[derive(Debug)]
pub(crate) struct Faults {
    rates: Vec<u32>,
    fired: Vec<u64>,
    /// From this moment on nothing goes wrong any more.
    pub(crate) until: u64,
}

impl Faults {
    pub(crate) fn none() -> Self {
        Self {
            rates: vec![0; Fault::ALL.len()],
            fired: vec![0; Fault::ALL.len()],
            until: 0,
        }
    }

    /// One fault, on every occasion.
    #[cfg(test)]
    pub(crate) fn always(fault: Fault) -> Self {
        let mut faults = Self {
            until: u64::MAX,
            ..Self::none()
        };
        faults.rates[fault as usize] = 1_000;
        faults
    }

    /// Faults drawn for one run: each kind with the same likelihood, those of one service more
    /// often.
    pub(crate) fn drawn(rng: &mut Rng, until: u64) -> Self {
        const SERVICES: [Service; 5] = [
            Service::Store,
            Service::Queue,
            Service::Chain,
            Service::Gateway,
            Service::Inside,
        ];
        let (present, theme) = (rng.pick(&[0, 150, 350, 350, 600]), rng.pick(&SERVICES));
        let drawn = |fault: &Fault| {
            let themed = present > 0 && fault.service() == theme;
            let likelihood = if themed { 750 } else { present };
            if rng.chance(likelihood) {
                rng.pick(fault.rates())
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
    pub(crate) fn strikes(&mut self, fault: Fault, rng: &mut Rng, now: u64) -> bool {
        let rate = self.rates[fault as usize];
        let strikes = rate > 0 && now < self.until && rng.chance(rate);
        self.fired[fault as usize] += u64::from(strikes);
        strikes
    }

    /// Whether a run with that kind of fault draws it at its beginning.
    pub(crate) fn has(&self, fault: Fault, rng: &mut Rng) -> bool {
        rng.chance(self.rates[fault as usize])
    }

    /// Counts a fault that fired without a draw.
    pub(crate) fn count(&mut self, fault: Fault) {
        self.fired[fault as usize] += 1;
    }

    /// How often each kind fired, in the order of [`Fault::ALL`].
    pub(crate) fn fired(&self) -> &[u64] {
        &self.fired
    }
}
