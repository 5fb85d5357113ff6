//! How many rows a client wants.

use super::whole_number;
use crate::http::{
    code::Code,
    problem::{ApiError, shown},
    query::Query,
};

const DEFAULT: u16 = 50;
const MAX: u16 = 200;

/// The `limit` of a query.
///
/// # Errors
/// `invalid_limit` when it is no integer from 1 to 200.
pub(crate) fn page_limit(query: &Query) -> Result<u16, ApiError> {
    query.get("limit").map_or(Ok(DEFAULT), |text| {
        whole_number(text)
            .filter(|limit| (1..=MAX).contains(limit))
            .ok_or_else(|| {
                let detail = format!("{} is not an integer from 1 to {MAX}", shown(text));
                ApiError::new(Code::InvalidLimit, detail).field("limit")
            })
    })
}
