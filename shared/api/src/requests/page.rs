//! Which rows a client wants, and how many.

use jiff::Timestamp;
use uuid::Uuid;

use super::whole_number;
use crate::http::{
    code::Code,
    cursor,
    problem::{ApiError, shown},
    query::Query,
};

const USUAL_PAGE: u16 = 50;
const LARGEST_PAGE: u16 = 200;

/// The `limit` of a query for a page.
///
/// # Errors
/// `invalid_limit` when it is no integer from 1 to 200.
pub(crate) fn page_limit(query: &Query) -> Result<u16, ApiError> {
    row_limit(query, USUAL_PAGE, LARGEST_PAGE)
}

/// The `limit` of a query, `usual` when it has none.
///
/// # Errors
/// `invalid_limit` when it is no integer from 1 to `most`.
pub(crate) fn row_limit(query: &Query, usual: u16, most: u16) -> Result<u16, ApiError> {
    query.get("limit").map_or(Ok(usual), |text| {
        whole_number(text)
            .filter(|limit| (1..=most).contains(limit))
            .ok_or_else(|| {
                let detail = format!("{} is not an integer from 1 to {most}", shown(text));
                ApiError::new(Code::InvalidLimit, detail).field("limit")
            })
    })
}

/// The `cursor` of a query: the moment and id of the last row of the page before, if there was one.
///
/// # Errors
/// `invalid_cursor` when this API did not give it out.
pub(crate) fn page_cursor(query: &Query) -> Result<Option<(Timestamp, Uuid)>, ApiError> {
    let read = query.get("cursor").map(|text| {
        cursor::read(text).ok_or_else(|| {
            let detail = format!("{} is not a cursor of this history", shown(text));
            ApiError::new(Code::InvalidCursor, detail).field("cursor")
        })
    });
    read.transpose()
}
