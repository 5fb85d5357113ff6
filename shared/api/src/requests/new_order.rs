//! `POST /api/orders/execute` as it is sent: the body's fields, the idempotency key, and what makes
//! two requests equal.

use axum::http::{HeaderMap, HeaderName};
use engine::{
    catalogue::Catalogue,
    order::{IdempotencyKey, Market, NewOrder, OrderId, OrderKind, Swap},
};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::{SwapRequest, market, required};
use crate::http::{
    body::Object,
    code::Code,
    problem::{ApiError, shown},
};

/// The header that makes repeating a request safe.
const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// Reads an order from a request.
///
/// # Errors
/// The first that applies of: a malformed body, `unsupported_order_type`, `unknown_field`; then
/// field by field, a missing one or one of a wrong type; then what [`SwapRequest::for_kind`] finds;
/// then `invalid_idempotency_key`.
pub(crate) fn new_order(
    headers: &HeaderMap,
    body: &[u8],
    catalogue: &Catalogue,
) -> Result<NewOrder, ApiError> {
    let (request, kind) = read(&Object::parse(body)?)?;
    let (swap, kind) = request.for_kind(kind, catalogue)?;
    let idempotency = idempotency_key(headers)?.map(|key| IdempotencyKey {
        key,
        request_hash: meaning(&swap, &kind),
    });
    Ok(NewOrder {
        id: OrderId(Uuid::now_v7()),
        swap,
        kind,
        idempotency,
    })
}

type Kind = Result<OrderKind, ApiError>;

/// The kind is an error of its own, for it is told after what is wrong with the swap.
fn read(object: &Object<'_>) -> Result<(SwapRequest, Kind), ApiError> {
    match object.text("type")?.as_deref() {
        // A type that is not executed is named before fields that only it has.
        Some(Market::NAME) | None => read_market(object),
        Some(other) => {
            let detail = format!(
                "{} orders are not executed here; use {}",
                shown(other),
                OrderKind::NAMES
                    .map(|name| format!("\"{name}\""))
                    .join(" or ")
            );
            Err(ApiError::new(Code::UnsupportedOrderType, detail).field("type"))
        }
    }
}

fn read_market(object: &Object<'_>) -> Result<(SwapRequest, Kind), ApiError> {
    const FIELDS: [&str; 5] = ["type", "tokenIn", "tokenOut", "amount", "slippageBps"];
    if let Some(name) = object.names().find(|name| !FIELDS.contains(name)) {
        let detail = format!("{} is not a field that a client can set", shown(name));
        return Err(ApiError::new(Code::UnknownField, detail).field(name));
    }
    required("type", object.text("type")?)?;
    let request = SwapRequest {
        token_in: required("tokenIn", object.text("tokenIn")?)?,
        token_out: required("tokenOut", object.text("tokenOut")?)?,
        amount: required("amount", object.number_or_text("amount")?)?,
    };
    let slippage_bps = object.number("slippageBps")?;
    Ok((request, market(slippage_bps.as_deref())))
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

/// The hash of what is asked for rather than of how it is written: `10` and `"10.0"`, in any order
/// of fields, are the same request.
fn meaning(swap: &Swap, kind: &OrderKind) -> [u8; 32] {
    let terms = match kind {
        OrderKind::Market(market) => market.slippage.bps(),
    };
    let canonical = format!(
        "v1\n{}\n{}\n{}\n{}\n{terms}",
        kind.name(),
        swap.token_in.symbol,
        swap.token_out.symbol,
        swap.amount_in.units(),
    );
    Sha256::digest(canonical).into()
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
            let order = new_order(&headers, body.as_bytes(), &catalogue).expect("a good order");
            let given = order.idempotency.expect("it has a key").request_hash;
            let given: String = given.iter().map(|byte| format!("{byte:02x}")).collect();
            assert_eq!(given, hash, "{terms}");
        }
    }
}
