//! `POST /api/keys` and `POST /api/tickets` as they are sent.

use engine::{
    account::{Scope, Scopes},
    order::OrderId,
    ports::NewKey,
};
use jiff::Timestamp;

use super::cancel::order_ids;
use crate::http::{
    body::Object,
    code::Code,
    problem::{ApiError, shown},
};

/// A key that is asked for.
#[derive(Debug)]
pub(crate) struct KeyRequest {
    /// What it is to allow.
    pub(crate) scopes: Scopes,
    /// What its owner calls it.
    pub(crate) label: String,
    /// From when on it is to be worth nothing.
    pub(crate) expires_at: Option<Timestamp>,
}

/// Reads a body that asks for a key `now`. Which scopes has to be said.
///
/// # Errors
/// A malformed body, `unknown_field`, `missing_field`, `invalid_scope`, `invalid_label`,
/// `invalid_expiry`.
pub(crate) fn key_request(body: &[u8], now: Timestamp) -> Result<KeyRequest, ApiError> {
    let object = Object::parse(body)?;
    only(&object, &["scopes", "label", "expiresAt"])?;
    let label = object.text("label")?.unwrap_or_default();
    let length = label.chars().count();
    if length > NewKey::LONGEST_LABEL || label.chars().any(char::is_control) {
        let most = NewKey::LONGEST_LABEL;
        let detail = format!("a label is at most {most} characters, none of which is a control");
        return Err(ApiError::new(Code::InvalidLabel, detail).field("label"));
    }
    let expires_at = object.text("expiresAt")?;
    Ok(KeyRequest {
        scopes: scopes(object.texts("scopes")?)?,
        label,
        expires_at: expires_at.map(|text| expiry(&text, now)).transpose()?,
    })
}

fn scopes(texts: Option<Vec<String>>) -> Result<Scopes, ApiError> {
    let texts = texts
        .ok_or_else(|| ApiError::new(Code::MissingField, "scopes is missing").field("scopes"))?;
    let names = || Scope::ALL.map(Scope::name).join(", ");
    if texts.is_empty() {
        let detail = format!("a key needs one of {} at least", names());
        return Err(ApiError::new(Code::InvalidScope, detail).field("scopes"));
    }
    let read = |text: String| {
        text.parse::<Scope>().map_err(|_| {
            let detail = format!("{} is not one of {}", shown(&text), names());
            ApiError::new(Code::InvalidScope, detail).field("scopes")
        })
    };
    texts.into_iter().map(read).collect()
}

fn expiry(text: &str, now: Timestamp) -> Result<Timestamp, ApiError> {
    let read: Option<Timestamp> = text.parse().ok();
    read.filter(|moment| *moment > now).ok_or_else(|| {
        let detail = format!("{} is no moment of RFC 3339 that is to come", shown(text));
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
