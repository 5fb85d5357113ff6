//! `POST /api/orders/execute` as it is sent: the body's fields, the idempotency key, and what makes two requests equal.

use axum::http::{HeaderMap, HeaderName};
use engine::order::{Catalogue, IdempotencyKey, NewOrder, OrderId, Swap};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::{
    body::Object,
    problem::{Code, Problem, shown},
    terms::{Terms, required},
};

/// The header that makes repeating a request safe.
const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");
/// The only order type that this build executes.
const MARKET: &str = "market";

/// Reads an order from a request.
///
/// # Errors
/// The first that applies of: a malformed body, `unsupported_order_type`, `unknown_field`; then field by field, a missing
/// one or one of a wrong type; then what [`Terms::swap`] finds; then `invalid_idempotency_key`.
pub(crate) fn new_order(
    headers: &HeaderMap,
    body: &[u8],
    catalogue: &Catalogue,
) -> Result<NewOrder, Problem> {
    let swap = terms(&Object::parse(body)?)?.swap(catalogue)?;
    let idempotency = idempotency_key(headers)?.map(|key| IdempotencyKey {
        key,
        request_hash: meaning(&swap),
    });
    Ok(NewOrder {
        id: OrderId(Uuid::now_v7()),
        swap,
        idempotency,
    })
}

/// A type that is not executed is named before fields that only it has.
fn terms(object: &Object<'_>) -> Result<Terms, Problem> {
    const FIELDS: [&str; 5] = ["type", "tokenIn", "tokenOut", "amount", "slippageBps"];
    let kind = object.text("type")?;
    if let Some(kind) = kind.as_deref().filter(|kind| *kind != MARKET) {
        let detail = format!(
            "{} orders are not executed here; use \"{MARKET}\"",
            shown(kind)
        );
        return Err(Problem::new(Code::UnsupportedOrderType, detail).field("type"));
    }
    if let Some(name) = object.names().find(|name| !FIELDS.contains(name)) {
        let detail = format!("{} is not a field that a client can set", shown(name));
        return Err(Problem::new(Code::UnknownField, detail).field(name));
    }
    required("type", kind)?;
    Ok(Terms {
        token_in: required("tokenIn", object.text("tokenIn")?)?,
        token_out: required("tokenOut", object.text("tokenOut")?)?,
        amount: required("amount", object.number_or_text("amount")?)?,
        slippage_bps: object.number("slippageBps")?,
    })
}

fn idempotency_key(headers: &HeaderMap) -> Result<Option<String>, Problem> {
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
        return Err(Problem::new(Code::InvalidIdempotencyKey, detail).field("Idempotency-Key"));
    }
    Ok(key.to_str().ok().map(str::to_owned))
}

/// The hash of what is asked for rather than of how it is written: `10` and `"10.0"`, in any order of fields, are the
/// same request.
fn meaning(swap: &Swap) -> [u8; 32] {
    let canonical = format!(
        "v1\n{MARKET}\n{}\n{}\n{}\n{}",
        swap.token_in.symbol,
        swap.token_out.symbol,
        swap.amount_in,
        swap.slippage.get()
    );
    Sha256::digest(canonical).into()
}
