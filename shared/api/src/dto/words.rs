//! The closed sets of words of the wire, described by the lists that the code itself goes by.

use std::borrow::Cow;

use engine::{
    account::Scope,
    candles::Interval,
    catalogue::MarketKind,
    order::{Canceller, FailureCode, OrderKind, Requirements, Status, TimeInForce, WaitingReason},
    ports::Window,
};
use serde::Serialize;
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{
        RefOr,
        schema::{ObjectBuilder, Schema, Type},
    },
};

use crate::http::access::Access;

/// Declares a schema: its Rust name, its name in the description, and its words.
macro_rules! words {
    ($(#[doc = $about:literal] $name:ident as $described:literal: $words:expr;)+) => {$(
        #[doc = $about]
        #[derive(Serialize)] // what describes a request derives it
        pub(crate) struct $name;

        impl PartialSchema for $name {
            fn schema() -> RefOr<Schema> {
                one_of($about, $words)
            }
        }

        impl ToSchema for $name {
            fn name() -> Cow<'static, str> {
                Cow::Borrowed($described)
            }
        }
    )+};
}

words! {
    /// When an order is executed.
    OrderTypeDto as "OrderType": OrderKind::NAMES;
    /// Where an order stands. The last four are final.
    StatusDto as "Status": Status::ALL.map(Status::name);
    /// How long a limit order waits: `GTD` until it expires, `IOC` not at all.
    TimeInForceDto as "TimeInForce": TimeInForce::ALL.map(TimeInForce::name);
    /// Why the condition of an order is not met.
    WaitingReasonDto as "WaitingReason": WaitingReason::ALL.map(WaitingReason::name);
    /// Why an order, or an attempt, did not succeed.
    FailureCodeDto as "FailureCode": FailureCode::ALL.map(FailureCode::name);
    /// What the creator of a token and its pool must have given out of hand.
    RequirementDto as "Requirement": Requirements::NAMES;
    /// Who cancelled an order.
    CancellerDto as "Canceller": Canceller::ALL.map(Canceller::name);
    /// What a key may allow.
    ScopeDto as "Scope": Scope::ALL.map(Scope::name);
    /// What trades are made of.
    MarketKindDto as "MarketKind": MarketKind::ALL.map(MarketKind::name);
    /// A time up to now.
    WindowDto as "Window": Window::ALL.map(Window::name);
    /// How long a candle is.
    IntervalDto as "Interval": Interval::ALL.map(Interval::name);
    /// Who may use the engine.
    AuthDto as "Auth": Access::NAMES;
}

fn one_of(about: &str, words: impl IntoIterator<Item = &'static str>) -> RefOr<Schema> {
    ObjectBuilder::new()
        .schema_type(Type::String)
        .description(Some(about.trim()))
        .enum_values(Some(words))
        .into()
}
