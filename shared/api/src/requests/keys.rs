//! `POST /api/keys` and `POST /api/tickets` as they are sent.

use auth::WantedKey;
use engine::{
    account::{AccountId, Limits, Scope, Scopes},
    order::OrderId,
};
use jiff::Timestamp;
use serde_json::Value;

use super::cancel::order_ids;
use crate::{
    dto::read_limits,
    http::{
        body::Object,
        code::Code,
        problem::{ApiError, shown},
    },
};

/// Reads a body that asks for a key for that account. Which scopes has to be said.
///
/// # Errors
/// A malformed body, `unknown_field`, `missing_field`, `invalid_scope`, `invalid_expiry`,
/// `invalid_key_limits`; the rest
/// is checked when it is made.
pub(crate) fn key_request(body: &[u8], account: &AccountId) -> Result<WantedKey, ApiError> {
    let object = Object::parse(body)?;
    only(&object, &["scopes", "label", "expiresAt", "limits"])?;
    let expires_at = object.text("expiresAt")?;
    Ok(WantedKey {
        account: account.clone(),
        scopes: scopes(object.texts("scopes")?)?,
        label: object.text("label")?.unwrap_or_default(),
        expires_at: expires_at.as_deref().map(expiry).transpose()?,
        limits: limits(object.value("limits")?)?,
    })
}

fn scopes(texts: Option<Vec<String>>) -> Result<Scopes, ApiError> {
    let texts = texts
        .ok_or_else(|| ApiError::new(Code::MissingField, "scopes is missing").field("scopes"))?;
    let read = |text: String| {
        text.parse::<Scope>().map_err(|_| {
            let names = auth::names(Scopes::all()).join(", ");
            let detail = format!("{} is not one of {names}", shown(&text));
            ApiError::new(Code::InvalidScope, detail).field("scopes")
        })
    };
    texts.into_iter().map(read).collect()
}

fn limits(value: Option<Value>) -> Result<Limits, ApiError> {
    let read = value.map(read_limits).transpose();
    let limits =
        read.map_err(|detail| ApiError::new(Code::InvalidKeyLimits, detail).field("limits"))?;
    Ok(limits.unwrap_or_default())
}

fn expiry(text: &str) -> Result<Timestamp, ApiError> {
    text.parse().map_err(|_| {
        let detail = format!("{} is no moment of RFC 3339", shown(text));
        ApiError::new(Code::InvalidExpiry, detail).field("expiresAt")
    })
}

/// Reads a body that asks for a ticket: which orders it is for; `None` for all. A body that is
/// empty asks for all.
///
/// # Errors
/// A malformed body, `unknown_field`, `invalid_id`.
pub(crate) fn ticket_request(body: &[u8]) -> Result<Option<Vec<OrderId>>, ApiError> {
    if body.is_empty() {
        return Ok(None);
    }
    let object = Object::parse(body)?;
    only(&object, &["orderIds"])?;
    let ids = object.texts("orderIds")?;
    ids.map(|texts| order_ids(texts, "orderIds")).transpose()
}

fn only(object: &Object<'_>, known: &[&str]) -> Result<(), ApiError> {
    match object.names().find(|name| !known.contains(name)) {
        None => Ok(()),
        Some(name) => {
            let detail = format!("{} is not a field of this request", shown(name));
            Err(ApiError::new(Code::UnknownField, detail).field(name))
        }
    }
}
