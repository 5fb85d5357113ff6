//! What became of a wish to cancel many orders.

use std::collections::BTreeMap;

use engine::order::OrderId;
use serde::Serialize;
use utoipa::ToSchema;

use crate::http::code::Code;

/// What became of each order that was to be cancelled.
#[derive(Debug, Default, Serialize, ToSchema)]
#[schema(as = BulkCancelled)]
pub(crate) struct BulkCancelDto {
    /// Orders that are cancelled: no swap happened and none will.
    #[schema(value_type = Vec<String>)]
    cancelled: Vec<String>,
    /// Orders whose transaction may still land; if it does not, they are cancelled.
    #[schema(value_type = Vec<String>)]
    requested: Vec<String>,
    /// Orders that are not cancelled, and the code that says why.
    #[schema(value_type = std::collections::HashMap<String, String>)]
    refused: BTreeMap<String, &'static str>,
}

impl BulkCancelDto {
    /// It is cancelled.
    pub(crate) fn cancelled(&mut self, id: OrderId) {
        self.cancelled.push(id.to_string());
    }

    /// It will be, unless its transaction lands.
    pub(crate) fn requested(&mut self, id: OrderId) {
        self.requested.push(id.to_string());
    }

    /// It is not, and why.
    pub(crate) fn refused(&mut self, id: OrderId, code: Code) {
        self.refused.insert(id.to_string(), code.name());
    }
}
