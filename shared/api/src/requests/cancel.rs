//! `POST /api/orders/cancel` as it is sent: some orders by their ids, or all that a filter means.

use engine::{order::OrderId, ports::OrderFilter};

use super::filter;
use crate::http::{
    body::Object,
    code::Code,
    problem::{ApiError, shown},
};

/// How many orders a client may name at once.
const MAX_IDS: usize = 100;

/// Which orders are to be cancelled.
#[derive(Debug)]
pub(crate) enum Bulk {
    /// These, each once.
    Ids(Vec<OrderId>),
    /// All open ones of which this is true.
    All(OrderFilter),
}

/// Reads a body. All orders are meant only when it says so.
///
/// # Errors
/// A malformed body, `unknown_field`, `missing_field`, `invalid_id`, `invalid_filter`.
pub(crate) fn bulk(body: &[u8]) -> Result<Bulk, ApiError> {
    let object = Object::parse(body)?;
    let all = object.flag("all")?;
    let known: &[&str] = match all {
        Some(_) => &["all", "type", "tokenIn", "tokenOut"],
        None => &["ids"],
    };
    if let Some(name) = object.names().find(|name| !known.contains(name)) {
        let detail = format!("{} is not a field of this request", shown(name));
        return Err(ApiError::new(Code::UnknownField, detail).field(name));
    }
    let symbol = |name: &str| {
        let text = object.text(name)?;
        text.map(|text| filter::symbol(&text, name)).transpose()
    };
    match all {
        Some(true) => Ok(Bulk::All(OrderFilter {
            open: Some(true),
            kind: object
                .text("type")?
                .as_deref()
                .map(filter::kind)
                .transpose()?,
            token_in: symbol("tokenIn")?,
            token_out: symbol("tokenOut")?,
            ..OrderFilter::default()
        })),
        Some(false) => {
            let detail = "all can only be true; name orders by their ids";
            Err(ApiError::new(Code::InvalidFilter, detail).field("all"))
        }
        None => ids(object.texts("ids")?),
    }
}

fn ids(texts: Option<Vec<String>>) -> Result<Bulk, ApiError> {
    let texts = texts
        .ok_or_else(|| ApiError::new(Code::MissingField, "ids, or all, is missing").field("ids"))?;
    Ok(Bulk::Ids(order_ids(texts, "ids")?))
}

/// The ids of orders that a field names, each once.
///
/// # Errors
/// `invalid_id`, also when there are none or more than [`MAX_IDS`].
pub(super) fn order_ids(texts: Vec<String>, field: &str) -> Result<Vec<OrderId>, ApiError> {
    if !(1..=MAX_IDS).contains(&texts.len()) {
        let detail = format!("{} ids were given, 1 to {MAX_IDS} can be", texts.len());
        return Err(ApiError::new(Code::InvalidId, detail).field(field));
    }
    let mut ids = Vec::with_capacity(texts.len());
    for text in texts {
        let id = text.parse().map_err(|_| {
            let detail = format!("{} is not an order id", shown(&text));
            ApiError::new(Code::InvalidId, detail).field(field)
        })?;
        if !ids.contains(&id) {
            ids.push(id);
        }
    }
    Ok(ids)
}
