//! Every request has an id, which its answer and each of its log lines carry; every refusal is a
//! line of the log.

use std::{
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use axum::{
    Router,
    extract::{MatchedPath, Request, State},
    http::{HeaderName, HeaderValue},
    middleware::{self, Next},
    response::Response,
};
use engine::observe::{self, Refused};
use tracing::Instrument;
use uuid::Uuid;

use super::code::Code;

/// The id of a request, from whoever asks or from us, in its answer.
pub(crate) const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The longest id that is taken over.
const LONGEST: usize = 64;

/// Lines of refusals in a second, at the most: a crowd that is refused must not fill the disk.
const LINES: u32 = 50;
const WINDOW: Duration = Duration::from_secs(1);

/// Gives the routes of a router, and its fallbacks, what every request has: an id, and a line in
/// the log when it is refused.
pub fn observed(router: Router) -> Router {
    router.layer(middleware::from_fn_with_state(limit(), observe))
}

fn limit() -> &'static Lines {
    static LIMIT: Lines = Lines(Mutex::new(None));
    &LIMIT
}

async fn observe(State(lines): State<&'static Lines>, request: Request, next: Next) -> Response {
    let id = request_id(&request);
    let method = observe::method(request.method().as_str());
    let route = request.extensions().get::<MatchedPath>().cloned();
    let text = id.to_str().unwrap_or_default();
    let span = tracing::error_span!("request", request_id = text);
    let work = async {
        let response = next.run(request).await;
        let status = response.status();
        if (status.is_client_error() || status.is_server_error())
            && let Some(suppressed) = lines.next(Instant::now())
        {
            observe::refused(&Refused {
                method,
                route: route.as_ref().map_or("none", MatchedPath::as_str),
                status: status.as_u16(),
                code: response.extensions().get::<Code>().map(|code| code.name()),
                suppressed,
            });
        }
        response
    };
    let mut response = work.instrument(span).await;
    response.headers_mut().insert(REQUEST_ID, id);
    response
}

/// The id that came with the request, if it may stand in a log, or a new one.
fn request_id(request: &Request) -> HeaderValue {
    let sane = |id: &&HeaderValue| {
        let allowed = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_.".contains(byte);
        (1..=LONGEST).contains(&id.len()) && id.as_bytes().iter().all(allowed)
    };
    let given = request.headers().get(REQUEST_ID).filter(sane).cloned();
    given.unwrap_or_else(|| {
        let id = Uuid::new_v4().to_string();
        HeaderValue::from_str(&id).unwrap_or(HeaderValue::from_static("none")) // hex and hyphens
    })
}

/// The second that is counted, and its lines; then what was left out since the last line.
struct Lines(Mutex<Option<(Instant, u32, u64)>>);

impl Lines {
    /// Whether a line may be written now: then how many were left out before it.
    fn next(&self, now: Instant) -> Option<u64> {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (since, written, left_out) = state.get_or_insert((now, 0, 0));
        if now.duration_since(*since) >= WINDOW {
            (*since, *written) = (now, 0);
        }
        if *written == LINES {
            *left_out += 1;
            return None;
        }
        *written += 1;
        Some(std::mem::take(left_out))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flood_is_cut_and_what_was_left_out_is_told_afterwards() {
        let (lines, begin) = (Lines(Mutex::new(None)), Instant::now());
        let written = (0..1_000).filter_map(|_| lines.next(begin)).count();
        assert_eq!(written, 50);
        assert_eq!(lines.next(begin + WINDOW), Some(950));
        assert_eq!(lines.next(begin + WINDOW), Some(0));
    }
}
