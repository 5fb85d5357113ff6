//! The submit function: API Gateway's REST events in, the API's answers out.
//!
//! All of the API is in the crate `api`; `lambda_http` translates events and answers. What is left
//! for this crate is what Lambda asks of a program and a server does not.

use std::future::ready;

use api::Api;
use axum::{Router, middleware::map_response, response::Response};

/// The API as Lambda runs it, for [`lambda_http::run`]. `after_each` runs when an answer is made
/// and before it is given to Lambda, which may freeze the program right then.
pub fn service(api: Api, after_each: impl Fn() + Clone + Send + Sync + 'static) -> Router {
    api::router(api).layer(map_response(move |response: Response| {
        after_each();
        ready(response)
    }))
}
