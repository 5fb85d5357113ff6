//! At most so many requests at once: beyond that, a quick "later" serves everyone better than a slow answer.

use std::sync::Arc;

use axum::{
    extract::{Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
use tokio::sync::Semaphore;

use crate::problem::{Code, Problem};

/// The places of the requests in work.
#[derive(Clone)]
pub(crate) struct Gate(Arc<Semaphore>);

impl Gate {
    /// A gate for so many at once.
    pub(crate) fn new(places: usize) -> Self {
        Self(Arc::new(Semaphore::new(places.min(Semaphore::MAX_PERMITS))))
    }
}

/// Lets a request in, or answers `too_many_requests`.
pub(crate) async fn pass(State(gate): State<Gate>, request: Request, next: Next) -> Response {
    match gate.0.try_acquire() {
        Ok(_place) => next.run(request).await,
        Err(_) => {
            let detail = "the engine is working on as many requests as it can; try again";
            Problem::new(Code::TooManyRequests, detail).into_response()
        }
    }
}
