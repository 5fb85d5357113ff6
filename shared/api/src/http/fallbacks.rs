//! What is true of every answer, and the answers to requests that reach no handler.

use std::any::Any;

use axum::{
    http::{Method, StatusCode, Uri},
    response::{IntoResponse, Response},
};

use super::{
    code::Code,
    problem::{self, ApiError, shown},
};

/// No route has this path.
pub(crate) async fn no_such_route(uri: Uri) -> ApiError {
    ApiError::new(
        Code::NotFound,
        format!("there is nothing at {}", shown(uri.path())),
    )
}

/// The route has no such method. The router adds the `Allow` header, which is all that `OPTIONS`
/// asks for.
pub async fn other_method(method: Method) -> Response {
    if method == Method::OPTIONS {
        return StatusCode::NO_CONTENT.into_response();
    }
    let detail = format!("{} is not a method of this route", shown(method.as_str()));
    ApiError::new(Code::MethodNotAllowed, detail).into_response()
}

/// A defect. The log has the panic's message; a client learns only that it is not to blame.
pub(crate) fn panicked(_: Box<dyn Any + Send>) -> Response {
    tracing::error!("defect: a request's handler panicked");
    ApiError::defect().into_response()
}

/// Answers are for one reader, now, and are what their type says.
pub(crate) async fn protect(mut response: Response) -> Response {
    problem::protect(response.headers_mut());
    response
}
