//! What clients ask for, read from text and checked: what leaves this module is valid.

mod new_order;
mod swap_request;

pub(crate) use new_order::new_order;
pub(crate) use swap_request::{SwapRequest, market, required, whole_number};
