//! The stable names of problems: one table of name, HTTP status and title.

use axum::http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;

/// The stable name of a problem; part of the contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Code {
    /// The body is not one JSON object of the expected form.
    MalformedBody,
    /// A field or parameter that must be given is not.
    MissingField,
    /// A field that a client cannot set.
    UnknownField,
    /// An order type that this build does not execute.
    UnsupportedOrderType,
    /// A token that is not listed.
    UnknownToken,
    /// A token swapped for itself.
    SameToken,
    /// No venue has a pool for the two tokens.
    UnsupportedPair,
    /// An amount that the token cannot express, or that nobody can sell.
    InvalidAmount,
    /// A minimum that the token bought cannot express, or that nobody can receive.
    InvalidMinAmountOut,
    /// A limit price that is none.
    InvalidLimitPrice,
    /// A token that is named by no mint, or by one that is traded already.
    InvalidMint,
    /// A venue that there is not.
    InvalidVenue,
    /// A bound of a pool's liquidity that is none.
    InvalidLiquidity,
    /// A demand that no pool can be held to.
    InvalidRequirement,
    /// A slippage that is no integer in its range.
    InvalidSlippage,
    /// A time to expire that is none, too soon or too far away.
    InvalidExpiry,
    /// A time in force that limit orders do not have.
    InvalidTimeInForce,
    /// What no key allows.
    InvalidScope,
    /// A name for a key that is none.
    InvalidLabel,
    /// Limits of a key that are none.
    InvalidKeyLimits,
    /// A client's own order id that is not 1 to 64 of `A-Za-z0-9._:-`.
    InvalidClientOrderId,
    /// A page size that is no integer from 1 to 200.
    InvalidLimit,
    /// A cursor that this API did not give out, or an event number that is none.
    InvalidCursor,
    /// An order id that is no UUID.
    InvalidId,
    /// A status that orders do not have.
    InvalidStatus,
    /// A filter of orders that is none.
    InvalidFilter,
    /// An idempotency key that is not 1 to 255 printable ASCII characters.
    InvalidIdempotencyKey,
    /// A body above 16 KiB.
    BodyTooLarge,
    /// A body that does not call itself JSON.
    UnsupportedMediaType,
    /// No key, or one that is not valid (any more).
    Unauthorized,
    /// A key that does not allow this, or a page of an origin that is not allowed.
    Forbidden,
    /// No such order, or no such route.
    NotFound,
    /// The route does not know the method; `Allow` names those that it knows.
    MethodNotAllowed,
    /// The request was sent to another name or port than the engine's own.
    WrongHost,
    /// A WebSocket is opened here, and the request opens none.
    UpgradeRequired,
    /// The order is final and was not cancelled.
    NotCancellable,
    /// Another order has this client's order id.
    DuplicateClientOrderId,
    /// The key came before, with another order.
    IdempotencyKeyReused,
    /// The engine has as many requests in work as it takes.
    TooManyRequests,
    /// The account, or the key, has as many open orders as it may have.
    TooManyOpenOrders,
    /// The order goes beyond another limit of the account or the key.
    LimitExceeded,
    /// An order would have to wait for too long before it is executed.
    Busy,
    /// The order book does not answer. Nothing was stored, and nothing will be.
    Unavailable,
    /// The order book does not answer, and may have stored the order or do so yet. A repeat with
    /// the same key tells, and so does the order's address.
    OutcomeUnknown,
    /// A defect of the engine.
    InternalError,
}

impl Code {
    /// Every code, in the order of the documentation.
    pub const ALL: [Self; 45] = [
        Self::MalformedBody,
        Self::MissingField,
        Self::UnknownField,
        Self::UnsupportedOrderType,
        Self::UnknownToken,
        Self::SameToken,
        Self::UnsupportedPair,
        Self::InvalidAmount,
        Self::InvalidMinAmountOut,
        Self::InvalidLimitPrice,
        Self::InvalidMint,
        Self::InvalidVenue,
        Self::InvalidLiquidity,
        Self::InvalidRequirement,
        Self::InvalidSlippage,
        Self::InvalidExpiry,
        Self::InvalidTimeInForce,
        Self::InvalidClientOrderId,
        Self::InvalidScope,
        Self::InvalidLabel,
        Self::InvalidKeyLimits,
        Self::InvalidLimit,
        Self::InvalidCursor,
        Self::InvalidId,
        Self::InvalidStatus,
        Self::InvalidFilter,
        Self::InvalidIdempotencyKey,
        Self::BodyTooLarge,
        Self::UnsupportedMediaType,
        Self::Unauthorized,
        Self::Forbidden,
        Self::NotFound,
        Self::MethodNotAllowed,
        Self::WrongHost,
        Self::UpgradeRequired,
        Self::NotCancellable,
        Self::DuplicateClientOrderId,
        Self::IdempotencyKeyReused,
        Self::TooManyRequests,
        Self::Busy,
        Self::TooManyOpenOrders,
        Self::LimitExceeded,
        Self::Unavailable,
        Self::OutcomeUnknown,
        Self::InternalError,
    ];

