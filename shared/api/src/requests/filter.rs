//! Which orders a client means, from a query.

use engine::{
    order::{OrderKind, Status},
    ports::OrderFilter,
};
use jiff::Timestamp;

use super::new_order::client_order_id;
use crate::http::{
    code::Code,
    problem::{ApiError, shown},
    query::Query,
};

/// Reads a filter. All of its parts combine.
///
/// # Errors
/// `invalid_status`, `invalid_client_order_id`, and `invalid_filter` for the others.
pub(crate) fn filter(query: &Query) -> Result<OrderFilter, ApiError> {
    let symbol = |name: &str| query.get(name).map(|text| symbol(text, name)).transpose();
    Ok(OrderFilter {
        status: query.get("status").map(status).transpose()?,
        kind: query.get("type").map(kind).transpose()?,
        open: query.get("open").map(open).transpose()?,
        token_in: symbol("tokenIn")?,
        token_out: symbol("tokenOut")?,
        client_order_id: query
            .get("clientOrderId")
            .map(client_order_id)
            .transpose()?,
        since: moment(query, "since")?,
        until: moment(query, "until")?,
    })
}

fn status(text: &str) -> Result<Status, ApiError> {
    text.parse().map_err(|_| {
        let names = Status::ALL.map(Status::name).join(", ");
        let detail = format!("{} is not one of {names}", shown(text));
        ApiError::new(Code::InvalidStatus, detail).field("status")
    })
}

/// The kind of that name.
///
/// # Errors
/// `invalid_filter` when there is none.
pub(super) fn kind(text: &str) -> Result<&'static str, ApiError> {
    let mut names = OrderKind::NAMES.into_iter();
    names.find(|name| *name == text).ok_or_else(|| {
        let names = OrderKind::NAMES.join(", ");
        let detail = format!("{} is not one of {names}", shown(text));
        ApiError::new(Code::InvalidFilter, detail).field("type")
    })
}

/// What a token is called, or its mint.
///
/// # Errors
/// `invalid_filter` when no token can be called so: no text that is stored has such a character.
pub(super) fn symbol(text: &str, field: &str) -> Result<String, ApiError> {
    if text.contains('\0') {
        let detail = format!("{} is not the name of a token", shown(text));
        return Err(ApiError::new(Code::InvalidFilter, detail).field(field));
    }
    Ok(text.to_owned())
}

fn open(text: &str) -> Result<bool, ApiError> {
    text.parse().map_err(|_| {
        let detail = format!("{} is not true or false", shown(text));
        ApiError::new(Code::InvalidFilter, detail).field("open")
    })
}

fn moment(query: &Query, name: &str) -> Result<Option<Timestamp>, ApiError> {
    let read = |text: &str| {
        // Nothing was accepted before the epoch, and PostgreSQL's calendar ends somewhere.
        let from_the_epoch = |moment: Timestamp| moment.max(Timestamp::UNIX_EPOCH);
        text.parse().map(from_the_epoch).map_err(|_| {
            let detail = format!("{} is not a time like RFC 3339 has", shown(text));
            ApiError::new(Code::InvalidFilter, detail).field(name)
        })
    };
    query.get(name).map(read).transpose()
}
