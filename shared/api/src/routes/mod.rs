//! One handler for each route, with its part of the API's description.

pub(crate) mod audit;
pub(crate) mod cancel;
pub(crate) mod candles;
pub(crate) mod description;
pub(crate) mod execute;
pub(crate) mod export;
pub(crate) mod health;
pub(crate) mod keys;
pub(crate) mod launches;
pub(crate) mod limits;
pub(crate) mod market;
pub(crate) mod orders;
mod pages;
pub(crate) mod quote;
pub(crate) mod stats;
pub(crate) mod tokens;
