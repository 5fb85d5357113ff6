//! Traces: where the time of one order goes, from its request to its last push.
//!
//! A span says what is done and for which order; who collects them makes of all spans of an order
//! one trace, whichever program wrote them. Where nobody collects, a span costs a look at a flag.
//! Steps are children of what runs around them, so they do not say again whose they are.

use tracing::{Span, field::Empty, info_span};

use crate::{
    execute::{ExecuteError, Executed},
    order::{EventRecord, Failure, OrderId},
    ports::{Envelope, ExecuteOrder, StoreError},
    routing::Rejection,
    submit::Submitted,
    venue::VenueId,
};

/// The target of all spans of orders, and of nothing else.
pub const TARGET: &str = module_path!();

/// The span that each order has once: its submission. It is the root of the order's trace.
pub const ROOT: &str = "submit";

/// The field that says whose a span is.
pub const ORDER: &str = "order_id";

/// An order comes in.
pub(crate) fn submit(order: OrderId) -> Span {
    info_span!(
        ROOT,
        otel.kind = "server",
        order_id = %order,
        outcome = Empty,
        otel.status_code = Empty,
    )
}

/// How it was answered.
pub(crate) fn submitted(span: &Span, result: &Result<Submitted, StoreError>) {
    let outcome = match result {
        Ok(Submitted::Accepted(_)) => "accepted",
        Ok(Submitted::Replayed(_)) => "replayed",
        Ok(Submitted::KeyReused) => "key_reused",
        Ok(Submitted::NameTaken(_)) => "name_taken",
        Ok(Submitted::Busy(_)) => "busy",
        Ok(Submitted::Limited(_)) => "limited",
        Err(StoreError::Unknown(_)) => "unknown",
        Err(_) => "not_stored",
    };
    span.record("outcome", outcome);
    if result.is_err() {
        is_error(span);
    }
}

/// The order book is asked to keep the order.
pub(crate) fn store() -> Span {
    info_span!("store", otel.kind = "client")
}

/// The queue is told of it.
pub(crate) fn announce() -> Span {
    info_span!("announce", otel.kind = "producer")
}

/// A message is put on the queue again, by who looks after those that are late or woken.
pub(crate) fn sent_again(envelope: &Envelope, by: &'static str) -> Span {
    let ExecuteOrder { id, attempt } = envelope.message;
    info_span!("send_again", otel.kind = "producer", order_id = %id, attempt, by)
}

/// A message is worked on.
pub(crate) fn execute(message: &ExecuteOrder) -> Span {
    info_span!(
        "execute",
        otel.kind = "consumer",
        order_id = %message.id,
        attempt = message.attempt,
        outcome = Empty,
        otel.status_code = Empty,
    )
}

/// What became of it.
pub(crate) fn executed(span: &Span, result: &Result<Executed, ExecuteError>) {
    let outcome = match result {
        Ok(Executed::Final(status)) => status.name(),
        Ok(Executed::Retrying) => "retrying",
        Ok(Executed::Waiting) => "waiting",
        Ok(Executed::Parked) => "parked",
        Ok(Executed::Elsewhere) => "elsewhere",
        Ok(Executed::Stale) => "stale",
        Err(_) => "not_executed",
    };
    span.record("outcome", outcome);
    if result.is_err() {
        is_error(span);
    }
}

/// The order is claimed.
pub(crate) fn claim() -> Span {
    info_span!("claim", otel.kind = "client")
}

/// The venues are asked, and one is chosen.
pub(crate) fn route() -> Span {
    info_span!("route", failure = Empty, otel.status_code = Empty)
}

/// One of the venues is asked.
pub(crate) fn quote(venue: &VenueId) -> Span {
    info_span!("quote", otel.kind = "client", venue = %venue, otel.status_code = Empty)
}

/// What it answered.
pub(crate) fn quoted<T>(span: &Span, answer: &Result<T, Rejection>) {
    if answer.is_err() {
        is_error(span);
    }
}

/// The transaction is built, signed and stored.
pub(crate) fn sign() -> Span {
    info_span!("sign", failure = Empty, otel.status_code = Empty)
}

/// The transaction is sent, and looked for until its end is known.
pub(crate) fn settle() -> Span {
    info_span!("settle", failure = Empty, otel.status_code = Empty)
}

/// The stored bytes go to the chain.
pub(crate) fn send() -> Span {
    info_span!("send", otel.kind = "client")
}

/// The step that runs has ended the attempt.
pub(crate) fn failed(failure: &Failure) {
    let step = Span::current();
    step.record("failure", failure.code.name());
    is_error(&step);
}

/// An event goes to the order's subscribers.
pub(crate) fn push(record: &EventRecord) -> Span {
    info_span!(
        "push",
        otel.kind = "producer",
        order_id = %record.order_id,
        seq = record.seq,
        status = record.status.name(),
    )
}

/// A subscriber is sent the story so far.
pub(crate) fn replay(order: OrderId) -> Span {
    info_span!("replay", otel.kind = "producer", order_id = %order)
}

fn is_error(span: &Span) {
    span.record("otel.status_code", "ERROR");
}
