//! Bodies that tell when they have passed.

use std::{
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use axum::body::{Body, Bytes, HttpBody};
use hyper::body::{Frame, SizeHint};

use super::crowd::Seat;

/// A body, and what to do when it has passed: wholly, broken off or dropped.
struct Passing<B: HttpBody + Unpin> {
    body: B,
    passed: Option<Box<dyn FnOnce() + Send>>,
}

impl<B: HttpBody + Unpin> Passing<B> {
    fn has_passed(&mut self) {
        if let Some(passed) = self.passed.take() {
            passed();
        }
    }
}

impl<B: HttpBody<Data = Bytes> + Unpin> HttpBody for Passing<B> {
    type Data = Bytes;
    type Error = B::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, B::Error>>> {
        let frame = Pin::new(&mut self.body).poll_frame(context);
        if matches!(frame, Poll::Ready(None | Some(Err(_)))) {
            self.has_passed();
        }
        frame
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl<B: HttpBody + Unpin> Drop for Passing<B> {
    fn drop(&mut self) {
        self.has_passed();
    }
}

/// A request's body; when it has come, its sender is served.
pub(super) fn coming(body: hyper::body::Incoming, seat: &Arc<Seat>) -> Body {
    if body.is_end_stream() {
        seat.served();
        return Body::empty();
    }
    let seat = Arc::clone(seat);
    let passed: Box<dyn FnOnce() + Send> = Box::new(move || seat.served());
    Body::new(Passing {
        body,
        passed: Some(passed),
    })
}

/// An answer's body; when it has gone, its receiver may ask for more.
pub(super) fn going(body: Body, seat: &Arc<Seat>) -> Body {
    let seat = Arc::clone(seat);
    let passed: Box<dyn FnOnce() + Send> = Box::new(move || seat.answered());
    Body::new(Passing {
        body,
        passed: Some(passed),
    })
}
