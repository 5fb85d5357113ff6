//! `POST /api/orders/execute` as it is sent: the body's fields, the idempotency key, and what makes
//! two requests equal.

use std::fmt::Display;

use axum::http::{HeaderMap, HeaderName};
use engine::{
    account::Caller,
    catalogue::Catalogue,
    order::{ClientOrderId, IdempotencyKey, NewOrder, OrderId, OrderKind, Swap},
    routing::VenueId,
};
use jiff::Timestamp;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::{
    SwapRequest, required,
    terms::{KindName, Terms, in_time},
};
use crate::http::{
    body::Object,
    code::Code,
    problem::{ApiError, shown},
};

/// The header that makes repeating a request safe.
const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// An order as it was asked for.
pub(crate) struct Requested {
    /// The order.
    pub(crate) order: NewOrder,
    /// Why it comes too late to be accepted; a repeat gets its answer all the same.
    pub(crate) in_time: Result<(), ApiError>,
}

/// Reads a caller's order from a request that came `now`.
///
/// # Errors
/// The first that applies of: a malformed body, `unsupported_order_type`, `unknown_field`; then
/// field by field, a missing one or one of a wrong type; then what [`SwapRequest::for_kind`] finds;
/// then `invalid_client_order_id`, `invalid_idempotency_key`.
pub(crate) fn new_order(
    caller: &Caller,
    headers: &HeaderMap,
    body: &[u8],
    catalogue: &Catalogue,
    venues: &[VenueId],
    now: Timestamp,
) -> Result<Requested, ApiError> {
    let object = Object::parse(body)?;
    // A type that is not executed is named before fields that only it has.
    let name = KindName::read(&object)?;
    name.check_fields(&object)?;
    name.check_market(catalogue)?;
    required("type", object.text("type")?)?;
    let request = SwapRequest {
        token_in: required("tokenIn", object.text("tokenIn")?)?,
        token_out: required("tokenOut", object.text("tokenOut")?)?,
        amount: required("amount", object.number_or_text("amount")?)?,
    };
    let terms = Terms::read(name, &object)?;
    let own_id = object.text("clientOrderId")?;
    let of_swap = |swap: &Swap| terms.kind(swap, venues, now);
    let (swap, kind) = request.for_kind(name.needs(), of_swap, catalogue)?;
    let client_order_id = own_id.as_deref().map(client_order_id).transpose()?;
    let meaning = Meaning {
        swap: &swap,
        kind: &kind,
        client_order_id: client_order_id.as_ref(),
        expiry_given: object.text("expiresAt")?.is_some(),
    };
    let idempotency = idempotency_key(headers)?.map(|key| IdempotencyKey {
        key,
        request_hash: meaning.hash(),
    });
    Ok(Requested {
        in_time: in_time(&kind, now),
        order: NewOrder {
            id: OrderId(Uuid::now_v7()),
            by: caller.actor(),
            swap,
            kind,
            idempotency,
            client_order_id,
        },
    })
}

/// The client's own name for an order.
///
/// # Errors
/// `invalid_client_order_id` when it is none.
pub(crate) fn client_order_id(text: &str) -> Result<ClientOrderId, ApiError> {
    ClientOrderId::new(text).ok_or_else(|| {
        let detail = format!("{} is not 1 to 64 of A-Z a-z 0-9 . _ : -", shown(text));
        ApiError::new(Code::InvalidClientOrderId, detail).field("clientOrderId")
    })
}

fn idempotency_key(headers: &HeaderMap) -> Result<Option<String>, ApiError> {
    let mut given = headers.get_all(IDEMPOTENCY_KEY).iter();
    let Some(key) = given.next() else {
        return Ok(None);
    };
    let printable = key
        .as_bytes()
        .iter()
        .all(|byte| (b' '..=b'~').contains(byte));
    if given.next().is_some() || !printable || !(1..=255).contains(&key.len()) {
        let detail =
            "the idempotency key must be given once, as 1 to 255 printable ASCII characters";
        return Err(ApiError::new(Code::InvalidIdempotencyKey, detail).field("Idempotency-Key"));
    }
    Ok(key.to_str().ok().map(str::to_owned))
}

