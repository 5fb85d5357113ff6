//! The submit function: API Gateway's REST events in, the API's answers out. What the API does is
//! said in the crate `api`; one machine serves the same router.

use api::Api;
use axum::{middleware::map_response, response::Response};
use lambda_http::Error;

/// Serves requests until the environment ends; `after` is called behind each answer.
///
/// # Errors
/// When the runtime cannot be reached.
pub async fn serve(
    api: Api,
    after: impl Fn() + Clone + Send + Sync + 'static,
) -> Result<(), Error> {
    let finish = move |response: Response| {
        after();
        async move { response }
    };
    lambda_http::run(api::router(api).layer(map_response(finish))).await
}
