//! Routing: ask every venue at once, believe only what is plausible, compare what the user really receives, say why.

use std::sync::Arc;

use futures::future::{Either, join_all, select};
use jiff::Timestamp;

use crate::{
    failure::{Failure, FailureCode},
    observe,
    order::{Dex, Swap},
    policy::Policy,
    ports::{Clock, Reference, Venue},
    quote::{Offer, Quote, Rejection},
};

/// Compares venues.
#[derive(Clone)]
pub struct Router {
    /// The venues, in the order in which ties are broken.
    pub venues: Vec<Arc<dyn Venue>>,
    /// The price that answers are held against.
    pub reference: Arc<dyn Reference>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// The protocol's numbers.
    pub policy: Arc<Policy>,
}

/// A routing decision.
#[derive(Clone, Debug)]
pub struct Route {
    /// What every venue offered, the chosen offer marked.
    pub offers: Vec<Offer>,
    /// The chosen quote.
    pub chosen: Quote,
    /// Why, in words.
    pub reason: String,
}

/// No venue can be used.
#[derive(Clone, Debug)]
pub struct NoRoute {
    /// Why each dropped out.
    pub offers: Vec<Offer>,
    /// What that means for the attempt.
    pub failure: Failure,
}

impl Router {
    /// Decides where a swap goes.
    ///
    /// # Errors
    /// [`NoRoute`] when no venue gave a usable quote.
    pub async fn route(&self, swap: &Swap) -> Result<Route, NoRoute> {
        let asked = join_all(
            self.venues
                .iter()
                .map(|venue| self.ask(venue.as_ref(), swap)),
        );
        let (answers, fair_out) = futures::future::join(asked, self.reference.fair_out(swap)).await;
        let now = self.clock.now();
        let offers = answers.into_iter().map(|(dex, answer)| {
            let quote = answer.and_then(|quote| self.check(quote, dex, swap, fair_out, now));
            if let Err(rejection) = &quote {
                observe::venue_dropped(dex, rejection);
            }
            Offer {
                dex,
                quote,
                chosen: false,
            }
        });
        choose(offers.collect(), swap)
    }

    async fn ask(&self, venue: &dyn Venue, swap: &Swap) -> (Dex, Result<Quote, Rejection>) {
        let limit = self.policy.venue_deadline;
        let answer = match select(venue.quote(swap), self.clock.sleep(limit)).await {
            Either::Left((answer, _)) => answer,
            Either::Right(_) => Err(Rejection::Late(limit.as_millis())),
        };
        (venue.dex(), answer)
    }

    /// A venue may be wrong, or lie. What cannot be right is dropped here; what is merely worse loses the comparison.
    fn check(
        &self,
        quote: Quote,
        dex: Dex,
        swap: &Swap,
        fair: Option<u64>,
        now: Timestamp,
    ) -> Result<Quote, Rejection> {
        let implausible = |what: &str| Err(Rejection::Implausible(what.to_owned()));
        if quote.dex != dex
            || quote.token_in != swap.token_in.symbol
            || quote.token_out != swap.token_out.symbol
        {
            return implausible("it is about another pair or venue");
        }
        if quote.amount_in != swap.amount_in {
            return implausible("it is about another amount");
        }
        if quote.net_out() == 0 {
            return implausible("it pays nothing");
        }
        if quote.fee >= quote.amount_in {
            return implausible("the fee takes everything");
        }
        let age = now.duration_since(quote.as_of);
        if age
            > jiff::SignedDuration::try_from(self.policy.quote_max_age)
                .unwrap_or(jiff::SignedDuration::MAX)
        {
            return implausible("it is stale");
        }
        match fair {
            Some(fair) if u128::from(quote.amount_out) * 100 > u128::from(fair) * BEST_PERCENT => {
                implausible("it pays far more than the market")
            }
            Some(fair) if u128::from(quote.amount_out) * 100 < u128::from(fair) * WORST_PERCENT => {
                implausible("it pays less than half of the market price")
            }
            _ => Ok(quote),
        }
    }
}

/// Nobody pays a tenth more than the mid price; a swap that loses half of its value is one that nobody wants.
const BEST_PERCENT: u128 = 110;
const WORST_PERCENT: u128 = 50;

/// The best net output wins; of equal ones the venue that comes first.
fn choose(mut offers: Vec<Offer>, swap: &Swap) -> Result<Route, NoRoute> {
    let mut ranked: Vec<(usize, u64)> = offers
        .iter()
        .enumerate()
        .filter_map(|(i, offer)| Some((i, offer.quote.as_ref().ok()?.net_out())))
        .collect();
    ranked.sort_by_key(|&(i, net)| (std::cmp::Reverse(net), i));
    let chosen = ranked
        .first()
        .and_then(|&(i, _)| Some((i, offers[i].quote.clone().ok()?)));
    let Some((best, chosen)) = chosen else {
        return Err(NoRoute {
            failure: no_route(&offers),
            offers,
        });
    };
    let reason = reason(&offers, &ranked, swap);
    offers[best].chosen = true;
    Ok(Route {
        offers,
        chosen,
        reason,
    })
}

