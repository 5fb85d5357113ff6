//! What clients ask for, read from text and checked: what leaves this module is valid.

mod cancel;
mod filter;
mod keys;
mod new_order;
mod page;
mod sniper;
mod swap_request;
mod terms;

use swap_request::amount;

pub(crate) use cancel::{Bulk, bulk};
pub(crate) use filter::filter;
pub(crate) use keys::{key_request, ticket_request};
pub(crate) use new_order::{Requested, new_order};
pub(crate) use page::{page_cursor, page_limit, row_limit};
pub(crate) use swap_request::{SwapRequest, listed_pair, required, slippage, whole_number};
