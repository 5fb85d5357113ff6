//! Events of version 0.1: they were stored as they were sent to clients, with amounts in whole
//! tokens and what happened to be told by the status and the fields.

use engine::{
    order::{Failure, FailureCode, Fill, OrderEvent, Status, TokenAmount, TransactionEnd},
    routing::{Offer, OfferedQuote, QuoteTerms, Rejection, Route, VenueId},
};
use rust_decimal::Decimal;
use serde::Deserialize;
use serde_json::Value;

use super::values;

/// Reads an event; `None` when it is not one of version 0.1.
pub(super) fn read(
    status: Status,
    payload: Value,
    decimals_in: u8,
    decimals_out: u8,
) -> Option<OrderEvent> {
    let Payload {
        chosen_dex,
        quotes,
        reason,
        tx_hash,
        executed_price,
        amount_out,
        failure_reason,
        code,
    } = serde_json::from_value(payload).ok()?;
    let decimals = Decimals {
        token_in: decimals_in,
        token_out: decimals_out,
    };
    Some(match status {
        Status::Pending => OrderEvent::Accepted,
        Status::Routing => match (code, reason) {
            (None, None) => OrderEvent::RoutingStarted { fired: None },
            (Some(code), Some(reason)) => OrderEvent::AttemptFailed {
                settled: settled(code.parse().ok()?),
                failure: Failure::new(code.parse().ok()?, reason),
            },
            (Some(_), None) | (None, Some(_)) => return None,
        },
        Status::Building => {
            let offers: Option<Vec<Offer>> = quotes?
                .into_iter()
                .map(|offer| offer.read(decimals))
                .collect();
            let offers = offers?;
            let chosen = offers.iter().find(|offer| offer.chosen)?;
            OrderEvent::VenueChosen {
                route: Route {
                    venue: VenueId::new(chosen_dex?),
                    pool: None,
                },
                quoted_out: chosen.quote.as_ref().ok()?.terms.amount_out,
                offers,
                reason: reason?,
            }
        }
        Status::Submitted => OrderEvent::Submitted {
            signature: tx_hash?,
        },
        Status::Confirmed => OrderEvent::Confirmed {
            signature: tx_hash?,
            fill: Fill {
                amount_out: values::amount(amount_out?, decimals.token_out)?,
                price: executed_price?,
            },
        },
        Status::Failed => {
            let code = code?.parse().ok()?;
            OrderEvent::Failed {
                settled: settled(code),
                failure: Failure::new(code, failure_reason?),
            }
        }
        // Version 0.1 knew none of these.
        Status::Waiting | Status::Cancelled | Status::Expired => return None,
    })
}

/// How the attempt's transaction ended was not kept; in version 0.1 the code alone tells, for these
/// four came from the chain and the others from before there was a transaction.
const fn settled(code: FailureCode) -> Option<TransactionEnd> {
    match code {
        FailureCode::TransactionExpired => Some(TransactionEnd::Expired),
        FailureCode::SlippageExceeded
        | FailureCode::SubmissionRefused
        | FailureCode::SwapFailed => Some(TransactionEnd::Reverted),
        FailureCode::VenuesUnavailable
        | FailureCode::NoLiquidity
        | FailureCode::InsufficientFunds
        | FailureCode::FundsReserved
        | FailureCode::DeadlineExceeded
        | FailureCode::MinAmountOut
        | FailureCode::LimitNotMet
        | FailureCode::TooManyTriggers => None,
    }
}

#[derive(Clone, Copy)]
struct Decimals {
    token_in: u8,
    token_out: u8,
}

/// The chain's fee was told in SOL.
const NETWORK_FEE_DECIMALS: u8 = 9;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Payload {
    chosen_dex: Option<String>,
    quotes: Option<Vec<OfferV1>>,
    reason: Option<String>,
    tx_hash: Option<String>,
    executed_price: Option<Decimal>,
    amount_out: Option<Decimal>,
    failure_reason: Option<String>,
    code: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct OfferV1 {
    dex: String,
    pool: Option<String>,
    amount_in: Option<Decimal>,
    amount_out: Option<Decimal>,
    net_amount_out: Option<Decimal>,
    fee: Option<Decimal>,
    price_impact_bps: Option<u32>,
    network_fee: Option<Decimal>,
    minimum_received: Option<Decimal>,
    chosen: bool,
    rejected: Option<String>,
}

impl OfferV1 {
    fn read(self, decimals: Decimals) -> Option<Offer> {
        let sold = |value: Option<Decimal>| values::amount(value?, decimals.token_in);
        let bought = |value: Option<Decimal>| values::amount(value?, decimals.token_out);
        let quote = match self.rejected {
            Some(words) => Err(rejection(&words)?),
            None => {
                let amount_out: TokenAmount = bought(self.amount_out)?;
                Ok(OfferedQuote {
                    pool: self.pool?,
                    terms: QuoteTerms {
                        amount_in: sold(self.amount_in)?,
                        amount_out,
                        fee: sold(self.fee)?,
                        price_impact_bps: self.price_impact_bps?,
                        network_fee: values::amount(self.network_fee?, NETWORK_FEE_DECIMALS)?,
                        network_fee_out: amount_out.less(bought(self.net_amount_out)?),
                    },
                    min_out: bought(self.minimum_received)?,
                })
            }
        };
        Some(Offer {
            venue: VenueId::new(self.dex),
            quote,
            chosen: self.chosen,
        })
    }
}

/// The words of version 0.1 for why a venue dropped out.
fn rejection(words: &str) -> Option<Rejection> {
    if let Some(why) = words.strip_prefix("no liquidity: ") {
        return Some(Rejection::NoLiquidity(why.to_owned()));
    }
    if let Some(why) = words.strip_prefix("unavailable: ") {
        return Some(Rejection::Unavailable(why.to_owned()));
    }
    if let Some(why) = words.strip_prefix("implausible answer: ") {
        return Some(Rejection::Implausible(why.to_owned()));
    }
    let late = words
        .strip_prefix("no answer within ")?
        .strip_suffix(" ms")?;
    late.parse().ok().map(Rejection::Late)
}
