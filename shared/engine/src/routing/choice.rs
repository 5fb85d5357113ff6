//! The choice among answers: the best net output wins; of equal ones the venue that comes first.

use std::cmp::Reverse;

use crate::{
    order::{Failure, FailureCode, OrderKind, Swap, TokenAmount},
    quote::{Offer, OfferedQuote, Quote, Rejection, Route},
    venue::VenueId,
};

/// Where a swap goes, and why.
#[derive(Clone, Debug)]
pub struct RoutingDecision {
    /// What each venue offered, the chosen offer marked.
    pub offers: Vec<Offer>,
    /// Where it goes.
    pub route: Route,
    /// What is promised there.
    pub quoted_out: TokenAmount,
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

pub(super) fn choose(
    answers: Vec<(VenueId, Result<Quote, Rejection>)>,
    swap: &Swap,
    kind: &OrderKind,
) -> Result<RoutingDecision, NoRoute> {
    let mut ranked: Vec<&Quote> = answers.iter().flat_map(|(_, answer)| answer).collect();
    let floor = kind.floor(swap).map_or(0, TokenAmount::units);
    // The chain's fee counts in the comparison, and not against the floor: who pays more after it
    // may pay less before. Stable: ties keep their order.
    ranked.sort_by_key(|quote| {
        let pays_enough = quote.terms.amount_out.units() >= floor;
        Reverse((pays_enough, quote.terms.net_out().units()))
    });
    let Some(best) = ranked.first() else {
        return Err(no_route(&answers, swap, kind));
    };
    Ok(RoutingDecision {
        offers: offers(&answers, swap, kind, Some(&best.venue)),
        route: best.route(),
        quoted_out: best.terms.amount_out,
        reason: reason(&answers, &ranked, swap),
    })
}

fn offers(
    answers: &[(VenueId, Result<Quote, Rejection>)],
    swap: &Swap,
    kind: &OrderKind,
    chosen: Option<&VenueId>,
) -> Vec<Offer> {
    let offer = |(venue, answer): &(VenueId, Result<Quote, Rejection>)| Offer {
        venue: venue.clone(),
        quote: answer.clone().map(|quote| OfferedQuote {
            pool: quote.pool.address,
            min_out: kind.min_out(swap, quote.terms.amount_out),
            terms: quote.terms,
        }),
        chosen: chosen == Some(venue),
    };
    answers.iter().map(offer).collect()
}

/// Why the first of the ranked quotes was chosen, against the next best.
fn reason(
    answers: &[(VenueId, Result<Quote, Rejection>)],
    ranked: &[&Quote],
    swap: &Swap,
) -> String {
    let net = |quote: &Quote| -> TokenAmount { quote.terms.net_out() };
    match *ranked {
        [best, next, ..] if net(best).units() < net(next).units() => {
            format!("{} alone pays the least that the order accepts", best.venue)
        }
        [best, next, ..] if net(best).units() > net(next).units() => format!(
            "{} pays {} {} more than {} after all fees",
            best.venue,
            net(best).less(net(next)),
            swap.token_out.symbol,
            next.venue,
        ),
        [best, next, ..] => format!(
            "{} and {} pay the same; {} comes first",
            best.venue, next.venue, best.venue
        ),
        [only] => {
            let dropped: Vec<String> = answers
                .iter()
                .filter_map(|(venue, answer)| {
                    let why = answer.as_ref().err()?;
                    Some(format!("{venue} dropped out: {why}"))
                })
                .collect();
            if dropped.is_empty() {
                format!("{} is the only venue", only.venue)
            } else {
                format!(
                    "{} is the only venue left; {}",
                    only.venue,
                    dropped.join("; ")
                )
            }
        }
        [] => String::new(),
    }
}

/// Final only when every venue says that it lacks the liquidity: all else may pass.
fn no_route(
    answers: &[(VenueId, Result<Quote, Rejection>)],
    swap: &Swap,
    kind: &OrderKind,
) -> NoRoute {
    let lacks_liquidity = |(_, answer): &(VenueId, Result<Quote, Rejection>)| {
        matches!(answer, Err(Rejection::NoLiquidity(_)))
    };
    let code = if answers.iter().all(lacks_liquidity) {
        FailureCode::NoLiquidity
    } else {
        FailureCode::VenuesUnavailable
    };
    let each: Vec<String> = answers
        .iter()
        .filter_map(|(venue, answer)| Some(format!("{venue}: {}", answer.as_ref().err()?)))
        .collect();
    let reason = format!("no venue could be used ({})", each.join("; "));
    NoRoute {
        failure: Failure::new(code, reason),
        offers: offers(answers, swap, kind, None),
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::{
        order::{Market, SlippageTolerance, Token},
        quote::{PoolRef, QuoteTerms},
    };

    const MARKET: OrderKind = OrderKind::Market(Market {
        slippage: SlippageTolerance::DEFAULT,
        min_amount_out: None,
    });

    fn swap() -> Swap {
        let token = |symbol: &str, decimals| Token {
            symbol: symbol.into(),
            decimals,
        };
        Swap {
            token_in: token("SOL", 9),
            token_out: token("USDC", 6),
            amount_in: TokenAmount::from_units(10_000_000_000, 9),
        }
    }

    fn answer(
        venue: &str,
        amount_out: u64,
        network_fee_out: u64,
    ) -> (VenueId, Result<Quote, Rejection>) {
        let usdc = |units| TokenAmount::from_units(units, 6);
        let sol = |units| TokenAmount::from_units(units, 9);
        let venue = VenueId::new(venue);
        let quote = Quote {
            venue: venue.clone(),
            pool: PoolRef {
                address: format!("{venue}'s pool"),
                mint_in: "So1".into(),
                mint_out: "EPj".into(),
                slot: 7,
            },
            token_in: "SOL".into(),
            token_out: "USDC".into(),
            terms: QuoteTerms {
                amount_in: sol(10_000_000_000),
                amount_out: usdc(amount_out),
                fee: sol(0),
                price_impact_bps: 0,
                network_fee: sol(0),
                network_fee_out: usdc(network_fee_out),
            },
            as_of: Timestamp::UNIX_EPOCH,
        };
        (venue, Ok(quote))
    }

    fn dropped(venue: &str, rejection: Rejection) -> (VenueId, Result<Quote, Rejection>) {
        (VenueId::new(venue), Err(rejection))
    }

    fn decided(answers: Vec<(VenueId, Result<Quote, Rejection>)>) -> RoutingDecision {
        choose(answers, &swap(), &MARKET).expect("a venue can be used")
    }

    #[test]
    fn what_the_user_really_receives_decides_and_not_the_larger_number() {
        let decision = decided(vec![
            answer("Raydium", 790_000_000, 400),
            answer("Meteora", 790_000_100, 600),
        ]);
        assert_eq!(decision.route.venue.name(), "Raydium");
        assert_eq!(
            decision.reason,
            "Raydium pays 0.0001 USDC more than Meteora after all fees"
        );
        let chosen: Vec<bool> = decision.offers.iter().map(|offer| offer.chosen).collect();
        assert_eq!(chosen, [true, false]);
    }

    #[test]
    fn any_number_of_venues_is_compared_and_the_reason_names_the_next_best() {
        let decision = decided(vec![
            answer("Raydium", 790_000_000, 0),
            answer("Meteora", 791_000_000, 0),
            dropped("Phoenix", Rejection::Late(2_000)),
            answer("Orca", 792_500_000, 0),
        ]);
        assert_eq!(decision.route.venue.name(), "Orca");
        let pool = decision.route.pool.expect("the quote's pool");
        assert_eq!((pool.address.as_str(), pool.slot), ("Orca's pool", 7));
        assert_eq!(
            decision.reason,
            "Orca pays 1.5 USDC more than Meteora after all fees"
        );
        assert_eq!(decision.offers.len(), 4);
    }

    #[test]
    fn of_equal_offers_the_first_venue_is_taken() {
        let decision = decided(vec![
            answer("Raydium", 790_000_000, 0),
            answer("Meteora", 790_000_600, 600),
        ]);
        assert_eq!(decision.route.venue.name(), "Raydium");
        assert_eq!(
            decision.reason,
            "Raydium and Meteora pay the same; Raydium comes first"
        );
    }

    #[test]
    fn only_when_all_venues_lack_liquidity_asking_again_is_pointless() {
        let empty = || Rejection::NoLiquidity("empty".into());
        let failed = |answers| choose(answers, &swap(), &MARKET).expect_err("none can be used");
        let all = vec![dropped("Raydium", empty()), dropped("Meteora", empty())];
        assert_eq!(failed(all).failure.code, FailureCode::NoLiquidity);
        let one = vec![
            dropped("Raydium", empty()),
            dropped("Meteora", Rejection::Late(2_000)),
        ];
        let failure = failed(one).failure;
        assert_eq!(failure.code, FailureCode::VenuesUnavailable);
        assert_eq!(
            failure.reason,
            "no venue could be used (Raydium: no liquidity: empty; \
             Meteora: no answer within 2000 ms)"
        );
    }
}
