//! Sniper orders: a token that nobody can buy yet, as soon as there is a pool that is good enough.

use jiff::Timestamp;

use super::LimitPrice;
use crate::{
    amount::TokenAmount,
    launch::{PoolAge, PoolCondition},
    order::{WaitingReason, swap::SlippageTolerance},
    venue::VenueId,
};

/// The terms of a sniper order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sniper {
    /// How much worse than quoted the execution may be; never worse than the price.
    pub slippage: SlippageTolerance,
    /// The hard floor under the price, if the client set one.
    pub price: Option<LimitPrice>,
    /// Where it may buy; empty means anywhere.
    pub venues: Vec<VenueId>,
    /// The least that must lie in the pool, of the token sold.
    pub min_liquidity: Option<TokenAmount>,
    /// The most that may lie in the pool, of the token sold.
    pub max_liquidity: Option<TokenAmount>,
    /// A pool that has been open for more slots is not bought from.
    pub max_age_slots: u64,
    /// What must be given out of hand.
    pub require: Requirements,
    /// From this moment on nothing is signed any more.
    pub expires_at: Timestamp,
}

/// What a client demands of a token and its pool.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Requirements {
    /// Nobody may be able to mint more.
    pub mint_authority_revoked: bool,
    /// Nobody may be able to freeze an account.
    pub freeze_authority_revoked: bool,
    /// Nobody may be able to take the liquidity out.
    pub lp_burned: bool,
}

impl Requirements {
    /// Their names on the wire and in the database.
    pub const NAMES: [&'static str; 3] = [
        "mint_authority_revoked",
        "freeze_authority_revoked",
        "lp_burned",
    ];

    /// Demands what has that name as well; `None` when nothing has.
    pub fn with(mut self, name: &str) -> Option<Self> {
        let [mint, freeze, lp] = Self::NAMES;
        match name {
            _ if name == mint => self.mint_authority_revoked = true,
            _ if name == freeze => self.freeze_authority_revoked = true,
            _ if name == lp => self.lp_burned = true,
            _ => return None,
        }
        Some(self)
    }

    /// The names of what is demanded.
    pub fn names(self) -> impl Iterator<Item = &'static str> {
        let demanded = [
            self.mint_authority_revoked,
            self.freeze_authority_revoked,
            self.lp_burned,
        ];
        Self::NAMES
            .into_iter()
            .zip(demanded)
            .filter_map(|(name, is_demanded)| is_demanded.then_some(name))
    }
}

impl Sniper {
    /// The name on the wire and in the database.
    pub const NAME: &'static str = "sniper";
    /// How old a pool may be that an order buys from which does not say: two minutes.
    pub const USUAL_AGE_SLOTS: u64 = 300;
    /// The oldest that an order may allow: about a day.
    pub const MAX_AGE_SLOTS: u64 = 216_000;

    /// Whether it may buy there.
    pub fn buys_at(&self, venue: &VenueId) -> bool {
        self.venues.is_empty() || self.venues.contains(venue)
    }

    /// What is missing for a pool to be bought from; `None` when nothing is. What can never be
    /// mended is told first.
    pub fn misses(&self, pool: &PoolCondition) -> Option<WaitingReason> {
        match pool.age {
            PoolAge::Open(slots) if slots > self.max_age_slots => {
                return Some(WaitingReason::TooLate);
            }
            PoolAge::OpensIn(_) => return Some(WaitingReason::PoolOpensLater),
            PoolAge::Open(_) => {}
        }
        let (liquidity, safety) = (pool.liquidity.units(), pool.safety);
        let is_below = |least: TokenAmount| liquidity < least.units();
        let is_above = |most: TokenAmount| liquidity > most.units();
        let lacks = |demanded: bool, given: bool| demanded && !given;
        let demanded = self.require;
        [
            (
                self.min_liquidity.is_some_and(is_below),
                WaitingReason::LiquidityTooLow,
            ),
            (
                self.max_liquidity.is_some_and(is_above),
                WaitingReason::LiquidityTooHigh,
            ),
            (
                lacks(
                    demanded.mint_authority_revoked,
                    safety.mint_authority_revoked,
                ),
                WaitingReason::MintAuthority,
            ),
            (
                lacks(
                    demanded.freeze_authority_revoked,
                    safety.freeze_authority_revoked,
                ),
                WaitingReason::FreezeAuthority,
            ),
            (
                lacks(demanded.lp_burned, safety.lp_burned),
                WaitingReason::LpNotBurned,
            ),
        ]
        .into_iter()
        .find_map(|(misses, reason)| misses.then_some(reason))
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::launch::Safety;

    #[test]
    fn a_pool_is_bought_from_when_all_that_was_demanded_is_true_and_no_more() {
        let sol = |units| TokenAmount::from_units(units, 9);
        let safe = Safety {
            mint_authority_revoked: true,
            freeze_authority_revoked: true,
            lp_burned: true,
        };
        let pool = PoolCondition {
            age: PoolAge::Open(300),
            liquidity: sol(50),
            safety: safe,
        };
        let demanding = Sniper {
            slippage: SlippageTolerance::DEFAULT,
            price: None,
            venues: vec![],
            min_liquidity: Some(sol(50)),
            max_liquidity: Some(sol(50)),
            max_age_slots: 300,
            require: Requirements {
                mint_authority_revoked: true,
                freeze_authority_revoked: true,
                lp_burned: true,
            },
            expires_at: Timestamp::UNIX_EPOCH,
        };
        let misses = |pool| demanding.misses(&pool);
        assert_eq!(misses(pool), None);
        let of_age = |age| PoolCondition { age, ..pool };
        assert_eq!(
            misses(of_age(PoolAge::Open(301))),
            Some(WaitingReason::TooLate)
        );
        assert_eq!(
            misses(of_age(PoolAge::OpensIn(Duration::from_millis(1)))),
            Some(WaitingReason::PoolOpensLater)
        );
        let with = |liquidity| PoolCondition { liquidity, ..pool };
        assert_eq!(misses(with(sol(49))), Some(WaitingReason::LiquidityTooLow));
        assert_eq!(misses(with(sol(51))), Some(WaitingReason::LiquidityTooHigh));
        let unsafe_in = |safety| PoolCondition { safety, ..pool };
        for (safety, reason) in [
            (
                Safety {
                    mint_authority_revoked: false,
                    ..safe
                },
                WaitingReason::MintAuthority,
            ),
            (
                Safety {
                    freeze_authority_revoked: false,
                    ..safe
                },
                WaitingReason::FreezeAuthority,
            ),
            (
                Safety {
                    lp_burned: false,
                    ..safe
                },
                WaitingReason::LpNotBurned,
            ),
        ] {
            assert_eq!(misses(unsafe_in(safety)), Some(reason));
            let indifferent = Sniper {
                require: Requirements::default(),
                ..demanding.clone()
            };
            assert_eq!(indifferent.misses(&unsafe_in(safety)), None);
        }
    }

    #[test]
    fn demands_are_known_by_their_names() {
        let all = Requirements::NAMES
            .into_iter()
            .try_fold(Requirements::default(), Requirements::with)
            .expect("each is known");
        assert!(all.names().eq(Requirements::NAMES));
        assert_eq!(Requirements::default().with("kyc"), None);
        assert_eq!(Requirements::default().names().count(), 0);
    }
}
