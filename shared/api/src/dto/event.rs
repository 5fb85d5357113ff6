//! One event of an order: the same on the socket, in `/events` and in an order's details.

use std::borrow::Cow;

use engine::order::{EventRecord, Status};
use serde::Serialize;
use serde_json::Value;
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{
        Ref, RefOr,
        schema::{
            AnyOfBuilder, KnownFormat, Object, ObjectBuilder, OneOfBuilder, Schema, SchemaFormat,
            Type,
        },
    },
};

use super::{
    payload::{
        self, BuildingDto, CancelRequestedDto, CancelledDto, ConfirmedDto, ExpiredDto, FailedDto,
        PendingDto, RoutingDto, SubmittedDto, WaitingDto,
    },
    time_text,
};

/// An event of an order.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct EventDto {
    order_id: String,
    seq: u64,
    status: &'static str,
    attempt: u32,
    at: String,
    payload: Value,
}

impl From<&EventRecord> for EventDto {
    fn from(record: &EventRecord) -> Self {
        Self {
            order_id: record.order_id.to_string(),
            seq: record.seq,
            status: record.status.name(),
            attempt: record.attempt,
            at: time_text(record.at),
            payload: payload::payload(&record.event),
        }
    }
}

/// The event as clients get it, on every way: the encoder of the engine's use cases.
pub fn event_json(record: &EventRecord) -> String {
    // Plain data with string keys always serializes.
    serde_json::to_string(&EventDto::from(record)).unwrap_or_default()
}

/// Described as one of nine: the status tells what is in the payload.
impl PartialSchema for EventDto {
    fn schema() -> RefOr<Schema> {
        let about = "An event of an order. One that was stored by another version of the engine, \
            and that this one cannot read, keeps its place: its payload is `{\"unreadable\": true}`.";
        let each = Status::ALL.into_iter();
        each.fold(OneOfBuilder::new(), |all, status| {
            all.item(Ref::from_schema_name(described_name(status)))
        })
        .description(Some(about))
        .into()
    }
}

impl ToSchema for EventDto {
    fn name() -> Cow<'static, str> {
        Cow::Borrowed("Update")
    }

    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        for status in Status::ALL {
            let (payload, its_schema) = payload_schema(status, schemas);
            schemas.push((described_name(status), described(status, &payload).into()));
            schemas.push((payload, its_schema));
        }
        CancelRequestedDto::schemas(schemas);
        let cancel_requested = CancelRequestedDto::name().into_owned();
        schemas.push((cancel_requested, CancelRequestedDto::schema()));
    }
}

/// `ConfirmedUpdate` and so on.
fn described_name(status: Status) -> String {
    let mut letters = status.name().chars();
    let first = letters.next().map(|first| first.to_ascii_uppercase());
    first
        .into_iter()
        .chain(letters)
        .chain("Update".chars())
        .collect()
}

fn described(status: Status, payload: &str) -> Object {
    let text = |about, format| {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .format(Some(SchemaFormat::KnownFormat(format)))
            .description(Some(about))
    };
    let number = |about, least: u64| {
        ObjectBuilder::new()
            .schema_type(Type::Integer)
            .minimum(Some(least))
            .description(Some(about))
    };
    let into = ObjectBuilder::new()
        .schema_type(Type::String)
        .enum_values(Some([status.name()]))
        .description(Some("The status that the order went into."));
    let fields: [(&str, RefOr<Schema>); 6] = [
        ("orderId", text("The order.", KnownFormat::Uuid).into()),
        (
            "seq",
            number("Its number within the order: 1, 2, 3 … without a gap.", 1).into(),
        ),
        ("status", into.into()),
        ("attempt", number("The attempt it belongs to.", 1).into()),
        (
            "at",
            text("When it was committed.", KnownFormat::DateTime).into(),
        ),
        ("payload", told(status, payload)),
    ];
    let about = format!("An order went into `{}`.", status.name());
    let object = ObjectBuilder::new().description(Some(about));
    fields
        .into_iter()
        .fold(object, |object, (name, schema)| {
            object.property(name, schema).required(name)
        })
        .build()
}

/// What is told of the status, or, where that can be asked for, that the order is to be cancelled.
fn told(status: Status, payload: &str) -> RefOr<Schema> {
    let payload = Ref::from_schema_name(payload);
    match status {
        Status::Waiting | Status::Routing | Status::Building | Status::Submitted => {
            let cancel_requested = Ref::from_schema_name(CancelRequestedDto::name());
            let either = AnyOfBuilder::new().item(payload).item(cancel_requested);
            Schema::AnyOf(either.build()).into()
        }
        Status::Pending
        | Status::Confirmed
        | Status::Failed
        | Status::Cancelled
        | Status::Expired => payload.into(),
    }
}

/// The name and the schema of what such an event tells. Adds what that refers to.
fn payload_schema(
    status: Status,
    schemas: &mut Vec<(String, RefOr<Schema>)>,
) -> (String, RefOr<Schema>) {
    fn of<T: ToSchema>(schemas: &mut Vec<(String, RefOr<Schema>)>) -> (String, RefOr<Schema>) {
        T::schemas(schemas);
        (T::name().into_owned(), T::schema())
    }
    match status {
        Status::Pending => of::<PendingDto>(schemas),
        Status::Waiting => of::<WaitingDto>(schemas),
        Status::Routing => of::<RoutingDto>(schemas),
        Status::Building => of::<BuildingDto>(schemas),
        Status::Submitted => of::<SubmittedDto>(schemas),
        Status::Confirmed => of::<ConfirmedDto>(schemas),
        Status::Failed => of::<FailedDto>(schemas),
        Status::Cancelled => of::<CancelledDto>(schemas),
        Status::Expired => of::<ExpiredDto>(schemas),
    }
}
