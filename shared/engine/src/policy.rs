//! The protocol's numbers, in one place.

use std::time::Duration;

use crate::id::OrderId;

/// Times and limits of the protocol. [`Policy::default`] is production's; tests shorten what they
/// wait for.
#[derive(Clone, Debug)]
pub struct Policy {
    /// How long an accepted market order is tried before it fails.
    pub market_lifetime: Duration,
    /// How long a worker holds an order without a sign of life. Longer than a statement may take
    /// and the time after which a waiting worker renews, a quarter of it; as short as that allows,
    /// because a dead worker's orders wait for its end.
    pub lease: Duration,
    /// How long a venue may think about a quote.
    pub venue_deadline: Duration,
    /// A quote of a market state older than this is not used.
    pub quote_max_age: Duration,
    /// How long a worker waits for a landing in its slot. When the next look is further away it
    /// gives the order back, to be taken up again when it is worth a look.
    pub max_settle_wait: Duration,
    /// How long submit waits for the queue; the relay sends what was not sent in time.
    pub queue_deadline: Duration,
    /// How long one push may take.
    pub push_deadline: Duration,
    /// For how long a connection that is just being opened may answer "gone".
    pub connect_grace: Duration,
    /// The pauses before attempt 2, 3 and 4. Their number is the number of retries.
    pub backoff: Vec<Duration>,
    /// The longest pause before an order is looked at again that time brings back: its price seems
    /// to be met, and is not for its size; or it is not the price that is missing.
    pub max_recheck: Duration,
    /// How often an order's condition may be met without a swap before the order fails.
    pub max_triggers: u32,
    /// How long the relay leaves a message to the fast path before it sends it again.
    pub relay_grace: Duration,
    /// How long entries of the audit trail are kept.
    pub audit_kept: Duration,
    /// How long an order is kept after its end; `None` is for ever.
    pub orders_kept: Option<Duration>,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            market_lifetime: Duration::from_secs(15 * 60),
            lease: Duration::from_secs(7),
            venue_deadline: Duration::from_secs(2),
            quote_max_age: Duration::from_secs(10),
            max_settle_wait: Duration::from_secs(2),
            queue_deadline: Duration::from_secs(1),
            push_deadline: Duration::from_secs(2),
            connect_grace: Duration::from_secs(2),
            backoff: [1, 4, 16].map(Duration::from_secs).to_vec(),
            max_recheck: Duration::from_secs(300),
            max_triggers: 50,
            relay_grace: Duration::from_secs(30),
            audit_kept: Duration::from_secs(400 * 24 * 60 * 60),
            orders_kept: None,
        }
    }
}

impl Policy {
    /// The pause after the try `tries` failed, or `None` when no try is left.
    pub fn pause_after(&self, tries: u32, id: OrderId) -> Option<Duration> {
        let pause = self
            .backoff
            .get(usize::try_from(tries.checked_sub(1)?).ok()?)?;
        Some(spread(*pause, tries, id))
    }

    /// The pause before the look after `looks` of them in vain: from five seconds it doubles up to
    /// [`Policy::max_recheck`].
    pub fn recheck_after(&self, looks: u32, id: OrderId) -> Duration {
        let doubled = FIRST_RECHECK.saturating_mul(1 << looks.saturating_sub(1).min(10));
        spread(doubled.min(self.max_recheck * 5 / 6), looks, id)
    }
}

/// The pause before the first of such looks.
const FIRST_RECHECK: Duration = Duration::from_secs(5);

/// Spread by ± 20 % so that orders which failed together do not return together; the spread comes
/// from the order's id, so it needs no dice.
fn spread(pause: Duration, nth: u32, id: OrderId) -> Duration {
    let dice = u32::from(id.0.as_bytes()[15]).wrapping_mul(nth.wrapping_mul(101)) % 401;
    pause * (800 + dice) / 1000
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn three_retries_each_within_a_fifth_of_its_pause() {
        let policy = Policy::default();
        for byte in 0..=255u128 {
            let id = OrderId(Uuid::from_u128(byte));
            for (attempt, pause) in [(1, 1_000), (2, 4_000), (3, 16_000)] {
                let drawn = policy
                    .pause_after(attempt, id)
                    .expect("a retry is left")
                    .as_millis();
                assert!(
                    (pause * 8 / 10..=pause * 12 / 10).contains(&drawn),
                    "{attempt}: {drawn}"
                );
            }
            assert_eq!(policy.pause_after(4, id), None);
        }
    }
}
