//! The router: ask every venue at once, and believe only what is plausible.

use std::{pin::pin, sync::Arc};

use futures::future::{Either, join, join_all, select};
use jiff::{SignedDuration, Timestamp};
use rust_decimal::Decimal;
use tracing::Instrument;

use super::choice::{self, NoRoute, RoutingDecision};
use crate::{
    observe,
    order::{OrderKind, Swap, Token, TokenAmount},
    policy::Policy,
    ports::{Clock, ReferencePrice, Venue},
    quote::{Quote, Rejection},
    trace,
    venue::VenueId,
};

/// Compares venues.
#[derive(Clone)]
pub struct Router {
    /// The venues, in the order in which ties are broken.
    pub venues: Vec<Arc<dyn Venue>>,
    /// The price that answers are held against.
    pub reference: Arc<dyn ReferencePrice>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// The protocol's numbers.
    pub policy: Arc<Policy>,
}

impl Router {
    /// Decides where a swap of an order of this kind goes.
    ///
    /// # Errors
    /// [`NoRoute`] when no venue gave a usable quote.
    pub async fn route(&self, swap: &Swap, kind: &OrderKind) -> Result<RoutingDecision, NoRoute> {
        self.decide(&self.venues, None, swap, kind).await
    }

    /// Decides what a swap gets in that pool of that venue, and nowhere else.
    ///
    /// # Errors
    /// [`NoRoute`] when the venue gave no usable quote of it.
    pub async fn route_at(
        &self,
        venue: &VenueId,
        pool: &str,
        swap: &Swap,
        kind: &OrderKind,
    ) -> Result<RoutingDecision, NoRoute> {
        let place = self.venues.iter().position(|known| known.id() == *venue);
        let only = place.map_or(&[][..], |place| &self.venues[place..=place]);
        self.decide(only, Some(pool), swap, kind).await
    }

    /// The venues that are asked.
    pub fn venue_ids(&self) -> Vec<VenueId> {
        self.venues.iter().map(|venue| venue.id()).collect()
    }

    /// Whether that venue is asked at all.
    pub fn knows(&self, venue: &VenueId) -> bool {
        self.venues.iter().any(|known| known.id() == *venue)
    }

    async fn decide(
        &self,
        venues: &[Arc<dyn Venue>],
        pool: Option<&str>,
        swap: &Swap,
        kind: &OrderKind,
    ) -> Result<RoutingDecision, NoRoute> {
        let asked = join_all(
            venues
                .iter()
                .map(|venue| self.ask(venue.as_ref(), pool, swap)),
        );
        let (answers, reference) = join(asked, self.reference.amount_out(swap)).await;
        let now = self.clock.now();
        let answers = answers.into_iter().map(|(venue, answer)| {
            let quote = answer
                .and_then(|quote| self.check(quote, &venue, swap, reference, now))
                .and_then(|quote| of_pool(quote, pool));
            if let Err(rejection) = &quote {
                observe::venue_dropped(&venue, rejection);
            }
            (venue, quote)
        });
        choice::choose(answers.collect(), swap, kind)
    }

    /// The best marginal price of any venue, which bounds what a swap of any size is paid; `None`
    /// when none of them tells.
    pub async fn marginal_price(&self, token_in: &Token, token_out: &Token) -> Option<Decimal> {
        let asked = join_all(self.venues.iter().map(async |venue| {
            let limit = self.clock.sleep(self.policy.venue_deadline);
            match select(venue.marginal_price(token_in, token_out), limit).await {
                Either::Left((price, _)) => price.ok(),
                Either::Right(_) => None,
            }
        }));
        asked.await.into_iter().flatten().max()
    }

    async fn ask(
        &self,
        venue: &dyn Venue,
        pool: Option<&str>,
        swap: &Swap,
    ) -> (VenueId, Result<Quote, Rejection>) {
        let limit = self.policy.venue_deadline;
        let asked = match pool {
            Some(pool) => venue.quote_at(pool, swap),
            None => venue.quote(swap),
        };
        let span = trace::quote(&venue.id());
        let asked = asked.instrument(span.clone());
        let answer = match select(pin!(asked), self.clock.sleep(limit)).await {
            Either::Left((answer, _)) => answer,
            Either::Right(_) => {
                let limit = u64::try_from(limit.as_millis()).unwrap_or(u64::MAX);
                Err(Rejection::Late(limit))
            }
        };
        trace::quoted(&span, &answer);
        (venue.id(), answer)
    }

    /// A venue may be wrong, or lie. What cannot be right is dropped here; what is merely worse
    /// loses the comparison.
    fn check(
        &self,
        quote: Quote,
        venue: &VenueId,
        swap: &Swap,
        reference: Option<TokenAmount>,
        now: Timestamp,
    ) -> Result<Quote, Rejection> {
        let implausible = |what: &str| Err(Rejection::Implausible(what.to_owned()));
        let terms = &quote.terms;
        if quote.venue != *venue
            || quote.token_in != swap.token_in.symbol
            || quote.token_out != swap.token_out.symbol
        {
            return implausible("it is about another pair or venue");
        }
        if terms.amount_in != swap.amount_in {
            return implausible("it is about another amount");
        }
        let of_the_token_bought =
            |amount: TokenAmount| amount.decimals() == swap.token_out.decimals;
        if !of_the_token_bought(terms.amount_out) || !of_the_token_bought(terms.network_fee_out) {
            return implausible("it pays in other decimals than the token has");
        }
        if terms.net_out().units() == 0 {
            return implausible("it pays nothing");
        }
        if terms.fee.units() >= terms.amount_in.units() {
            return implausible("the fee takes everything");
        }
        let max_age =
            SignedDuration::try_from(self.policy.quote_max_age).unwrap_or(SignedDuration::MAX);
        if now.duration_since(quote.as_of) > max_age {
            return implausible("it is stale");
        }
        let Some(reference) = reference.map(|amount| u128::from(amount.units())) else {
            return Ok(quote);
        };
        let paid = u128::from(terms.amount_out.units());
        if paid * 100 > reference * BEST_PERCENT {
            return implausible("it pays far more than the market");
        }
        if paid * 100 < reference * WORST_PERCENT {
            return implausible("it pays less than half of the market price");
        }
        Ok(quote)
    }
}

fn of_pool(quote: Quote, pool: Option<&str>) -> Result<Quote, Rejection> {
    match pool {
        Some(pool) if quote.pool.address != pool => {
            Err(Rejection::Implausible("it is about another pool".into()))
        }
        Some(_) | None => Ok(quote),
    }
}

/// Nobody pays a tenth more than the mid price; a swap that loses half of its value is one that
/// nobody wants.
const BEST_PERCENT: u128 = 110;
const WORST_PERCENT: u128 = 50;
