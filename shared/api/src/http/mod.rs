//! HTTP, apart from any one route: what is read from a request, what is true of every answer.

pub(crate) mod access;
pub(crate) mod body;
pub(crate) mod code;
pub(crate) mod concurrency_limit;
pub(crate) mod cors;
pub(crate) mod cursor;
pub(crate) mod fallbacks;
pub(crate) mod problem;
pub(crate) mod query;
pub(crate) mod requests;
