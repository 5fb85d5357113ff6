//! A server in AWS's place. It keeps every request and answers as the test says.

use std::{
    future::pending,
    sync::{Arc, Mutex},
};

use aws::SdkConfig;
use aws_sdk_sqs::config::{Credentials, Region};
use axum::{
    Router,
    body::{Bytes, to_bytes},
    extract::Request,
    http::StatusCode,
    response::IntoResponse,
};
use serde_json::Value;

/// What a request was.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    pub(crate) method: String,
    /// As it was on the wire, still encoded.
    pub(crate) path: String,
    /// The operation that JSON protocols name in a header.
    pub(crate) target: String,
    pub(crate) body: Bytes,
}

impl Seen {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).expect("a JSON body")
    }
}

/// How the server answers.
pub(crate) type Answer = dyn Fn(&Seen) -> Option<(u16, String)> + Send + Sync;

/// The server in AWS's place.
pub(crate) struct Double {
    pub(crate) url: String,
    seen: Arc<Mutex<Vec<Seen>>>,
}

impl Double {
    /// Answers with status and body; never, when `answer` is `None`.
    pub(crate) async fn answering(
        answer: impl Fn(&Seen) -> Option<(u16, String)> + Send + Sync + 'static,
    ) -> Self {
        let answer: Arc<Answer> = Arc::new(answer);
        let seen = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&seen);
        let router = Router::new().fallback(async move |request: Request| {
            let request = read(request).await;
            kept.lock().expect("unpoisoned").push(request.clone());
            match answer(&request) {
                Some((status, body)) => {
                    (StatusCode::from_u16(status).expect("a status"), body).into_response()
                }
                None => pending().await,
            }
        });
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
            .await
            .expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("bound"));
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { url, seen }
    }

    /// The requests so far.
    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.seen.lock().expect("unpoisoned").clone()
    }

    /// The SDK as the functions have it, pointed here.
    pub(crate) async fn sdk(&self) -> SdkConfig {
        sdk_for(&self.url).await
    }
}

/// The SDK as the functions have it, pointed to `endpoint`.
pub(crate) async fn sdk_for(endpoint: &str) -> SdkConfig {
    aws::loader()
        .region(Region::new("eu-central-1"))
        .credentials_provider(Credentials::new("key", "secret", None, None, "test"))
        .endpoint_url(endpoint)
        .load()
        .await
}

async fn read(request: Request) -> Seen {
    let target = request.headers().get("x-amz-target");
    let target = target.map(|target| target.to_str().expect("ASCII").to_owned());
    let (parts, body) = request.into_parts();
    Seen {
        method: parts.method.to_string(),
        path: parts.uri.path().to_owned(),
        target: target.unwrap_or_default(),
        body: to_bytes(body, usize::MAX).await.expect("a whole body"),
    }
}