fn reason(offers: &[Offer], ranked: &[(usize, u64)], swap: &Swap) -> String {
    let name = |i: usize| offers[i].dex.name();
    let symbol = &swap.token_out.symbol;
    match *ranked {
        [(best, net), (next, other), ..] if net > other => format!(
            "{} pays {} {symbol} more than {} after all fees",
            name(best),
            swap.received(net - other),
            name(next),
        ),
        [(best, _), (next, _), ..] => {
            format!(
                "{} and {} pay the same; {} comes first",
                name(best),
                name(next),
                name(best)
            )
        }
        [(best, _)] => {
            let dropped = offers
                .iter()
                .find_map(|offer| Some((offer.dex, offer.quote.as_ref().err()?)));
            dropped.map_or_else(
                || format!("{} is the only venue", name(best)),
                |(dex, why)| {
                    format!(
                        "{} is the only venue left; {dex} dropped out: {why}",
                        name(best)
                    )
                },
            )
        }
        [] => String::new(),
    }
}

/// Final only when every venue says that it lacks the liquidity: all else may pass.
fn no_route(offers: &[Offer]) -> Failure {
    let final_for_all = offers
        .iter()
        .all(|offer| matches!(offer.quote, Err(Rejection::NoLiquidity(_))));
    let code = if final_for_all {
        FailureCode::NoLiquidity
    } else {
        FailureCode::VenuesUnavailable
    };
    let each: Vec<String> = offers
        .iter()
        .filter_map(|offer| Some(format!("{}: {}", offer.dex, offer.quote.as_ref().err()?)))
        .collect();
    Failure::new(
        code,
        format!("no venue could be used ({})", each.join("; ")),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::order::{Bps, Token};

    fn swap() -> Swap {
        let token = |symbol: &str, decimals| Token {
            symbol: symbol.into(),
            decimals,
        };
        Swap {
            token_in: token("SOL", 9),
            token_out: token("USDC", 6),
            amount_in: 10_000_000_000,
            slippage: Bps::DEFAULT_SLIPPAGE,
        }
    }

    fn offer(dex: Dex, amount_out: u64, network_fee_out: u64) -> Offer {
        let quote = Quote {
            dex,
            pool: "pool".into(),
            token_in: "SOL".into(),
            token_out: "USDC".into(),
            amount_in: 10_000_000_000,
            amount_out,
            fee: 0,
            price_impact_bps: 0,
            network_fee: 0,
            network_fee_out,
            as_of: Timestamp::UNIX_EPOCH,
        };
        Offer {
            dex,
            quote: Ok(quote),
            chosen: false,
        }
    }

    fn dropped(dex: Dex, rejection: Rejection) -> Offer {
        Offer {
            dex,
            quote: Err(rejection),
            chosen: false,
        }
    }

    #[test]
    fn what_the_user_really_receives_decides_and_not_the_larger_number() {
        let offers = vec![
            offer(Dex::Raydium, 790_000_000, 400),
            offer(Dex::Meteora, 790_000_100, 600),
        ];
        let route = choose(offers, &swap()).expect("both can be used");
        assert_eq!(route.chosen.dex, Dex::Raydium);
        assert_eq!(
            route.reason,
            "Raydium pays 0.0001 USDC more than Meteora after all fees"
        );
        assert_eq!(
            route
                .offers
                .iter()
                .map(|offer| offer.chosen)
                .collect::<Vec<_>>(),
            [true, false]
        );
    }

    #[test]
    fn of_equal_offers_the_first_venue_is_taken() {
        let offers = vec![
            offer(Dex::Raydium, 790_000_000, 0),
            offer(Dex::Meteora, 790_000_600, 600),
        ];
        let route = choose(offers, &swap()).expect("both can be used");
        assert_eq!(route.chosen.dex, Dex::Raydium);
        assert_eq!(
            route.reason,
            "Raydium and Meteora pay the same; Raydium comes first"
        );
    }

    #[test]
    fn only_when_all_venues_lack_liquidity_asking_again_is_pointless() {
        let empty = || Rejection::NoLiquidity("empty".into());
        let all = vec![
            dropped(Dex::Raydium, empty()),
            dropped(Dex::Meteora, empty()),
        ];
        let failure = choose(all, &swap()).expect_err("none can be used").failure;
        assert_eq!(failure.code, FailureCode::NoLiquidity);
        let one = vec![
            dropped(Dex::Raydium, empty()),
            dropped(Dex::Meteora, Rejection::Late(2_000)),
        ];
        let failure = choose(one, &swap()).expect_err("none can be used").failure;
        assert_eq!(failure.code, FailureCode::VenuesUnavailable);
        assert_eq!(
            failure.reason,
            "no venue could be used (Raydium: no liquidity: empty; Meteora: no answer within 2000 ms)"
        );
    }
}
