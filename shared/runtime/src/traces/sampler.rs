//! Which orders have a trace.

use config::Share;
use opentelemetry::{
    Context, KeyValue,
    trace::{Link, SpanKind, TraceId, TraceState},
};
use opentelemetry_sdk::trace::{SamplingDecision, SamplingResult, ShouldSample};

/// A share of all orders, the same ones in every program, for the id decides: by its last 56 bits,
/// which are drawn. The library's own sampler also reads the bits before them, of which the first
/// are the same in each UUID: to it a half would be none, and three quarters all.
#[derive(Clone, Debug)]
pub(super) struct ShareOfOrders {
    /// From which number on an order has one.
    threshold: u64,
}

const DRAWN: u64 = 1 << 56;
const WHOLE: u64 = 1_000_000;

impl ShareOfOrders {
    pub(super) fn new(share: Share) -> Self {
        let without = WHOLE.saturating_sub(share.parts_per_million().into());
        Self {
            // Within 2⁵⁶, for it is a share of that; rounded down to a part of a millionth.
            threshold: DRAWN / WHOLE * without + DRAWN % WHOLE * without / WHOLE,
        }
    }

    fn takes(&self, trace: TraceId) -> bool {
        let [.., a, b, c, d, e, f, g] = trace.to_bytes();
        let drawn = u64::from_be_bytes([0, a, b, c, d, e, f, g]);
        trace != TraceId::INVALID && drawn >= self.threshold
    }
}

impl ShouldSample for ShareOfOrders {
    fn should_sample(
        &self,
        _: Option<&Context>,
        trace: TraceId,
        _: &str,
        _: &SpanKind,
        _: &[KeyValue],
        _: &[Link],
    ) -> SamplingResult {
        SamplingResult {
            decision: if self.takes(trace) {
                SamplingDecision::RecordAndSample
            } else {
                SamplingDecision::Drop
            },
            attributes: Vec::new(),
            trace_state: TraceState::NONE,
        }
    }
}
