//! `GET /api/openapi.json` and `GET /api/docs`: what this API is, for machines and for people.

use std::sync::Arc;

use axum::{
    Json,
    extract::State,
    http::{HeaderName, HeaderValue, header},
    response::Html,
};
use serde_json::Value;

use crate::{Api, description, http::problem::ApiError};

/// The page loads nothing, runs nothing, and is shown in no other page.
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; \
     frame-ancestors 'none'",
);

/// Describes the API for machines.
#[utoipa::path(
    get,
    path = "/api/openapi.json",
    operation_id = "getDescription",
    tag = "operation",
    description = "This description, OpenAPI 3.1.",
    responses((status = 200, description = "The description.", body = Object)),
)]
pub(crate) async fn openapi(State(api): State<Arc<Api>>) -> Result<Json<Value>, ApiError> {
    description::served(&api.base_path)
        .map(Json)
        .map_err(defect)
}

/// Describes the API for people.
#[utoipa::path(
    get,
    path = "/api/docs",
    operation_id = "getDocs",
    tag = "operation",
    description = "This description as a page that needs no script and no other host.",
    responses((status = 200, description = "The page.", body = String, content_type = "text/html")),
)]
pub(crate) async fn docs(
    State(api): State<Arc<Api>>,
) -> Result<([(HeaderName, HeaderValue); 1], Html<String>), ApiError> {
    let page = description::page(&api.base_path).map_err(defect)?;
    let policy = [(header::CONTENT_SECURITY_POLICY, POLICY)];
    Ok((policy, Html(page.into_string())))
}

fn defect(error: serde_json::Error) -> ApiError {
    tracing::error!(%error, "defect: the description cannot be written");
    ApiError::defect()
}
