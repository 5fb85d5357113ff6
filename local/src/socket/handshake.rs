//! The opening of a socket: what a client must send, and how it is refused.

use api::{Code, refusal};
use axum::{
    body::Body,
    extract::Request,
    http::{HeaderValue, header},
    response::Response,
};
use tokio_tungstenite::tungstenite::handshake::server::create_response_with_body;

/// The one version of the protocol.
const VERSION: HeaderValue = HeaderValue::from_static("13");
const PROTOCOL: HeaderValue = HeaderValue::from_static("websocket");

/// The answer that opens the socket.
///
/// # Errors
/// The refusal of a request that does not open one: it must be RFC 6455's `GET`, with the right
/// version and a key.
pub(super) fn accept(request: &Request) -> Result<Response, Box<Response>> {
    create_response_with_body(request, Body::empty).map_err(|error| {
        let detail = format!("a WebSocket is opened here, with a handshake of RFC 6455: {error}");
        let mut response = refusal(Code::UpgradeRequired, detail);
        let headers = response.headers_mut();
        headers.insert(header::UPGRADE, PROTOCOL);
        headers.insert(header::CONNECTION, HeaderValue::from_static("Upgrade"));
        headers.insert(header::SEC_WEBSOCKET_VERSION, VERSION);
        Box::new(response)
    })
}

/// The first value of a parameter; an empty one counts as not given, as it does in the API.
pub(super) fn parameter(request: &Request, name: &str) -> Option<String> {
    let query = request.uri().query().unwrap_or_default();
    let (_, value) = form_urlencoded::parse(query.as_bytes()).find(|(key, _)| key == name)?;
    (!value.is_empty()).then(|| value.into_owned())
}