/// What is asked for rather than how it is written: `10` and `"10.0"`, in any order of fields, are
/// the same request.
struct Meaning<'a> {
    swap: &'a Swap,
    kind: &'a OrderKind,
    client_order_id: Option<&'a ClientOrderId>,
    /// An expiry that was not given is another one each time.
    expiry_given: bool,
}

impl Meaning<'_> {
    /// Terms that version 0.1 did not have are there only when they are given: its keys are known
    /// again.
    fn hash(&self) -> [u8; 32] {
        let swap = self.swap;
        let mut text = format!(
            "v1\n{}\n{}\n{}\n{}\n{}",
            self.kind.name(),
            swap.token_in.symbol,
            swap.token_out.symbol,
            swap.amount_in.units(),
            self.kind.slippage().bps(),
        );
        let mut term = |name: &str, value: &dyn Display| {
            text.push_str(&format!("\n{name}={value}"));
        };
        match self.kind {
            OrderKind::Market(market) => {
                if let Some(minimum) = market.min_amount_out {
                    term("minAmountOut", &minimum.units());
                }
            }
            OrderKind::Limit(limit) => {
                term("limitPrice", &limit.price);
                term("timeInForce", &limit.time_in_force.name());
                if self.expiry_given {
                    term("expiresAt", &limit.expires_at);
                }
            }
            OrderKind::Sniper(sniper) => {
                if let Some(price) = sniper.price {
                    term("limitPrice", &price);
                }
                for venue in &sniper.venues {
                    term("venue", venue);
                }
                if let Some(least) = sniper.min_liquidity {
                    term("minLiquidity", &least.units());
                }
                if let Some(most) = sniper.max_liquidity {
                    term("maxLiquidity", &most.units());
                }
                term("maxAgeSlots", &sniper.max_age_slots);
                for demanded in sniper.require.names() {
                    term("require", &demanded);
                }
                if self.expiry_given {
                    term("expiresAt", &sniper.expires_at);
                }
            }
        }
        if let Some(name) = self.client_order_id {
            term("clientOrderId", &name.as_str());
        }
        Sha256::digest(text).into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Keys are kept for a day, so a deployment meets those of the build before it. These hashes
    /// are of version 0.1.
    #[test]
    fn the_same_request_has_the_same_hash_in_every_build() {
        let listed = |symbol: &str, decimals| engine::catalogue::ListedToken {
            token: engine::order::Token {
                symbol: symbol.into(),
                decimals,
            },
            mint: String::new(),
        };
        let catalogue = Catalogue {
            kind: engine::catalogue::MarketKind::Simulated,
            tells_launches: true,
            explorer: None,
            tokens: vec![listed("SOL", 9), listed("USDC", 6)],
            pairs: vec![("SOL".into(), "USDC".into())],
        };
        let headers: HeaderMap = [(IDEMPOTENCY_KEY, "a key".parse().expect("a header value"))]
            .into_iter()
            .collect();
        for (terms, hash) in [
            (
                r#""amount":10"#,
                "0c8189f6a3d03602010baee830bc71546aef001ca7614af21fbd2712aec0cf36",
            ),
            (
                r#""amount":"0.000000001","slippageBps":1000"#,
                "e6b3e2a42640e41b727c4a6c12cb26504679d62a2018e2449f18e1d7f7e7cf73",
            ),
        ] {
            let body = format!(r#"{{"type":"market","tokenIn":"SOL","tokenOut":"USDC",{terms}}}"#);
            let order = new_order(
                &Caller::local(),
                &headers,
                body.as_bytes(),
                &catalogue,
                &[],
                Timestamp::UNIX_EPOCH,
            );
            let order = order.expect("a good request").order;
            let given = order.idempotency.expect("it has a key").request_hash;
            let given: String = given.iter().map(|byte| format!("{byte:02x}")).collect();
            assert_eq!(given, hash, "{terms}");
        }
    }
}
