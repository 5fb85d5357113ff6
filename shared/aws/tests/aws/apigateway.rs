//! The gateway's duties: gone is told apart from everything that may pass.

use std::sync::Arc;

use aws::apigateway;
use config::SocketEndpoint;
use engine::ports::{ConnectionId, Push, PushError};

use crate::double::{Double, sdk_for};

fn connection() -> ConnectionId {
    ConnectionId("BXoL3ccCliACGRg=".into())
}

/// The endpoint has a path, as every stage has.
async fn gateway(double: &Double) -> Arc<dyn Push> {
    let endpoint: SocketEndpoint = format!("{}/v1", double.url).parse().expect("a URL");
    // The SDK's own endpoint must not win over the management endpoint.
    apigateway::push(&sdk_for("http://127.0.0.1:1").await, &endpoint)
}

#[tokio::test]
async fn a_message_is_posted_to_its_connection_of_the_stage() {
    let double = Double::answering(|_| Some((200, String::new()))).await;
    let text = r#"{"event":"pong"}"#;
    let pushed = gateway(&double)
        .await
        .push(&connection(), text.into())
        .await;
    assert!(pushed.is_ok(), "{pushed:?}");
    let seen = double.seen();
    assert_eq!(seen[0].method, "POST");
    assert_eq!(
        seen[0].path,
        "/v1/@connections/BXoL3ccCliACGRg%3D".replace('@', &at(&seen[0].path))
    );
    assert_eq!(seen[0].body, text);
}

/// `@` may be sent encoded or not; both name the same path.
fn at(path: &str) -> String {
    if path.contains("%40") { "%40" } else { "@" }.to_owned()
}

#[tokio::test]
async fn gone_is_410_whatever_the_body_says() {
    for body in ["", "{\"message\":null}", "<html>"] {
        let double = Double::answering(move |_| Some((410, body.to_owned()))).await;
        let gateway = gateway(&double).await;
        let pushed = gateway.push(&connection(), "{}".into()).await;
        assert!(matches!(pushed, Err(PushError::Gone)), "{pushed:?}");
        let closed = gateway.close(&connection()).await;
        assert!(
            closed.is_ok(),
            "a connection that is gone is closed: {closed:?}"
        );
    }
}

#[tokio::test]
async fn everything_else_may_pass() {
    for status in [403, 413, 429, 500, 503] {
        let double = Double::answering(move |_| Some((status, String::new()))).await;
        let gateway = gateway(&double).await;
        let pushed = gateway.push(&connection(), "{}".into()).await;
        assert!(
            matches!(pushed, Err(PushError::Failed(_))),
            "{status}: {pushed:?}"
        );
    }
}

#[tokio::test]
async fn closing_deletes_the_connection() {
    let double = Double::answering(|_| Some((204, String::new()))).await;
    gateway(&double)
        .await
        .close(&connection())
        .await
        .expect("closed");
    assert_eq!(double.seen()[0].method, "DELETE");
}

#[tokio::test]
async fn without_a_websocket_api_nobody_is_connected() {
    let gateway = apigateway::push(&sdk_for("http://127.0.0.1:1").await, &SocketEndpoint::None);
    let pushed = gateway.push(&connection(), "{}".into()).await;
    assert!(matches!(pushed, Err(PushError::Gone)), "{pushed:?}");
}
