//! Ids: an order's id is its trace's, and half of it is the id of the trace's root. So every
//! program knows both from the order alone.

use std::cell::Cell;

use engine::{
    order::OrderId,
    trace::{ORDER, ROOT},
};
use opentelemetry::{
    Context,
    trace::{
        SpanBuilder, SpanContext, SpanId, TraceContextExt, TraceFlags, TraceId, TraceState, Tracer,
    },
};
use opentelemetry_sdk::trace::{IdGenerator, RandomIdGenerator, SdkTracer};

/// The trace of an order.
fn trace_of(order: OrderId) -> TraceId {
    TraceId::from_bytes(order.0.into_bytes())
}

/// The root of its trace. The half that it is made of begins with the two bits that every UUID has
/// there, so it is not zero, which would be no id.
fn root_of(order: OrderId) -> SpanId {
    let [.., a, b, c, d, e, f, g, h] = order.0.into_bytes();
    SpanId::from_bytes([a, b, c, d, e, f, g, h])
}

thread_local! {
    /// The order whose root is being made on this thread.
    static BEGINS: Cell<Option<OrderId>> = const { Cell::new(None) };
}

/// Makes spans parts of their order's trace.
pub(super) struct OrderTracer(SdkTracer);

impl OrderTracer {
    pub(super) const fn new(tracer: SdkTracer) -> Self {
        Self(tracer)
    }
}

impl Tracer for OrderTracer {
    type Span = <SdkTracer as Tracer>::Span;

    fn build_with_context(&self, span: SpanBuilder, parent: &Context) -> Self::Span {
        if parent.span().span_context().is_valid() {
            return self.0.build_with_context(span, parent);
        }
        match order_of(&span) {
            Some(order) if span.name == ROOT => {
                BEGINS.set(Some(order));
                let root = self.0.build_with_context(span, parent);
                BEGINS.set(None);
                root
            }
            Some(order) => {
                let root = SpanContext::new(
                    trace_of(order),
                    root_of(order),
                    TraceFlags::SAMPLED,
                    true,
                    TraceState::NONE,
                );
                let parent = parent.with_remote_span_context(root);
                self.0.build_with_context(span, &parent)
            }
            None => self.0.build_with_context(span, parent),
        }
    }
}

fn order_of(span: &SpanBuilder) -> Option<OrderId> {
    let mut attributes = span.attributes.iter().flatten();
    let order = attributes.find(|attribute| attribute.key.as_str() == ORDER)?;
    order.value.as_str().parse().ok()
}

/// A root has its order's ids, any other span a random one of its own. There is no trace of what is
/// no order's, such as a price that somebody asked for: its id is none.
#[derive(Debug, Default)]
pub(super) struct OrderIds(RandomIdGenerator);

impl IdGenerator for OrderIds {
    fn new_trace_id(&self) -> TraceId {
        BEGINS.get().map_or(TraceId::INVALID, trace_of)
    }

    fn new_span_id(&self) -> SpanId {
        BEGINS.get().map_or_else(|| self.0.new_span_id(), root_of)
    }
}
