//! How quickly orders are taken up: measured by how long an order holds a slot.

use std::time::Duration;

use tokio::time::Instant;

/// What is longer ago counts little.
const MEMORY: Duration = Duration::from_secs(30);
/// How long an order holds a slot before anything was measured. It is less with the simulated
/// venues; a guess that is too high refuses the end of a huge first burst, one too low takes what
/// has to wait.
const USUAL: Duration = Duration::from_secs(1);
/// Time passes in steps, of each of which a share of what was measured fades.
const STEP: u128 = Duration::from_secs(1).as_nanos();
/// After so long nothing is left of what was measured.
const FORGOTTEN: u128 = MEMORY.as_nanos() * 10;
/// Orders are counted in billionths, so that they can fade as well.
const ORDER: u128 = 1_000_000_000;

/// Nanoseconds of slots held, and orders taken up, both of late. A slot counts whether its order is
/// new or comes back for its swap, so an order's time includes its later visits; and it grows while
/// nothing moves.
pub(super) struct Pace {
    slots: u128,
    held: u128,
    taken: u128,
    seen: Instant,
}

impl Pace {
    /// As many orders as there are slots, each for the usual time.
    pub(super) fn new(slots: u32, now: Instant) -> Self {
        let slots = u128::from(slots.max(1));
        Self {
            slots,
            held: slots * USUAL.as_nanos(),
            taken: slots * ORDER,
            seen: now,
        }
    }

    /// Time has passed, with so many messages in workers' hands. What was measured fades, and the
    /// guess comes back.
    pub(super) fn pass(&mut self, now: Instant, in_flight: usize) {
        let passed = now.saturating_duration_since(self.seen).as_nanos();
        let mut left = passed.min(FORGOTTEN);
        let memory = MEMORY.as_nanos();
        // What each would become if everything stayed as it is.
        let held = self.slots * USUAL.as_nanos() + in_flight as u128 * memory;
        let taken = self.slots * ORDER;
        while left > 0 {
            let step = left.min(STEP);
            self.held = (self.held * memory + held * step) / (memory + step);
            self.taken = (self.taken * memory + taken * step) / (memory + step);
            left -= step;
        }
        self.seen = now;
    }

    /// New orders were taken up.
    pub(super) const fn took(&mut self, orders: usize) {
        self.taken += orders as u128 * ORDER;
    }

    /// They were not, after all.
    pub(super) fn took_back(&mut self, orders: usize) {
        let taken = self.taken.saturating_sub(orders as u128 * ORDER);
        self.taken = taken.max(ORDER);
    }

    /// How long it takes until so many orders are taken up.
    pub(super) fn time_for(&self, orders: usize) -> Duration {
        let nanos = orders as u128 * self.held * ORDER / self.taken / self.slots;
        Duration::from_nanos(u64::try_from(nanos).unwrap_or(u64::MAX))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The pace of ten slots after two minutes in which each order held its slot for so long.
    fn with_orders_of(seconds: u64) -> Pace {
        let begin = Instant::now();
        let mut pace = Pace::new(10, begin);
        for round in 1..=120 / seconds {
            pace.took(10);
            pace.pass(begin + Duration::from_secs(round * seconds), 10);
        }
        pace
    }

    #[tokio::test(start_paused = true)]
    async fn a_first_burst_is_judged_by_the_guess() {
        let pace = Pace::new(100, Instant::now());
        assert_eq!(pace.time_for(1_000), Duration::from_secs(10));
    }

    #[tokio::test(start_paused = true)]
    async fn slow_workers_are_found_out_and_so_are_quick_ones_again() {
        let mut pace = with_orders_of(4);
        let wait = pace.time_for(100).as_secs();
        assert!((30..=45).contains(&wait), "{wait}");
        let slow = pace.seen;
        for tenth in 1..=600 {
            pace.took(5); // two tenths of a second each
            pace.pass(slow + Duration::from_millis(tenth * 100), 10);
        }
        let wait = pace.time_for(100).as_millis();
        assert!((1_500..=4_000).contains(&wait), "{wait}");
    }

    #[tokio::test(start_paused = true)]
    async fn workers_that_stand_still_are_found_out_while_they_do() {
        let begin = Instant::now();
        let mut pace = Pace::new(10, begin);
        pace.took(10);
        pace.pass(begin + Duration::from_secs(60), 10);
        let wait = pace.time_for(100).as_secs();
        assert!(wait > 150, "{wait}");
    }
}
