//! The submit function: API Gateway's REST events in, the API's answers out.
//!
//! All of the API is in the crate `api`; `lambda_http` translates events and answers. What is left
//! for this crate is what Lambda asks of a program and a server does not.

use std::{convert::Infallible, future::ready};

use api::{Api, Source};
use axum::{
    extract::Request,
    middleware::{map_request, map_response},
    response::Response,
};
use lambda_http::{
    Adapter, LambdaEvent, RequestExt, Service,
    aws_lambda_events::apigw::ApiGatewayProxyRequest,
    request::{LambdaRequest, RequestContext},
    tower::ServiceExt,
};
use serde::Serialize;

/// The API as Lambda runs it. `after_each` runs when an answer is made and before it is given to
/// Lambda, which may freeze the program right then.
pub fn service<After: Future<Output = ()> + Send + 'static>(
    api: Api,
    after_each: impl Fn() -> After + Clone + Send + Sync + 'static,
) -> impl Service<
    LambdaEvent<LambdaRequest>,
    Response: Serialize,
    Error = Infallible,
    Future: Future<Output: Send>,
> + Clone {
    let routes = api::router(api)
        .layer(map_response(move |response: Response| {
            let after = after_each();
            async move {
                after.await;
                response
            }
        }))
        .layer(map_request(|mut request: Request| {
            if let Some(source) = source(&request) {
                request.extensions_mut().insert(source);
            }
            ready(request)
        }));
    Adapter::from(routes).map_request(|mut event: LambdaEvent<LambdaRequest>| {
        if let LambdaRequest::ApiGatewayV1(request) = &mut event.payload {
            keep_all_values(request);
        }
        event
    })
}

/// Who called API Gateway.
fn source(request: &Request) -> Option<Source> {
    let context = request.request_context_ref()?;
    let RequestContext::ApiGatewayV1(context) = context else {
        return None;
    };
    let address = context.identity.source_ip.as_deref()?;
    address.parse().map(Source).ok()
}

/// A header that came more than once is there with all its values, and again with the last one,
/// which `lambda_http` prefers. Two idempotency keys would be one.
fn keep_all_values(request: &mut ApiGatewayProxyRequest) {
    for name in request.multi_value_headers.keys() {
        if request.multi_value_headers.get_all(name).iter().count() > 1 {
            request.headers.remove(name);
        }
    }
}