    /// Name, HTTP status and title.
    pub(crate) const fn parts(self) -> (&'static str, StatusCode, &'static str) {
        use StatusCode as S;
        match self {
            Self::MalformedBody => ("malformed_body", S::BAD_REQUEST, "Malformed body"),
            Self::MissingField => ("missing_field", S::BAD_REQUEST, "Missing field"),
            Self::UnknownField => ("unknown_field", S::BAD_REQUEST, "Unknown field"),
            Self::UnsupportedOrderType => (
                "unsupported_order_type",
                S::BAD_REQUEST,
                "Unsupported order type",
            ),
            Self::UnknownToken => ("unknown_token", S::BAD_REQUEST, "Unknown token"),
            Self::SameToken => ("same_token", S::BAD_REQUEST, "Same token"),
            Self::UnsupportedPair => ("unsupported_pair", S::BAD_REQUEST, "Unsupported pair"),
            Self::InvalidAmount => ("invalid_amount", S::BAD_REQUEST, "Invalid amount"),
            Self::InvalidMinAmountOut => (
                "invalid_min_amount_out",
                S::BAD_REQUEST,
                "Invalid minimum amount",
            ),
            Self::InvalidLimitPrice => {
                ("invalid_limit_price", S::BAD_REQUEST, "Invalid limit price")
            }
            Self::InvalidMint => ("invalid_mint", S::BAD_REQUEST, "Invalid mint"),
            Self::InvalidVenue => ("invalid_venue", S::BAD_REQUEST, "Invalid venue"),
            Self::InvalidLiquidity => ("invalid_liquidity", S::BAD_REQUEST, "Invalid liquidity"),
            Self::InvalidRequirement => {
                ("invalid_requirement", S::BAD_REQUEST, "Invalid requirement")
            }
            Self::InvalidExpiry => ("invalid_expiry", S::BAD_REQUEST, "Invalid expiry"),
            Self::InvalidTimeInForce => (
                "invalid_time_in_force",
                S::BAD_REQUEST,
                "Invalid time in force",
            ),
            Self::InvalidClientOrderId => (
                "invalid_client_order_id",
                S::BAD_REQUEST,
                "Invalid client order id",
            ),
            Self::InvalidScope => ("invalid_scope", S::BAD_REQUEST, "Invalid scope"),
            Self::InvalidLabel => ("invalid_label", S::BAD_REQUEST, "Invalid label"),
            Self::InvalidKeyLimits => ("invalid_key_limits", S::BAD_REQUEST, "Invalid key limits"),
            Self::InvalidFilter => ("invalid_filter", S::BAD_REQUEST, "Invalid filter"),
            Self::NotCancellable => ("not_cancellable", S::CONFLICT, "Not cancellable"),
            Self::DuplicateClientOrderId => (
                "duplicate_client_order_id",
                S::CONFLICT,
                "Duplicate client order id",
            ),
            Self::InvalidSlippage => ("invalid_slippage", S::BAD_REQUEST, "Invalid slippage"),
            Self::InvalidLimit => ("invalid_limit", S::BAD_REQUEST, "Invalid limit"),
            Self::InvalidCursor => ("invalid_cursor", S::BAD_REQUEST, "Invalid cursor"),
            Self::InvalidId => ("invalid_id", S::BAD_REQUEST, "Invalid order id"),
            Self::InvalidStatus => ("invalid_status", S::BAD_REQUEST, "Invalid status"),
            Self::InvalidIdempotencyKey => (
                "invalid_idempotency_key",
                S::BAD_REQUEST,
                "Invalid idempotency key",
            ),
            Self::BodyTooLarge => ("body_too_large", S::PAYLOAD_TOO_LARGE, "Body too large"),
            Self::UnsupportedMediaType => (
                "unsupported_media_type",
                S::UNSUPPORTED_MEDIA_TYPE,
                "Unsupported media type",
            ),
            Self::Unauthorized => ("unauthorized", S::UNAUTHORIZED, "Unauthorized"),
            Self::Forbidden => ("forbidden", S::FORBIDDEN, "Forbidden"),
            Self::NotFound => ("not_found", S::NOT_FOUND, "Not found"),
            Self::MethodNotAllowed => (
                "method_not_allowed",
                S::METHOD_NOT_ALLOWED,
                "Method not allowed",
            ),
            Self::WrongHost => ("wrong_host", S::MISDIRECTED_REQUEST, "Wrong host"),
            Self::UpgradeRequired => ("upgrade_required", S::UPGRADE_REQUIRED, "Upgrade required"),
            Self::IdempotencyKeyReused => (
                "idempotency_key_reused",
                S::UNPROCESSABLE_ENTITY,
                "Idempotency key reused",
            ),
            Self::TooManyRequests => (
                "too_many_requests",
                S::TOO_MANY_REQUESTS,
                "Too many requests",
            ),
            Self::Busy => ("busy", S::TOO_MANY_REQUESTS, "Busy"),
            Self::TooManyOpenOrders => (
                "too_many_open_orders",
                S::TOO_MANY_REQUESTS,
                "Too many open orders",
            ),
            Self::LimitExceeded => ("limit_exceeded", S::TOO_MANY_REQUESTS, "Limit exceeded"),
            Self::Unavailable => ("unavailable", S::SERVICE_UNAVAILABLE, "Unavailable"),
            Self::OutcomeUnknown => ("outcome_unknown", S::SERVICE_UNAVAILABLE, "Outcome unknown"),
            Self::InternalError => ("internal_error", S::INTERNAL_SERVER_ERROR, "Internal error"),
        }
    }

    /// The name on the wire.
    pub const fn name(self) -> &'static str {
        self.parts().0
    }

    /// The HTTP status that goes with it.
    pub const fn status(self) -> StatusCode {
        self.parts().1
    }

    /// In how many seconds the same request may fare better; `None` when it never will.
    /// Whoever knows better says so ([`super::problem::ApiError::retry_after`]).
    pub(crate) const fn retry_after(self) -> Option<u64> {
        match self {
            Self::TooManyRequests | Self::Busy | Self::Unavailable | Self::OutcomeUnknown => {
                Some(1)
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_a_code_is_what_its_type_writes() {
        for code in Code::ALL {
            let written = serde_json::to_value(code).expect("a unit variant");
            assert_eq!(written, code.name());
        }
    }
}
