//! At most N requests at once, and each for a limited time: beyond that, a quick "later" serves
//! everyone better than a slow answer.

use std::{sync::Arc, time::Duration};

use axum::{
    body::Body,
    extract::{Request, State},
    http::Method,
    middleware::Next,
    response::{IntoResponse, Response},
};
use engine::ports::Clock;
use futures::future::{Either, select};
use tokio::sync::Semaphore;

use super::{body, code::Code, problem::ApiError};

/// A request that takes longer is given up; it is less than a gateway's own patience of 29 s.
const PATIENCE: Duration = Duration::from_secs(20);

/// The permits of the requests in work.
#[derive(Clone)]
pub(crate) struct ConcurrencyLimit {
    permits: Arc<Semaphore>,
    clock: Arc<dyn Clock>,
}

impl ConcurrencyLimit {
    /// At most `max` requests at once.
    pub(crate) fn new(max: usize, clock: Arc<dyn Clock>) -> Self {
        let permits = Arc::new(Semaphore::new(max.min(Semaphore::MAX_PERMITS)));
        Self { permits, clock }
    }
}

/// Lets a request in, or answers `too_many_requests`; answers `unavailable` for one that takes too
/// long. A body that is still on its way is not work yet: it is waited for outside.
pub(crate) async fn apply(
    State(limit): State<ConcurrencyLimit>,
    request: Request,
    next: Next,
) -> Response {
    let request = match arrived(request, limit.clock.as_ref()).await {
        Ok(request) => request,
        Err(error) => return error.into_response(),
    };
    let Ok(_permit) = limit.permits.try_acquire() else {
        let detail = "the engine is working on as many requests as it can; try again";
        return ApiError::new(Code::TooManyRequests, detail).into_response();
    };
    match select(Box::pin(next.run(request)), limit.clock.sleep(PATIENCE)).await {
        Either::Left((response, _)) => response,
        Either::Right(_) => {
            let detail = "the answer takes too long; try again, an order with its key";
            ApiError::new(Code::Unavailable, detail).into_response()
        }
    }
}

/// The request with all of its body. Other methods than `POST` have none that is read.
async fn arrived(request: Request, clock: &dyn Clock) -> Result<Request, ApiError> {
    if request.method() != Method::POST {
        return Ok(request);
    }
    let (head, body) = request.into_parts();
    let bytes = body::arrived(body, clock).await?;
    Ok(Request::from_parts(head, Body::from(bytes)))
}
