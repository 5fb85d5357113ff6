//! At most so many requests at once, and each for at most so long: beyond that, a quick "later" serves everyone better
//! than a slow answer.

use std::{sync::Arc, time::Duration};

use axum::{
    extract::{Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
use engine::ports::Clock;
use futures::future::{Either, select};
use tokio::sync::Semaphore;

use crate::problem::{Code, Problem};

/// A request that takes longer is given up; it is less than a gateway's own patience of 29 s.
const PATIENCE: Duration = Duration::from_secs(20);

/// The places of the requests in work.
#[derive(Clone)]
pub(crate) struct Gate {
    places: Arc<Semaphore>,
    clock: Arc<dyn Clock>,
}

impl Gate {
    /// A gate for so many at once.
    pub(crate) fn new(places: usize, clock: Arc<dyn Clock>) -> Self {
        let places = Arc::new(Semaphore::new(places.min(Semaphore::MAX_PERMITS)));
        Self { places, clock }
    }
}

/// Lets a request in, or answers `too_many_requests`; answers `unavailable` for one that takes too long.
pub(crate) async fn pass(State(gate): State<Gate>, request: Request, next: Next) -> Response {
    let Ok(_place) = gate.places.try_acquire() else {
        let detail = "the engine is working on as many requests as it can; try again";
        return Problem::new(Code::TooManyRequests, detail).into_response();
    };
    match select(Box::pin(next.run(request)), gate.clock.sleep(PATIENCE)).await {
        Either::Left((response, _)) => response,
        Either::Right(_) => {
            let detail = "the answer takes too long; try again, an order with its key";
            Problem::new(Code::Unavailable, detail).into_response()
        }
    }
}
